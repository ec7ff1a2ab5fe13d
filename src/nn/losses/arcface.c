/* SPDX-License-Identifier: Apache-2.0 */
/* arcface.c - a margin on the angle of the right class, with a bounded slope.
 *
 * As published, with c = cos(theta):
 *
 *   f(c) = cos(theta + m) = c cos m - S(c) sin m,   S(c) = sqrt(1 - c^2)
 *   f(c) = c - m sin m                              where theta + m > pi
 *
 * (The second line, InsightFace's, keeps f falling beyond pi - m, to which it
 * jumps down by m sin m - 1 + cos m; its slope is 1.)
 *
 * S'(c) = -c / S has no bound: f'(c) = sin(theta + m) / sin(theta) is 49 at
 * theta = 0.01 and infinite at 0, where rounding also makes 1 - c^2 negative.
 * In x the true f has the tip of a cone there. We round the tip: where
 * sin(theta) < a = 0.05 (2.9 degrees), S continues as its own second-order
 * Taylor polynomial about c0 = sqrt(1 - a^2), with t = |c| - c0:
 *
 *   S = a - (c0 / a) t - t^2 / (2 a^3)
 *   S' = sign(c) (-c0 / a - t / a^3)
 *
 * S and its first two derivatives are continuous, S' is the exact derivative
 * of S everywhere (finite differences agree at theta = 0 and pi), and since
 * t <= a^2/2 + O(a^4), |S'| < 1.51 / a: f' never exceeds cos m + 31 sin m.
 * For sin(theta) >= a nothing changes. c a little beyond 1, by rounding, is
 * fine. NaN goes through.
 *
 * bounded: false leaves the tip as it is, to show what it does: f' grows
 * without bound as an embedding meets its centre, where all it multiplies is
 * rounding noise; the gradient is NaN where it does, and so is the loss where
 * rounding makes c exceed 1.
 * Source: Deng et al., ArcFace, CVPR 2019 (arXiv:1801.07698). */
#include "nn/losses/margin.h"

static const mien_param params[] = {
    MIEN_ARC_PARAMS,
    {0},
};

/* S(c), and its derivative in *slope. */
static real bounded_sine(real *slope, real c) {
    const real a = (real)0.05, c0 = sqrt(1 - a * a);
    const real size = c < 0 ? -c : c, sign = c < 0 ? -1 : 1;
    if (size < c0) {
        const real sine = sqrt(1 - c * c);
        *slope = -c / sine;
        return sine;
    }
    const real t = size - c0, a3 = a * a * a;
    *slope = -sign * (c0 / a + t / a3);
    return a - c0 / a * t - t * t / (2 * a3);
}

/* S(c) and its derivative as they are. */
static real exact_sine(real *slope, real c) {
    const real sine = sqrt(1 - c * c);
    *slope = -c / sine;
    return sine;
}

typedef real (*sine_fn)(real *slope, real c);

static real margin(real *slope, real c, real m, sine_fn sine_of) {
    const real cos_m = cos(m), sin_m = sin(m);
    if (c < -cos_m) { /* theta + m > pi */
        *slope = 1;
        return c - m * sin_m;
    }
    real sine_slope;
    const real sine = sine_of(&sine_slope, c);
    *slope = cos_m - sin_m * sine_slope;
    return c * cos_m - sine * sin_m;
}

real mien_arc_margin(real *slope, real c, real m) {
    return margin(slope, c, m, bounded_sine);
}

real mien_arc_exact(real *slope, real c, real m) {
    return margin(slope, c, m, exact_sine);
}

mien_margin_fn mien_arc_of(const void *config) {
    const mien_margin_config *cfg = config;
    return cfg->bounded ? mien_arc_margin : mien_arc_exact;
}

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    return mien_margin_plan(plan, "arcface", 1);
}

static void forward(mien_loss_pass *p) {
    mien_margin_forward(p, mien_arc_of(p->config), 1);
}

static void backward(mien_loss_pass *p) {
    mien_margin_backward(p, mien_arc_of(p->config), 1);
}

const mien_loss_ops MIEN_LOSS_NAME(arcface) = {
    .name = "arcface",
    .summary = "softmax over cosines, a margin on the right angle",
    .params = params,
    .config_size = sizeof(mien_margin_config),
    .needs_labels = true,
    .embedding = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
