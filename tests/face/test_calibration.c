/* SPDX-License-Identifier: Apache-2.0 */
/* test_calibration.c - score -> FMR against laws that are known, the record
 * there and back, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "face/calibration.h"

enum { PEOPLE = 200, PAIRS = PEOPLE * (PEOPLE - 1) / 2 };

static float score[PAIRS];
static int32_t a[PAIRS], b[PAIRS];

static void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

/* Every pair of people once. Scores are normal with deviation .1; `bond` of
 * the variance is shared by all pairs of a person. */
static mien_impostors draw(uint32_t seed, double bond) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
    double own[PEOPLE];
    int n = 0;
    for (int p = 0; p < PEOPLE; p++) own[p] = mien_rng_normal(&rng);
    for (int p = 0; p < PEOPLE; p++)
        for (int q = p + 1; q < PEOPLE; q++) {
            const double z = sqrt(1 - bond) * mien_rng_normal(&rng) +
                             sqrt(bond / 2) * (own[p] + own[q]);
            score[n] = (float)fmax(-1, fmin(1, 0.1 * z));
            a[n] = p;
            b[n++] = q;
        }
    return (mien_impostors){score, a, b, PAIRS, PEOPLE};
}

static mien_calibration *fit(const mien_impostors *m) {
    mien_calibration *c;
    assert_ok(mien_calibration_fit(&c, m, "abc", "drawn"));
    return c;
}

static double above(double s) { /* of the law that was drawn from */
    return 0.5 * erfc(s / 0.1 / sqrt(2));
}

static void fmr__is_that_of_the_law(void **state) {
    (void)state;
    const mien_impostors m = draw(1, 0);
    mien_calibration *c = fit(&m);
    for (double s = 0; s < 0.3; s += 0.03) {
        const mien_fmr f = mien_calibration_fmr(c, s);
        assert_true(fabs(log(f.fmr / above(s))) < 0.25);
        assert_true(f.low <= f.fmr && f.fmr <= f.high);
        assert_false(f.extrapolated);
    }
    /* A hundred times rarer than what was seen: the right power of ten, and
     * rather too high than too low, since a normal law falls faster. */
    const mien_fmr far = mien_calibration_fmr(c, 0.475);
    assert_true(far.extrapolated);
    assert_true(far.fmr > above(0.475) / 2 && far.fmr < 100 * above(0.475));
    mien_calibration_free(c);
}

static void fmr__falls_and_stays_within_0_and_1(void **state) {
    (void)state;
    const mien_impostors m = draw(2, 0.3);
    mien_calibration *c = fit(&m);
    mien_fmr last = {1, 1, 1, false};
    for (double s = -1; s <= 1; s += 0.001) {
        const mien_fmr f = mien_calibration_fmr(c, s);
        assert_true(f.fmr > 0 && f.fmr <= last.fmr);
        assert_true(f.low <= last.low && f.high <= last.high);
        assert_true(f.low <= f.fmr && f.fmr <= f.high);
        last = f;
    }
    assert_true(mien_calibration_fmr(c, NAN).fmr == 1);
    assert_true(mien_calibration_fmr(c, 2).fmr > 0);
    mien_calibration_free(c);
}

static void threshold__lets_no_more_through_than_asked(void **state) {
    (void)state;
    const mien_impostors m = draw(3, 0);
    mien_calibration *c = fit(&m);
    for (double wanted = 1; wanted > 1e-8; wanted *= 0.37) {
        double t;
        assert_ok(mien_calibration_threshold(&t, c, wanted, true));
        const mien_fmr f = mien_calibration_fmr(c, t);
        assert_true(f.fmr <= wanted);
        assert_true(f.fmr > wanted * 0.999);
    }
    mien_calibration_free(c);
}

static void threshold__says_what_the_data_do_not_show(void **state) {
    (void)state;
    const mien_impostors m = draw(4, 0);
    mien_calibration *c = fit(&m);
    double t;
    const double least = mien_calibration_about(c)->least_fmr;
    assert_true(fabs(least * PAIRS - 30) < 0.5);
    assert_ok(mien_calibration_threshold(&t, c, least, false));
    assert_int_equal(mien_calibration_threshold(&t, c, least / 2, false),
                     MIEN_ELIMIT);
    assert_non_null(strstr(mien_error(), "200 people"));
    assert_ok(mien_calibration_threshold(&t, c, least / 2, true));
    assert_int_equal(mien_calibration_threshold(&t, c, 0, true), MIEN_EINVAL);
    assert_int_equal(mien_calibration_threshold(&t, c, NAN, true), MIEN_EINVAL);
    assert_int_equal(mien_calibration_threshold(&t, c, 1e-30, true),
                     MIEN_ELIMIT);
    mien_calibration_free(c);
}

/* The interval covers the law at a score in most draws, also when the scores
 * of a person go together, where one that counts pairs would be too narrow. */
static void interval__covers_the_law(void **state) {
    (void)state;
    for (int bonded = 0; bonded < 2; bonded++) {
        int covered = 0;
        double width = 0;
        const int draws = 12;
        for (int i = 0; i < draws; i++) {
            const mien_impostors m = draw((uint32_t)i, bonded ? 0.5 : 0);
            mien_calibration *c = fit(&m);
            const mien_fmr f = mien_calibration_fmr(c, 0.2);
            covered += f.low <= above(0.2) && above(0.2) <= f.high;
            width += log(f.high / f.low) / draws;
            mien_calibration_free(c);
        }
        assert_true(covered >= 9);
        assert_true(bonded ? width > 0.3 : width < 0.6);
    }
}

