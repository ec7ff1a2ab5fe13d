/* SPDX-License-Identifier: Apache-2.0 */
/* rng.h - counter-based random numbers: any draw can be replayed.
 *
 *   mien_rng rng = mien_rng_at(seed, MIEN_RNG_AUGMENT, epoch, sample);
 *   float angle = mien_rng_range(&rng, -10, 10);
 *
 * The n-th number is a pure function of (seed, stream, a, b, n): nothing is
 * carried from draw to draw, so a batch is reproduced from its coordinates.
 * Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011
 * (Philox4x32-10). */
#ifndef MIEN_BASE_RNG_H
#define MIEN_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a stream is for; two uses never share numbers. */
typedef enum mien_rng_stream {
    MIEN_RNG_TEST,
    MIEN_RNG_INIT,
    MIEN_RNG_SPLIT,
    MIEN_RNG_SAMPLER,
    MIEN_RNG_AUGMENT,
    MIEN_RNG_MIXUP,
    MIEN_RNG_DROPOUT,
    MIEN_RNG_LOSS,
    MIEN_RNG_EVAL,
    MIEN_RNG_SYNTH,
    MIEN_RNG_PATCH,
    MIEN_RNG_FAULT,
    MIEN_RNG_CHECK,
    MIEN_RNG_COMPOSE
} mien_rng_stream;

typedef struct mien_rng {
    uint32_t key[2];     /* seed */
    uint32_t counter[4]; /* block number, stream ^ b high, a, b low */
    uint32_t block[4];
    int used; /* numbers taken from `block`; 4 = empty */
} mien_rng;

mien_rng mien_rng_at(uint64_t seed, mien_rng_stream stream, uint32_t a,
                     uint32_t b);

uint32_t mien_rng_u32(mien_rng *rng);
double mien_rng_uniform(mien_rng *rng); /* [0, 1), 32 bits of it */
double mien_rng_range(mien_rng *rng, double low, double high);
double mien_rng_normal(mien_rng *rng);              /* mean 0, sd 1 */
uint32_t mien_rng_below(mien_rng *rng, uint32_t n); /* 0..n-1, unbiased */
void mien_rng_shuffle(mien_rng *rng, uint32_t *x, size_t n);

/* Philox4x32-10 itself, for known-answer tests. */
void mien_philox(uint32_t out[4], const uint32_t counter[4],
                 const uint32_t key[2]);

#endif
