/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.h - unit vectors that stand for faces: people are directions drawn
 * at random, their photos lie around them. Include after cmocka.h. */
#ifndef MIEN_TESTS_VECTORS_H
#define MIEN_TESTS_VECTORS_H

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

static inline void unit_length(float *x, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) sum += (double)x[i] * (double)x[i];
    for (int i = 0; i < width; i++) x[i] = (float)(x[i] / sqrt(sum));
}

/* A photo of a person; spread 0 is the person. */
static inline void face_vector(float *x, int width, uint32_t person,
                               uint32_t photo, double spread) {
    mien_rng who = mien_rng_at(1, MIEN_RNG_TEST, person, 0);
    mien_rng how = mien_rng_at(2, MIEN_RNG_TEST, person, photo);
    for (int i = 0; i < width; i++)
        x[i] = (float)(mien_rng_normal(&who) + spread * mien_rng_normal(&how));
    unit_length(x, width);
}

/* n of them, `each` photos a person; the caller frees them. */
static inline float *face_vectors(int n, int width, int each, double spread) {
    float *x = malloc((size_t)n * (size_t)width * sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < n; i++)
        face_vector(x + (size_t)i * (size_t)width, width, (uint32_t)(i / each),
                    (uint32_t)(i % each), spread);
    return x;
}

#endif
