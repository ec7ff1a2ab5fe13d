/* SPDX-License-Identifier: Apache-2.0 */
/* test_decoder.c - answers of each kind of detector to faces. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "face/decoder.h"
#include "nn/losses/detect.h"

/* An input of one face: 64 x 32 pixels, the face 12 x 16 at (18, 10). */
enum { ROWS = 32, COLUMNS = 64 };
static const float truth[] = {18, 10, 12, 16};

static const mien_decoder_ops *decoder(const char *name) {
    int n;
    const mien_decoder_ops *const *all = mien_decoders(&n);
    for (int i = 0; i < n; i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    fail_msg("no decoder %s", name);
    return NULL;
}

static void check_one(mien_face_list *list, float score) {
    assert_int_equal(list->count, 1);
    const mien_face *f = list->face;
    assert_float_equal(f->x, truth[0], 1e-3);
    assert_float_equal(f->y, truth[1], 1e-3);
    assert_float_equal(f->width, truth[2], 1e-3);
    assert_float_equal(f->height, truth[3], 1e-3);
    assert_float_equal(f->score, score, 1e-5);
    for (int k = 0; k < 5 && f->has_points; k++) {
        assert_float_equal(f->points[k][0], 20 + (float)k, 1e-3);
        assert_float_equal(f->points[k][1], 15 + 2 * (float)k, 1e-3);
    }
    mien_face_list_close(list);
}

static void grids__undo_the_layout_of_the_loss(void **state) {
    (void)state;
    const int cells = mien_detect_cells(ROWS, COLUMNS);
    float *x = calloc((size_t)cells * MIEN_DETECT_PLANES, sizeof *x);
    const int step = (ROWS / 8) * (COLUMNS / 8); /* stride 8 */
    const int at = 2 * (COLUMNS / 8) + 3;        /* row 2, column 3 */
    const float centre[] = {3.5f * 8, 2.5f * 8};
    for (int i = 0; i < cells * MIEN_DETECT_PLANES; i++) x[i] = -20;
    x[at] = 2;
    x[at + step] = (truth[0] + truth[2] / 2 - centre[0]) / 8;
    x[at + 2 * step] = (truth[1] + truth[3] / 2 - centre[1]) / 8;
    x[at + 3 * step] = logf(truth[2] / 8);
    x[at + 4 * step] = logf(truth[3] / 8);
    for (int k = 0; k < 5; k++) {
        x[at + (5 + 2 * k) * step] = (20 + (float)k - centre[0]) / 8;
        x[at + (6 + 2 * k) * step] = (15 + 2 * (float)k - centre[1]) / 8;
    }
    mien_face_list list = {0};
    const mien_answer a = {
        .values = x, .rows = ROWS, .columns = COLUMNS, .min_score = 0.5f};
    assert_int_equal(decoder("grids")->decode(&list, &a), MIEN_OK);
    assert_true(list.face[0].has_points);
    check_one(&list, 1 / (1 + expf(-2)));
    free(x);
}

static void yunet__reads_its_twelve_outputs(void **state) {
    (void)state;
    static const char *const names[] = {
        "cls_8",  "cls_16",  "cls_32",  "obj_8", "obj_16", "obj_32",
        "bbox_8", "bbox_16", "bbox_32", "kps_8", "kps_16", "kps_32"};
    static const int values[] = {1, 1, 4, 10};
    mien_model_output outputs[12];
    int total = 0;
    for (int i = 0; i < 12; i++) {
        const int stride = 8 << i % 3;
        const int cells = (ROWS / stride) * (COLUMNS / stride);
        outputs[i] = (mien_model_output){.name = names[i],
                                         .rank = 3,
                                         .extents = {1, cells, values[i / 3]},
                                         .first = total,
                                         .count = cells * values[i / 3]};
        total += outputs[i].count;
    }
    float *x = calloc((size_t)total, sizeof *x);
    const int at = 1 * (COLUMNS / 16) + 1; /* stride 16: row 1, column 1 */
    x[outputs[1].first + at] = 0.81f;
    x[outputs[4].first + at] = 1.5f; /* clipped to 1 */
    float *box = x + outputs[7].first + 4 * at;
    box[0] = (truth[0] + truth[2] / 2) / 16 - 1;
    box[1] = (truth[1] + truth[3] / 2) / 16 - 1;
    box[2] = logf(truth[2] / 16);
    box[3] = logf(truth[3] / 16);
    float *points = x + outputs[10].first + 10 * at;
    for (int k = 0; k < 5; k++) {
        points[2 * k] = (20 + (float)k) / 16 - 1;
        points[2 * k + 1] = (15 + 2 * (float)k) / 16 - 1;
    }
    mien_face_list list = {0};
    const mien_answer a = {x, outputs, 12, ROWS, COLUMNS, 0.5f};
    assert_int_equal(decoder("yunet")->decode(&list, &a), MIEN_OK);
    check_one(&list, 0.9f);
    const mien_answer wrong = {x, outputs, 12, 2 * ROWS, COLUMNS, 0.5f};
    assert_int_equal(decoder("yunet")->decode(&list, &wrong), MIEN_ESHAPE);
    mien_face_list_close(&list);
    free(x);
}

static void retinaface__reads_offsets_from_its_anchors(void **state) {
    (void)state;
    enum { ANCHORS = 2 * (4 * 8 + 2 * 4 + 1 * 2) };
    const mien_model_output outputs[] = {
        {"loc", 3, {1, ANCHORS, 4}, 0, ANCHORS * 4},
        {"conf", 3, {1, ANCHORS, 2}, ANCHORS * 4, ANCHORS * 2},
        {"landms", 3, {1, ANCHORS, 10}, ANCHORS * 6, ANCHORS * 10}};
    float *x = calloc(ANCHORS * 16, sizeof *x);
    const int at = 2 * (2 * 8 + 3); /* row 2, column 3, the smaller anchor */
    const float c[] = {3.5f * 8, 2.5f * 8}, side = 16;
    float *box = x + 4 * at, *points = x + ANCHORS * 6 + 10 * at;
    box[0] = (truth[0] + truth[2] / 2 - c[0]) / (0.1f * side);
    box[1] = (truth[1] + truth[3] / 2 - c[1]) / (0.1f * side);
    box[2] = logf(truth[2] / side) / 0.2f;
    box[3] = logf(truth[3] / side) / 0.2f;
    x[ANCHORS * 4 + 2 * at + 1] = 0.75f;
    for (int k = 0; k < 5; k++) {
        points[2 * k] = (20 + (float)k - c[0]) / (0.1f * side);
        points[2 * k + 1] = (15 + 2 * (float)k - c[1]) / (0.1f * side);
    }
    mien_face_list list = {0};
    const mien_answer a = {x, outputs, 3, ROWS, COLUMNS, 0.5f};
    assert_int_equal(decoder("retinaface")->decode(&list, &a), MIEN_OK);
    check_one(&list, 0.75f);
    free(x);
}

static void ultralight__reads_shares_of_the_sides(void **state) {
    (void)state;
    float x[] = {
        0.1f,      0.9f,      0.8f,      0.2f, /* scores of two anchors */
        18 / 64.f, 10 / 32.f, 30 / 64.f, 26 / 32.f, 0, 0, 1, 1};
    const mien_model_output outputs[] = {{"scores", 3, {1, 2, 2}, 0, 4},
                                         {"boxes", 3, {1, 2, 4}, 4, 8}};
    mien_face_list list = {0};
    const mien_answer a = {x, outputs, 2, ROWS, COLUMNS, 0.5f};
    assert_int_equal(decoder("ultralight")->decode(&list, &a), MIEN_OK);
    assert_false(list.face[0].has_points);
    check_one(&list, 0.9f);
}

static void suppress__keeps_the_best_of_those_that_overlap(void **state) {
    (void)state;
    static const mien_face faces[] = {
        {.x = 0, .y = 0, .width = 10, .height = 10, .score = 0.6f},
        {.x = 1, .y = 0, .width = 10, .height = 10, .score = 0.9f},
        {.x = 5, .y = 0, .width = 10, .height = 10, .score = 0.7f},
        {.x = 50, .y = 0, .width = 10, .height = 10, .score = 0.5f}};
    mien_face_list list = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(mien_face_list_add(&list, &faces[i]), MIEN_OK);
    /* of the second, the first covers 9 / 11, the third 6 / 14 */
    mien_face_list_suppress(&list, 0.5f);
    assert_int_equal(list.count, 3);
    assert_float_equal(list.face[0].score, 0.9f, 0);
    assert_float_equal(list.face[1].score, 0.7f, 0);
    assert_float_equal(list.face[2].score, 0.5f, 0);
    mien_face_list_suppress(&list, 0.4f);
    assert_int_equal(list.count, 2);
    mien_face_list_close(&list);
}

static void list__survives_failing_allocations(void **state) {
    (void)state;
    const mien_face face = {.score = 1};
    mien_face_list list = {0};
    mien_mem_fail_after(0);
    assert_int_equal(mien_face_list_add(&list, &face), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    assert_int_equal(list.count, 0);
    mien_face_list_close(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids__undo_the_layout_of_the_loss),
        cmocka_unit_test(yunet__reads_its_twelve_outputs),
        cmocka_unit_test(retinaface__reads_offsets_from_its_anchors),
        cmocka_unit_test(ultralight__reads_shares_of_the_sides),
        cmocka_unit_test(suppress__keeps_the_best_of_those_that_overlap),
        cmocka_unit_test(list__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
