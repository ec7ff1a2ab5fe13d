/* SPDX-License-Identifier: Apache-2.0 */
/* test_mem.c - the heap, arenas and buffers, with and without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"

static void alloc__is_zeroed_and_aligned(void **state) {
    (void)state;
    for (size_t size = 0; size < 300; size += 7) {
        unsigned char *p = mien_alloc(size, 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        mien_free(p);
    }
}

static void alloc__refuses_sizes_that_overflow(void **state) {
    (void)state;
    assert_null(mien_alloc(SIZE_MAX / 2, 3));
    assert_non_null(strstr(mien_error(), "out of memory"));
    assert_null(mien_alloc(SIZE_MAX, 1));
    assert_null(mien_realloc(NULL, SIZE_MAX / 8 + 1, 8));
}

static void realloc__keeps_bytes_and_alignment(void **state) {
    (void)state;
    unsigned char *p = mien_realloc(NULL, 10, 1);
    for (int i = 0; i < 10; i++) p[i] = (unsigned char)i;
    p = mien_realloc(p, 100000, 1);
    assert_int_equal((uintptr_t)p % 64, 0);
    for (int i = 0; i < 10; i++) assert_int_equal(p[i], i);
    p = mien_realloc(p, 3, 1);
    for (int i = 0; i < 3; i++) assert_int_equal(p[i], i);
    mien_free(p);
}

static void realloc__failing_leaves_the_old(void **state) {
    (void)state;
    char *p = mien_strdup("kept");
    mien_mem_fail_after(0);
    assert_null(mien_realloc(p, 100, 1));
    mien_mem_fail_after(-1);
    assert_string_equal(p, "kept");
    mien_free(p);
}

static void fail_after__counts_and_fails_once(void **state) {
    (void)state;
    mien_mem_fail_after(1);
    void *a = mien_alloc(1, 1), *b = mien_alloc(1, 1), *c = mien_alloc(1, 1);
    assert_non_null(a);
    assert_null(b);
    assert_non_null(c);
    assert_int_equal(mien_mem_fail_after(-1), 3);
    mien_free(a);
    mien_free(c);
}

static void pages__are_zeroed_aligned_and_counted(void **state) {
    (void)state;
    const size_t sizes[] = {0, 100, ((size_t)2 << 20) - 1, (size_t)2 << 20,
                            (size_t)5 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        mien_mem_fail_after(-1);
        char *p = mien_pages_alloc(sizes[i]);
        assert_int_equal(mien_mem_fail_after(-1), 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t k = 0; k < sizes[i]; k += 997) assert_int_equal(p[k], 0);
        memset(p, 1, sizes[i]);
        mien_pages_free(p, sizes[i]);
    }
}

static void pages__refuse_what_memory_cannot_hold(void **state) {
    (void)state;
    assert_null(mien_pages_alloc(SIZE_MAX));
    assert_null(mien_pages_alloc((size_t)PTRDIFF_MAX / 2));
    mien_mem_fail_after(0);
    assert_null(mien_pages_alloc((size_t)4 << 20));
    assert_non_null(strstr(mien_error(), "out of memory"));
    mien_mem_fail_after(-1);
    mien_pages_free(NULL, 0);
    mien_pages_free(NULL, (size_t)4 << 20);
}

static void strndup__stops_at_length_or_end(void **state) {
    (void)state;
    char *a = mien_strndup("abcdef", 3), *b = mien_strndup("ab", 100);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "ab");
    mien_free(a);
    mien_free(b);
}

static void mul_and_add__report_overflow(void **state) {
    (void)state;
    size_t n = 0;
    assert_true(mien_size_mul(&n, 6, 7));
    assert_int_equal(n, 42);
    assert_false(mien_size_mul(&n, SIZE_MAX, 2));
    assert_true(mien_size_add(&n, SIZE_MAX - 1, 1));
    assert_false(mien_size_add(&n, SIZE_MAX, 1));
}

static void arena__gives_zeroed_aligned_pieces_of_its_own(void **state) {
    (void)state;
    mien_arena arena = {0};
    unsigned char *pieces[200];
    for (int i = 0; i < 200; i++) {
        const size_t size = (size_t)(i * 37) % 5000 + 1;
        pieces[i] = mien_arena_alloc(&arena, size, 1);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t k = 0; k < size; k++) assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], i, size);
    }
    for (int i = 0; i < 200; i++) {
        const size_t size = (size_t)(i * 37) % 5000 + 1;
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], i & 255);
    }
    assert_true(arena.total > 0);
    mien_arena_close(&arena);
    assert_int_equal(arena.total, 0);
    mien_arena_close(&arena);
}

/* Around its size, where what is left for the header matters. */
static void arena__takes_pieces_as_large_as_a_block(void **state) {
    (void)state;
    for (size_t size = 16384 - 64; size <= 16384 + 64; size += 8) {
        mien_arena arena = {0};
        unsigned char *large = mien_arena_alloc(&arena, size, 1);
        memset(large, 0xff, size);
        for (int i = 0; i < 100; i++) {
            unsigned char *small = mien_arena_alloc(&arena, 256, 1);
            for (int k = 0; k < 256; k++) assert_int_equal(small[k], 0);
            memset(small, 0xff, 256);
        }
        mien_arena_close(&arena);
    }
}

