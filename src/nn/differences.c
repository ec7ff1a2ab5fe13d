/* SPDX-License-Identifier: Apache-2.0 */
/* differences.c - a gradient against the differences of its function. */
#include "nn/differences.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

/* The first step, as a share of a value's size: cbrt(eps), where what is left
 * out of the difference and what rounding adds are about equal. */
static const double first_step = 6.1e-6;

enum { TRIES = 5, SHRINK = 16 };

/* A line through x: from values[k] on, value i moves by `along[i]` times the
 * step. */
typedef struct line {
    const mien_claim *claim;
    const double *along, *start; /* of n values */
    double *x;
    size_t n;
    double slope; /* claimed */
    double floor; /* errors are relative to at least this */
    double tolerance;
} line;

typedef struct sight {
    double numeric, error;
    bool blind; /* rounding alone may be above the tolerance */
} sight;

static void move(const line *l, double step) {
    for (size_t i = 0; i < l->n; i++)
        l->x[i] = l->start[i] + step * l->along[i];
}

static void put_back(const line *l) {
    memcpy(l->x, l->start, l->n * sizeof *l->x);
}

static void evaluate(const line *l, double step, int side) {
    move(l, step);
    l->claim->evaluate(l->claim->context, side);
}

/* The relative error of the claimed slope. Noise excuses what is above the
 * tolerance: it is a bound, and most of the time far too large. */
static sight judge(const line *l, double numeric, double noise) {
    const double off = fabs(l->slope - numeric);
    const double larger = fmax(fabs(l->slope), fabs(numeric));
    const double size = fmax(larger, l->floor);
    sight s = {.numeric = numeric, .blind = !(noise <= l->tolerance * size)};
    if (isnan(off) || isinf(larger))
        s.error = INFINITY;
    else if (off > 0 && off <= l->tolerance * size)
        s.error = off / size;
    else if (off > noise)
        s.error = (off - noise) / size;
    return s;
}

static sight look(const line *l, double step) {
    double noise;
    evaluate(l, step, MIEN_ABOVE);
    evaluate(l, -step, MIEN_BELOW);
    put_back(l);
    const double rise =
        l->claim->rise(l->claim->context, MIEN_ABOVE, MIEN_BELOW, &noise);
    return judge(l, rise / (2 * step), noise / (2 * step));
}

/* How far the slopes to the right and to the left are apart. */
static double bend_at(const line *l, double step, double *off) {
    void *context = l->claim->context;
    double noise[2];
    *off = fabs(look(l, step).numeric - l->slope);
    l->claim->evaluate(context, MIEN_HERE);
    const double right =
        l->claim->rise(context, MIEN_ABOVE, MIEN_HERE, &noise[0]);
    const double left =
        l->claim->rise(context, MIEN_HERE, MIEN_BELOW, &noise[1]);
    return (fabs(right - left) - noise[0] - noise[1]) / step;
}

/* On a kink the slopes on both sides differ by about what is wrong. So they
 * may where the function is curved, but there the bend is in proportion to the
 * step, and what is wrong does not depend on it. */
static bool on_kink(const line *l, double step) {
    double off, off_wide;
    const double bend = bend_at(l, step, &off);
    if (!(bend > 0.1 * off)) return false;
    const double wide = bend_at(l, SHRINK * step, &off_wide);
    const bool curved = bend < 0.25 * wide;
    return !(curved && off_wide > 0.8 * off && off_wide < 1.25 * off);
}

/* Steps become smaller until the slopes agree or rounding takes over. Returns
 * false on a kink. */
static bool follow(const line *l, sight *best) {
    double step = first_step;
    *best = look(l, step);
    for (int i = 1; i < TRIES && !(best->error <= l->tolerance); i++) {
        const sight closer = look(l, step / SHRINK);
        if (closer.blind) break;
        step /= SHRINK;
        *best = closer;
    }
    return best->error <= l->tolerance || !on_kink(l, step);
}

