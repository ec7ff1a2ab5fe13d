/* SPDX-License-Identifier: Apache-2.0 */
/* curve.c - the smooth activations, element by element on any layout. */
#include "nn/fast/step.h"
#include "nn/layers/options.h"

static const struct {
    const char *layer;
    mien_kernel_curve curve;
} curves[] = {
    {"sigmoid", MIEN_CURVE_SIGMOID}, {"tanh", MIEN_CURVE_TANH},
    {"elu", MIEN_CURVE_ELU},         {"gelu", MIEN_CURVE_GELU},
    {"silu", MIEN_CURVE_SILU},
};

static int find(const mien_step *s) {
    const int n = (int)(sizeof curves / sizeof *curves);
    for (int i = 0; i < n; i++)
        if (mien_step_is(s->graph, s->nodes[0], curves[i].layer)) return i;
    return -1;
}

static int match(mien_step *s) { return s->kernels && find(s) >= 0; }

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_ANY;
    s->reads_x = true;
    s->in_place_dx = s->adds_dx = true;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static mien_kernel_eltwise args_of(const mien_step *s,
                                   const mien_step_pass *p) {
    mien_kernel_eltwise a = {.count = mien_shape_count(s->in[0]),
                             .curve = curves[find(s)].curve,
                             .x = p->x[0],
                             .y = p->y,
                             .dy = p->dy,
                             .dx = p->dx[0],
                             .accumulate = p->add[0]};
    if (a.curve == MIEN_CURVE_ELU) {
        const mien_elu_options *o = s->graph->nodes[s->nodes[0]].config;
        a.alpha = o->alpha;
    }
    return a;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_kernel_eltwise a = args_of(s, p);
    s->kernels->eltwise_forward(&a);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0]) return;
    const mien_kernel_eltwise a = args_of(s, p);
    s->kernels->eltwise_backward(&a);
}

const mien_step_ops mien_step_curve = {
    .name = "curve",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
