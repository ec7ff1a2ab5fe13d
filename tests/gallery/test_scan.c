/* SPDX-License-Identifier: Apache-2.0 */
/* test_scan.c - codes of 8 bits, and every scan against the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "gallery/code.h"
#include "gallery/scan/scan.h"
#include "vectors.h"

enum { ROWS = 37 };

static void scans__give_the_sums_of_the_plain_one(void **state) {
    (void)state;
    static const size_t strides[] = {64, 128, 192, 512, 1024};
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    for (size_t k = 0; k < sizeof strides / sizeof *strides; k++) {
        const size_t stride = strides[k];
        uint8_t *codes = mien_alloc(ROWS, stride);
        int8_t *probes = mien_alloc(MIEN_SCAN_PROBES, stride);
        for (size_t i = 0; i < ROWS * stride; i++)
            codes[i] = (uint8_t)mien_rng_below(&rng, 256);
        for (size_t i = 0; i < MIEN_SCAN_PROBES * stride; i++)
            probes[i] = (int8_t)((int)mien_rng_below(&rng, 255) - 127);
        memset(codes, 255, stride); /* the extremes */
        memset(codes + stride, 0, stride);
        memset(probes, 127, stride);
        for (const mien_scan *const *s = mien_scans(); *s; s++)
            for (int n = 1; n <= MIEN_SCAN_PROBES; n++)
                for (size_t rows = 0; rows <= ROWS; rows++) {
                    int32_t got[MIEN_SCAN_PROBES * ROWS + 1];
                    int32_t want[MIEN_SCAN_PROBES * ROWS];
                    const size_t values = (size_t)n * rows;
                    got[values] = 77;
                    (*s)->dots(got, codes, rows, stride, probes, n);
                    mien_scans()[0]->dots(want, codes, rows, stride, probes, n);
                    assert_memory_equal(got, want, values * sizeof *got);
                    assert_int_equal(got[values], 77);
                }
        mien_free(codes);
        mien_free(probes);
    }
}

static void scans__sum_by_hand(void **state) {
    (void)state;
    uint8_t *codes = mien_alloc(1, 64);
    int8_t *probe = mien_alloc(1, 64);
    codes[0] = 255, codes[63] = 2;
    probe[0] = -127, probe[63] = 3;
    int32_t sum;
    for (const mien_scan *const *s = mien_scans(); *s; s++) {
        (*s)->dots(&sum, codes, 1, 64, probe, 1);
        assert_int_equal(sum, -255 * 127 + 6);
    }
    mien_free(codes);
    mien_free(probe);
}

static void codes__err_no_more_than_they_say(void **state) {
    (void)state;
    static const int widths[] = {1, 7, 64, 128, 500, 512};
    for (size_t k = 0; k < sizeof widths / sizeof *widths; k++) {
        const int width = widths[k];
        const size_t stride = mien_scan_stride(width);
        uint8_t *code = mien_alloc(1, stride);
        int8_t *probe = mien_alloc(1, stride);
        float x[512], y[512];
        for (uint32_t i = 0; i < 200; i++) {
            face_vector(x, width, i, 0, 0);
            face_vector(y, width, i / 2, i, 0.5);
            int32_t sum, dot;
            const mien_code a = mien_code_template(code, x, width);
            const mien_code b = mien_code_probe(probe, &sum, y, width);
            mien_scan_best()->dots(&dot, code, 1, stride, probe, 1);
            const float score = (float)(dot - sum) * a.scale * b.scale;
            const float error = fabsf(score - mien_code_cosine(x, y, width));
            assert_true(error <= mien_code_bound(a.error, b.error));
            assert_true(a.error < 0.03f && b.error < 0.03f);
        }
        mien_free(code);
        mien_free(probe);
    }
}

static void codes__fill_the_stride_with_zeros(void **state) {
    (void)state;
    uint8_t *code = mien_alloc(1, 64);
    int8_t *probe = mien_alloc(1, 64);
    const float x[2] = {0.6f, -0.8f};
    int32_t sum;
    mien_code_template(code, x, 2);
    mien_code_probe(probe, &sum, x, 2);
    assert_int_equal(code[0], 128 + 95);
    assert_int_equal(code[1], 1);
    assert_int_equal(probe[1], -127);
    assert_int_equal(sum, 128 * (95 - 127));
    for (int i = 2; i < 64; i++) {
        assert_int_equal(code[i], 128);
        assert_int_equal(probe[i], 0);
    }
    mien_free(code);
    mien_free(probe);
}

static void codes__of_nothing_are_nothing(void **state) {
    (void)state;
    uint8_t *code = mien_alloc(1, 64);
    const float x[3] = {0};
    assert_true(mien_code_template(code, x, 3).scale == 0);
    for (int i = 0; i < 64; i++) assert_int_equal(code[i], 128);
    mien_free(code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scans__give_the_sums_of_the_plain_one),
        cmocka_unit_test(scans__sum_by_hand),
        cmocka_unit_test(codes__err_no_more_than_they_say),
        cmocka_unit_test(codes__fill_the_stride_with_zeros),
        cmocka_unit_test(codes__of_nothing_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
