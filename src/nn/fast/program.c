/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - open, run and close a planned network. */
#include "nn/fast/program.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static float *value_at(const mien_program *p, const mien_shard_run *run,
                       int value) {
    const mien_value *v = &p->values[value];
    return v->producer < 0 ? (float *)run->x : mien_program_at(p, v->buffer);
}

/* Weights, their gradients and statistics of the nodes of a step. */
static void bind_weights(mien_step_pass *pass, const mien_program *p,
                         const mien_step *s, const mien_shard_run *run) {
    const mien_weights *w = &p->net->weights;
    for (int j = 0; j < s->n_nodes; j++) {
        const int node = s->nodes[j];
        const mien_layer_plan *plan = &p->graph.nodes[node].plan;
        if (run->stats && plan->n_stats)
            pass->stats[j] = run->stats + p->stats_at[node];
        for (int k = 0; k < plan->n_weights; k++) {
            const mien_weight *weight = &w->items[w->of_node[node][k]];
            pass->w[j][k] = p->weights + weight->offset;
            if (run->dweights && weight->spec.role != MIEN_ROLE_RUNNING)
                pass->dw[j][k] = run->dweights + weight->offset;
        }
    }
}

static mien_step_pass bind(const mien_program *p, const mien_planned_step *ps,
                           const mien_shard_run *run) {
    mien_step_pass pass = {.y = mien_program_at(p, p->values[ps->out].buffer),
                           .kept = mien_program_at(p, ps->kept),
                           .scratch = mien_program_at(p, ps->scratch),
                           .seed = run->seed,
                           .step = run->step,
                           .sample = run->sample};
    for (int k = 0; k < ps->step.n_in; k++)
        pass.x[k] = value_at(p, run, ps->in[k]);
    bind_weights(&pass, p, &ps->step, run);
    return pass;
}

void mien_program_refresh(mien_program *p) {
    const mien_shard_run none = {0};
    for (int i = 0; i < p->n_steps; i++) {
        mien_planned_step *ps = &p->steps[i];
        if (!ps->step.ops->refresh) continue;
        const mien_step_pass pass = bind(p, ps, &none);
        ps->step.ops->refresh(&ps->step, &pass);
    }
}

/* Of the input, then of each step. */
static void show(const mien_program *p, const mien_shard_run *run, int node,
                 int value) {
    const mien_observer *o = run->observer;
    if (o)
        o->see(o->context, node, value_at(p, run, value),
               mien_shape_count(p->values[value].shape));
}

const float *mien_program_forward(mien_program *p, const mien_shard_run *run) {
    show(p, run, MIEN_GRAPH_INPUT, 0);
    for (int i = 0; i < p->n_steps; i++) {
        mien_planned_step *ps = &p->steps[i];
        const double start = p->profile ? mien_clock() : 0;
        const mien_step_pass pass = bind(p, ps, run);
        ps->step.ops->forward(&ps->step, &pass);
        mien_program_finish_y(p, i, run);
        if (ps->step.n_nodes)
            show(p, run, ps->step.nodes[ps->step.n_nodes - 1], ps->out);
        if (p->profile) ps->forward_s += mien_clock() - start;
    }
    return value_at(p, run, p->n_values - 1);
}

float *mien_program_dy(mien_program *p) {
    return mien_program_at(p, p->values[p->n_values - 1].gradient);
}

static void copy_sum(const mien_program *p, float *dx, const float *dy,
                     size_t count, bool add) {
    if (!add)
        memcpy(dx, dy, count * sizeof *dx);
    else if (p->kernels)
        p->kernels->accumulate(dx, dy, count);
    else
        for (size_t i = 0; i < count; i++) dx[i] += dy[i];
}

/* dy goes on to the inputs that get it as it is, before the step may write
 * over it. */
static void hand_on(const mien_program *p, const mien_planned_step *ps) {
    const float *dy = mien_program_at(p, p->values[ps->out].gradient);
    for (int k = 0; k < ps->step.n_in; k++) {
        const mien_value *x = &p->values[ps->in[k]];
        const mien_delivery how = ps->deliver[k];
        if (how == MIEN_DELIVER_COPY || how == MIEN_DELIVER_ADD_DY)
            copy_sum(p, mien_program_at(p, x->gradient), dy,
                     mien_shape_count(x->shape), how == MIEN_DELIVER_ADD_DY);
    }
}

