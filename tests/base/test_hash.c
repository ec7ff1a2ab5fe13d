/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash.c - BLAKE2b-256, the log sink, clocks and the instruction set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/hash.h"
#include "base/log.h"

/* b2sum -l 256 of nothing and of "abc". */
static void hash__gives_the_known_answers(void **state) {
    (void)state;
    char hex[MIEN_HASH_HEX];
    mien_hash_once(hex, "", 0);
    assert_string_equal(
        hex,
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    mien_hash_once(hex, "abc", 3);
    assert_string_equal(
        hex,
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void hash__does_not_depend_on_the_pieces(void **state) {
    (void)state;
    uint8_t bytes[1000];
    char whole[MIEN_HASH_HEX], pieces[MIEN_HASH_HEX];
    for (int i = 0; i < 1000; i++) bytes[i] = (uint8_t)(i * 7);
    mien_hash_once(whole, bytes, sizeof(bytes));
    mien_hash hash;
    mien_hash_begin(&hash);
    for (size_t at = 0, step = 1; at < 1000; at += step, step = 2 * step + 1) {
        if (step > 1000 - at) step = 1000 - at;
        mien_hash_add(&hash, bytes + at, step);
    }
    mien_hash_end(&hash, pieces);
    assert_string_equal(whole, pieces);
    bytes[999] ^= 1;
    mien_hash_once(pieces, bytes, sizeof(bytes));
    assert_string_not_equal(whole, pieces);
}

typedef struct heard {
    char text[256], task[64], note[64];
    mien_log_level level;
    int64_t done, total;
    int lines;
} heard;

static void hear_line(void *context, mien_log_level level, const char *text) {
    heard *h = context;
    h->level = level;
    h->lines++;
    strncpy(h->text, text, sizeof(h->text) - 1);
}

static void hear_progress(void *context, const char *task, int64_t done,
                          int64_t total, const char *note) {
    heard *h = context;
    strncpy(h->task, task, sizeof(h->task) - 1);
    strncpy(h->note, note ? note : "-", sizeof(h->note) - 1);
    h->done = done;
    h->total = total;
}

static void log__goes_to_the_sink_and_nowhere_else(void **state) {
    (void)state;
    heard h = {0};
    const mien_log_sink sink = {hear_line, hear_progress};
    mien_info("dropped");
    mien_progress("dropped", 0, 0, NULL);
    mien_log_set(&sink, &h);
    mien_warn("%d of %d", 1, 2);
    assert_string_equal(h.text, "1 of 2");
    assert_int_equal(h.level, MIEN_LOG_WARNING);
    mien_debug("fine");
    assert_int_equal(h.level, MIEN_LOG_DEBUG);
    mien_progress("epoch", 3, 10, "loss 1");
    assert_string_equal(h.task, "epoch");
    assert_string_equal(h.note, "loss 1");
    assert_int_equal(h.done, 3);
    assert_int_equal(h.total, 10);
    mien_progress("epoch", 4, 10, NULL);
    assert_string_equal(h.note, "-");
    mien_log_set(NULL, NULL);
    mien_info("dropped");
    assert_int_equal(h.lines, 2);
}

static void log__a_sink_may_leave_a_function_out(void **state) {
    (void)state;
    const mien_log_sink none = {0};
    mien_log_set(&none, NULL);
    mien_info("nobody listens");
    mien_progress("nobody", 1, 2, NULL);
    mien_log_set(NULL, NULL);
}

static void clock__goes_forward(void **state) {
    (void)state;
    const double first = mien_clock();
    double last = first;
    for (int i = 0; i < 1000; i++) {
        const double now = mien_clock();
        assert_true(now >= last);
        last = now;
    }
    assert_true(mien_wall_time() > 1.7e9);
}

static void isa__the_environment_lowers_and_never_raises(void **state) {
    (void)state;
    unsetenv("MIEN_ISA");
    const mien_isa best = mien_cpu_isa();
    setenv("MIEN_ISA", "scalar", 1);
    assert_int_equal(mien_cpu_isa(), MIEN_ISA_SCALAR);
    setenv("MIEN_ISA", "avx512", 1);
    assert_int_equal(mien_cpu_isa(), best);
    setenv("MIEN_ISA", "avx2", 1);
    assert_int_equal(mien_cpu_isa(),
                     best < MIEN_ISA_AVX2 ? best : MIEN_ISA_AVX2);
    setenv("MIEN_ISA", "nonsense", 1);
    assert_int_equal(mien_cpu_isa(), best);
    unsetenv("MIEN_ISA");
    assert_string_equal(mien_isa_name(MIEN_ISA_AVX2), "avx2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash__gives_the_known_answers),
        cmocka_unit_test(hash__does_not_depend_on_the_pieces),
        cmocka_unit_test(log__goes_to_the_sink_and_nowhere_else),
        cmocka_unit_test(log__a_sink_may_leave_a_function_out),
        cmocka_unit_test(clock__goes_forward),
        cmocka_unit_test(isa__the_environment_lowers_and_never_raises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
