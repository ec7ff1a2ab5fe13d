/* SPDX-License-Identifier: Apache-2.0 */
/* vmath.h - e^x and the normal distribution for sixteen floats.
 *
 *   e^x = 2^n e^r,  n = round(x / ln 2),  |r| <= ln 2 / 2
 *   e^r - 1 = r + r^2 q(r)                  relative error 1.4e-8, plus
 * rounding P(X < -a) = e^(-a^2/2) t R(t),  t = 1 / (1 + 0.35 a), a >= 0
 *                                           relative error 4.4e-8, the same
 *
 * q and R are minimax fits in float64 (iteratively reweighted least squares on
 * a dense grid). NaN goes through everything.
 * Source: the forms, Cody and Waite, Software Manual for the Elementary
 * Functions, 1980, and Abramowitz and Stegun 7.1.26. */
#ifndef MIEN_NN_KERNELS_VMATH_H
#define MIEN_NN_KERNELS_VMATH_H

#include "nn/kernels/vec.h"

VECTOR v16 v_neg(v16 a) {
    V_EACH(p) a.p[p] = -a.p[p];
    return a;
}

VECTOR v16 v_abs(v16 a) {
    V_EACH(p) a.p[p] = (vn)((vni)a.p[p] & 0x7fffffff);
    return a;
}

VECTOR v16 v_at_least(v16 a, float low) {
    return v_select(v_gt(v_set(low), a), v_set(low), a);
}

VECTOR v16 v_limit(v16 a, float low, float high) {
    return v_select(v_gt(a, v_set(high)), v_set(high), v_at_least(a, low));
}

typedef struct reduced {
    v16 less_one;   /* e^r - 1 */
    vni n[V_PARTS]; /* x = n ln 2 + r */
} reduced;

VECTOR reduced v_reduce(v16 x) {
    const v16 magic = v_set(12582912.0f); /* 1.5 2^23: the unit is 1 */
    const v16 biased = v_fma(x, v_set(1.44269504f), magic);
    const v16 n = v_sub(biased, magic);
    v16 r = v_fma(n, v_set(-0.693145752f), x); /* ln 2 in two parts */
    r = v_fma(n, v_set(-1.42860677e-6f), r);
    v16 q = v_set(1.38824969e-3f);
    q = v_fma(q, r, v_set(8.36664811e-3f));
    q = v_fma(q, r, v_set(4.16672044e-2f));
    q = v_fma(q, r, v_set(1.66665420e-1f));
    q = v_fma(q, r, v_set(4.99999970e-1f));
    reduced d = {.less_one = v_fma(v_mul(r, r), q, r)};
    V_EACH(p) d.n[p] = (vni)biased.p[p] - (vni)magic.p[p];
    return d;
}

/* 2^n for a normal result */
VECTOR vn power_of_two(vni n) { return (vn)((n + 127) << 23); }

/* e^x; the power comes in two factors, so that subnormal results and those up
 * to the overflow are right. */
VECTOR v16 v_exp(v16 x) {
    const reduced d = v_reduce(v_limit(x, -105, 89));
    v16 y = v_add(v_set(1), d.less_one);
    V_EACH(p) {
        const vni half = d.n[p] >> 1;
        y.p[p] *= power_of_two(half);
        y.p[p] *= power_of_two(d.n[p] - half);
    }
    return y;
}

/* e^x - 1, accurate where x is small; up to e^88. */
VECTOR v16 v_expm1(v16 x) {
    const reduced d = v_reduce(v_limit(x, -87, 88));
    v16 y;
    V_EACH(p) {
        const vn scale = power_of_two(d.n[p]);
        y.p[p] = scale * d.less_one.p[p] + (scale - 1.0f);
    }
    return y;
}

/* The density of the standard normal distribution. */
VECTOR v16 v_normal_density(v16 x) {
    const v16 e = v_exp(v_mul(v_mul(x, x), v_set(-0.5f)));
    return v_mul(e, v_set(0.398942280f));
}

/* P(X < x) */
VECTOR v16 v_normal_below(v16 x) {
    static const float fit[] = {
        -2.853113076e-2f, 1.412723942e-1f,  -2.507376856e-1f,
        1.541663078e-1f,  -2.011770241e-2f, 1.044274860e-1f,
        1.200617187e-1f,  1.398360448e-1f,  1.396225859e-1f};
    const v16 one = v_set(1), a = v_abs(x);
    const v16 t = v_div(one, v_fma(a, v_set(0.35f), one));
    v16 r = v_set(fit[0]);
#pragma GCC unroll 8
    for (int i = 1; i < 9; i++) r = v_fma(r, t, v_set(fit[i]));
    const v16 e = v_exp(v_mul(v_mul(x, x), v_set(-0.5f)));
    const v16 tail = v_mul(v_mul(r, t), e);
    return v_select(v_gt(x, v_set(0)), v_sub(one, tail), tail);
}

#endif