static void backward_step(mien_program *p, mien_planned_step *ps,
                          const mien_shard_run *run) {
    mien_step_pass pass = bind(p, ps, run);
    pass.dy = mien_program_at(p, p->values[ps->out].gradient);
    pass.scratch = mien_program_at(p, ps->back_scratch);
    for (int k = 0; k < ps->step.n_in; k++) {
        const mien_delivery how = ps->deliver[k];
        pass.add[k] = how == MIEN_DELIVER_ADD;
        if (how == MIEN_DELIVER_TEMP)
            pass.dx[k] = mien_program_at(p, ps->temp[k]);
        else if (how == MIEN_DELIVER_WRITE || how == MIEN_DELIVER_ADD)
            pass.dx[k] = mien_program_at(p, p->values[ps->in[k]].gradient);
    }
    hand_on(p, ps);
    ps->step.ops->backward(&ps->step, &pass);
    for (int k = 0; k < ps->step.n_in; k++) {
        const mien_value *x = &p->values[ps->in[k]];
        if (ps->deliver[k] == MIEN_DELIVER_TEMP)
            copy_sum(p, mien_program_at(p, x->gradient), pass.dx[k],
                     mien_shape_count(x->shape), true);
    }
}

void mien_program_backward(mien_program *p, const mien_shard_run *run) {
    for (int i = p->n_steps - 1; i >= 0; i--) {
        const double start = p->profile ? mien_clock() : 0;
        mien_program_finish_dy(p, i, run);
        backward_step(p, &p->steps[i], run);
        if (p->profile) p->steps[i].backward_s += mien_clock() - start;
    }
}

static mien_status plan_stats(mien_program *p) {
    p->stats_at = mien_arena_alloc(&p->arena, (size_t)p->graph.n_nodes + 1,
                                   sizeof *p->stats_at);
    if (!p->stats_at) return MIEN_ENOMEM;
    for (int i = 0; i < p->graph.n_nodes; i++) {
        p->stats_at[i] = p->n_stats;
        p->n_stats += p->graph.nodes[i].plan.n_stats;
    }
    return MIEN_OK;
}

static mien_status plan_all(mien_program *p, int n) {
    mien_shape input = p->net->graph.input;
    input.n = n;
    MIEN_TRY(mien_graph_copy(&p->graph, &p->net->graph, input, p->train));
    MIEN_TRY(plan_stats(p));
    MIEN_TRY(mien_program_plan_steps(p));
    MIEN_TRY(mien_program_plan_gradients(p));
    return mien_program_plan_memory(p);
}

/* `as` says how: its train, frozen and kernels. */
static mien_status open_as(mien_program **out, const mien_net *net, int n,
                           const mien_program *as) {
    *out = NULL;
    mien_program *p = mien_alloc(1, sizeof *p);
    if (!p) return MIEN_ENOMEM;
    *p = *as;
    p->net = net;
    p->weights = net->weights.effective;
    const mien_status status = plan_all(p, n);
    if (status != MIEN_OK) {
        mien_program_close(p);
        return status;
    }
    *out = p;
    return MIEN_OK;
}

static const mien_kernels *fast_kernels(void) {
    const mien_isa isa = mien_cpu_isa();
    return isa == MIEN_ISA_SCALAR ? NULL : mien_kernels_for(isa);
}

mien_status mien_program_open(mien_program **out, const mien_net *net, int n,
                              bool train, bool plain) {
    return open_as(out, net, n,
                   &(mien_program){.train = train,
                                   .kernels = plain ? NULL : fast_kernels()});
}

mien_status mien_program_open_frozen(mien_program **out, const mien_net *net,
                                     int n) {
    return open_as(
        out, net, n,
        &(mien_program){
            .frozen = true, .ranges = net->ranges, .kernels = fast_kernels()});
}

void mien_program_close(mien_program *p) {
    if (!p) return;
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].step.ops->close)
            p->steps[i].step.ops->close(&p->steps[i].step);
    mien_pages_free(p->memory, p->memory_size);
    mien_graph_close(&p->graph);
    mien_arena_close(&p->arena);
    mien_free(p);
}
