/* SPDX-License-Identifier: Apache-2.0 */
/* test_recordio.c - record files: photos found, identity ranges passed over,
 * cut records joined, damage named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "data/recordio.h"
#include "scratch.h"
#include "readers.h"

static uint8_t rec[8192];
static size_t rec_size;
static char list[1024];

static void put(const void *bytes, size_t size) {
    memcpy(rec + rec_size, bytes, size);
    rec_size += size;
}

static void put_part(int flag, const void *bytes, size_t size) {
    const uint32_t head[2] = {0xced7230a,
                              (uint32_t)flag << 29 | (uint32_t)size};
    put(head, sizeof head);
    put(bytes, size);
    while (rec_size % 4) rec[rec_size++] = 0;
}

static void begin(int key) {
    const size_t n = strlen(list);
    snprintf(list + n, sizeof list - n, "%d\t%zu\n", key, rec_size);
}

/* A whole record: header, `flag` floats, body. */
static void put_record(int key, uint32_t flag, float label, const float *more,
                       const void *body, size_t size) {
    uint8_t bytes[1024] = {0};
    memcpy(bytes, &flag, 4);
    memcpy(bytes + 4, &label, 4);
    if (flag) memcpy(bytes + 24, more, 4 * flag);
    if (size) memcpy(bytes + 24 + 4 * flag, body, size);
    begin(key);
    put_part(0, bytes, 24 + 4 * flag + size);
}

static const char photo[] = "P5\n2 2\n255\n\x05\x06\x07\x08";
#define PHOTO (sizeof photo - 1)

/* Record 0, four photos of three classes, two ranges. */
static void build(float end) {
    rec_size = 0;
    list[0] = 0;
    put_record(0, 2, 0, (float[]){end, 7}, "", 0);
    put_record(1, 0, 0, NULL, photo, PHOTO);
    put_record(2, 0, 2, NULL, photo, PHOTO);
    put_record(3, 2, 9, (float[]){1, 0}, photo, PHOTO);
    put_record(4, 0, 1, NULL, photo, PHOTO);
    put_record(5, 2, 0, (float[]){1, 2}, "", 0);
    put_record(6, 2, 0, (float[]){2, 5}, "", 0);
}

static mien_status open_it(mien_dataset **d) {
    scratch_write("train.rec", rec, rec_size);
    scratch_text("train.idx", list);
    return open_data(d, "{reader: recordio, path: %s}", scratch_root);
}

static int setup(void **state) { return scratch_open(state); }

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

static void recordio__photos_are_told_from_ranges(void **state) {
    (void)state;
    mien_dataset *d;
    build(5);
    scratch_text("property", "3,2,2\n");
    assert_int_equal(open_it(&d), MIEN_OK);
    const int32_t want[4] = {0, 2, 1, 1};
    assert_int_equal(d->reader->count, 4);
    assert_int_equal(d->reader->classes, 3);
    assert_memory_equal(d->reader->labels, want, sizeof want);
    for (int i = 0; i < 4; i++) assert_int_equal(first_pixel(d->reader, i), 5);
    mien_dataset_close(d);
    scratch_text("property", "2,2,2");
    said(open_it(&d), MIEN_EDATA, "a label is 2");
    scratch_text("property", "many");
    said(open_it(&d), MIEN_EFORMAT, "property");
    remove(scratch("property"));
}

static void recordio__without_a_header_all_are_photos(void **state) {
    (void)state;
    mien_dataset *d;
    rec_size = 0;
    list[0] = 0;
    put_record(0, 0, 1, NULL, photo, PHOTO);
    put_record(1, 0, 0, NULL, photo, PHOTO);
    assert_int_equal(open_it(&d), MIEN_OK);
    assert_int_equal(d->reader->count, 2);
    mien_dataset_close(d);
}

