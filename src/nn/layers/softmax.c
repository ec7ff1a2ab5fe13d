/* SPDX-License-Identifier: Apache-2.0 */
/* softmax.c - scores into probabilities over the channels.
 *
 *   y[c] = exp(x[c] - m) / sum of exp(x[k] - m),   m = max of x
 *   dx[c] = y[c] (dy[c] - sum of y[k] dy[k])
 *
 * Subtracting the largest score changes nothing and keeps exp from
 * overflowing. Each position of each image is on its own. */
#include "nn/layers/plan.h"

/* One position: its channels are `step` apart. */
static void forward_one(real *y, const real *x, int channels, size_t step) {
    real most = x[0];
    for (int c = 1; c < channels; c++)
        if (x[c * step] > most) most = x[c * step];
    double sum = 0;
    for (int c = 0; c < channels; c++) {
        y[c * step] = exp(x[c * step] - most);
        sum += y[c * step];
    }
    for (int c = 0; c < channels; c++) y[c * step] = (real)(y[c * step] / sum);
}

static void backward_one(real *dx, const real *y, const real *dy, int channels,
                         size_t step) {
    double dot = 0;
    for (int c = 0; c < channels; c++)
        dot += (double)y[c * step] * dy[c * step];
    for (int c = 0; c < channels; c++)
        dx[c * step] += y[c * step] * (dy[c * step] - (real)dot);
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t image = plane * (size_t)p->out.c;
    for (int n = 0; n < p->out.n; n++)
        for (size_t i = 0; i < plane; i++)
            forward_one(p->y + (size_t)n * image + i,
                        p->x[0] + (size_t)n * image + i, p->out.c, plane);
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t image = plane * (size_t)p->out.c;
    if (!p->dx[0]) return;
    for (int n = 0; n < p->out.n; n++)
        for (size_t i = 0; i < plane; i++) {
            const size_t at = (size_t)n * image + i;
            backward_one(p->dx[0] + at, p->y + at, p->dy + at, p->out.c, plane);
        }
}

const mien_layer_ops MIEN_LAYER_NAME(softmax) = {
    .name = "softmax",
    .summary = "scores into probabilities over the channels",
    .reads_y = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
