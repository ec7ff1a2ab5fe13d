/* SPDX-License-Identifier: Apache-2.0 */
/* test_loader.c - pixels to numbers, and the same batches whatever the number
 * of threads, the cache and the place one resumes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <math.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "readers.h"

/* 3 classes of 5 photos of 10 x 6 pixels. */
static int setup(void **state) {
    if (scratch_open(state)) return -1;
    scratch_folder("people");
    for (int k = 0; k < 3; k++) {
        char name[64];
        snprintf(name, sizeof name, "people/%d", k);
        scratch_folder(name);
        for (int i = 0; i < 5; i++) {
            uint8_t bytes[80] = "P5\n10 6\n255\n";
            for (int x = 0; x < 60; x++)
                bytes[12 + x] = (uint8_t)(k * 80 + i * 10 + x % 10);
            snprintf(name, sizeof name, "people/%d/%d.pgm", k, i);
            scratch_write(name, bytes, 72);
        }
    }
    return 0;
}

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

static mien_dataset *open_people(const char *more) {
    mien_dataset *d;
    if (open_data(&d, "{reader: folder, path: %s, seed: 3%s}",
                  scratch("people"), more) != MIEN_OK)
        fail_msg("%s", mien_error());
    return d;
}

/* ---- pixels ----------------------------------------------------------- */

static void input__pixels_are_scaled_and_planar(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_input in;
    assert_int_equal(mien_input_read(&in,
                                     yaml("{size: [1, 2, 3], scale: 255, "
                                          "mean: [0.5], std: [1, 2, 4]}"),
                                     &a),
                     MIEN_OK);
    uint8_t pixels[6] = {0, 51, 102, 153, 204, 255};
    const mien_image image = {2, 1, 3, 6, pixels};
    float x[6];
    mien_input_fill(x, &in, &image);
    const float want[6] = {-0.5f,
                           0.6f - 0.5f,
                           (0.2f - 0.5f) / 2,
                           (0.8f - 0.5f) / 2,
                           (0.4f - 0.5f) / 4,
                           0.5f / 4};
    for (int i = 0; i < 6; i++) assert_true(fabsf(x[i] - want[i]) < 1e-6f);
    mien_image *back;
    assert_int_equal(mien_input_image(&back, &in, x), MIEN_OK);
    assert_memory_equal(back->pixels, pixels, 6);
    mien_image_free(back);
    mien_arena_close(&a);
}

static mien_image *fitted(const char *fit, int w, int h) {
    mien_arena a = {0};
    mien_input in;
    char text[64];
    snprintf(text, sizeof text, "{size: [4, 4, 3], fit: %s}", fit);
    assert_int_equal(mien_input_read(&in, yaml(text), &a), MIEN_OK);
    mien_image *image;
    assert_int_equal(mien_image_new(&image, w, h, 1), MIEN_OK);
    for (int y = 0; y < h; y++) /* the middle third is white */
        for (int x = w / 3; x < w - w / 3; x++)
            image->pixels[(size_t)y * image->stride + (size_t)x] = 255;
    assert_int_equal(mien_input_fit(&image, &in), MIEN_OK);
    assert_int_equal(image->width, 4);
    assert_int_equal(image->height, 4);
    assert_int_equal(image->channels, 3);
    mien_arena_close(&a);
    return image;
}

static void input__photos_of_other_shapes_fit(void **state) {
    (void)state;
    mien_image *image = fitted("crop", 12, 4); /* keeps the white third */
    for (int i = 0; i < 12; i++) assert_int_equal(image->pixels[i], 255);
    mien_image_free(image);
    image = fitted("stretch", 12, 4);
    assert_true(image->pixels[0] < 128 && image->pixels[5] > 128);
    mien_image_free(image);
    image = fitted("pad", 12, 4); /* a band of one row, black around it */
    assert_int_equal(image->pixels[5], 0);
    assert_true(image->pixels[image->stride + 5] > 128);
    assert_int_equal(image->pixels[2 * image->stride + 5], 0);
    mien_image_free(image);
}

