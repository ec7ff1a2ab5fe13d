/* SPDX-License-Identifier: Apache-2.0 */
/* test_bench.c - the bench of searches measures what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "mien/bench.h"

static void search__agrees_with_the_plain_scan(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 500};
    for (int i = 0; i < 3; i++) {
        mien_bench_search_options o;
        mien_bench_search_times t;
        mien_bench_search_defaults(&o);
        o.size = sizes[i], o.width = 70, o.rounds = 150, o.threads = 1 + i;
        assert_int_equal(mien_bench_search(&t, &o), MIEN_OK);
        assert_int_equal(t.rounds, 150);
        assert_true(t.agreement == 1);
        assert_true(t.min_ms > 0 && t.min_ms <= t.ms && t.ms <= t.max_ms);
        assert_true(t.open_ms > 0 && t.first_ms > 0 && t.plain_ms > 0);
        assert_true(t.ratio > 0 && t.batch_ms > 0);
    }
}

static void search__refuses_sizes_that_are_none(void **state) {
    (void)state;
    mien_bench_search_options o;
    mien_bench_search_times t;
    mien_bench_search_defaults(&o);
    o.size = 0;
    assert_int_equal(mien_bench_search(&t, &o), MIEN_EINVAL);
    o.size = 1, o.width = 5000;
    assert_int_equal(mien_bench_search(&t, &o), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "1 to 4096 values"));
}

static void search__without_memory_fails(void **state) {
    (void)state;
    mien_bench_search_options o;
    mien_bench_search_times t;
    mien_bench_search_defaults(&o);
    o.size = 10, o.width = 64, o.rounds = 5;
    for (int n = 0; n < 5; n++) {
        mien_mem_fail_after(n);
        assert_int_equal(mien_bench_search(&t, &o), MIEN_ENOMEM);
        mien_mem_fail_after(-1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search__agrees_with_the_plain_scan),
        cmocka_unit_test(search__refuses_sizes_that_are_none),
        cmocka_unit_test(search__without_memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
