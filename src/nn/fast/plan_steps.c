/* SPDX-License-Identifier: Apache-2.0 */
/* plan_steps.c - layers become steps, and steps agree on layouts.
 *
 * Each layer goes to the first kind of step that takes it, alone or with
 * those after it. A group runs when its last layer would. Where a step wants
 * another layout than its input has, a reorder goes before it; vectors (1x1)
 * are in both layouts at once. */
#include <string.h>

#include "nn/fast/program.h"

/* The steps of a graph by the node they end in, before they are ordered. */
typedef struct planner {
    mien_program *p;
    mien_step *ending; /* [n_nodes]; ops NULL where no step ends */
    int *value_of;     /* [n_nodes]: the value a node gives, -1: inside */
} planner;

static void match_node(planner *pl, int node, bool *taken) {
    const mien_graph *g = &pl->p->graph;
    int count;
    const mien_step_ops *const *table = mien_steps(&count);
    mien_step s = {.graph = g,
                   .taken = taken,
                   .kernels = pl->p->kernels,
                   .train = pl->p->train,
                   .frozen = pl->p->frozen && pl->p->kernels,
                   .ranges = pl->p->ranges,
                   .nodes = {node}};
    s.n_in = g->nodes[node].plan.n_in;
    memcpy(s.from, g->nodes[node].in, sizeof s.from);
    memcpy(s.in, g->nodes[node].plan.in, sizeof s.in);
    s.wants_dx = s.train && s.from[0] != MIEN_GRAPH_INPUT;
    for (int i = 0; i < count && !s.n_nodes; i++) {
        s.ops = table[i];
        s.n_nodes = table[i]->match(&s);
    }
    for (int k = 0; k < s.n_nodes; k++) taken[s.nodes[k]] = true;
    const int last = s.nodes[s.n_nodes - 1];
    s.out = g->nodes[last].plan.out;
    pl->ending[last] = s;
}

static int add_value(mien_program *p, mien_value value) {
    p->values[p->n_values] = value;
    return p->n_values++;
}

static bool same_layout(mien_shape s, mien_layout a, mien_layout b) {
    if (a == MIEN_BYTES || b == MIEN_BYTES) return a == b;
    return a == b || (s.h == 1 && s.w == 1);
}

/* What an earlier reorder of this value to that layout gave, or -1. */
static int reordered_before(const mien_program *p, int value,
                            mien_layout wanted) {
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].step.ops == &mien_step_reorder &&
            p->steps[i].in[0] == value && p->steps[i].step.out_layout == wanted)
            return p->steps[i].out;
    return -1;
}

/* The value in the layout wanted: itself, or what a reorder gives. */
static int reordered(mien_program *p, int value, mien_layout wanted) {
    const mien_value v = p->values[value];
    if (wanted == MIEN_ANY || same_layout(v.shape, v.layout, wanted))
        return value;
    const int before = reordered_before(p, value, wanted);
    if (before >= 0) return before;
    mien_planned_step *ps = &p->steps[p->n_steps];
    *ps = (mien_planned_step){
        .step = {.ops = &mien_step_reorder,
                 .graph = &p->graph,
                 .kernels = p->kernels,
                 .train = p->train,
                 .n_in = 1,
                 .in = {v.shape},
                 .out = v.shape,
                 .in_layout = v.layout,
                 .out_layout = wanted,
                 .ranges = p->ranges ? p->ranges + 2 * (v.node + 1) : NULL,
                 .scratch = p->ranges ? (size_t)(v.shape.h * v.shape.w) : 0,
                 .kernel = p->kernels ? p->kernels->name : "twin"},
        .in = {value}};
    ps->out = add_value(p, (mien_value){.shape = v.shape,
                                        .layout = wanted,
                                        .producer = p->n_steps++,
                                        .node = -1});
    return ps->out;
}

static int value_from(const planner *pl, int node) {
    return node == MIEN_GRAPH_INPUT ? 0 : pl->value_of[node];
}

/* MIEN_ANY settles on the layout that most bytes already have: the first
 * input's; nothing is blocked that cannot be. */
static void settle_layout(planner *pl, mien_step *s) {
    if (s->in_layout != MIEN_ANY) return;
    s->in_layout = pl->p->values[value_from(pl, s->from[0])].layout;
    if (s->in_layout == MIEN_BYTES)
        s->in_layout = pl->p->kernels ? MIEN_BLOCKED : MIEN_PLAIN;
    for (int k = 0; k < s->n_in; k++)
        if (!mien_can_block(s->in[k])) s->in_layout = MIEN_PLAIN;
    s->out_layout = s->in_layout;
}

static mien_status place_step(planner *pl, int node) {
    mien_program *p = pl->p;
    mien_step *s = &pl->ending[node];
    const mien_status status = s->ops->plan(s);
    if (status != MIEN_OK) {
        if (s->ops->close) s->ops->close(s);
        return mien_fail_in(status, "layer '%s'", p->graph.nodes[node].name);
    }
    settle_layout(pl, s);
    int in[MIEN_MAX_INPUTS] = {0};
    for (int k = 0; k < s->n_in; k++)
        in[k] = reordered(p, value_from(pl, s->from[k]), s->in_layout);
    mien_planned_step *ps = &p->steps[p->n_steps];
    *ps = (mien_planned_step){.step = *s};
    memcpy(ps->in, in, sizeof in);
    ps->out = add_value(p, (mien_value){.shape = s->out,
                                        .layout = s->out_layout,
                                        .producer = p->n_steps++,
                                        .node = node});
    pl->value_of[node] = ps->out;
    p->held += s->held;
    return MIEN_OK;
}

/* The loss reads the last value as n plain rows. */
static void finish_plain(mien_program *p) {
    reordered(p, p->n_values - 1, MIEN_PLAIN);
}

static mien_status check_used(const mien_graph *g) {
    for (int i = 0; i < g->n_nodes - 1; i++) {
        bool used = false;
        for (int j = i + 1; j < g->n_nodes && !used; j++)
            for (int k = 0; k < g->nodes[j].plan.n_in; k++)
                used = used || g->nodes[j].in[k] == i;
        if (!used)
            return mien_fail(MIEN_EINVAL,
                             "nothing uses the output of layer "
                             "'%s'",
                             g->nodes[i].name);
    }
    return MIEN_OK;
}

mien_status mien_program_plan_steps(mien_program *p) {
    /* Each node gives one value, each value is reordered at most twice. */
    const size_t n = (size_t)p->graph.n_nodes, most = 3 * (n + 1) + 1;
    MIEN_TRY(check_used(&p->graph));
    p->steps = mien_arena_alloc(&p->arena, most, sizeof *p->steps);
    p->values = mien_arena_alloc(&p->arena, most, sizeof *p->values);
    planner pl = {.p = p};
    pl.ending = mien_arena_alloc(&p->arena, n, sizeof *pl.ending);
    pl.value_of = mien_arena_alloc(&p->arena, n, sizeof *pl.value_of);
    bool *taken = mien_arena_alloc(&p->arena, n, sizeof *taken);
    if (!p->steps || !p->values || !pl.ending || !pl.value_of || !taken)
        return MIEN_ENOMEM;
    for (int i = 0; i < (int)n; i++)
        if (!taken[i]) match_node(&pl, i, taken);
    add_value(
        p, (mien_value){.shape = p->graph.input, .producer = -1, .node = -1});
    for (int i = 0; i < (int)n; i++)
        if (pl.ending[i].ops) MIEN_TRY(place_step(&pl, i));
    finish_plain(p);
    return MIEN_OK;
}