static void input__bad_options_are_refused(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_input in;
    said(mien_input_read(&in, NULL, &a), MIEN_EINVAL, "no `input:`");
    said(mien_input_read(&in, yaml("{size: [4, 4, 2]}"), &a), MIEN_EINVAL,
         "2 channels");
    said(mien_input_read(&in, yaml("{size: [4, 4, 3], mean: [1, 2]}"), &a),
         MIEN_EINVAL, "2 numbers for 3 channels");
    said(mien_input_read(&in, yaml("{size: [4, 4, 3], std: [0]}"), &a),
         MIEN_EINVAL, "std");
    mien_arena_close(&a);
}

/* ---- batches ---------------------------------------------------------- */

#define STEPS 9
#define BATCH 4
#define SIZE  64

typedef struct seen {
    float x[STEPS][BATCH * SIZE];
    int32_t label[STEPS][BATCH];
    uint32_t sample[STEPS][BATCH];
    float share[STEPS];
} seen;

/* The batches from (epoch, step) on, as (epoch 0, step 0) would number them. */
static void collect(seen *out, mien_dataset *d, int threads, int from) {
    mien_loader *l;
    const mien_loaded *b;
    const mien_feed feed = {.part = MIEN_TRAIN,
                            .batch = BATCH,
                            .train = true,
                            .augment = true,
                            .threads = threads,
                            .epoch = from / 4,
                            .step = from % 4};
    assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
    assert_int_equal(mien_loader_steps(l), 4); /* 15 photos */
    for (int k = from; k < STEPS; k++) {
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        assert_int_equal(b->epoch, k / 4);
        assert_int_equal(b->step, k % 4);
        assert_int_equal(b->count, BATCH);
        memcpy(out->x[k], b->x, sizeof out->x[k]);
        memcpy(out->label[k], b->label, sizeof out->label[k]);
        memcpy(out->sample[k], b->sample, sizeof out->sample[k]);
        out->share[k] = b->share ? b->share[0] : -1;
    }
    mien_loader_close(l);
}

static void loader__threads_and_cache_do_not_change_batches(void **state) {
    (void)state;
    static seen want, got;
    static const char *const caches[] = {", cache: 0", ""};
    yaml_augment = "[flip, {noise: {}}, mixup]";
    for (int c = 0; c < 2; c++) {
        static const int threads[] = {-1, 1, 3};
        for (int i = 0; i < 3; i++) {
            mien_dataset *d = open_people(caches[c]);
            collect(c + i ? &got : &want, d, threads[i], 0);
            if (c + i) assert_memory_equal(&got, &want, sizeof want);
            if (c) assert_int_equal(mien_cache_bytes(d->cache) > 0, 1);
            mien_dataset_close(d);
        }
    }
    yaml_augment = NULL;
    assert_memory_not_equal(want.x[0], want.x[4], sizeof want.x[0]);
    assert_true(want.share[0] >= 0 && want.share[0] != want.share[1]);
}

static void loader__resumes_anywhere(void **state) {
    (void)state;
    static seen want, got;
    yaml_augment = "[flip, {noise: {}}]";
    mien_dataset *d = open_people("");
    collect(&want, d, 2, 0);
    for (int from = 1; from < STEPS; from++) {
        got = want;
        memset(got.x[from], 0, sizeof got.x[from]);
        collect(&got, d, from % 3, from);
        assert_memory_equal(&got, &want, sizeof want);
    }
    yaml_augment = NULL;
    mien_dataset_close(d);
}

static void loader__labels_belong_to_their_pixels(void **state) {
    (void)state;
    static seen got;
    mien_dataset *d = open_people("");
    collect(&got, d, 1, 0);
    for (int k = 0; k < STEPS; k++)
        for (int i = 0; i < BATCH; i++) {
            const int sample = (int)got.sample[k][i];
            assert_int_equal(got.label[k][i], sample / 5);
            const float x = got.x[k][i * SIZE];
            const int base = sample / 5 * 80 + sample % 5 * 10;
            assert_true(x >= (float)base && x <= (float)base + 2);
        }
    mien_dataset_close(d);
}

