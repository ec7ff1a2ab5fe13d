/* SPDX-License-Identifier: Apache-2.0 */
/* test_mosaic.c - where pixels and faces go when a photo is laid on a canvas,
 * and samples of the reader `boxes`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "data/mosaic.h"
#include "nn/losses/detect.h"

enum { FACES = 8, ROW = 1 + FACES * MIEN_DETECT_BOX };

static const mien_want want = {3, 64, 48};

/* A black photo of 40 x 30 with a white face at (10, 6), 8 x 10. */
static mien_image *photo_with_face(void) {
    mien_image *photo;
    assert_int_equal(mien_image_new(&photo, 40, 30, 3), MIEN_OK);
    mien_image_fill(photo, 10, 6, 8, 10, (mien_colour){255, 255, 255});
    return photo;
}

static const mien_face_box face = {
    .x = 10,
    .y = 6,
    .width = 8,
    .height = 10,
    .points = true,
    .point = {12, 9, 16, 9, 14, 11, 12, 14, 16, 14}};

/* Lay the face's photo; the canvas and its row are checked by the caller. */
static mien_canvas lay(float row[ROW], mien_image *photo, mien_piece piece) {
    mien_canvas canvas;
    assert_int_equal(mien_canvas_open(&canvas, want, row, ROW), MIEN_OK);
    piece.photo = photo;
    piece.face = &face;
    piece.faces = 1;
    piece.face_scale = 1;
    assert_int_equal(mien_canvas_lay(&canvas, &piece), MIEN_OK);
    return canvas;
}

/* The box of the white pixels. */
static mien_box white_in(const mien_image *image) {
    int x1 = image->width, y1 = image->height, x2 = 0, y2 = 0;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            if (image->pixels[(size_t)y * image->stride + 3 * (size_t)x] < 160)
                continue;
            x1 = x < x1 ? x : x1;
            y1 = y < y1 ? y : y1;
            x2 = x + 1 > x2 ? x + 1 : x2;
            y2 = y + 1 > y2 ? y + 1 : y2;
        }
    return (mien_box){x1, y1, x2 - x1, y2 - y1};
}

static void canvas__boxes_follow_the_pixels(void **state) {
    (void)state;
    static const mien_piece pieces[] = {
        {.scale = 1, .window = {0, 0, 64, 48}},
        {.scale = 2, .dx = -7, .dy = 3, .window = {0, 0, 64, 48}},
        {.scale = 0.5f, .dx = 30, .dy = 20, .window = {0, 0, 64, 48}},
        {.scale = 1,
         .dx = 5,
         .dy = 2,
         .mirrored = true,
         .window = {0, 0, 64, 48}},
        {.scale = 2, .dx = -20, .mirrored = true, .window = {0, 0, 64, 48}},
    };
    mien_image *photo = photo_with_face();
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        float row[ROW];
        mien_canvas canvas = lay(row, photo, pieces[i]);
        const mien_box seen = white_in(canvas.image);
        assert_float_equal(row[0], 1, 0);
        assert_float_equal(row[1], seen.x, 1.01);
        assert_float_equal(row[2], seen.y, 1.01);
        assert_float_equal(row[3], seen.width, 1.01);
        assert_float_equal(row[4], seen.height, 1.01);
        mien_image_free(canvas.image);
    }
    mien_image_free(photo);
}

static void canvas__a_mirrored_face_has_its_right_eye_on_the_left(
    void **state) {
    (void)state;
    mien_image *photo = photo_with_face();
    float row[ROW];
    mien_canvas canvas = lay(
        row, photo,
        (mien_piece){.scale = 1, .mirrored = true, .window = {0, 0, 64, 48}});
    assert_float_equal(row[5], 1, 0);
    assert_float_equal(row[6], 24, 1e-4);  /* right eye: 40 - 16 */
    assert_float_equal(row[8], 28, 1e-4);  /* left eye: 40 - 12 */
    assert_float_equal(row[10], 26, 1e-4); /* nose */
    assert_float_equal(row[12], 24, 1e-4); /* corners of the mouth */
    assert_float_equal(row[14], 28, 1e-4);
    mien_image_free(canvas.image);
    mien_image_free(photo);
}

static void canvas__faces_at_the_edge_are_ignored_or_left_out(void **state) {
    (void)state;
    static const struct {
        int x;
        float count, sign;
    } rows[] = {{13, 1, 1}, {15, 1, -1}, {18, 0, 0}};
    mien_image *photo = photo_with_face();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        float row[ROW];
        mien_canvas canvas =
            lay(row, photo,
                (mien_piece){.scale = 1,
                             .window = {rows[i].x, 0, 64 - rows[i].x, 48}});
        assert_float_equal(row[0], rows[i].count, 0);
        if (row[0] > 0) assert_float_equal(row[5], rows[i].sign, 0);
        mien_image_free(canvas.image);
    }
    float row[ROW]; /* five pixels are too few */
    mien_canvas canvas =
        lay(row, photo, (mien_piece){.scale = 0.5f, .window = {0, 0, 64, 48}});
    assert_float_equal(row[5], -1, 0);
    mien_image_free(canvas.image);
    mien_image_free(photo);
}

