/* SPDX-License-Identifier: Apache-2.0 */
/* calibration_fit.c - from comparisons of different people to score -> FMR.
 *
 *   FMR(s) = #{impostor scores >= s} / n
 *
 * is counted down to the score that 30 comparisons reach: fewer errors say
 * little about a rate (Doddington's rule of 30: with 30 the true rate lies
 * within 30 % of the counted one, nine times in ten, were they independent).
 * Beyond it the excesses y over a high score u follow a generalised Pareto
 * distribution (the limit law of Balkema, de Haan and Pickands),
 *
 *   G(y) = (1 + shape y / scale)^(-1/shape),   exp(-y / scale) for shape 0,
 *
 * fitted by probability-weighted moments: with a = mean(y) and b = mean of
 * y (1 - F(y)),   shape = 2 - a / (a - 2 b),   scale = 2 a b / (a - 2 b).
 * A negative shape is a tail with an end, beyond which a match would be
 * impossible: a hundred people do not show that. It is set to 0, which errs on
 * the side of a higher FMR; the tail is joined to the count where that ends.
 *
 * One photo takes part in many comparisons, so these are not independent, and
 * neither are a person's photos. The interval draws people, not comparisons:
 * in each replicate person p counts w_p times (n people drawn with
 * replacement) and a comparison of p and q w_p w_q times.
 *
 * Sources: Hosking and Wallis, Parameter and quantile estimation for the
 * generalized Pareto distribution, Technometrics 29(3), 1987. Snijders and
 * Borgatti, Non-parametric standard errors and tests for network statistics,
 * Connections 22(2), 1999. Doddington et al., The NIST speaker recognition
 * evaluation, Speech Communication 31, 2000. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "face/calibration.h"

enum {
    LEAST_PAIRS = 300,
    LEAST_PEOPLE = 10,
    RULE = 30,        /* comparisons that a counted rate rests on */
    TAIL_MOST = 2000, /* excesses that the tail is fitted to */
    STEPS = 8,        /* knots for each power of ten */
    REPLICATES = 400
};
static const double least_rate = 1e-12, shape_most = 0.5;

typedef struct trial {
    float score;
    int32_t a, b;
} trial;

/* u, and the law of what lies above it. */
typedef struct tail {
    double from, shape, scale;
} tail;

typedef struct fitting {
    mien_calibration *c;
    trial *trial; /* by falling score */
    int64_t n, n_tail;
    int people, counted; /* counted: knots that are no extrapolation */
    int64_t *reach;      /* of each knot counted: trials as high or higher */
    double *weight;      /* of each person */
    double *rate;        /* REPLICATES rows of MIEN_KNOTS_MAX */
} fitting;

static int by_falling_score(const void *a, const void *b) {
    const float x = ((const trial *)a)->score, y = ((const trial *)b)->score;
    return (x < y) - (x > y);
}

/* ---- the tail --------------------------------------------------------- */

static double weight_of(const fitting *f, int64_t i) {
    return f->weight[f->trial[i].a] * f->weight[f->trial[i].b];
}

/* From the weighted excesses; false if they are none or all the same. */
static bool fit_tail(tail *out, const fitting *f) {
    double sum = 0, a = 0, b = 0, above = 0;
    out->from = (double)f->trial[f->n_tail].score;
    for (int64_t i = 0; i < f->n_tail; i++) sum += weight_of(f, i);
    for (int64_t i = 0; i < f->n_tail; i++) {
        const double w = weight_of(f, i);
        const double y = (double)f->trial[i].score - out->from;
        a += w * y / sum;
        b += w * y * (above + w / 2) / (sum * sum);
        above += w;
    }
    if (!(sum > 0) || !(a > 0)) return false;
    out->shape = 2 - a / (a - 2 * b);
    out->scale = 2 * a * b / (a - 2 * b);
    if (!(out->shape > 0) || !(out->scale > 0)) {
        out->shape = 0;
        out->scale = a;
    } else if (out->shape > shape_most) {
        out->shape = shape_most;
        out->scale = a * (1 - shape_most);
    }
    return true;
}

/* The share of the excesses that are higher than at `score`. */
static double survival(const tail *t, double score) {
    const double y = (score - t->from) / t->scale;
    return t->shape > 0 ? pow(1 + t->shape * y, -1 / t->shape) : exp(-y);
}