static void loader__evaluation_ends_with_a_short_batch(void **state) {
    (void)state;
    mien_dataset *d = open_people(", test_per_class: 2");
    mien_loader *l;
    const mien_loaded *b;
    for (int threads = -1; threads < 3; threads++) {
        const mien_feed feed = {
            .part = MIEN_TEST, .batch = 4, .threads = threads};
        assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        assert_int_equal(b->count, 4);
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        assert_int_equal(b->count, 2);
        assert_int_equal(b->label[1], 2);
        assert_int_equal(b->label[2], -1);
        assert_true(b->x[2 * SIZE] == 0 && b->x[4 * SIZE - 1] == 0);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
            assert_null(b);
        }
        assert_true(mien_loader_waited(l) >= 0);
        mien_loader_close(l);
    }
    const mien_feed none = {.part = MIEN_VAL, .batch = 4};
    said(mien_dataset_load(&l, d, &none), MIEN_EDATA, "no validation sample");
    mien_dataset_close(d);
}

static void loader__a_limit_keeps_to_few_samples(void **state) {
    (void)state;
    mien_dataset *d = open_people("");
    mien_loader *l;
    const mien_loaded *b;
    const mien_feed feed = {
        .part = MIEN_TRAIN, .batch = 4, .train = true, .limit = 4};
    assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
    assert_int_equal(mien_loader_steps(l), 1);
    uint32_t sum = 0;
    for (int k = 0; k < 5; k++) {
        uint32_t now = 0;
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        for (int i = 0; i < 4; i++) now += 1u << b->sample[i];
        if (k) assert_int_equal(now, sum);
        sum = now;
    }
    mien_loader_close(l);
    mien_dataset_close(d);
}

static void loader__a_damaged_photo_fails_at_its_batch(void **state) {
    (void)state;
    scratch_text("people/1/2.pgm", "P5\n10 6\n255\ncut short");
    mien_dataset *d = open_people(", order: sequential, cache: 0");
    for (int threads = -1; threads < 3; threads++) {
        mien_loader *l;
        const mien_loaded *b;
        const mien_feed feed = {
            .part = MIEN_TRAIN, .batch = 4, .train = true, .threads = threads};
        assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        said(mien_loader_next(l, &b), MIEN_EFORMAT, "1/2.pgm");
        assert_null(b);
        mien_loader_close(l);
    }
    mien_dataset_close(d);
    uint8_t bytes[80] = "P5\n10 6\n255\n";
    scratch_write("people/1/2.pgm", bytes, 72);
}

static void loader__twins_are_two_views_of_a_photo(void **state) {
    (void)state;
    yaml_augment = "[{noise: {}}]";
    mien_dataset *d = open_people("");
    mien_loader *l;
    const mien_loaded *b;
    const mien_feed feed = {.part = MIEN_TRAIN,
                            .batch = 4,
                            .train = true,
                            .twins = true,
                            .augment = true};
    assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
    for (int step = 0; step < mien_loader_steps(l); step++) {
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        for (int i = 0; i < 4; i += 2) {
            assert_int_equal(b->sample[i], b->sample[i + 1]);
            assert_memory_not_equal(b->x + i * SIZE, b->x + (i + 1) * SIZE,
                                    SIZE * sizeof(float));
        }
    }
    mien_loader_close(l);
    mien_dataset_close(d);
    yaml_augment = NULL;
}

static void loader__impossible_plans_are_refused(void **state) {
    (void)state;
    mien_loader *l;
    mien_dataset *d = open_people("");
    mien_feed feed = {.part = MIEN_TRAIN, .batch = 4, .train = true, .step = 5};
    said(mien_dataset_load(&l, d, &feed), MIEN_EINVAL, "4 steps");
    feed = (mien_feed){.part = MIEN_TRAIN, .batch = 4, .threads = 65};
    said(mien_dataset_load(&l, d, &feed), MIEN_EINVAL, "65 threads");
    mien_dataset_close(d);
}

