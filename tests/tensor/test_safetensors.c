/* SPDX-License-Identifier: Apache-2.0 */
/* test_safetensors.c - structure and seal: what is refused, and that every
 * flipped byte is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "scratch.h"
#include "tensor/safetensors.h"

static const float w[4] = {1, 2, 3, -0.0f};
static const uint8_t b[3] = {7, 8, 9};
static const mien_tensor tensors[3] = {
    {.name = "bias",
     .dtype = MIEN_U8,
     .rank = 1,
     .shape = {3},
     .bytes = 3,
     .data = b},
    {.name = "weight",
     .dtype = MIEN_F32,
     .rank = 2,
     .shape = {2, 2},
     .bytes = 16,
     .data = w},
    {.name = "none", .dtype = MIEN_F32, .rank = 1, .shape = {0}, .data = w},
};
static const mien_meta metas[2] = {{"classes", "[\"a\", \"\xc3\xa9\"]"},
                                   {"seed", "42"}};
static const mien_safetensors_content content = {tensors, 3, metas, 2};

static void safetensors__what_is_written_reads_back(void **state) {
    (void)state;
    const char *path = scratch("m.safetensors");
    assert_int_equal(mien_safetensors_write(path, &content), MIEN_OK);
    mien_safetensors *f;
    assert_int_equal(mien_safetensors_open(&f, path, true), MIEN_OK);
    int count;
    mien_safetensors_tensors(f, &count);
    assert_int_equal(count, 3);
    const mien_tensor *t = mien_safetensors_find(f, "weight");
    assert_non_null(t);
    assert_memory_equal(t->data, w, sizeof w);
    assert_int_equal((uintptr_t)t->data % 64, 0);
    assert_int_equal(mien_safetensors_find(f, "bias")->shape[0], 3);
    assert_null(mien_safetensors_find(f, "bia"));
    assert_string_equal(mien_safetensors_meta(f, "classes"), metas[0].value);
    mien_safetensors_metas(f, &count);
    assert_int_equal(count, 4);
    mien_safetensors_close(f);
}

static void safetensors__order_does_not_change_the_bytes(void **state) {
    (void)state;
    const mien_tensor other[3] = {tensors[2], tensors[1], tensors[0]};
    const mien_meta turned[2] = {metas[1], metas[0]};
    const mien_safetensors_content same = {other, 3, turned, 2};
    const char *p = scratch("p"), *q = scratch("q");
    assert_int_equal(mien_safetensors_write(p, &content), MIEN_OK);
    assert_int_equal(mien_safetensors_write(q, &same), MIEN_OK);
    size_t n, m;
    uint8_t *x = scratch_read(p, &n), *y = scratch_read(q, &m);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

static mien_status open_bytes(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1); /* so that ASan sees overruns */
    memcpy(copy, bytes, size);
    mien_safetensors *f;
    mien_status status = mien_safetensors_parse(&f, copy, size, "m");
    if (status == MIEN_OK)
        status = mien_safetensors_verify(f);
    else
        assert_null(f);
    mien_safetensors_close(f);
    free(copy);
    return status;
}

static void seal__every_flipped_byte_is_noticed(void **state) {
    (void)state;
    static const uint8_t masks[] = {0x01, 0x20, 0x29, 0x80, 0xff};
    const char *path = scratch("m.safetensors");
    assert_int_equal(mien_safetensors_write(path, &content), MIEN_OK);
    size_t size;
    uint8_t *bytes = scratch_read(path, &size);
    assert_int_equal(open_bytes(bytes, size), MIEN_OK);
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < sizeof masks; k++) {
            bytes[i] ^= masks[k];
            if (open_bytes(bytes, size) == MIEN_OK)
                fail_msg("byte %zu, mask %02x went unnoticed", i, masks[k]);
            bytes[i] ^= masks[k];
        }
    free(bytes);
}

static void seal__every_cut_and_addition_is_noticed(void **state) {
    (void)state;
    const char *path = scratch("m.safetensors");
    assert_int_equal(mien_safetensors_write(path, &content), MIEN_OK);
    size_t size;
    uint8_t *bytes = scratch_read(path, &size);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_not_equal(open_bytes(bytes, cut), MIEN_OK);
    bytes[size] = 0; /* scratch_read() leaves room for one more */
    assert_int_not_equal(open_bytes(bytes, size + 1), MIEN_OK);
    free(bytes);
}

/* A file with this header and n zero bytes of data. */
static mien_status try_header(const char *json, size_t n) {
    uint8_t bytes[4096] = {0};
    const uint64_t length = strlen(json);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, json, length);
    mien_safetensors *f;
    const mien_status status =
        mien_safetensors_parse(&f, bytes, 8 + length + n, "m.st");
    mien_safetensors_close(f);
    return status;
}

