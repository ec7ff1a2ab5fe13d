/* SPDX-License-Identifier: Apache-2.0 */
/* shape.h - the four extents of an activation: images, channels, rows,
 * columns. A vector per image is c wide and 1x1. */
#ifndef MIEN_TENSOR_SHAPE_H
#define MIEN_TENSOR_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct mien_shape {
    int n, c, h, w;
} mien_shape;

static inline size_t mien_shape_count(mien_shape s) {
    return (size_t)s.n * (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

static inline bool mien_shape_equal(mien_shape a, mien_shape b) {
    return a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
}

/* The extents of a weight, slowest first: conv OIHW, dense OI, vector O. */
typedef struct mien_dims {
    int count, d[5];
} mien_dims;

static inline size_t mien_dims_count(mien_dims x) {
    size_t n = 1;
    for (int i = 0; i < x.count; i++) n *= (size_t)x.d[i];
    return n;
}

#endif
