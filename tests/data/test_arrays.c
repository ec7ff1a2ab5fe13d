/* SPDX-License-Identifier: Apache-2.0 */
/* test_arrays.c - samples that lie in arrays: npy, npz, idx. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "readers.h"
#include "tensor/npy.h"
#include "zipper.h"

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

static void save(const char *name, mien_dtype dtype, int rank,
                 const size_t *shape, const void *data) {
    mien_tensor t = {.name = name, .dtype = dtype, .rank = rank, .data = data};
    memcpy(t.shape, shape, (size_t)rank * sizeof *shape);
    assert_true(mien_tensor_measure(&t));
    assert_int_equal(mien_npy_write(scratch(name), &t), MIEN_OK);
}

/* Three colour images of 2 x 4, whose bytes count up. */
static uint8_t pixels[3 * 24];
static const int64_t classes[3] = {1, 0, 1};

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    for (int i = 0; i < 72; i++) pixels[i] = (uint8_t)i;
    save("data.npy", MIEN_U8, 4, (size_t[]){3, 2, 4, 3}, pixels);
    save("planar.npy", MIEN_U8, 4, (size_t[]){3, 3, 2, 4}, pixels);
    save("grey.npy", MIEN_U8, 3, (size_t[]){3, 4, 6}, pixels);
    save("labels.npy", MIEN_I64, 1, (size_t[]){3}, classes);
    return 0;
}

static mien_status open_npy(mien_dataset **d, const char *images,
                            const char *labels) {
    return open_data(d, "{reader: npy, path: %s, images: %s, labels: %s}",
                     scratch_root, images, labels);
}

/* Pixel (x, y), channel c of sample i. */
static int pixel(const mien_reader *r, int i, int x, int y, int c) {
    mien_sample s;
    assert_int_equal(r->ops->decode(&s, r, i, (mien_want){0}), MIEN_OK);
    int value;
    if (s.image) {
        value = s.image->pixels[(size_t)y * s.image->stride +
                                (size_t)(x * s.image->channels + c)];
    } else {
        value = (int)s.floats[(y * s.width + x) * s.channels + c];
    }
    mien_sample_close(&s);
    return value;
}

static void npy__every_layout_finds_its_pixels(void **state) {
    (void)state;
    mien_dataset *d;
    assert_int_equal(open_npy(&d, "data.npy", "labels.npy"), MIEN_OK);
    assert_int_equal(d->reader->count, 3);
    assert_int_equal(d->reader->classes, 2);
    assert_int_equal(d->reader->labels[2], 1);
    assert_int_equal(pixel(d->reader, 1, 3, 1, 2), 24 + (1 * 4 + 3) * 3 + 2);
    mien_dataset_close(d);
    assert_int_equal(open_npy(&d, "planar.npy", "labels.npy"), MIEN_OK);
    assert_int_equal(pixel(d->reader, 1, 3, 1, 2), 24 + 2 * 8 + 1 * 4 + 3);
    mien_dataset_close(d);
    assert_int_equal(open_npy(&d, "grey.npy", "labels.npy"), MIEN_OK);
    assert_int_equal(pixel(d->reader, 1, 3, 1, 0), 24 + 6 + 3);
    mien_dataset_close(d);
}

static void npy__floats_come_as_floats(void **state) {
    (void)state;
    mien_dataset *d;
    static float x[72];
    for (int i = 0; i < 72; i++) x[i] = (float)(1000 + i);
    save("float.npy", MIEN_F32, 4, (size_t[]){3, 3, 2, 4}, x);
    assert_int_equal(open_npy(&d, "float.npy", "labels.npy"), MIEN_OK);
    assert_true(d->reader->floats);
    assert_int_equal(pixel(d->reader, 2, 3, 1, 2), 1048 + 2 * 8 + 1 * 4 + 3);
    mien_dataset_close(d);
}

static void npy__one_hot_and_float_labels_are_read(void **state) {
    (void)state;
    mien_dataset *d;
    save("hot.npy", MIEN_F32, 2, (size_t[]){3, 3},
         (float[]){0, 0, 1, 1, 0, 0, 0, 1, 0});
    assert_int_equal(open_npy(&d, "data.npy", "hot.npy"), MIEN_OK);
    assert_int_equal(d->reader->classes, 3);
    assert_int_equal(d->reader->labels[0], 2);
    assert_int_equal(d->reader->labels[2], 1);
    mien_dataset_close(d);
    save("column.npy", MIEN_F64, 2, (size_t[]){3, 1}, (double[]){2, 0, 1});
    assert_int_equal(open_npy(&d, "data.npy", "column.npy"), MIEN_OK);
    assert_int_equal(d->reader->labels[0], 2);
    mien_dataset_close(d);
}

