/* SPDX-License-Identifier: Apache-2.0 */
/* test_wider.c - hits and average precision by hand and against a slow count;
 * lists of both forms. */
#include <string.h>

#include "eval_test.h"
#include "eval/wider_curve.h"
#include "scratch.h"

static mien_face face_at(float x, float y, float side, float score) {
    return (mien_face){
        .x = x, .y = y, .width = side, .height = side, .score = score};
}

static void iou__counts_the_last_pixel(void **state) {
    (void)state;
    const mien_truth t = {0, 0, 9, 9, 1}; /* 10 x 10 pixels */
    mien_face f = face_at(5, 0, 9, 1);    /* 5 x 10 in common */
    assert_near(mien_box_iou(&t, &f), 50.0 / 150, 1e-12);
    f = face_at(9, 9, 9, 1); /* one pixel */
    assert_near(mien_box_iou(&t, &f), 1.0 / 199, 1e-12);
    f = face_at(10, 0, 9, 1);
    assert_near(mien_box_iou(&t, &f), 0, 0);
    f = face_at(0, 0, 9, 1);
    assert_near(mien_box_iou(&t, &f), 1, 1e-12);
}

static void match__by_hand(void **state) {
    (void)state;
    const mien_truth truth[] = {{0, 0, 20, 20, 1},
                                {100, 0, 20, 20, 1},
                                {200, 0, 20, 20, 0}}; /* ignored */
    mien_face found[] = {
        face_at(1, 1, 20, .9f),   face_at(0, 0, 20, .8f), /* a second time */
        face_at(200, 0, 20, .7f), face_at(50, 50, 9, .6f),
        face_at(100, 0, 20, .5f), face_at(201, 0, 20, .4f)};
    const mien_wider_tally want[] = {{1, 1}, {1, 2}, {1, 2},
                                     {1, 3}, {2, 4}, {2, 4}};
    mien_wider_tally after[6];
    bool taken[3];
    const mien_faces f = {found, 6};
    mien_wider_match(after, taken, &(mien_wider_truth){truth, 3, 1}, &f);
    assert_memory_equal(after, want, sizeof want);
}

/* One photo, two faces; found: a hit at 1, a miss at .5, a hit at 0. The curve
 * is (.5, 1), (.5, .5), (1, 2/3): area .5 * 1 + .5 * 2/3. */
static void ap__by_hand(void **state) {
    (void)state;
    mien_face found[] = {face_at(0, 0, 9, .8f), face_at(0, 0, 9, .6f),
                         face_at(0, 0, 9, .4f)};
    const mien_faces f = {found, 3};
    const mien_wider_tally after[] = {{1, 1}, {1, 2}, {2, 3}};
    mien_wider_tally row[MIEN_WIDER_THRESHOLDS];
    mien_wider_point curve[MIEN_WIDER_THRESHOLDS];
    const int faces[] = {2};
    const mien_score_range range = mien_scores_of(&f, 1);
    assert_near(range.least, .4f, 0);
    assert_near(range.most, .8f, 0);
    mien_wider_count(row, &f, after, range);
    assert_memory_equal(&row[0], &after[0], sizeof *row);
    assert_memory_equal(&row[498], &after[0], sizeof *row);
    assert_memory_equal(&row[501], &after[1], sizeof *row);
    assert_memory_equal(&row[998], &after[1], sizeof *row);
    assert_memory_equal(&row[999], &after[2], sizeof *row);
    mien_wider_sum(curve, row, faces, NULL, 1);
    assert_near(mien_wider_ap(curve, MIEN_WIDER_THRESHOLDS), .5 + 1.0 / 3,
                1e-12);
}

/* ---- against a slow count --------------------------------------------- */

enum { PHOTOS = 25, FACES = 6, FOUND = 14 };

typedef struct world {
    mien_truth truth[PHOTOS][FACES];
    int n_truth[PHOTOS];
    mien_face face[PHOTOS][FOUND];
    mien_faces found[PHOTOS];
} world;

static void make_world(world *w, uint32_t seed) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
    memset(w, 0, sizeof *w);
    for (int p = 0; p < PHOTOS; p++) {
        w->n_truth[p] = 1 + (int)mien_rng_below(&rng, FACES);
        for (int i = 0; i < w->n_truth[p]; i++)
            w->truth[p][i] = (mien_truth){(float)mien_rng_below(&rng, 90),
                                          (float)mien_rng_below(&rng, 90),
                                          (float)(8 + mien_rng_below(&rng, 12)),
                                          (float)(8 + mien_rng_below(&rng, 12)),
                                          mien_rng_below(&rng, 4) > 0};
        const int n = (int)mien_rng_below(&rng, FOUND + 1);
        float score = 1;
        for (int i = 0; i < n; i++) {
            const mien_truth *t =
                &w->truth[p][mien_rng_below(&rng, (uint32_t)w->n_truth[p])];
            score -= (float)mien_rng_uniform(&rng) * .07f;
            w->face[p][i] =
                (mien_face){.x = t->x + (float)mien_rng_range(&rng, -5, 5),
                            .y = t->y + (float)mien_rng_range(&rng, -5, 5),
                            .width = t->width,
                            .height = t->height,
                            .score = score};
        }
        w->found[p] = (mien_faces){w->face[p], n};
    }
}

