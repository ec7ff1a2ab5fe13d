/* SPDX-License-Identifier: Apache-2.0 */
/* reference_norm.c - batch norm and activations, plainly.
 *
 * Two-pass mean and variance, the textbook backward. */
#include <math.h>

#include "nn/kernels/reference.h"

#define EACH_PIXEL(s, n, h, w)          \
    for (int n = 0; n < (s).n; n++)     \
        for (int h = 0; h < (s).h; h++) \
            for (int w = 0; w < (s).w; w++)

static double slope_of(const float *slope, mien_kernel_unit unit, int c) {
    return (double)slope[unit == MIEN_UNIT_PRELU ? c : 0];
}

double mien_reference_unit(double z, const float *slope, mien_kernel_unit unit,
                           int c) {
    if (unit == MIEN_UNIT_CLIP) {
        if (z <= (double)slope[0]) return (double)slope[0];
        return z > (double)slope[1] ? (double)slope[1] : z;
    }
    if (unit == MIEN_UNIT_NONE || !(z <= 0)) return z;
    return unit == MIEN_UNIT_RELU ? 0 : slope_of(slope, unit, c) * z;
}

static double unit_gradient(double dy, double z, const float *slope,
                            mien_kernel_unit unit, int c) {
    if (unit == MIEN_UNIT_NONE || !(z <= 0)) return dy;
    return unit == MIEN_UNIT_RELU ? 0 : slope_of(slope, unit, c) * dy;
}

static double gamma_of(const mien_kernel_bn *a, int c) {
    return a->gamma ? (double)a->gamma[c] : 1;
}

static double beta_of(const mien_kernel_bn *a, int c) {
    return a->beta ? (double)a->beta[c] : 0;
}

static void normalise(const mien_kernel_bn *a, int c, double mean,
                      double istd) {
    const mien_shape s = a->shape;
    EACH_PIXEL(s, n, h, w) {
        const size_t i = mien_blocked_at(s, n, c, h, w);
        const double xhat = ((double)a->x[i] - mean) * istd;
        double y = mien_reference_unit(gamma_of(a, c) * xhat + beta_of(a, c),
                                       a->slope, a->unit, c);
        if (a->residual) y += (double)a->residual[i];
        a->y[i] = (float)y;
    }
}

void mien_reference_bn_forward(const mien_kernel_bn *a) {
    const mien_shape s = a->shape;
    const double pixels = (double)s.n * (double)s.h * (double)s.w;
    for (int c = 0; c < s.c; c++) {
        double sum = 0, squares = 0;
        EACH_PIXEL(s, n, h, w)
        sum += (double)a->x[mien_blocked_at(s, n, c, h, w)];
        const double mean = sum / pixels;
        EACH_PIXEL(s, n, h, w) {
            const double d =
                (double)a->x[mien_blocked_at(s, n, c, h, w)] - mean;
            squares += d * d;
        }
        const double var = squares / pixels;
        const double istd = 1 / sqrt(var + (double)a->epsilon);
        a->mean[c] = (float)mean;
        a->var[c] = (float)var;
        a->istd[c] = (float)istd;
        normalise(a, c, mean, istd);
    }
}

void mien_reference_bn_infer(const mien_kernel_bn *a) {
    for (int c = 0; c < a->shape.c; c++) {
        const double var = (double)a->running_var[c];
        normalise(a, c, (double)a->running_mean[c],
                  1 / sqrt(var + (double)a->epsilon));
    }
}

static void backward_channel(const mien_kernel_bn *a, int c) {
    const mien_shape s = a->shape;
    const double pixels = (double)s.n * (double)s.h * (double)s.w;
    const double mean = (double)a->mean[c], istd = (double)a->istd[c];
    const double gamma = gamma_of(a, c);
    double dbeta = 0, dgamma = 0, dslope = 0;
    EACH_PIXEL(s, n, h, w) {
        const size_t i = mien_blocked_at(s, n, c, h, w);
        const double xhat = ((double)a->x[i] - mean) * istd;
        const double z = gamma * xhat + beta_of(a, c), dy = (double)a->dy[i];
        const double d = unit_gradient(dy, z, a->slope, a->unit, c);
        dbeta += d;
        dgamma += d * xhat;
        if (z <= 0) dslope += dy * z;
    }
    EACH_PIXEL(s, n, h, w) {
        const size_t i = mien_blocked_at(s, n, c, h, w);
        const double xhat = ((double)a->x[i] - mean) * istd;
        const double d =
            unit_gradient((double)a->dy[i], gamma * xhat + beta_of(a, c),
                          a->slope, a->unit, c);
        const double dx =
            gamma * istd * (d - dbeta / pixels - xhat * dgamma / pixels);
        a->dx[i] = (float)(a->accumulate ? (double)a->dx[i] + dx : dx);
    }
    if (a->dbeta) a->dbeta[c] = (float)dbeta;
    if (a->dgamma) a->dgamma[c] = (float)dgamma;
    if (a->dslope) a->dslope[c] = (float)dslope;
}

void mien_reference_bn_backward(const mien_kernel_bn *a) {
    for (int c = 0; c < a->shape.c; c++) backward_channel(a, c);
}

/* ---- activations alone ---- */

/* The channel of element i, which only prelu asks for. */
static int channel_of(const mien_kernel_act *a, size_t i) {
    if (a->unit != MIEN_UNIT_PRELU) return 0;
    const size_t planes = (size_t)(a->shape.c / MIEN_BLOCK);
    const size_t cb = i / mien_plane_count(a->shape) % planes;
    return (int)(cb * MIEN_BLOCK + i % MIEN_BLOCK);
}

void mien_reference_act_forward(const mien_kernel_act *a) {
    const size_t count = mien_shape_count(a->shape);
    for (size_t i = 0; i < count; i++)
        a->y[i] = (float)mien_reference_unit((double)a->x[i], a->slope, a->unit,
                                             channel_of(a, i));
}

static void slope_gradient(const mien_kernel_act *a, int c) {
    const mien_shape s = a->shape;
    double sum = 0;
    EACH_PIXEL(s, n, h, w) {
        const size_t i = mien_blocked_at(s, n, c, h, w);
        if (a->x[i] <= 0) sum += (double)a->dy[i] * (double)a->x[i];
    }
    a->dslope[c] = (float)sum;
}

void mien_reference_act_backward(const mien_kernel_act *a) {
    const size_t count = mien_shape_count(a->shape);
    if (a->unit == MIEN_UNIT_PRELU && a->dslope)
        for (int c = 0; c < a->shape.c; c++) slope_gradient(a, c);
    for (size_t i = 0; i < count; i++) {
        const double dx = unit_gradient((double)a->dy[i], (double)a->x[i],
                                        a->slope, a->unit, channel_of(a, i));
        a->dx[i] = (float)(a->accumulate ? (double)a->dx[i] + dx : dx);
    }
}
