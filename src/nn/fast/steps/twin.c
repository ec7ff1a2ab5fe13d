/* SPDX-License-Identifier: Apache-2.0 */
/* twin.c - any layer by its reference kernel, on the plain layout. */
#include <string.h>

#include "nn/fast/step.h"

static const mien_layer_ops *layer_of(const mien_step *s) {
    int count;
    return mien_layers(&count)[s->graph->nodes[s->nodes[0]].layer];
}

static const mien_layer_plan *plan_of(const mien_step *s) {
    return &s->graph->nodes[s->nodes[0]].plan;
}

static int match(mien_step *s) { return s != NULL; }

static mien_status plan(mien_step *s) {
    const mien_layer_ops *layer = layer_of(s);
    s->in_layout = s->out_layout = layer->elementwise ? MIEN_ANY : MIEN_PLAIN;
    s->reads_x = layer->reads_x;
    s->reads_y = layer->reads_y;
    s->adds_dx = true;
    s->kept = plan_of(s)->n_kept * sizeof(float);
    s->scratch = plan_of(s)->n_scratch * sizeof(float);
    s->kernel = "twin";
    return MIEN_OK;
}

static mien_pass pass_of(const mien_step *s, const mien_step_pass *p) {
    mien_pass q = {.config = s->graph->nodes[s->nodes[0]].config,
                   .n_in = s->n_in,
                   .out = s->out,
                   .y = p->y,
                   .dy = p->dy,
                   .kept = p->kept,
                   .scratch = p->scratch,
                   .stats = p->stats[0],
                   .train = s->train,
                   .seed = p->seed,
                   .step = p->step,
                   .sample = p->sample,
                   .layer = (uint32_t)s->nodes[0]};
    memcpy(q.in, s->in, sizeof q.in);
    memcpy(q.x, p->x, sizeof q.x);
    memcpy(q.dx, p->dx, sizeof q.dx);
    memcpy(q.w, p->w[0], sizeof q.w);
    memcpy(q.dw, p->dw[0], sizeof q.dw);
    return q;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_pass q = pass_of(s, p);
    layer_of(s)->forward(&q);
}

/* A reference kernel adds to its gradients: start those to be written at 0. */
static void backward(mien_step *s, const mien_step_pass *p) {
    const mien_pass q = pass_of(s, p);
    for (int i = 0; i < s->n_in; i++)
        if (p->dx[i] && !p->add[i])
            memset(p->dx[i], 0, mien_shape_count(s->in[i]) * sizeof(float));
    for (int k = 0; k < plan_of(s)->n_weights; k++)
        if (q.dw[k])
            memset(
                q.dw[k], 0,
                mien_dims_count(plan_of(s)->weights[k].dims) * sizeof(float));
    layer_of(s)->backward(&q);
}

const mien_step_ops mien_step_twin = {
    .name = "twin",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