/* ---- the reader ------------------------------------------------------- */

typedef struct album {
    char folder[64], list[80];
    mien_reader *reader;
    void *config;
} album;

static void make_album(album *a) {
    char path[96];
    strcpy(a->folder, "mosaic_XXXXXX");
    assert_non_null(mkdtemp(a->folder));
    mien_image *photo = photo_with_face();
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%d.png", a->folder, i);
        assert_int_equal(mien_image_save(photo, path, 0), MIEN_OK);
    }
    mien_image_free(photo);
    static const char text[] =
        "# 0.png 40 30\n10 6 18 16\n# 1.png 40 30\n"
        "10 6 18 16\n# 2.png 20 15\n5 3 9 8\n";
    snprintf(a->list, sizeof a->list, "%s/list.txt", a->folder);
    assert_int_equal(mien_file_write(a->list, text, strlen(text)), MIEN_OK);
    const mien_reader_ops *ops = mien_reader_find("boxes");
    mien_arena arena = {0};
    mien_tree *tree;
    char yaml[128];
    snprintf(yaml, sizeof yaml, "{path: %s, faces: 8}", a->list);
    a->config = calloc(1, ops->config_size);
    assert_int_equal(mien_tree_parse(&tree, &arena, yaml, strlen(yaml), "test"),
                     MIEN_OK);
    assert_int_equal(
        mien_params_read(a->config, ops->params, tree, NULL, &arena, "data"),
        MIEN_OK);
    assert_int_equal(mien_reader_open(&a->reader, ops, a->config), MIEN_OK);
    mien_arena_close(&arena);
}

static void close_album(album *a) {
    char path[96];
    mien_reader_close(a->reader);
    free(a->config);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%d.png", a->folder, i);
        remove(path);
    }
    remove(a->list);
    remove(a->folder);
}

static void reader__shows_the_same_without_chance(void **state) {
    (void)state;
    album a;
    make_album(&a);
    assert_int_equal(a.reader->vector, ROW);
    for (int i = 0; i < 3; i++) {
        float row[ROW];
        mien_sample sample;
        const mien_composing how = {want, NULL};
        assert_int_equal(
            a.reader->ops->compose(&sample, row, a.reader, i, &how), MIEN_OK);
        /* 40 x 30 fits 64 x 48 1.6 times; photo 2's list is of half size */
        assert_float_equal(row[0], 1, 0);
        assert_float_equal(row[1], 16, 0.01);
        assert_float_equal(row[2], 9.6, 0.01);
        assert_float_equal(row[3], 12.8, 0.01);
        assert_float_equal(row[4], 16, 0.01);
        mien_sample_close(&sample);
    }
    close_album(&a);
}

static void reader__is_a_function_of_the_numbers_it_draws(void **state) {
    (void)state;
    album a;
    make_album(&a);
    for (uint32_t seed = 0; seed < 40; seed++) {
        float row[2][ROW];
        mien_sample sample[2];
        for (int k = 0; k < 2; k++) {
            mien_rng rng = mien_rng_at(seed, MIEN_RNG_COMPOSE, 0, 0);
            const mien_composing how = {want, &rng};
            assert_int_equal(
                a.reader->ops->compose(&sample[k], row[k], a.reader, 1, &how),
                MIEN_OK);
        }
        assert_memory_equal(row[0], row[1], sizeof row[0]);
        assert_memory_equal(sample[0].image->pixels, sample[1].image->pixels,
                            sample[0].image->stride * 48);
        for (int i = 0; i < (int)row[0][0]; i++) { /* within the canvas */
            const float *f = row[0] + 1 + i * MIEN_DETECT_BOX;
            assert_true(f[0] >= 0 && f[1] >= 0 && f[0] + f[2] <= 64.01f &&
                        f[1] + f[3] <= 48.01f);
        }
        mien_sample_close(&sample[0]);
        mien_sample_close(&sample[1]);
    }
    close_album(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canvas__boxes_follow_the_pixels),
        cmocka_unit_test(canvas__a_mirrored_face_has_its_right_eye_on_the_left),
        cmocka_unit_test(canvas__faces_at_the_edge_are_ignored_or_left_out),
        cmocka_unit_test(reader__shows_the_same_without_chance),
        cmocka_unit_test(reader__is_a_function_of_the_numbers_it_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
