/* SPDX-License-Identifier: Apache-2.0 */
/* eltwise.c - smooth activations, sixteen elements at a time.
 *
 *   sigmoid  1 / (1 + e^-x)           e / (1 + e)^2 with e = e^-|x|
 *   tanh     m / (m + 2), m = e^2x - 1      4 e / (1 + e)^2, e = e^-2|x|
 *   elu      x > 0 ? x : alpha (e^x - 1)    x > 0 ? 1 : alpha e^x
 *   gelu     x Phi(x)                 Phi(x) + x phi(x)
 *   silu     x s, s = sigmoid(x)      s + x s (1 - s)
 *
 * The slopes are computed from x in forms without cancellation. Where a
 * product of an infinity and a zero would come up, x is limited first to where
 * the result has long reached its limit. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"
#include "nn/kernels/vmath.h"

enum { FAR = 110, GELU_FAR = 20 }; /* where silu and gelu have ended */

INLINE v16 sigmoid(v16 x) {
    const v16 one = v_set(1);
    return v_div(one, v_add(one, v_exp(v_neg(x))));
}

/* k e / (1 + e)^2 for e = e^-k'|x| */
INLINE v16 bell(v16 x, float rate, float height) {
    const v16 e = v_exp(v_mul(v_abs(x), v_set(-rate)));
    const v16 d = v_add(v_set(1), e);
    return v_div(v_mul(v_set(height), e), v_mul(d, d));
}

INLINE v16 tanh16(v16 x) {
    const v16 m = v_expm1(v_mul(v_set(2), v_limit(x, -10, 10)));
    return v_div(m, v_add(m, v_set(2)));
}

INLINE v16 value_of(v16 x, v16 alpha, mien_kernel_curve curve) {
    switch (curve) {
        case MIEN_CURVE_SIGMOID: return sigmoid(x);
        case MIEN_CURVE_TANH: return tanh16(x);
        case MIEN_CURVE_ELU:
            return v_select(v_gt(x, v_set(0)), x, v_mul(alpha, v_expm1(x)));
        case MIEN_CURVE_GELU:
            return v_mul(v_at_least(x, -GELU_FAR), v_normal_below(x));
        case MIEN_CURVE_SILU: return v_mul(v_at_least(x, -FAR), sigmoid(x));
        default: return v_exp(x);
    }
}

INLINE v16 slope_of(v16 x, v16 alpha, mien_kernel_curve curve) {
    switch (curve) {
        case MIEN_CURVE_SIGMOID: return bell(x, 1, 1);
        case MIEN_CURVE_TANH: return bell(x, 2, 4);
        case MIEN_CURVE_ELU:
            return v_select(v_gt(x, v_set(0)), v_set(1),
                            v_mul(alpha, v_exp(x)));
        case MIEN_CURVE_GELU: {
            const v16 z = v_limit(x, -GELU_FAR, GELU_FAR);
            return v_fma(z, v_normal_density(z), v_normal_below(z));
        }
        case MIEN_CURVE_SILU: {
            const v16 z = v_limit(x, -FAR, FAR);
            return v_fma(z, bell(z, 1, 1), sigmoid(z));
        }
        default: return v_exp(x);
    }
}

/* The last elements go through a padded copy. */
INLINE void forward_as(const mien_kernel_eltwise *a, mien_kernel_curve curve) {
    const v16 alpha = v_set(a->alpha);
    size_t i = 0;
    for (; i + 16 <= a->count; i += 16)
        v_store(a->y + i, value_of(v_load(a->x + i), alpha, curve));
    if (i == a->count) return;
    float tail[16] = {0};
    memcpy(tail, a->x + i, (a->count - i) * sizeof(float));
    v_store(tail, value_of(v_load(tail), alpha, curve));
    memcpy(a->y + i, tail, (a->count - i) * sizeof(float));
}

INLINE void backward_block(float *dx, const float *dy, const float *x,
                           const mien_kernel_eltwise *a,
                           mien_kernel_curve curve) {
    const v16 slope = slope_of(v_load(x), v_set(a->alpha), curve);
    v16 d = v_mul(v_load(dy), slope);
    if (a->accumulate) d = v_add(d, v_load(dx));
    v_store(dx, d);
}

INLINE void backward_as(const mien_kernel_eltwise *a, mien_kernel_curve curve) {
    size_t i = 0;
    for (; i + 16 <= a->count; i += 16)
        backward_block(a->dx + i, a->dy + i, a->x + i, a, curve);
    if (i == a->count) return;
    const size_t bytes = (a->count - i) * sizeof(float);
    float x[16] = {0}, dy[16] = {0}, dx[16] = {0};
    memcpy(x, a->x + i, bytes);
    memcpy(dy, a->dy + i, bytes);
    if (a->accumulate) memcpy(dx, a->dx + i, bytes);
    backward_block(dx, dy, x, a, curve);
    memcpy(a->dx + i, dx, bytes);
}

#define EACH_CURVE(call)                                             \
    switch (a->curve) {                                              \
        case MIEN_CURVE_SIGMOID: call(a, MIEN_CURVE_SIGMOID); break; \
        case MIEN_CURVE_TANH: call(a, MIEN_CURVE_TANH); break;       \
        case MIEN_CURVE_ELU: call(a, MIEN_CURVE_ELU); break;         \
        case MIEN_CURVE_GELU: call(a, MIEN_CURVE_GELU); break;       \
        case MIEN_CURVE_SILU: call(a, MIEN_CURVE_SILU); break;       \
        default: call(a, MIEN_CURVE_EXP); break;                     \
    }

void MIEN_K(eltwise_forward)(const mien_kernel_eltwise *a) {
    EACH_CURVE(forward_as)
}

void MIEN_K(eltwise_backward)(const mien_kernel_eltwise *a) {
    EACH_CURVE(backward_as)
}
