/* SPDX-License-Identifier: Apache-2.0 */
/* spectral.c - the greatest gain of each weight matrix to at most max.
 *
 *   v = W'u / |W'u|     u = W v / |W v|     sigma = u'W v
 *   W <- W max / sigma   where sigma > max
 *
 * W has a row a unit. u is kept from step to step, so that one round of power
 * iteration a step follows the slowly moving W; the first call makes 15 from
 * a random u.
 * Source: Miyato et al., Spectral normalization for GANs, ICLR 2018
 * (arXiv:1802.05957), algorithm 1, applied as a bound to the weights. */
#include <math.h>

#include "base/rng.h"
#include "optim/clip.h"
#include "optim/constraint.h"

typedef struct config {
    double max;
    int rounds;
} config;

static const mien_param params[] = {
    {"max", "greatest singular value", offsetof(config, max), 1e-6, 1e6, 1,
     .kind = MIEN_DOUBLE},
    {"rounds", "of power iteration a step", offsetof(config, rounds), 1, 100, 1,
     .kind = MIEN_INT},
    {0},
};

static size_t n_state(const mien_trained *t) {
    return (size_t)mien_units(t) + mien_unit_size(t); /* u, then v */
}

/* To length 1; returns the length it had. */
static double normalise(float *x, size_t n) {
    const double norm = mien_norm2(x, n);
    if (norm > 0) mien_scale(x, n, 1 / norm);
    return norm;
}

/* One round; returns sigma. */
static double iterate(float *u, float *v, const float *w, int rows,
                      size_t cols) {
    for (size_t c = 0; c < cols; c++) v[c] = 0;
    for (int r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            v[c] += u[r] * w[(size_t)r * cols + c];
    normalise(v, cols);
    for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < cols; c++)
            sum += (double)w[(size_t)r * cols + c] * (double)v[c];
        u[r] = (float)sum;
    }
    return normalise(u, (size_t)rows);
}

/* Random where it is still zero; true if it was. */
static bool begin(float *u, int rows) {
    for (int r = 0; r < rows; r++)
        if (u[r] != 0) return false;
    mien_rng rng = mien_rng_at(0, MIEN_RNG_INIT, (uint32_t)rows, 0);
    for (int r = 0; r < rows; r++) u[r] = (float)mien_rng_normal(&rng);
    normalise(u, (size_t)rows);
    return true;
}

static void apply(const mien_constrain_pass *p) {
    const config *cfg = p->config;
    const int rows = mien_units(p->tensor);
    const size_t cols = mien_unit_size(p->tensor);
    float *u = p->state, *v = u + rows;
    int rounds = begin(u, rows) && cfg->rounds < 15 ? 15 : cfg->rounds;
    double sigma = 0;
    while (rounds-- > 0) sigma = iterate(u, v, p->tensor->w, rows, cols);
    if (sigma > cfg->max)
        mien_scale(p->tensor->w, p->tensor->n, cfg->max / sigma);
}

const mien_constraint_ops mien_constraint_spectral = {
    .row = {.name = "spectral",
            .summary = "the greatest singular value to at most max",
            .params = params,
            .config_size = sizeof(config)},
    .n_state = n_state,
    .apply = apply,
};
