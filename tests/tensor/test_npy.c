/* SPDX-License-Identifier: Apache-2.0 */
/* test_npy.c - array files: what is read, and what is refused and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "tensor/npy.h"

/* A version 1 file with this dict and n data bytes 0, 1, 2, ... */
static size_t build(uint8_t *out, const char *dict, size_t n) {
    const size_t length = strlen(dict);
    memcpy(out, "\x93NUMPY\x01", 8);
    out[8] = (uint8_t)length;
    out[9] = (uint8_t)(length >> 8);
    memcpy(out + 10, dict, length);
    for (size_t i = 0; i < n; i++) out[10 + length + i] = (uint8_t)i;
    return 10 + length + n;
}

static mien_status parse(mien_tensor *t, const char *dict, size_t n) {
    static uint8_t bytes[4096];
    return mien_npy_parse(t, bytes, build(bytes, dict, n), "a.npy");
}

static void refuses(const char *dict, size_t n, mien_status status,
                    const char *words) {
    mien_tensor t;
    assert_int_equal(parse(&t, dict, n), status);
    assert_non_null(strstr(mien_error(), "a.npy"));
    if (!strstr(mien_error(), words))
        fail_msg("\"%s\" lacks \"%s\"", mien_error(), words);
}

static void npy__keys_come_in_any_order(void **state) {
    (void)state;
    mien_tensor t;
    assert_int_equal(parse(&t,
                           "{\"shape\": (2,3), 'fortran_order':False,"
                           "'descr':'<i2'}  \n",
                           12),
                     MIEN_OK);
    assert_int_equal(t.dtype, MIEN_I16);
    assert_int_equal(t.rank, 2);
    assert_int_equal(t.shape[1], 3);
    int64_t value;
    assert_int_equal(mien_tensor_int(&value, &t, 1), MIEN_OK);
    assert_int_equal(value, 0x0302);
}

static void npy__scalar_and_empty_arrays_are_read(void **state) {
    (void)state;
    mien_tensor t;
    assert_int_equal(parse(&t,
                           "{'descr':'|u1','fortran_order':False,"
                           "'shape':()}",
                           1),
                     MIEN_OK);
    assert_int_equal(t.rank, 0);
    assert_int_equal(parse(&t,
                           "{'descr':'<f8','fortran_order':False,"
                           "'shape':(0,7),}",
                           0),
                     MIEN_OK);
    assert_int_equal(mien_tensor_count(&t), 0);
}

#define U1 "{'descr':'|u1','fortran_order':False,'shape':"

static void npy__malformed_headers_are_refused(void **state) {
    (void)state;
    refuses("", 0, MIEN_EFORMAT, "'{'");
    refuses(U1 "(2,2)}", 3, MIEN_EFORMAT, "takes 4 bytes");
    refuses(U1 "(2,2)}", 5, MIEN_EFORMAT, "the file holds 5");
    refuses(U1 "(2,2)", 4, MIEN_EFORMAT, "is missing");
    refuses(U1 "(2 2)}", 4, MIEN_EFORMAT, "list of numbers");
    refuses(U1 "(-2,)}", 4, MIEN_EFORMAT, "not a number");
    refuses(U1 "[2,]}", 4, MIEN_EFORMAT, "tuple");
    refuses(U1 "(1,1,1,1,1,1,1,1,1)}", 1, MIEN_EFORMAT, "8 extents");
    refuses(U1 "(99999999999999999999999,)}", 4, MIEN_EFORMAT, "too large");
    refuses(U1 "(4294967296,4294967296)}", 4, MIEN_EFORMAT, "address space");
    refuses(U1 "(4,)} x", 4, MIEN_EFORMAT, "behind");
    refuses(U1 "(4,), 'shape':(4,)}", 4, MIEN_EFORMAT, "keys");
    refuses("{'descr':'|u1','shape':(4,)}", 4, MIEN_EFORMAT, "keys");
    refuses("{'descr':'|u1','colour':1}", 4, MIEN_EFORMAT, "keys");
    refuses("{'descr':'|u1", 4, MIEN_EFORMAT, "not closed");
    refuses("{descr:1}", 4, MIEN_EFORMAT, "quoted");
    refuses("{'descr' 1}", 4, MIEN_EFORMAT, "':'");
    refuses("{'descr':'|u1','fortran_order':Maybe}", 4, MIEN_EFORMAT, "True");
    refuses("{'descr':'|u1','fortran_order':True}", 4, MIEN_EUNSUPPORTED,
            "ascontiguousarray");
    refuses("{'descr':'>f4'}", 4, MIEN_EUNSUPPORTED, "big-endian");
    refuses("{'descr':'<c8'}", 4, MIEN_EUNSUPPORTED, "none of");
    refuses("{'descr':'|'}", 4, MIEN_EUNSUPPORTED, "none of");
}

