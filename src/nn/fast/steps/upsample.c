/* SPDX-License-Identifier: Apache-2.0 */
/* upsample.c - pixels repeated by a whole factor, on blocks, for inference. */
#include <string.h>

#include "nn/fast/step.h"
#include "nn/layers/options.h"

enum { NEAREST = 0 };

static const mien_upsample_options *options_of(const mien_step *s) {
    return s->graph->nodes[s->nodes[0]].config;
}

static int match(mien_step *s) {
    return !s->train && s->kernels && mien_can_block(s->in[0]) &&
           mien_step_is(s->graph, s->nodes[0], "upsample") &&
           options_of(s)->mode == NEAREST;
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->kernel = "copy";
    return MIEN_OK;
}

/* One row, each pixel `factor` times. */
static void repeat(float *y, const float *x, int width, int factor) {
    for (int j = 0; j < width; j++, x += MIEN_BLOCK)
        for (int k = 0; k < factor; k++, y += MIEN_BLOCK)
            memcpy(y, x, MIEN_BLOCK * sizeof *y);
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_shape in = s->in[0];
    const int *factor = options_of(s)->factor;
    const size_t row = (size_t)s->out.w * MIEN_BLOCK;
    const float *x = p->x[0];
    float *y = p->y;
    for (int i = 0; i < in.n * in.c / MIEN_BLOCK * in.h; i++) {
        repeat(y, x, in.w, factor[1]);
        for (int k = 1; k < factor[0]; k++)
            memcpy(y + (size_t)k * row, y, row * sizeof *y);
        x += in.w * MIEN_BLOCK;
        y += (size_t)factor[0] * row;
    }
}

const mien_step_ops mien_step_upsample = {
    .name = "upsample",
    .match = match,
    .plan = plan,
    .forward = forward,
};
