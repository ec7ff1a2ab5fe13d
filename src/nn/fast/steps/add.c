/* SPDX-License-Identifier: Apache-2.0 */
/* add.c - the sum of two outputs on any layout; dy is passed on to both. */
#include "nn/fast/step.h"

static int match(mien_step *s) {
    return s->kernels && s->n_in == 2 &&
           mien_step_is(s->graph, s->nodes[0], "add");
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_ANY;
    s->in_place_y = true;
    s->passes_dy[0] = s->passes_dy[1] = true;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    s->kernels->add(p->y, p->x[0], p->x[1], mien_shape_count(s->out));
}

static void backward(mien_step *s, const mien_step_pass *p) {
    (void)s, (void)p; /* dy is passed on */
}

const mien_step_ops mien_step_add = {
    .name = "add",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
