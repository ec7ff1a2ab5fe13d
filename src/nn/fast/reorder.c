/* SPDX-License-Identifier: Apache-2.0 */
/* reorder.c - the step that the planner puts between two layouts. */
#include "nn/fast/program.h"

static void forward(mien_step *s, const mien_step_pass *p) {
    if (s->out_layout == MIEN_BLOCKED)
        s->kernels->to_blocked(p->y, p->x[0], s->out);
    else
        s->kernels->from_blocked(p->y, p->x[0], s->out);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0]) return;
    if (s->out_layout == MIEN_BLOCKED)
        s->kernels->from_blocked(p->dx[0], p->dy, s->out);
    else
        s->kernels->to_blocked(p->dx[0], p->dy, s->out);
}

const mien_step_ops mien_step_reorder = {
    .name = "reorder", .forward = forward, .backward = backward};