static void arena__takes_pieces_larger_than_a_block(void **state) {
    (void)state;
    mien_arena arena = {0};
    char *small = mien_arena_strdup(&arena, "small");
    char *large = mien_arena_alloc(&arena, 1000, 1000);
    memset(large, 1, 1000000);
    char *after = mien_arena_printf(&arena, "%s-%d", "after", 5);
    assert_string_equal(small, "small");
    assert_string_equal(after, "after-5");
    assert_null(mien_arena_alloc(&arena, SIZE_MAX / 2, 4));
    assert_null(mien_arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(mien_arena_alloc(&arena, SIZE_MAX - 32, 1));
    mien_arena_close(&arena);
}

static void arena__failing_allocation_is_null(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_mem_fail_after(0);
    assert_null(mien_arena_strdup(&arena, "text"));
    mien_mem_fail_after(0);
    assert_null(mien_arena_printf(&arena, "%d", 3));
    mien_mem_fail_after(-1);
    assert_non_null(mien_arena_strdup(&arena, "text"));
    mien_arena_close(&arena);
}

static void buf__grows_and_ends_in_nul(void **state) {
    (void)state;
    mien_buf b = {.cap = 1 << 20};
    for (int i = 0; i < 1000; i++)
        assert_int_equal(mien_buf_printf(&b, "%d,", i), MIEN_OK);
    assert_int_equal(strlen((char *)b.data), b.size);
    assert_memory_equal(b.data, "0,1,2,", 6);
    assert_memory_equal(b.data + b.size - 4, "999,", 4);
    mien_buf_close(&b);
    assert_null(b.data);
    assert_int_equal(b.cap, 1 << 20);
}

static void buf__holds_its_cap_and_not_a_byte_more(void **state) {
    (void)state;
    mien_buf b = {.cap = 100};
    assert_int_equal(mien_buf_resize(&b, 100), MIEN_OK);
    assert_int_equal(mien_buf_append(&b, "x", 1), MIEN_ELIMIT);
    assert_int_equal(mien_buf_printf(&b, "x"), MIEN_ELIMIT);
    assert_int_equal(mien_buf_resize(&b, 101), MIEN_ELIMIT);
    assert_int_equal(b.size, 100);
    assert_non_null(strstr(mien_error(), "limit of 100"));
    assert_int_equal(mien_buf_append(&b, NULL, 0), MIEN_OK);
    mien_buf_close(&b);
}

static void buf__resize_zeroes_what_it_adds(void **state) {
    (void)state;
    mien_buf b = {.cap = 1000};
    mien_buf_append(&b, "abcdef", 6);
    mien_buf_resize(&b, 2);
    assert_string_equal((char *)b.data, "ab");
    mien_buf_resize(&b, 6);
    assert_memory_equal(b.data, "ab\0\0\0\0", 7);
    mien_buf_close(&b);
}

static void buf__failing_allocation_keeps_the_bytes(void **state) {
    (void)state;
    mien_buf b = {.cap = 1000};
    mien_buf_printf(&b, "kept");
    mien_mem_fail_after(0);
    assert_int_equal(mien_buf_resize(&b, 500), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    assert_string_equal((char *)b.data, "kept");
    mien_buf_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc__is_zeroed_and_aligned),
        cmocka_unit_test(alloc__refuses_sizes_that_overflow),
        cmocka_unit_test(realloc__keeps_bytes_and_alignment),
        cmocka_unit_test(realloc__failing_leaves_the_old),
        cmocka_unit_test(fail_after__counts_and_fails_once),
        cmocka_unit_test(pages__are_zeroed_aligned_and_counted),
        cmocka_unit_test(pages__refuse_what_memory_cannot_hold),
        cmocka_unit_test(strndup__stops_at_length_or_end),
        cmocka_unit_test(mul_and_add__report_overflow),
        cmocka_unit_test(arena__gives_zeroed_aligned_pieces_of_its_own),
        cmocka_unit_test(arena__takes_pieces_as_large_as_a_block),
        cmocka_unit_test(arena__takes_pieces_larger_than_a_block),
        cmocka_unit_test(arena__failing_allocation_is_null),
        cmocka_unit_test(buf__grows_and_ends_in_nul),
        cmocka_unit_test(buf__holds_its_cap_and_not_a_byte_more),
        cmocka_unit_test(buf__resize_zeroes_what_it_adds),
        cmocka_unit_test(buf__failing_allocation_keeps_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