static void refuses(mien_dtype dtype, int rank, const size_t *shape,
                    const void *labels, mien_status status, const char *words) {
    mien_dataset *d;
    save("bad.npy", dtype, rank, shape, labels);
    said(open_npy(&d, "data.npy", "bad.npy"), status, words);
    assert_null(d);
}

static void npy__bad_labels_are_refused(void **state) {
    (void)state;
    refuses(MIEN_I64, 1, (size_t[]){2}, classes, MIEN_EDATA, "2 labels");
    refuses(MIEN_I32, 1, (size_t[]){3}, (int32_t[]){0, -1, 0}, MIEN_EDATA,
            "label 1 is -1");
    refuses(MIEN_I32, 1, (size_t[]){3}, (int32_t[]){0, 1 << 24, 0}, MIEN_EDATA,
            "label 1 is 16777216");
    refuses(MIEN_I32, 1, (size_t[]){3}, (int32_t[]){0, 3, 0}, MIEN_EDATA,
            "a label is 3");
    refuses(MIEN_F32, 1, (size_t[]){3}, (float[]){0, 0.5f, 0}, MIEN_EDATA,
            "whole number");
    refuses(MIEN_U32, 1, (size_t[]){3}, (uint32_t[]){0, UINT32_MAX, 0},
            MIEN_EDATA, "at most");
    refuses(MIEN_U8, 2, (size_t[]){3, 2}, (uint8_t[]){0, 1, 1, 1, 1, 0},
            MIEN_EDATA, "row 1 is not one-hot");
    refuses(MIEN_U8, 2, (size_t[]){3, 2}, (uint8_t[]){0, 1, 0, 0, 1, 0},
            MIEN_EDATA, "row 1 is not one-hot");
    refuses(MIEN_U8, 3, (size_t[]){3, 1, 1}, classes, MIEN_ESHAPE, "one-hot");
}

static void npy__bad_images_are_refused(void **state) {
    (void)state;
    mien_dataset *d;
    save("flat.npy", MIEN_U8, 2, (size_t[]){3, 24}, pixels);
    said(open_npy(&d, "flat.npy", "labels.npy"), MIEN_ESHAPE, "N,H,W,C");
    save("five.npy", MIEN_U8, 4, (size_t[]){3, 2, 6, 2}, pixels);
    said(open_npy(&d, "five.npy", "labels.npy"), MIEN_ESHAPE, "channels");
    save("none.npy", MIEN_U8, 3, (size_t[]){0, 2, 6}, pixels);
    save("nolabel.npy", MIEN_U8, 1, (size_t[]){0}, pixels);
    said(open_npy(&d, "none.npy", "nolabel.npy"), MIEN_EDATA, "no image");
    size_t size;
    uint8_t *bytes = scratch_read(scratch("data.npy"), &size);
    scratch_write("cut.npy", bytes, size - 1);
    free(bytes);
    said(open_npy(&d, "cut.npy", "labels.npy"), MIEN_EFORMAT, "cut.npy");
    said(open_npy(&d, "absent.npy", "labels.npy"), MIEN_ENOTFOUND,
         "absent.npy");
}

static void dataset__classes_and_names_must_fit(void **state) {
    (void)state;
    mien_dataset *d;
    scratch_text("names.txt", "first\r\nsecond\n");
    assert_int_equal(open_data(&d, "{reader: npy, path: %s, names: %s}",
                               scratch_root, scratch("names.txt")),
                     MIEN_OK);
    assert_string_equal(d->reader->class_names[0], "first");
    mien_dataset_close(d);
    said(open_data(&d, "{reader: npy, path: %s, names: %s, classes: 3}",
                   scratch_root, scratch("names.txt")),
         MIEN_EDATA, "3 classes");
    said(open_data(&d, "{reader: npy, path: %s, classes: 1}", scratch_root),
         MIEN_EDATA, "2 were found");
    assert_int_equal(
        open_data(&d, "{reader: npy, path: %s, classes: 30}", scratch_root),
        MIEN_OK);
    assert_int_equal(d->reader->classes, 30);
    mien_dataset_close(d);
}

static void npz__members_are_found_by_their_usual_names(void **state) {
    (void)state;
    static zipper z;
    size_t n, m;
    uint8_t *images = scratch_read(scratch("data.npy"), &n);
    uint8_t *labels = scratch_read(scratch("labels.npy"), &m);
    zipper_add(&z, "x.npy", images, n, true);
    zipper_add(&z, "y.npy", labels, m, false);
    zipper_end(&z);
    scratch_write("a.npz", z.bytes, z.size);
    free(images);
    free(labels);
    mien_dataset *d;
    assert_int_equal(open_data(&d, "{reader: npz, path: %s}", scratch("a.npz")),
                     MIEN_OK);
    assert_int_equal(pixel(d->reader, 1, 3, 1, 2), 24 + (1 * 4 + 3) * 3 + 2);
    assert_int_equal(d->reader->labels[2], 1);
    mien_dataset_close(d);
    said(open_data(&d, "{reader: npz, path: %s, labels: w}", scratch("a.npz")),
         MIEN_ENOTFOUND, "it holds: x, y");
}

