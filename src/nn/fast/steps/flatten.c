/* SPDX-License-Identifier: Apache-2.0 */
/* flatten.c - an image becomes a vector: the plain layout as it lies.
 *
 * The reorder before it, if the image is blocked, does the work; where x may
 * be overwritten, nothing is copied. */
#include <string.h>

#include "nn/fast/step.h"

static int match(mien_step *s) {
    return mien_step_is(s->graph, s->nodes[0], "flatten");
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_PLAIN;
    s->in_place_y = true;
    s->passes_dy[0] = true;
    s->kernel = "copy";
    return MIEN_OK;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    if (p->y != p->x[0])
        memcpy(p->y, p->x[0], mien_shape_count(s->out) * sizeof(float));
}

static void backward(mien_step *s, const mien_step_pass *p) {
    (void)s, (void)p; /* dy is passed on */
}

const mien_step_ops mien_step_flatten = {
    .name = "flatten",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
