/* SPDX-License-Identifier: Apache-2.0 */
/* sharpness.c - power iteration on differences of gradients. */
#include "train/sharpness.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"

enum { ROUNDS = 8 };
static const double nudge = 1e-3; /* |e v| over |w| */

typedef struct power {
    float *w, *g, *v; /* weights and gradient as they were; the direction */
    size_t n;
    double length; /* of the nudge */
} power;

static mien_status open(power *p, const mien_weights *w,
                        const float *gradient) {
    p->n = w->size_trained;
    p->w = mien_alloc(p->n + 1, sizeof(float));
    p->g = mien_alloc(p->n + 1, sizeof(float));
    p->v = mien_alloc(p->n + 1, sizeof(float));
    if (!p->w || !p->g || !p->v) return MIEN_ENOMEM;
    memcpy(p->w, w->values, p->n * sizeof(float));
    memcpy(p->g, gradient, p->n * sizeof(float));
    p->length = nudge * (mien_norm2(p->w, p->n) + 1e-6);
    return MIEN_OK;
}

static void shut(power *p) {
    mien_free(p->w);
    mien_free(p->g);
    mien_free(p->v);
}

/* |v| becomes 1; its norm before. */
static double unit(float *v, size_t n) {
    const double norm = mien_norm2(v, n);
    for (size_t i = 0; norm > 0 && i < n; i++) v[i] = (float)(v[i] / norm);
    return norm;
}

/* v <- H v; *lambda is |H v|, v having length 1. */
static mien_status multiply(double *lambda, power *p, mien_trainer *t,
                            const mien_batch *batch) {
    mien_result result;
    float *w = t->net->weights.values;
    for (size_t i = 0; i < p->n; i++)
        w[i] = p->w[i] + (float)(p->length * p->v[i]);
    const mien_status status = mien_runner_step(t->run, batch, &result);
    memcpy(w, p->w, p->n * sizeof(float));
    MIEN_TRY(status);
    for (size_t i = 0; i < p->n; i++)
        p->v[i] = (float)((t->run->gradient[i] - p->g[i]) / p->length);
    *lambda = unit(p->v, p->n);
    return MIEN_OK;
}

static mien_status iterate(double *lambda, power *p, mien_trainer *t,
                           const mien_batch *batch) {
    mien_result result;
    MIEN_TRY(mien_runner_step(t->run, batch, &result));
    MIEN_TRY(open(p, &t->net->weights, t->run->gradient));
    /* The gradient leans towards the sharpest directions already. */
    memcpy(p->v, p->g, p->n * sizeof(float));
    if (!(unit(p->v, p->n) > 0)) return MIEN_OK;
    for (int i = 0; i < ROUNDS; i++) {
        MIEN_TRY(multiply(lambda, p, t, batch));
        if (mien_bad_f64(*lambda) || *lambda <= 0) return MIEN_OK;
    }
    return MIEN_OK;
}

mien_status mien_sharpness(double *lambda, mien_trainer *t,
                           const mien_batch *batch) {
    power p = {0};
    *lambda = NAN;
    const mien_status status = iterate(lambda, &p, t, batch);
    if (mien_bad_f64(*lambda)) *lambda = NAN;
    shut(&p);
    return status;
}