static double quantile(const tail *t, double share) {
    return t->from + t->scale * (t->shape > 0
                                     ? (pow(share, -t->shape) - 1) / t->shape
                                     : -log(share));
}

/* ---- knots ------------------------------------------------------------ */

static void add_knot(fitting *f, double score, double fmr) {
    mien_calibration *c = f->c;
    const mien_knot *last = c->n ? &c->knot[c->n - 1] : NULL;
    if (c->n == MIEN_KNOTS_MAX) return;
    if (last && (score <= last->score || fmr >= last->fmr)) return;
    c->knot[c->n++] = (mien_knot){score, fmr, fmr, fmr};
}

static void add_counted(fitting *f) {
    const double n = (double)f->n;
    add_knot(f, fmin(-1, (double)f->trial[f->n - 1].score), 1);
    f->reach[0] = f->n;
    for (int j = 0; f->c->n < MIEN_KNOTS_MAX; j++) {
        int64_t k = (int64_t)ceil(n * pow(10, -(double)j / STEPS));
        if (k < RULE) k = RULE;
        int64_t m = k; /* whoever has the same score counts too */
        while (m < f->n && f->trial[m].score == f->trial[k - 1].score) m++;
        const int before = f->c->n;
        add_knot(f, (double)f->trial[k - 1].score, (double)m / n);
        if (f->c->n > before) f->reach[before] = m;
        if (k == RULE) break;
    }
    f->counted = f->c->n;
}

static void add_extrapolated(fitting *f, const tail *t) {
    const mien_knot end = f->c->knot[f->counted - 1];
    const double joined = survival(t, end.score);
    double score = end.score;
    for (int j = 1; score < 1 && f->c->n < MIEN_KNOTS_MAX - 1; j++) {
        const double step = pow(10, -(double)j / STEPS);
        if (end.fmr * step < least_rate) break;
        score = quantile(t, joined * step);
        if (score < 1) add_knot(f, score, end.fmr * step);
    }
    add_knot(f, 1, fmax(least_rate / 10, end.fmr * survival(t, 1) / joined));
}

/* ---- the interval ----------------------------------------------------- */

static void draw_people(fitting *f, uint32_t replicate) {
    mien_rng rng = mien_rng_at(0, MIEN_RNG_EVAL, 0x63616c, replicate);
    memset(f->weight, 0, (size_t)f->people * sizeof *f->weight);
    for (int i = 0; i < f->people; i++)
        f->weight[mien_rng_below(&rng, (uint32_t)f->people)] += 1;
}

/* The rates at all knots by one draw; false if it tells nothing. */
static bool rates_of_draw(double *rate, const fitting *f) {
    const mien_calibration *c = f->c;
    double sum = 0;
    int64_t i = 0;
    tail t;
    for (int k = f->counted - 1; k >= 0; k--) {
        for (; i < f->reach[k]; i++) sum += weight_of(f, i);
        rate[k] = sum;
    }
    if (!(sum > 0) || !fit_tail(&t, f)) return false;
    for (int k = 0; k < f->counted; k++) rate[k] /= sum;
    const int end = f->counted - 1;
    const double joined = survival(&t, c->knot[end].score);
    for (int k = f->counted; k < c->n; k++)
        rate[k] = rate[end] * survival(&t, c->knot[k].score) / joined;
    return true;
}

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void set_interval(fitting *f, int knot, int rows, double *column) {
    mien_knot *k = &f->c->knot[knot];
    for (int r = 0; r < rows; r++)
        column[r] = f->rate[(size_t)r * MIEN_KNOTS_MAX + (size_t)knot];
    qsort(column, (size_t)rows, sizeof *column, rising);
    k->low = fmax(least_rate / 1000, fmin(k->fmr, column[rows / 40]));
    k->high = fmin(1, fmax(k->fmr, column[rows - 1 - rows / 40]));
    if (!knot) return;
    /* The pieces were moved apart to hold the estimate: keep them falling. */
    k->low = fmin(k->low, k[-1].low);
    k->high = fmin(k->high, k[-1].high);
}