static void fit__counts_ties_together(void **state) {
    (void)state;
    mien_impostors m = draw(5, 0);
    for (int i = 0; i < PAIRS; i++) /* tenths */
        score[i] = roundf(score[i] * 10) / 10;
    int n = 0;
    for (int i = 0; i < PAIRS; i++) n += score[i] >= 0.2f;
    mien_calibration *c = fit(&m);
    const double fmr = mien_calibration_fmr(c, (double)0.2f).fmr;
    assert_true(fabs(fmr * PAIRS - n) < 1e-6 * n);
    mien_calibration_free(c);
}

static void assert_refused(const mien_impostors *m, mien_status status) {
    mien_calibration *c = (mien_calibration *)m;
    assert_int_equal(mien_calibration_fit(&c, m, "abc", ""), status);
    assert_null(c);
}

static void fit__refuses_what_says_nothing(void **state) {
    (void)state;
    mien_impostors m = draw(6, 0);
    m.n = 299;
    assert_refused(&m, MIEN_EDATA);
    m = draw(6, 0), m.people = 9;
    assert_refused(&m, MIEN_EDATA);
    m = draw(6, 0), score[7] = NAN;
    assert_refused(&m, MIEN_EINVAL);
    m = draw(6, 0), b[9] = a[9];
    assert_refused(&m, MIEN_EINVAL);
    m = draw(6, 0), b[9] = PEOPLE;
    assert_refused(&m, MIEN_EINVAL);
    m = draw(6, 0);
    for (int i = 0; i < PAIRS; i++) score[i] = 0.5f;
    assert_refused(&m, MIEN_EDATA);
}

static void fit__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    const mien_impostors m = draw(7, 0);
    mien_status status = MIEN_ENOMEM;
    mien_calibration *c = NULL;
    for (int n = 0; status == MIEN_ENOMEM && n < 50; n++) {
        mien_mem_fail_after(n);
        status = mien_calibration_fit(&c, &m, "abc", "");
        mien_mem_fail_after(-1);
        if (status == MIEN_ENOMEM) assert_null(c);
    }
    assert_ok(status);
    mien_calibration_free(c);
}

/* ---- the record ------------------------------------------------------- */

static void record__goes_there_and_back(void **state) {
    (void)state;
    const mien_impostors m = draw(8, 0.2);
    mien_calibration *c = fit(&m), *back;
    mien_buf text = {.cap = 1 << 20};
    assert_ok(mien_calibration_write(&text, c));
    assert_ok(mien_calibration_read(&back, (char *)text.data, "abc", "model"));
    assert_int_equal(back->n, c->n);
    for (int i = 0; i < c->n; i++) {
        assert_true(back->knot[i].score == c->knot[i].score);
        assert_true(back->knot[i].high == c->knot[i].high);
    }
    assert_string_equal(mien_calibration_about(back)->source, "drawn");
    assert_int_equal(back->facts.impostors, PAIRS);
    mien_calibration_free(back);
    assert_int_equal(
        mien_calibration_read(&back, (char *)text.data, "abd", "model"),
        MIEN_ECORRUPT);
    assert_null(back);
    mien_buf_close(&text);
    mien_calibration_free(c);
}

#define HEAD                                                            \
    "{\"version\":1,\"contract\":\"abc\",\"source\":\"\",\"impostors\"" \
    ":300,\"people\":20,\"least_fmr\":0.1,\"shape\":0,\"scale\":0.1,"   \
    "\"knots\":"

static void record__is_refused_when_it_is_no_falling_curve(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "7",
                                      "{}",
                                      "{\"version\":1}",
                                      HEAD "[[-1,1,1,1]]}",
                                      HEAD "[[-1,1,1,1],[1,1,1,1]]}",
                                      HEAD "[[-1,1,1,1],[1,0,0,1]]}",
                                      HEAD "[[1,1,1,1],[-1,0.1,0.1,0.1]]}",
                                      HEAD "[[-1,1,1,1],[1,0.1,0.2,0.3]]}",
                                      HEAD "[[-1,1,1,1],[1,0.1,0.1]]}",
                                      HEAD "[[-1,1,1,1],[1,\"a\",0.1,0.1]]}",
                                      HEAD "[[-1,0.9,0.9,1],[1,0.1,0.1,0.1]]}",
                                      HEAD "[[-1,1,1,1],[2,0.1,0.1,0.1]]}"};
    mien_calibration *c;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(mien_calibration_read(&c, bad[i], "abc", "model"),
                         MIEN_EFORMAT);
        assert_null(c);
    }
    const char *good = HEAD "[[-1,1,1,1],[1,0.1,0.1,0.2]]}";
    assert_ok(mien_calibration_read(&c, good, "abc", "model"));
    mien_calibration_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fmr__is_that_of_the_law),
        cmocka_unit_test(fmr__falls_and_stays_within_0_and_1),
        cmocka_unit_test(threshold__lets_no_more_through_than_asked),
        cmocka_unit_test(threshold__says_what_the_data_do_not_show),
        cmocka_unit_test(interval__covers_the_law),
        cmocka_unit_test(fit__counts_ties_together),
        cmocka_unit_test(fit__refuses_what_says_nothing),
        cmocka_unit_test(fit__frees_all_when_memory_runs_out),
        cmocka_unit_test(record__goes_there_and_back),
        cmocka_unit_test(record__is_refused_when_it_is_no_falling_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