/* At one threshold, from the definition: detections of it and above. */
static void slow_count(const world *w, double threshold, double low,
                       double high, double *hits, double *kept) {
    *hits = *kept = 0;
    for (int p = 0; p < PHOTOS; p++) {
        bool seen[FACES] = {false};
        for (int i = 0; i < w->found[p].count; i++) {
            const mien_face *f = &w->face[p][i];
            double best = 0;
            int at = -1;
            if (((double)f->score - low) / (high - low) < threshold) continue;
            for (int k = 0; k < w->n_truth[p]; k++)
                if (mien_box_iou(&w->truth[p][k], f) > best)
                    best = mien_box_iou(&w->truth[p][k], f), at = k;
            if (best < .5) at = -1;
            if (at >= 0 && !w->truth[p][at].counts) continue;
            *kept += 1;
            if (at >= 0 && !seen[at]) seen[at] = true, *hits += 1;
        }
    }
}

static double slow_ap(const world *w) {
    static double recall[1000], precision[1000];
    double low = 1e9, high = -1e9, all = 0, area = 0;
    for (int p = 0; p < PHOTOS; p++) {
        for (int i = 0; i < w->found[p].count; i++) {
            low = fmin(low, (double)w->face[p][i].score);
            high = fmax(high, (double)w->face[p][i].score);
        }
        for (int i = 0; i < w->n_truth[p]; i++) all += w->truth[p][i].counts;
    }
    for (int k = 0; k < 1000; k++) {
        double hits, kept;
        slow_count(w, 1 - (k + 1) / 1000.0, low, high, &hits, &kept);
        recall[k] = hits / all;
        precision[k] = kept > 0 ? hits / kept : 0;
    }
    for (int k = 0; k < 1000; k++) {
        double best = 0;
        for (int j = k; j < 1000; j++) best = fmax(best, precision[j]);
        area += (recall[k] - (k ? recall[k - 1] : 0)) * best;
    }
    return area;
}

static double fast_ap(const world *w, const int *times) {
    static mien_wider_tally rows[PHOTOS * MIEN_WIDER_THRESHOLDS];
    mien_wider_tally after[FOUND];
    mien_wider_point curve[MIEN_WIDER_THRESHOLDS];
    int faces[PHOTOS] = {0};
    bool taken[FACES];
    const mien_score_range range = mien_scores_of(w->found, PHOTOS);
    for (int p = 0; p < PHOTOS; p++) {
        for (int i = 0; i < w->n_truth[p]; i++)
            faces[p] += (int)w->truth[p][i].counts;
        mien_wider_match(after, taken,
                         &(mien_wider_truth){w->truth[p], w->n_truth[p], 1},
                         &w->found[p]);
        mien_wider_count(rows + p * MIEN_WIDER_THRESHOLDS, &w->found[p], after,
                         range);
    }
    mien_wider_sum(curve, rows, faces, times, PHOTOS);
    return mien_wider_ap(curve, MIEN_WIDER_THRESHOLDS);
}

static void ap__agrees_with_a_slow_count(void **state) {
    (void)state;
    static world w;
    for (uint32_t seed = 0; seed < 8; seed++) {
        make_world(&w, seed);
        const double ap = fast_ap(&w, NULL);
        assert_near(ap, slow_ap(&w), 1e-9);
        assert_true(ap > .1 && ap < .99);
    }
}

static void ap__of_a_draw_is_that_of_copies(void **state) {
    (void)state;
    static world w;
    int times[PHOTOS];
    make_world(&w, 3);
    for (int p = 0; p < PHOTOS; p++) times[p] = 2;
    assert_near(fast_ap(&w, times), fast_ap(&w, NULL), 1e-12);
}

static void ap__of_equal_scores_is_one_point(void **state) {
    (void)state;
    mien_face found[] = {face_at(0, 0, 9, .5f), face_at(40, 0, 9, .5f)};
    const mien_faces f = {found, 2};
    const mien_wider_tally after[] = {{1, 1}, {1, 2}};
    mien_wider_tally row[MIEN_WIDER_THRESHOLDS];
    mien_wider_count(row, &f, after, mien_scores_of(&f, 1));
    assert_memory_equal(&row[0], &after[1], sizeof *row);
}

/* ---- lists ------------------------------------------------------------ */

static const char own_form[] =
    "0--Parade/a.jpg\n3\n"
    "10 20 30 40 0 0 0 0 0 0 \n"
    "1 2 5 6 2 0 0 0 0 0 \n"
    "7 8 50 60 2 0 0 1 0 0 \n"
    "1--None/b.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n"
    "1--None/c.jpg\n1\n5 5 16 10 0 0 0 0 0 0\n";