/* As dmlc writes a body that holds the magic at a multiple of 4. */
static void recordio__cut_records_are_joined(void **state) {
    (void)state;
    mien_dataset *d;
    uint8_t head[36] = {0}, rest[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    memcpy(head + 24, "P5\n4 4\n255\n\x2a", 12);
    rec_size = 0;
    list[0] = 0;
    begin(0);
    put_part(1, head, sizeof head);
    put_part(2, "", 0);
    put_part(3, rest, sizeof rest); /* 1 + 4 + 4 + 8 pixels, one too many */
    assert_int_equal(open_it(&d), MIEN_OK);
    mien_sample s;
    assert_int_equal(d->reader->ops->decode(&s, d->reader, 0, (mien_want){0}),
                     MIEN_OK);
    const uint8_t want[16] = {0x2a, 0x0a, 0x23, 0xd7, 0xce, 0x0a, 0x23, 0xd7,
                              0xce, 1,    2,    3,    4,    5,    6,    7};
    for (int y = 0; y < 4; y++)
        assert_memory_equal(s.image->pixels + (size_t)y * s.image->stride,
                            want + 4 * y, 4);
    mien_sample_close(&s);
    mien_dataset_close(d);
}

static void recordio__damage_is_named(void **state) {
    (void)state;
    mien_dataset *d;
    build(5);
    rec[0] ^= 1;
    said(open_it(&d), MIEN_EFORMAT, "record at byte 0: no record begins here");
    build(6);
    said(open_it(&d), MIEN_EDATA, "empty photo"); /* a range taken for one */
    build(9);
    said(open_it(&d), MIEN_EFORMAT, "announces 8 photos");
    build(0.5f);
    said(open_it(&d), MIEN_EFORMAT, "the photos end at");
    build(5);
    memcpy(rec + 40 + 12, (float[]){-1}, 4);
    said(open_it(&d), MIEN_EDATA, "record 1: its label is -1");
    build(5);
    rec[40 + 8] = 200; /* more labels than there are bytes */
    said(open_it(&d), MIEN_EFORMAT, "shorter than its labels");
    build(5);
    rec[40 + 4] = 8;
    said(open_it(&d), MIEN_EFORMAT, "shorter than its header");
    build(5);
    rec[40 + 7] |= 0x40;
    said(open_it(&d), MIEN_EFORMAT, "later part");
    build(5);
    rec[40 + 7] |= 0x20;
    said(open_it(&d), MIEN_EFORMAT, "rest of a cut record");
}

static void recordio__bad_index_files_are_named(void **state) {
    (void)state;
    mien_dataset *d;
    static const char *const bad[] = {
        "x\t0\n",  "0 0\n",   "0\t\n",    "",
        "0\t-1\n", "0\t0x\n", "\n0\t0\n", "0\t99999999999999999999\n"};
    build(5);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        strcpy(list, bad[i]);
        said(open_it(&d), MIEN_EFORMAT, "train.idx:1: a key, a tab");
    }
    strcpy(list, "1\t40\n1\t40\n");
    said(open_it(&d), MIEN_EFORMAT, "comes twice");
    strcpy(list, "1\t4000\n");
    said(open_it(&d), MIEN_EFORMAT, "the file ends here");
    remove(scratch("train.idx"));
    said(open_data(&d, "{reader: recordio, path: %s}", scratch_root),
         MIEN_ENOTFOUND, "train.idx");
}

static void recordio__every_cut_is_refused(void **state) {
    (void)state;
    build(5);
    const size_t end = rec_size - 80;            /* where the ranges begin */
    for (size_t cut = 0; cut + 4 < end; cut++) { /* the last byte is padding */
        mien_dataset *d;
        rec_size = cut;
        assert_int_not_equal(open_it(&d), MIEN_OK);
    }
}

static void recordio__a_damaged_photo_names_file_and_record(void **state) {
    (void)state;
    mien_dataset *d;
    build(5);
    rec[40 + 32] = 'X';
    assert_int_equal(open_it(&d), MIEN_OK);
    mien_sample s;
    assert_int_not_equal(
        d->reader->ops->decode(&s, d->reader, 0, (mien_want){0}), MIEN_OK);
    assert_non_null(strstr(mien_error(), "train.rec: record at byte 40"));
    mien_dataset_close(d);
}

static void recordio__failing_allocations_are_reported(void **state) {
    (void)state;
    mien_dataset *d;
    build(5);
    assert_int_equal(open_it(&d), MIEN_OK);
    mien_dataset_close(d);
    char text[256];
    snprintf(text, sizeof text, "{reader: recordio, path: %s}", scratch_root);
    const mien_tree *data = yaml(text), *input = yaml(yaml_input);
    mien_status status = MIEN_ENOMEM;
    for (int i = 0; status != MIEN_OK; i++) {
        mien_mem_fail_after(i);
        status = mien_dataset_open(&d, data, input, NULL);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_dataset_close(d);
        assert_true(i < 1000);
    }
}

static void recordio__the_shared_faces_open(void **state) {
    (void)state;
    mien_dataset *d;
    const char *path = shared("faces");
    assert_int_equal(open_data(&d, "{reader: recordio, path: %s}", path),
                     MIEN_OK);
    assert_int_equal(d->reader->count, 27608);
    assert_int_equal(d->reader->classes, 3098);
    mien_sample s;
    assert_int_equal(d->reader->ops->decode(&s, d->reader, 27607,
                                            (mien_want){.channels = 3}),
                     MIEN_OK);
    assert_int_equal(s.image->width, 112);
    mien_sample_close(&s);
    mien_dataset_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordio__photos_are_told_from_ranges),
        cmocka_unit_test(recordio__without_a_header_all_are_photos),
        cmocka_unit_test(recordio__cut_records_are_joined),
        cmocka_unit_test(recordio__damage_is_named),
        cmocka_unit_test(recordio__bad_index_files_are_named),
        cmocka_unit_test(recordio__every_cut_is_refused),
        cmocka_unit_test(recordio__a_damaged_photo_names_file_and_record),
        cmocka_unit_test(recordio__failing_allocations_are_reported),
        cmocka_unit_test(recordio__the_shared_faces_open),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
