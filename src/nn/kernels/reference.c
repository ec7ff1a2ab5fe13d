/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - the table of plain kernels, and those that need no file of
 * their own. */
#include "nn/kernels/reference.h"

#include <math.h>

/* ---- element by element ---- */

static double curve(double x, const mien_kernel_eltwise *a) {
    const bool low = x == -INFINITY;
    switch (a->curve) {
        case MIEN_CURVE_SIGMOID: return 1 / (1 + exp(-x));
        case MIEN_CURVE_TANH: return tanh(x);
        case MIEN_CURVE_ELU: return x > 0 ? x : (double)a->alpha * expm1(x);
        case MIEN_CURVE_GELU: return low ? 0 : x * 0.5 * erfc(-x / sqrt(2));
        case MIEN_CURVE_SILU: return low ? 0 : x / (1 + exp(-x));
        case MIEN_CURVE_EXP: return exp(x);
        default: return x;
    }
}

static double gelu_slope(double x) {
    const double density = exp(-x * x / 2) / sqrt(2 * acos(-1));
    return 0.5 * erfc(-x / sqrt(2)) + (isinf(x) ? 0 : x * density);
}

static double silu_slope(double x) {
    const double s = 1 / (1 + exp(-x));
    return s + (isinf(x) ? 0 : x * s * (1 - s));
}

static double curve_slope(double x, const mien_kernel_eltwise *a) {
    const double y = curve(x, a);
    switch (a->curve) {
        case MIEN_CURVE_SIGMOID: return y * (1 - y);
        case MIEN_CURVE_TANH: return 1 - y * y;
        case MIEN_CURVE_ELU: return x > 0 ? 1 : (double)a->alpha * exp(x);
        case MIEN_CURVE_GELU: return gelu_slope(x);
        case MIEN_CURVE_SILU: return silu_slope(x);
        case MIEN_CURVE_EXP: return y;
        default: return 1;
    }
}

void mien_reference_eltwise_forward(const mien_kernel_eltwise *a) {
    for (size_t i = 0; i < a->count; i++)
        a->y[i] = (float)curve((double)a->x[i], a);
}

void mien_reference_eltwise_backward(const mien_kernel_eltwise *a) {
    for (size_t i = 0; i < a->count; i++) {
        const double dx = (double)a->dy[i] * curve_slope((double)a->x[i], a);
        a->dx[i] = (float)(a->accumulate ? (double)a->dx[i] + dx : dx);
    }
}

/* ---- layouts and streams ---- */

static size_t plain_at(mien_shape s, int n, int c, int hw) {
    return ((size_t)n * (size_t)s.c + (size_t)c) * (size_t)(s.h * s.w) +
           (size_t)hw;
}

static void to_blocked(float *y, const float *x, mien_shape s) {
    for (int n = 0; n < s.n; n++)
        for (int c = 0; c < s.c; c++)
            for (int i = 0; i < s.h * s.w; i++)
                y[mien_blocked_at(s, n, c, i / s.w, i % s.w)] =
                    x[plain_at(s, n, c, i)];
}

static void from_blocked(float *y, const float *x, mien_shape s) {
    for (int n = 0; n < s.n; n++)
        for (int c = 0; c < s.c; c++)
            for (int i = 0; i < s.h * s.w; i++)
                y[plain_at(s, n, c, i)] =
                    x[mien_blocked_at(s, n, c, i / s.w, i % s.w)];
}

static void accumulate(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

static void add(float *y, const float *a, const float *b, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

static void scale(float *y, const float *x, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = factor * x[i];
}

static double sum_squares(const float *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}

static size_t non_finite(size_t *first, const float *x, size_t count) {
    size_t found = 0;
    *first = count;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(x[i])) continue;
        if (found++ == 0) *first = i;
    }
    return found;
}

const mien_kernels mien_kernels_reference = {
    .name = "reference",
    .bn_forward = mien_reference_bn_forward,
    .bn_infer = mien_reference_bn_infer,
    .bn_backward = mien_reference_bn_backward,
    .act_forward = mien_reference_act_forward,
    .act_backward = mien_reference_act_backward,
    .maxpool_forward = mien_reference_maxpool_forward,
    .maxpool_backward = mien_reference_maxpool_backward,
    .avgpool_forward = mien_reference_avgpool_forward,
    .avgpool_backward = mien_reference_avgpool_backward,
    .depthwise_forward = mien_reference_depthwise_forward,
    .depthwise_plain = mien_reference_depthwise_plain,
    .depthwise_backward = mien_reference_depthwise_backward,
    .depthwise_backward_data = mien_reference_depthwise_backward_data,
    .depthwise_backward_weight = mien_reference_depthwise_backward_weight,
    .conv = mien_reference_conv,
    .eltwise_forward = mien_reference_eltwise_forward,
    .eltwise_backward = mien_reference_eltwise_backward,
    .to_blocked = to_blocked,
    .from_blocked = from_blocked,
    .accumulate = accumulate,
    .add = add,
    .scale = scale,
    .sum_squares = sum_squares,
    .non_finite = non_finite,
    .probe = mien_reference_probe,
};
