/* SPDX-License-Identifier: Apache-2.0 */
/* test_npz.c - archives of arrays, and gzip: unpacked within their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "tensor/inflate.h"
#include "tensor/npy.h"
#include "zipper.h"

static zipper z;

/* x: 300 bytes of ones, deflated; y: three int64, stored. */
static int setup(void **state) {
    static uint8_t ones[300];
    static const int64_t labels[3] = {7, 8, 9};
    memset(ones, 1, sizeof ones);
    const mien_tensor x = {.name = "x",
                           .dtype = MIEN_U8,
                           .rank = 1,
                           .shape = {300},
                           .bytes = 300,
                           .data = ones};
    const mien_tensor y = {.name = "y",
                           .dtype = MIEN_I64,
                           .rank = 1,
                           .shape = {3},
                           .bytes = 24,
                           .data = labels};
    mien_buf bx = {.cap = 4096}, by = {.cap = 4096};
    if (mien_npy_header(&bx, &x) || mien_buf_append(&bx, ones, 300) ||
        mien_npy_header(&by, &y) || mien_buf_append(&by, labels, 24))
        return -1;
    zipper_add(&z, "x.npy", bx.data, bx.size, true);
    zipper_add(&z, "y.npy", by.data, by.size, false);
    zipper_end(&z);
    mien_buf_close(&bx);
    mien_buf_close(&by);
    return scratch_open(state);
}

/* Whatever is accepted holds the right numbers. */
static mien_status read_both(const uint8_t *bytes, size_t size) {
    mien_npz *npz;
    mien_npy x = {0}, y = {0};
    MIEN_TRY(mien_npz_parse(&npz, bytes, size, "a.npz"));
    mien_status status = mien_npz_read(&x, npz, "x", MIEN_NPZ_CAP);
    if (status == MIEN_OK) status = mien_npz_read(&y, npz, "y", MIEN_NPZ_CAP);
    if (status == MIEN_OK) {
        static const int64_t labels[3] = {7, 8, 9};
        assert_int_equal(x.tensor.bytes, 300);
        for (int i = 0; i < 300; i++)
            assert_int_equal(((const uint8_t *)x.tensor.data)[i], 1);
        assert_memory_equal(y.tensor.data, labels, sizeof labels);
    }
    mien_npy_close(&x);
    mien_npy_close(&y);
    mien_npz_close(npz);
    return status;
}

static void npz__stored_and_deflated_members_are_read(void **state) {
    (void)state;
    mien_npz *npz;
    mien_npy x, y;
    const char *path = scratch_write("a.npz", z.bytes, z.size);
    assert_int_equal(mien_npz_open(&npz, path), MIEN_OK);
    assert_int_equal(mien_npz_count(npz), 2);
    assert_string_equal(mien_npz_name(npz, 1), "y");
    assert_int_equal(mien_npz_read(&x, npz, "x", MIEN_NPZ_CAP), MIEN_OK);
    assert_int_equal(mien_npz_read(&y, npz, "y", MIEN_NPZ_CAP), MIEN_OK);
    assert_int_equal(x.tensor.bytes, 300);
    assert_int_equal(((const uint8_t *)x.tensor.data)[299], 1);
    int64_t label;
    assert_int_equal(mien_tensor_int(&label, &y.tensor, 2), MIEN_OK);
    assert_int_equal(label, 9);
    mien_npy_close(&x);
    mien_npy_close(&y);
    assert_int_equal(mien_npz_read(&x, npz, "w", MIEN_NPZ_CAP), MIEN_ENOTFOUND);
    assert_non_null(strstr(mien_error(), "it holds: x, y"));
    assert_int_equal(mien_npz_read(&x, npz, "x", 100), MIEN_ELIMIT);
    mien_npz_close(npz);
}