static void list__of_wider_ignores_small_and_invalid(void **state) {
    (void)state;
    mien_wider_list list;
    scratch_text("own.txt", own_form);
    assert_ok(mien_wider_list_read(&list, scratch("own.txt"), "x", 16));
    assert_int_equal(list.photos, 3);
    assert_int_equal(list.faces, 4);
    assert_int_equal(list.photo[1].count, 0);
    assert_string_equal(list.level[0], "all");
    assert_string_equal(list.photo[2].path, "x/1--None/c.jpg");
    assert_int_equal(list.face[0].counts, 1);
    assert_int_equal(list.face[1].counts, 0);
    assert_int_equal(list.face[2].counts, 0);
    assert_int_equal(list.face[3].counts, 1);
    assert_near(list.face[0].height, 40, 0);
    mien_wider_list_close(&list);
}

static void list__takes_levels_beside_it(void **state) {
    (void)state;
    mien_wider_list list;
    scratch_folder("levels");
    scratch_text("levels/own.txt", own_form);
    scratch_text("levels/wider_easy_val.txt", "0--Parade/a.jpg 1\n");
    scratch_text("levels/wider_medium_val.txt",
                 "0--Parade/a.jpg 1 2\n1--None/b.jpg\n1--None/c.jpg 1\n");
    scratch_text("levels/wider_hard_val.txt",
                 "1--None/c.jpg 1\n0--Parade/a.jpg 3 2 1\n");
    assert_ok(mien_wider_list_read(&list, scratch("levels/own.txt"), NULL, 16));
    assert_int_equal(list.levels, 3);
    assert_string_equal(list.level[2], "hard");
    assert_int_equal(list.face[0].counts, 7);
    assert_int_equal(list.face[1].counts, 6);
    assert_int_equal(list.face[2].counts, 4);
    assert_int_equal(list.face[3].counts, 6);
    mien_wider_list_close(&list);
    scratch_text("levels/wider_hard_val.txt", "0--Parade/a.jpg 4\n");
    assert_fails(
        mien_wider_list_read(&list, scratch("levels/own.txt"), NULL, 16),
        MIEN_EFORMAT, "1 to 3");
    scratch_text("levels/wider_hard_val.txt", "other.jpg 1\n");
    assert_fails(
        mien_wider_list_read(&list, scratch("levels/own.txt"), NULL, 16),
        MIEN_EFORMAT, "no such photo");
}

static void list__of_boxes(void **state) {
    (void)state;
    mien_wider_list list;
    scratch_text("boxes.txt",
                 "# a.jpg 64 48\n0 0 15 15\n0 0 20 8\n# b.jpg 9 9\n");
    assert_ok(mien_wider_list_read(&list, scratch("boxes.txt"), NULL, 16));
    assert_int_equal(list.photos, 2);
    assert_int_equal(list.photo[0].width, 64);
    assert_int_equal(list.face[0].counts, 0);
    assert_int_equal(list.face[1].counts, 1);
    mien_wider_list_close(&list);
    assert_fails(mien_wider_list_read(&list, scratch("boxes.txt"), "x", 16),
                 MIEN_EINVAL, "no folder");
}

static void list__names_the_line_at_fault(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"a.jpg\n", "a.txt:1: want the number"},
        {"a.jpg\nx\n", "a.txt:2: want the number"},
        {"a.jpg\n-1\n", "a.txt:2: want the number"},
        {"a.jpg\n1\n", "a.txt:2: want ten numbers"},
        {"a.jpg\n1\n1 2 3\n", "a.txt:3: want ten numbers"},
        {"a.jpg\n1\n1 2 -3 4 0 0 0 0 0 0\n", "a.txt:3: want ten"},
        {"a.jpg\n1\n1 2 nan 4 0 0 0 0 0 0\n", "a.txt:3: want ten"},
        {"a.jpg\n1\n1 2 3 4 0 0 0 0 0 0 9\n", "a.txt:3: want ten"},
        {"../a.jpg\n0\n", "a.txt:1: a photo's path"},
        {"/a.jpg\n0\n", "a.txt:1: a photo's path"},
        {" \n", "no photo"},
        {"", "not a text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_wider_list list;
        scratch_text("a.txt", cases[i].text);
        assert_fails(mien_wider_list_read(&list, scratch("a.txt"), NULL, 0),
                     MIEN_EFORMAT, cases[i].says);
        assert_null(list.photo);
    }
}

static void list__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_wider_list list;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 200; n++) {
        mien_mem_fail_after(n);
        status = mien_wider_list_read(&list, scratch("own.txt"), "x", 16);
        mien_mem_fail_after(-1);
    }
    assert_ok(status);
    mien_wider_list_close(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iou__counts_the_last_pixel),
        cmocka_unit_test(match__by_hand),
        cmocka_unit_test(ap__by_hand),
        cmocka_unit_test(ap__agrees_with_a_slow_count),
        cmocka_unit_test(ap__of_a_draw_is_that_of_copies),
        cmocka_unit_test(ap__of_equal_scores_is_one_point),
        cmocka_unit_test(list__of_wider_ignores_small_and_invalid),
        cmocka_unit_test(list__takes_levels_beside_it),
        cmocka_unit_test(list__of_boxes),
        cmocka_unit_test(list__names_the_line_at_fault),
        cmocka_unit_test(list__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
