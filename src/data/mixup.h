/* SPDX-License-Identifier: Apache-2.0 */
/* mixup.h - train on mixtures of two photos and of their labels.
 *
 *   mien_rng rng = mien_rng_at(seed, MIEN_RNG_MIXUP, epoch, batch);
 *   float lambda = mien_mixup_batch(mixup, x, n, each, &rng);
 *
 * Sample i is then lambda of itself and 1 - lambda of sample n-1-i, and its
 * loss lambda loss(label[i]) + (1 - lambda) loss(label[n-1-i]). The sampler
 * has shuffled the batch, so that this partner is as random as any other, and
 * mixing both of a pair needs no copy.
 * Source: Zhang et al., mixup: beyond empirical risk minimization, ICLR 2018
 * (arXiv:1710.09412). */
#ifndef MIEN_DATA_MIXUP_H
#define MIEN_DATA_MIXUP_H

#include "base/param.h"
#include "base/rng.h"

typedef struct mien_mixup {
    float alpha; /* lambda is drawn from Beta(alpha, alpha) */
} mien_mixup;

extern const mien_param mien_mixup_params[];

/* From `mixup`, `mixup: 0.2` or `mixup: {alpha: 0.2}`; NULL for defaults. */
mien_status mien_mixup_read(mien_mixup *out, const mien_tree *options,
                            mien_arena *arena);

/* Mix n samples of `each` floats in place; returns lambda, 0 to 1. */
float mien_mixup_batch(const mien_mixup *mixup, float *x, int n, size_t each,
                       mien_rng *rng);

/* The mixing alone, by a lambda drawn before. */
void mien_mixup_mix(float *x, int n, size_t each, float lambda);

/* A draw from Beta(a, a), a > 0. */
double mien_beta_symmetric(mien_rng *rng, double a);

#endif