static void npz__every_cut_is_refused(void **state) {
    (void)state;
    for (size_t cut = 0; cut < z.size; cut++) {
        uint8_t *copy = malloc(cut ? cut : 1);
        memcpy(copy, z.bytes, cut);
        assert_int_not_equal(read_both(copy, cut), MIEN_OK);
        free(copy);
    }
    assert_int_equal(read_both(z.bytes, z.size), MIEN_OK);
}

/* A flip may hit a field nobody reads. */
static void npz__flipped_data_is_refused(void **state) {
    (void)state;
    uint8_t *copy = malloc(z.size);
    int refused = 0;
    for (size_t i = 0; i < z.size; i++) {
        memcpy(copy, z.bytes, z.size);
        copy[i] ^= 0x40;
        refused += read_both(copy, z.size) != MIEN_OK;
    }
    free(copy);
    assert_true(refused > (int)z.size * 6 / 10);
}

static void npz__failing_allocations_are_reported(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    for (int i = 0; status != MIEN_OK; i++) {
        mien_mem_fail_after(i);
        status = read_both(z.bytes, z.size);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        assert_true(i < 100);
    }
}

/* gzip of `size` zeros; two members when asked. */
static size_t gzip(uint8_t *out, size_t room, size_t size, int members) {
    static const uint8_t zeros[1 << 16];
    size_t used = 0;
    for (int i = 0; i < members; i++) {
        z_stream s = {.next_in = (uint8_t *)(uintptr_t)zeros,
                      .avail_in = (uInt)size,
                      .next_out = out + used,
                      .avail_out = (uInt)(room - used)};
        deflateInit2(&s, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
        deflate(&s, Z_FINISH);
        used += s.total_out;
        deflateEnd(&s);
    }
    return used;
}

static void gzip__unpacks_up_to_the_cap(void **state) {
    (void)state;
    uint8_t packed[4096];
    const size_t size = gzip(packed, sizeof packed, 1 << 16, 2);
    const char *path = scratch_write("zeros.gz", packed, size);
    mien_buf out = {.cap = 1 << 17};
    assert_int_equal(mien_gzip_read(&out, path), MIEN_OK);
    assert_int_equal(out.size, 1 << 17);
    mien_buf_close(&out);
    out.cap = (1 << 17) - 1;
    assert_int_equal(mien_gzip_read(&out, path), MIEN_ELIMIT);
    assert_non_null(strstr(mien_error(), "zeros.gz"));
    mien_buf_close(&out);
}

static void gzip__damage_and_cuts_are_refused(void **state) {
    (void)state;
    uint8_t packed[4096];
    const size_t size = gzip(packed, sizeof packed, 1000, 1);
    mien_buf out = {.cap = 1 << 17};
    for (size_t cut = 2; cut < size; cut++) {
        assert_int_equal(
            mien_inflate(&out, MIEN_DEFLATED_GZIP, packed, cut, "a.gz"),
            MIEN_EFORMAT);
        mien_buf_close(&out);
    }
    packed[size - 6] ^= 1; /* its CRC */
    assert_int_equal(
        mien_inflate(&out, MIEN_DEFLATED_GZIP, packed, size, "a.gz"),
        MIEN_EFORMAT);
    mien_buf_close(&out);
}

static void gzip__plain_files_pass_through(void **state) {
    (void)state;
    mien_buf out = {.cap = 5};
    const char *path = scratch_text("plain", "hello");
    assert_int_equal(mien_gzip_read(&out, path), MIEN_OK);
    assert_string_equal((char *)out.data, "hello");
    mien_buf_close(&out);
    out.cap = 4;
    assert_int_equal(mien_gzip_read(&out, path), MIEN_ELIMIT);
    mien_buf_close(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npz__stored_and_deflated_members_are_read),
        cmocka_unit_test(npz__every_cut_is_refused),
        cmocka_unit_test(npz__flipped_data_is_refused),
        cmocka_unit_test(npz__failing_allocations_are_reported),
        cmocka_unit_test(gzip__unpacks_up_to_the_cap),
        cmocka_unit_test(gzip__damage_and_cuts_are_refused),
        cmocka_unit_test(gzip__plain_files_pass_through),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