static void write_idx(void) {
    uint8_t bytes[16 + 72] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 6};
    memcpy(bytes + 16, pixels, 72);
    scratch_write("i.idx", bytes, sizeof bytes);
    scratch_write("l.idx", "\0\0\x08\x01\0\0\0\x03\x02\x01\0", 11);
}

static mien_status open_idx(mien_dataset **d) {
    return open_data(d, "{reader: idx, path: %s, images: i.idx, labels: l.idx}",
                     scratch_root);
}

static void idx__digits_are_read(void **state) {
    (void)state;
    mien_dataset *d;
    write_idx();
    assert_int_equal(open_idx(&d), MIEN_OK);
    assert_int_equal(d->reader->classes, 3);
    assert_int_equal(d->reader->labels[0], 2);
    assert_int_equal(pixel(d->reader, 2, 5, 3, 0), 71);
    mien_dataset_close(d);
}

static void idx__bad_files_are_refused(void **state) {
    (void)state;
    mien_dataset *d;
    write_idx();
    scratch_write("i.idx", "\0\0\x0d\x03", 4);
    said(open_idx(&d), MIEN_EUNSUPPORTED, "i.idx");
    scratch_write("i.idx", "\1\0\x08\x03", 4);
    said(open_idx(&d), MIEN_EFORMAT, "two zeros");
    scratch_write("i.idx", "\0\0\x08\x00", 4);
    said(open_idx(&d), MIEN_EFORMAT, "0 extents");
    scratch_write("i.idx", "\0\0\x08\x03\0\0\0\1", 8);
    said(open_idx(&d), MIEN_EFORMAT, "header");
    scratch_write("i.idx", "\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff", 12);
    said(open_idx(&d), MIEN_EFORMAT, "does not fit");
    scratch_text("i.idx", "");
    said(open_idx(&d), MIEN_EFORMAT, "i.idx");
}

static void arrays__failing_allocations_are_reported(void **state) {
    (void)state;
    write_idx();
    char npy[256], idx[512];
    snprintf(npy, sizeof npy, "{reader: npy, path: %s}", scratch_root);
    snprintf(idx, sizeof idx,
             "{reader: idx, path: %s, images: i.idx, "
             "labels: l.idx}",
             scratch_root);
    const char *const cases[] = {npy, idx};
    for (int k = 0; k < 2; k++) {
        const mien_tree *data = yaml(cases[k]), *input = yaml(yaml_input);
        mien_status status = MIEN_ENOMEM;
        for (int i = 0; status != MIEN_OK; i++) {
            mien_dataset *d;
            mien_mem_fail_after(i);
            status = mien_dataset_open(&d, data, input, NULL);
            mien_mem_fail_after(-1);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
            mien_dataset_close(d);
            assert_true(i < 1000);
        }
    }
}

static void idx__the_shared_digits_split_by_index(void **state) {
    (void)state;
    mien_dataset *d;
    const char *path = shared("mnist");
    assert_int_equal(open_data(&d,
                               "{reader: idx, path: %s, images: "
                               "t10k-images-idx3-ubyte.gz, labels: "
                               "t10k-labels-idx1-ubyte.gz, test_from: 8000}",
                               path),
                     MIEN_OK);
    assert_int_equal(d->reader->count, 10000);
    assert_int_equal(d->reader->classes, 10);
    assert_int_equal(d->split.count[MIEN_TRAIN], 8000);
    assert_int_equal(d->split.items[MIEN_TEST][0], 8000);
    mien_dataset_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npy__every_layout_finds_its_pixels),
        cmocka_unit_test(npy__floats_come_as_floats),
        cmocka_unit_test(npy__one_hot_and_float_labels_are_read),
        cmocka_unit_test(npy__bad_labels_are_refused),
        cmocka_unit_test(npy__bad_images_are_refused),
        cmocka_unit_test(dataset__classes_and_names_must_fit),
        cmocka_unit_test(npz__members_are_found_by_their_usual_names),
        cmocka_unit_test(idx__digits_are_read),
        cmocka_unit_test(idx__bad_files_are_refused),
        cmocka_unit_test(arrays__failing_allocations_are_reported),
        cmocka_unit_test(idx__the_shared_digits_split_by_index),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