static void npy__every_cut_is_refused(void **state) {
    (void)state;
    uint8_t bytes[256];
    const size_t size = build(bytes, U1 "(2,2)}", 4);
    mien_tensor t;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = malloc(cut ? cut : 1); /* so that ASan sees overruns */
        memcpy(copy, bytes, cut);
        assert_int_not_equal(mien_npy_parse(&t, copy, cut, "a"), MIEN_OK);
        free(copy);
    }
}

static void npy__version_2_is_read_and_3_is_not(void **state) {
    (void)state;
    uint8_t bytes[256] = "\x93NUMPY\x02";
    const char *dict = U1 "(1,)}";
    bytes[8] = (uint8_t)strlen(dict);
    memcpy(bytes + 12, dict, strlen(dict));
    mien_tensor t;
    const size_t size = 12 + strlen(dict) + 1;
    assert_int_equal(mien_npy_parse(&t, bytes, size, "a"), MIEN_OK);
    bytes[6] = 3;
    assert_int_equal(mien_npy_parse(&t, bytes, size, "a"), MIEN_EUNSUPPORTED);
    bytes[6] = 2;
    bytes[11] = 0x7f;
    assert_int_equal(mien_npy_parse(&t, bytes, size, "a"), MIEN_EFORMAT);
}

static void npy__what_is_written_reads_back(void **state) {
    (void)state;
    const float x[6] = {0, -1.5f, 2, 3, 4, 1e30f};
    mien_tensor t = {
        .name = "x", .dtype = MIEN_F32, .rank = 2, .shape = {2, 3}, .data = x};
    assert_true(mien_tensor_measure(&t));
    const char *path = scratch("x.npy");
    assert_int_equal(mien_npy_write(path, &t), MIEN_OK);
    mien_npy npy;
    assert_int_equal(mien_npy_open(&npy, path), MIEN_OK);
    assert_int_equal((uintptr_t)npy.tensor.data % 64, 0);
    assert_int_equal(npy.tensor.shape[1], 3);
    assert_memory_equal(npy.tensor.data, x, sizeof x);
    mien_npy_close(&npy);
    t.dtype = MIEN_BF16;
    assert_int_equal(mien_npy_write(path, &t), MIEN_EUNSUPPORTED);
    assert_int_equal(mien_npy_open(&npy, scratch("none.npy")), MIEN_ENOTFOUND);
}

static void npy__failing_allocations_are_reported(void **state) {
    (void)state;
    const uint8_t x[4] = {1, 2, 3, 4};
    mien_tensor t = {.name = "x",
                     .dtype = MIEN_U8,
                     .rank = 1,
                     .shape = {4},
                     .bytes = 4,
                     .data = x};
    const char *path = scratch("y.npy");
    mien_status status = MIEN_ENOMEM;
    for (int i = 0; status != MIEN_OK; i++) {
        mien_npy npy;
        mien_mem_fail_after(i);
        status = mien_npy_write(path, &t);
        if (status == MIEN_OK) status = mien_npy_open(&npy, path);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK)
            mien_npy_close(&npy);
        else
            assert_int_equal(status, MIEN_ENOMEM);
        assert_true(i < 50);
    }
}

static void tensor__every_type_converts(void **state) {
    (void)state;
    const int8_t minus = -3;
    const double third = 0.3333333333333333;
    const uint64_t huge = UINT64_MAX;
    mien_tensor t = {.name = "x", .dtype = MIEN_I8, .bytes = 1, .data = &minus};
    float y;
    int64_t k;
    assert_int_equal(mien_tensor_floats(&y, &t, 0, 1), MIEN_OK);
    assert_true(y == -3.0f);
    assert_int_equal(mien_tensor_int(&k, &t, 0), MIEN_OK);
    assert_int_equal(k, -3);
    t = (mien_tensor){
        .name = "x", .dtype = MIEN_F64, .bytes = 8, .data = &third};
    assert_int_equal(mien_tensor_floats(&y, &t, 0, 1), MIEN_OK);
    assert_true(y == (float)third);
    assert_int_equal(mien_tensor_int(&k, &t, 0), MIEN_EUNSUPPORTED);
    t = (mien_tensor){
        .name = "x", .dtype = MIEN_U64, .bytes = 8, .data = &huge};
    assert_int_equal(mien_tensor_int(&k, &t, 0), MIEN_ELIMIT);
    t.dtype = MIEN_BF16;
    assert_int_equal(mien_tensor_floats(&y, &t, 0, 1), MIEN_EUNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npy__keys_come_in_any_order),
        cmocka_unit_test(npy__scalar_and_empty_arrays_are_read),
        cmocka_unit_test(npy__malformed_headers_are_refused),
        cmocka_unit_test(npy__every_cut_is_refused),
        cmocka_unit_test(npy__version_2_is_read_and_3_is_not),
        cmocka_unit_test(npy__what_is_written_reads_back),
        cmocka_unit_test(npy__failing_allocations_are_reported),
        cmocka_unit_test(tensor__every_type_converts),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