static void loader__failing_allocations_are_reported(void **state) {
    (void)state;
    yaml_augment = "[flip, mixup]";
    for (int threads = -1; threads < 2; threads += 2) {
        mien_status status = MIEN_ENOMEM;
        for (int i = 0; status != MIEN_OK; i++) {
            mien_dataset *d = open_people("");
            mien_loader *l;
            const mien_loaded *b;
            const mien_feed feed = {.part = MIEN_TRAIN,
                                    .batch = 4,
                                    .train = true,
                                    .augment = true,
                                    .threads = threads};
            mien_mem_fail_after(i);
            status = mien_dataset_load(&l, d, &feed);
            for (int k = 0; k < 4 && status == MIEN_OK; k++)
                status = mien_loader_next(l, &b);
            mien_loader_close(l);
            mien_mem_fail_after(-1);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
            mien_dataset_close(d);
            assert_true(i < 1000);
        }
    }
    yaml_augment = NULL;
}

/* Targets are 10 index and 10 index + 1, exact in float. */
static void loader__targets_follow_their_photos(void **state) {
    (void)state;
    static float rows[15][2];
    for (int i = 0; i < 15; i++) rows[i][0] = 10.0f * (float)i;
    for (int i = 0; i < 15; i++) rows[i][1] = rows[i][0] + 1;
    mien_tensor t = {.name = "t",
                     .dtype = MIEN_F32,
                     .rank = 2,
                     .shape = {15, 2},
                     .data = rows};
    assert_true(mien_tensor_measure(&t));
    assert_int_equal(mien_npy_write(scratch("t.npy"), &t), MIEN_OK);
    char more[256];
    snprintf(more, sizeof more, ", targets: %s", scratch("t.npy"));
    for (int mix = 0; mix < 2; mix++) {
        yaml_augment = mix ? "[mixup]" : NULL;
        mien_dataset *d = open_people(more);
        assert_int_equal(d->vector, 2);
        mien_loader *l;
        const mien_loaded *b;
        const mien_feed feed = {
            .part = MIEN_TRAIN, .batch = 4, .train = true, .augment = true};
        assert_int_equal(mien_dataset_load(&l, d, &feed), MIEN_OK);
        assert_int_equal(mien_loader_next(l, &b), MIEN_OK);
        for (int i = 0; i < 4; i++) {
            const float p = rows[b->sample[i]][0];
            const float q = rows[b->sample[3 - i]][0];
            const float want =
                mix ? b->share[i] * p + (1 - b->share[i]) * q : p;
            assert_true(fabsf(b->target[2 * i] - want) < 1e-4f);
            assert_true(fabsf(b->target[2 * i + 1] - want - 1) < 1e-4f);
        }
        mien_loader_close(l);
        mien_dataset_close(d);
    }
    yaml_augment = NULL;
    t.shape[0] = 14;
    assert_true(mien_tensor_measure(&t));
    assert_int_equal(mien_npy_write(scratch("t.npy"), &t), MIEN_OK);
    mien_dataset *d;
    said(open_data(&d, "{reader: folder, path: %s, targets: %s}",
                   scratch("people"), scratch("t.npy")),
         MIEN_EDATA, "each of the 15 samples");
}

static void cache__keeps_within_its_cap(void **state) {
    (void)state;
    mien_cache *cache;
    assert_int_equal(mien_cache_open(&cache, 3, 200), MIEN_OK);
    for (int i = 0; i < 3; i++) {
        mien_image *image;
        assert_int_equal(mien_image_new(&image, 10, 10, 1), MIEN_OK);
        const size_t size = image->stride * 10;
        const bool room = mien_cache_bytes(cache) + size <= 200;
        assert_int_equal(mien_cache_put(cache, i, image), room);
        assert_ptr_equal(mien_cache_get(cache, i), room ? image : NULL);
        if (!room) mien_image_free(image);
    }
    assert_true(mien_cache_bytes(cache) <= 200);
    assert_non_null(mien_cache_get(cache, 0));
    mien_cache_close(cache);
}

