/* SPDX-License-Identifier: Apache-2.0 */
/* mixup.c - draw lambda from a beta distribution and mix a batch.
 *
 *   X, Y ~ Gamma(a)   =>   X / (X + Y) ~ Beta(a, a)
 *
 *   Gamma(a), a >= 1: d = a - 1/3, v = (1 + z / sqrt(9 d))^3, z normal; take
 *   d v when log u < z^2/2 + d - d v + d log v.
 *   Gamma(a) = Gamma(a + 1) U^(1/a) for any a > 0: in logarithms, since for
 *   a small `a` both gammas underflow while their quotient does not.
 *
 * Source: Marsaglia and Tsang, A simple method for generating gamma variables,
 * ACM TOMS 26(3), 2000. */
#include "data/mixup.h"

#include <math.h>

const mien_param mien_mixup_params[] = {
    {"alpha", "strength: 0.1 to 0.4 for photos, larger mixes more evenly",
     offsetof(mien_mixup, alpha), 0.001, 100, 0.2},
    {0},
};

mien_status mien_mixup_read(mien_mixup *out, const mien_tree *options,
                            mien_arena *arena) {
    return mien_params_read(out, mien_mixup_params, options, NULL, arena,
                            "augment: mixup");
}

/* In (0, 1), so that its logarithm is finite. */
static double open_uniform(mien_rng *rng) {
    return mien_rng_uniform(rng) + 0x1p-33;
}

static double log_gamma_draw(mien_rng *rng, double a) {
    const double d = a + 1 - 1.0 / 3;
    for (;;) {
        const double z = mien_rng_normal(rng);
        const double root = 1 + z / sqrt(9 * d);
        if (root <= 0) continue;
        const double v = root * root * root;
        if (log(open_uniform(rng)) < z * z / 2 + d - d * v + d * log(v))
            return log(d * v) + log(open_uniform(rng)) / a;
    }
}

double mien_beta_symmetric(mien_rng *rng, double a) {
    const double x = log_gamma_draw(rng, a), y = log_gamma_draw(rng, a);
    return 1 / (1 + exp(y - x));
}

void mien_mixup_mix(float *x, int n, size_t each, float lambda) {
    for (int i = 0; i < n / 2; i++) {
        float *p = x + (size_t)i * each, *q = x + (size_t)(n - 1 - i) * each;
        for (size_t k = 0; k < each; k++) {
            const float a = p[k], b = q[k];
            p[k] = lambda * a + (1 - lambda) * b;
            q[k] = lambda * b + (1 - lambda) * a;
        }
    }
}

float mien_mixup_batch(const mien_mixup *mixup, float *x, int n, size_t each,
                       mien_rng *rng) {
    const float lambda = (float)mien_beta_symmetric(rng, mixup->alpha);
    mien_mixup_mix(x, n, each, lambda);
    return lambda;
}