static void refuses(const char *json, size_t n, const char *words) {
    assert_int_not_equal(try_header(json, n), MIEN_OK);
    assert_non_null(strstr(mien_error(), "m.st"));
    if (!strstr(mien_error(), words))
        fail_msg("\"%s\" lacks \"%s\"", mien_error(), words);
}

#define T(dtype, shape, place) \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" place "}"

static void safetensors__bad_structure_is_refused(void **state) {
    (void)state;
    assert_int_equal(try_header("{\"a\":" T("U8", "[2]", "[0,2]") "}  ", 2),
                     MIEN_OK);
    refuses("[1]", 0, "'{'");
    refuses("{", 0, "header, byte");
    refuses("{\"a\":1}", 0, "map of dtype");
    refuses("{\"a\":{}}", 0, "map of dtype");
    refuses("{\"a\":[[[[[1]]]]]}", 0, "deep");
    refuses("{\"__metadata__\":[]}", 0, "no map");
    refuses("{\"__metadata__\":{\"k\":1}}", 0, "no string");
    refuses("{\"a\":" T("U9", "[2]", "[0,2]") "}", 2, "U9");
    refuses("{\"a\":" T("U8", "[-2]", "[0,2]") "}", 2, "extent");
    refuses("{\"a\":" T("U8", "[2.0]", "[0,2]") "}", 2, "extent");
    refuses("{\"a\":" T("U8", "2", "[0,2]") "}", 2, "list");
    refuses("{\"a\":" T("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, "8 ext");
    refuses("{\"a\":" T("U8", "[2]", "[0]") "}", 2, "[begin, end]");
    refuses("{\"a\":" T("U8", "[2]", "[2,0]") "}", 2, "within");
    refuses("{\"a\":" T("U8", "[3]", "[0,3]") "}", 2, "within");
    refuses("{\"a\":" T("F32", "[2]", "[0,2]") "}", 2, "fit its shape");
    refuses("{\"a\":" T("F32", "[4611686018427387904,4]", "[0,0]") "}", 0,
            "fit its shape");
    refuses("{\"a\":" T("U8", "[2]", "[0,2]") "}", 3, "behind the last");
    refuses("{\"a\":" T("U8", "[2]", "[1,3]") "}", 3, "gap");
    refuses(
        "{\"a\":" T("U8", "[2]", "[0,2]") ",\"b\":" T("U8", "[2]", "[1,3]") "}",
        3, "overlap");
    refuses(
        "{\"a\":" T("U8", "[1]", "[0,1]") ",\"a\":" T("U8", "[1]", "[0,1]") "}",
        1, "duplicate");
}

static void safetensors__unsealed_files_open_unless_a_seal_is_asked(
    void **state) {
    (void)state;
    const char json[] = "\x02\0\0\0\0\0\0\0{}";
    const char *path = scratch_write("u.safetensors", json, 10);
    mien_safetensors *f;
    assert_int_equal(mien_safetensors_open(&f, path, false), MIEN_OK);
    mien_safetensors_close(f);
    assert_int_equal(mien_safetensors_open(&f, path, true), MIEN_ECORRUPT);
    assert_null(f);
}

static void safetensors__bad_names_are_refused(void **state) {
    (void)state;
    const mien_tensor twice[2] = {tensors[0], tensors[0]};
    const mien_meta reserved = {"blake2b", "x"}, latin = {"k", "\xe9"};
    const char *path = scratch("n.safetensors");
    const mien_safetensors_content cases[] = {{twice, 2, NULL, 0},
                                              {tensors, 1, &reserved, 1},
                                              {tensors, 1, &latin, 1}};
    for (int i = 0; i < 3; i++)
        assert_int_equal(mien_safetensors_write(path, &cases[i]), MIEN_EINVAL);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void *json_take(size_t size) { return mien_alloc(1, size); }

static void safetensors__failing_allocations_are_reported(void **state) {
    (void)state;
    const char *path = scratch("o.safetensors");
    json_set_alloc_funcs(json_take, mien_free);
    mien_status status = MIEN_ENOMEM;
    for (int i = 0; status != MIEN_OK; i++) {
        mien_safetensors *f = NULL;
        mien_mem_fail_after(i);
        status = mien_safetensors_write(path, &content);
        if (status == MIEN_OK) status = mien_safetensors_open(&f, path, true);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(f);
        mien_safetensors_close(f);
        assert_true(i < 1000);
    }
    json_set_alloc_funcs(malloc, free);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(safetensors__what_is_written_reads_back),
        cmocka_unit_test(safetensors__order_does_not_change_the_bytes),
        cmocka_unit_test(seal__every_flipped_byte_is_noticed),
        cmocka_unit_test(seal__every_cut_and_addition_is_noticed),
        cmocka_unit_test(safetensors__bad_structure_is_refused),
        cmocka_unit_test(
            safetensors__unsealed_files_open_unless_a_seal_is_asked),
        cmocka_unit_test(safetensors__bad_names_are_refused),
        cmocka_unit_test(safetensors__failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
