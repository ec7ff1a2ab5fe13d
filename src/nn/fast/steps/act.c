/* SPDX-License-Identifier: Apache-2.0 */
/* act.c - relu, leaky_relu and prelu on their own.
 *
 * Relu works in place: its gradient can be told from y alone. */
#include "nn/fast/step.h"
#include "nn/layers/options.h"

static mien_kernel_unit unit_of(const mien_step *s) {
    if (mien_step_is(s->graph, s->nodes[0], "relu")) return MIEN_UNIT_RELU;
    if (mien_step_is(s->graph, s->nodes[0], "leaky_relu"))
        return MIEN_UNIT_LEAKY;
    if (mien_step_is(s->graph, s->nodes[0], "prelu")) return MIEN_UNIT_PRELU;
    return MIEN_UNIT_NONE;
}

static int match(mien_step *s) {
    const mien_kernel_unit unit = unit_of(s);
    if (!s->kernels || unit == MIEN_UNIT_NONE) return 0;
    return unit != MIEN_UNIT_PRELU || mien_can_block(s->in[0]);
}

static mien_status plan(mien_step *s) {
    const mien_kernel_unit unit = unit_of(s);
    s->in_layout = s->out_layout =
        unit == MIEN_UNIT_PRELU ? MIEN_BLOCKED : MIEN_ANY;
    s->reads_y = unit == MIEN_UNIT_RELU;
    s->reads_x = !s->reads_y;
    s->in_place_y = s->reads_y;
    s->in_place_dx = s->adds_dx = true;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static mien_kernel_act args_of(const mien_step *s, const mien_step_pass *p) {
    const mien_kernel_unit unit = unit_of(s);
    mien_kernel_act a = {.shape = s->in[0],
                         .unit = unit,
                         .x = p->x[0],
                         .y = p->y,
                         .dy = p->dy,
                         .dx = p->dx[0],
                         .accumulate = p->add[0]};
    if (unit == MIEN_UNIT_PRELU) {
        a.slope = p->w[0][0];
        a.dslope = p->dw[0][0];
    } else if (unit == MIEN_UNIT_LEAKY) {
        const mien_leaky_relu_options *o = s->graph->nodes[s->nodes[0]].config;
        a.slope = &o->slope;
    }
    return a;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_kernel_act a = args_of(s, p);
    s->kernels->act_forward(&a);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0] && unit_of(s) != MIEN_UNIT_PRELU) return;
    mien_kernel_act a = args_of(s, p);
    if (a.unit == MIEN_UNIT_RELU) a.x = p->y;
    s->kernels->act_backward(&a);
}

const mien_step_ops mien_step_act = {
    .name = "act",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