/* ---- datasets --------------------------------------------------------- */

static void dataset__recipes_are_checked(void **state) {
    (void)state;
    mien_dataset *d;
    said(mien_dataset_open(&d, NULL, yaml(yaml_input), NULL), MIEN_EINVAL,
         "no `data:`");
    said(open_data(&d, "{path: x}"), MIEN_EINVAL, "`reader: NAME`");
    said(open_data(&d, "[1]"), MIEN_EINVAL, "`reader: NAME`");
    said(open_data(&d, "{reader: foldr}"), MIEN_EINVAL, "folder?");
    said(open_data(&d, "{reader: folder}"), MIEN_EINVAL, "path");
    said(open_data(&d, "{reader: folder, path: x, tset: 1}"), MIEN_EINVAL,
         "test.yaml:1");
    said(open_data(&d, "{reader: folder, path: x, test: 2}"), MIEN_EINVAL,
         "test");
}

static void dataset__the_hash_sees_every_pixel_and_label(void **state) {
    (void)state;
    char one[MIEN_HASH_HEX], two[MIEN_HASH_HEX];
    mien_dataset *d = open_people("");
    assert_int_equal(mien_dataset_hash(one, d), MIEN_OK);
    assert_int_equal(mien_dataset_hash(two, d), MIEN_OK);
    assert_string_equal(one, two);
    size_t size;
    uint8_t *bytes = scratch_read(scratch("people/2/4.pgm"), &size);
    bytes[size - 1] ^= 1;
    scratch_write("people/2/4.pgm", bytes, size);
    assert_int_equal(mien_dataset_hash(two, d), MIEN_OK);
    assert_string_not_equal(one, two);
    bytes[size - 1] ^= 1;
    scratch_write("people/2/4.pgm", bytes, size);
    free(bytes);
    d->reader->labels[3] ^= 1;
    assert_int_equal(mien_dataset_hash(two, d), MIEN_OK);
    assert_string_not_equal(one, two);
    mien_dataset_close(d);
}

static void dataset__orl_gives_eight_and_two_of_each(void **state) {
    (void)state;
    const char *path = shared("orl");
    mien_dataset *d;
    assert_int_equal(
        open_data(&d, "{reader: folder, path: %s, test: 0.2}", path), MIEN_OK);
    int counts[40];
    mien_dataset_count(d, MIEN_TEST, counts);
    assert_int_equal(d->reader->classes, 40);
    for (int k = 0; k < 40; k++) assert_int_equal(counts[k], 2);
    mien_dataset_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input__pixels_are_scaled_and_planar),
        cmocka_unit_test(input__photos_of_other_shapes_fit),
        cmocka_unit_test(input__bad_options_are_refused),
        cmocka_unit_test(loader__threads_and_cache_do_not_change_batches),
        cmocka_unit_test(loader__resumes_anywhere),
        cmocka_unit_test(loader__labels_belong_to_their_pixels),
        cmocka_unit_test(loader__evaluation_ends_with_a_short_batch),
        cmocka_unit_test(loader__a_limit_keeps_to_few_samples),
        cmocka_unit_test(loader__a_damaged_photo_fails_at_its_batch),
        cmocka_unit_test(loader__twins_are_two_views_of_a_photo),
        cmocka_unit_test(loader__impossible_plans_are_refused),
        cmocka_unit_test(loader__failing_allocations_are_reported),
        cmocka_unit_test(loader__targets_follow_their_photos),
        cmocka_unit_test(cache__keeps_within_its_cap),
        cmocka_unit_test(dataset__recipes_are_checked),
        cmocka_unit_test(dataset__the_hash_sees_every_pixel_and_label),
        cmocka_unit_test(dataset__orl_gives_eight_and_two_of_each),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
