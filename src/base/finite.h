/* SPDX-License-Identifier: Apache-2.0 */
/* finite.h - is every number a number? Tested by bits. */
#ifndef MIEN_BASE_FINITE_H
#define MIEN_BASE_FINITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool mien_bad_f32(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return (u & 0x7f800000u) == 0x7f800000u;
}

static inline bool mien_bad_f64(double x) {
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return (u & 0x7ff0000000000000u) == 0x7ff0000000000000u;
}

/* Whether any of 64 is bad: without a way out, so that it vectorises. */
static inline bool mien_bad_block(const float *x) {
    uint32_t bad = 0;
    for (size_t i = 0; i < 64; i++) bad |= mien_bad_f32(x[i]);
    return bad;
}

/* The index of the first that is infinite or not a number; n: none. */
static inline size_t mien_first_bad(const float *x, size_t n) {
    size_t i = 0;
    while (n - i >= 64 && !mien_bad_block(x + i)) i += 64;
    while (i < n && !mien_bad_f32(x[i])) i++;
    return i;
}

#endif
