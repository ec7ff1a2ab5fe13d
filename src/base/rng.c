/* SPDX-License-Identifier: Apache-2.0 */
/* rng.c - Philox4x32-10 and what is drawn from it.
 *
 * A round multiplies two of the four words by odd constants and crosses the
 * high and low halves with the other two and the key; ten rounds pass the
 * statistical batteries. The counter is (block, stream, a, b).
 * Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011,
 * section 3.3. */
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MULTIPLIER_0 0xD2511F53u
#define MULTIPLIER_1 0xCD9E8D57u
#define WEYL_0       0x9E3779B9u /* golden ratio */
#define WEYL_1       0xBB67AE85u /* square root of 3, less 1 */

void mien_philox(uint32_t out[4], const uint32_t counter[4],
                 const uint32_t key[2]) {
    uint32_t x[4], k0 = key[0], k1 = key[1];
    memcpy(x, counter, sizeof(x));
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)MULTIPLIER_0 * x[0];
        const uint64_t p1 = (uint64_t)MULTIPLIER_1 * x[2];
        x[0] = (uint32_t)(p1 >> 32) ^ x[1] ^ k0;
        x[1] = (uint32_t)p1;
        x[2] = (uint32_t)(p0 >> 32) ^ x[3] ^ k1;
        x[3] = (uint32_t)p0;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    memcpy(out, x, sizeof(x));
}

mien_rng mien_rng_at(uint64_t seed, mien_rng_stream stream, uint32_t a,
                     uint32_t b) {
    return (mien_rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)stream, a, b},
        .used = 4,
    };
}

uint32_t mien_rng_u32(mien_rng *rng) {
    if (rng->used == 4) {
        mien_philox(rng->block, rng->counter, rng->key);
        rng->counter[0]++;
        rng->used = 0;
    }
    return rng->block[rng->used++];
}

double mien_rng_uniform(mien_rng *rng) { return mien_rng_u32(rng) * 0x1p-32; }

double mien_rng_range(mien_rng *rng, double low, double high) {
    return low + (high - low) * mien_rng_uniform(rng);
}

/* Box and Muller; the radius' number lies in (0, 1], so that its logarithm is
 * finite. The sine twin is not kept: every draw takes two numbers. */
double mien_rng_normal(mien_rng *rng) {
    const double pi = 3.14159265358979323846;
    const double u = (mien_rng_u32(rng) + 1.0) * 0x1p-32;
    const double v = mien_rng_uniform(rng);
    return sqrt(-2 * log(u)) * cos(2 * pi * v);
}

/* The high half of u * n is uniform once the low halves under 2^32 mod n are
 * drawn again. Source: Lemire, ACM TOMACS 29(1), 2019 (arXiv:1805.10941). */
uint32_t mien_rng_below(mien_rng *rng, uint32_t n) {
    assert(n > 0);
    uint64_t product = (uint64_t)mien_rng_u32(rng) * n;
    if ((uint32_t)product < n) {
        const uint32_t least = (uint32_t)-n % n;
        while ((uint32_t)product < least)
            product = (uint64_t)mien_rng_u32(rng) * n;
    }
    return (uint32_t)(product >> 32);
}

void mien_rng_shuffle(mien_rng *rng, uint32_t *x, size_t n) {
    assert(n <= UINT32_MAX);
    for (size_t i = n; i > 1; i--) {
        const uint32_t j = mien_rng_below(rng, (uint32_t)i);
        const uint32_t swap = x[i - 1];
        x[i - 1] = x[j];
        x[j] = swap;
    }
}