static void report(mien_gradcheck_row *row, const sight *s, double analytic) {
    if (!(s->error >= row->worst)) return;
    row->worst = s->error;
    row->analytic = analytic;
    row->numeric = s->numeric;
}

static double rms(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sqrt(sum / (double)n);
}

static double largest(const double *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    return most;
}

/* What the tests of one claim share. */
typedef struct work {
    const mien_claim *claim;
    const mien_claim_test *test;
    mien_rng rng;
    double *start, *along; /* n */
    double size;           /* where there are no sizes of each */
} work;

static double size_of(const work *w, size_t i) {
    const double own = w->claim->sizes ? w->claim->sizes[i] : w->size;
    return fmax(own, fabs(w->claim->x[i]));
}

/* 0.5 to 1.5 either way: no value may hide behind a factor near 0. */
static double coefficient(mien_rng *rng) {
    const double x = mien_rng_range(rng, -1, 1);
    return x < 0 ? x - 0.5 : x + 0.5;
}

/* All values at once; the kinks of so many may only spoil it. */
static void test_direction(mien_gradcheck_row *row, work *w) {
    const mien_claim *c = w->claim;
    line l = {.claim = c,
              .along = w->along,
              .start = w->start,
              .x = c->x,
              .n = c->n,
              .tolerance = w->test->tolerance};
    double squares = 0;
    for (size_t i = 0; i < c->n; i++) {
        const double size = c->sizes ? c->sizes[i] : w->size;
        w->along[i] = size * coefficient(&w->rng);
        const double part = c->gradient[i] * w->along[i];
        l.slope += part;
        squares += part * part;
    }
    l.floor = sqrt(squares);
    sight s;
    if (!follow(&l, &s)) return;
    report(row, &s, l.slope);
    row->checked++;
}

/* Value i alone; slopes are reported for a step of 1. */
static bool test_value(mien_gradcheck_row *row, const work *w, size_t i,
                       double most) {
    const mien_claim *c = w->claim;
    const double along = size_of(w, i);
    const line l = {.claim = c,
                    .along = &along,
                    .start = w->start + i,
                    .x = c->x + i,
                    .n = 1,
                    .slope = along * c->gradient[i],
                    .floor = along * 1e-3 * most,
                    .tolerance = w->test->tolerance};
    sight s;
    if (!follow(&l, &s)) return false;
    s.numeric /= along;
    report(row, &s, c->gradient[i]);
    row->checked++;
    return true;
}

/* One value in each of so many equal parts. */
static void test_values(mien_gradcheck_row *row, int *kinks, work *w) {
    const size_t n = w->claim->n;
    const double most = largest(w->claim->gradient, n);
    size_t count = (size_t)w->test->values;
    if (count > n) count = n;
    for (size_t k = 0; k < count; k++) {
        const size_t from = k * n / count, to = (k + 1) * n / count;
        const size_t i = from + mien_rng_below(&w->rng, (uint32_t)(to - from));
        if (!test_value(row, w, i, most)) ++*kinks;
    }
}

mien_status mien_differences(mien_gradcheck_row *row, int *kinks,
                             const mien_claim *claim,
                             const mien_claim_test *test) {
    const size_t n = claim->n;
    work w = {.claim = claim, .test = test, .rng = test->rng};
    row->checked = 0;
    row->worst = row->analytic = row->numeric = 0;
    w.start = mien_alloc(2 * n + 1, sizeof *w.start);
    if (!w.start) return MIEN_ENOMEM;
    w.along = w.start + n;
    memcpy(w.start, claim->x, n * sizeof *w.start);
    const double size = n ? rms(claim->x, n) : 1;
    w.size = size > 0 && isfinite(size) ? size : 1;
    if (n) test_direction(row, &w);
    test_values(row, kinks, &w);
    row->pass = row->worst <= test->tolerance;
    mien_free(w.start);
    return MIEN_OK;
}