static mien_status add_intervals(fitting *f) {
    double column[REPLICATES];
    int rows = 0;
    f->rate = mien_alloc((size_t)REPLICATES * MIEN_KNOTS_MAX, sizeof *f->rate);
    if (!f->rate) return MIEN_ENOMEM;
    for (int r = 0; r < REPLICATES; r++) {
        draw_people(f, (uint32_t)r);
        rows += rates_of_draw(f->rate + (size_t)rows * MIEN_KNOTS_MAX, f);
    }
    if (rows < REPLICATES / 2)
        return mien_fail(MIEN_EDATA,
                         "the highest scores belong to so few people that no "
                         "interval can be given");
    for (int k = 0; k < f->c->n; k++) set_interval(f, k, rows, column);
    return MIEN_OK;
}

/* ---- all together ----------------------------------------------------- */

static mien_status check(const mien_impostors *m) {
    if (m->n < LEAST_PAIRS || m->people < LEAST_PEOPLE)
        return mien_fail(MIEN_EDATA,
                         "%lld comparisons of %d people: a calibration needs "
                         "at least %d of %d people",
                         (long long)m->n, m->people, LEAST_PAIRS, LEAST_PEOPLE);
    for (int64_t i = 0; i < m->n; i++) {
        const bool people = m->a[i] >= 0 && m->a[i] < m->people &&
                            m->b[i] >= 0 && m->b[i] < m->people;
        if (!people || m->a[i] == m->b[i] ||
            !(m->score[i] >= -1 && m->score[i] <= 1))
            return mien_fail(MIEN_EINVAL,
                             "comparison %lld: score %g, people %d and %d; a "
                             "score of -1 to 1 and two of %d people are right",
                             (long long)i, (double)m->score[i], (int)m->a[i],
                             (int)m->b[i], m->people);
    }
    return MIEN_OK;
}

static mien_status make_room(fitting *f, const mien_impostors *m) {
    f->n = m->n;
    f->people = m->people;
    f->trial = mien_alloc((size_t)m->n, sizeof *f->trial);
    f->reach = mien_alloc(MIEN_KNOTS_MAX, sizeof *f->reach);
    f->weight = mien_alloc((size_t)m->people, sizeof *f->weight);
    if (!f->trial || !f->reach || !f->weight) return MIEN_ENOMEM;
    for (int64_t i = 0; i < m->n; i++)
        f->trial[i] = (trial){m->score[i], m->a[i], m->b[i]};
    qsort(f->trial, (size_t)m->n, sizeof *f->trial, by_falling_score);
    f->n_tail = m->n / 100;
    if (f->n_tail < RULE) f->n_tail = RULE;
    if (f->n_tail > TAIL_MOST) f->n_tail = TAIL_MOST;
    for (int p = 0; p < m->people; p++) f->weight[p] = 1;
    return MIEN_OK;
}

static mien_status fit(fitting *f, const mien_impostors *m) {
    tail t;
    mien_calibration_facts *facts = &f->c->facts;
    MIEN_TRY(make_room(f, m));
    if (!fit_tail(&t, f))
        return mien_fail(MIEN_EDATA,
                         "the %lld highest scores are all the same: nothing "
                         "can be said about higher ones",
                         (long long)f->n_tail);
    add_counted(f);
    if (f->counted < 2)
        return mien_fail(MIEN_EDATA, "nearly all scores are the same");
    add_extrapolated(f, &t);
    *facts =
        (mien_calibration_facts){.impostors = m->n,
                                 .people = m->people,
                                 .least_fmr = f->c->knot[f->counted - 1].fmr,
                                 .shape = t.shape,
                                 .scale = t.scale,
                                 .contract = f->c->contract,
                                 .source = f->c->source};
    return add_intervals(f);
}

mien_status mien_calibration_fit(mien_calibration **out,
                                 const mien_impostors *impostors,
                                 const char *contract, const char *source) {
    fitting f = {0};
    *out = NULL;
    MIEN_TRY(check(impostors));
    f.c = mien_alloc(1, sizeof *f.c);
    if (!f.c) return MIEN_ENOMEM;
    snprintf(f.c->contract, sizeof f.c->contract, "%s", contract);
    snprintf(f.c->source, sizeof f.c->source, "%s", source);
    const mien_status status = fit(&f, impostors);
    mien_free(f.trial);
    mien_free(f.reach);
    mien_free(f.weight);
    mien_free(f.rate);
    if (status == MIEN_OK)
        *out = f.c;
    else
        mien_calibration_free(f.c);
    return status;
}
