/* SPDX-License-Identifier: Apache-2.0 */
/* loss_run.c - run a loss on doubles; see loss_run.h. */
#include "loss_run.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "nn/losses/margin.h"

static const mien_loss_ops *find(const char *name) {
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (int i = 0; i < count; i++)
        if (strcmp(table[i]->name, name) == 0) return table[i];
    return NULL;
}

static real *reals(const double *from, size_t n) {
    real *out = mien_alloc(n + 1, sizeof *out);
    assert(out);
    for (size_t i = 0; from && i < n; i++) out[i] = (real)from[i];
    return out;
}

static void doubles(double *to, const real *from, size_t n) {
    assert(n <= LOSS_RUN_MAX);
    for (size_t i = 0; i < n; i++) to[i] = (double)from[i];
}

static mien_status configure(void *config, mien_loss_ops *ops,
                             const char *options, mien_arena *arena) {
    mien_tree *tree = NULL;
    if (options)
        MIEN_TRY(
            mien_tree_parse(&tree, arena, options, strlen(options), "options"));
    MIEN_TRY(
        mien_params_read(config, ops->params, tree, NULL, arena, ops->name));
    return ops->open ? ops->open(ops, config, arena) : MIEN_OK;
}

/* Each of the weights its part of w and dw. */
static void share_out(mien_loss_pass *p, const mien_loss_plan *plan,
                      const real *w, real *dw) {
    for (int i = 0; i < plan->n_weights; i++) {
        const size_t n = mien_dims_count(plan->weights[i].dims);
        p->w[i] = w;
        p->dw[i] = dw;
        w += n;
        dw += n;
    }
}

static void run(loss_result *out, const loss_case *in, const mien_loss_ops *ops,
                const mien_loss_plan *plan, const void *config) {
    const size_t nd = (size_t)in->n * (size_t)in->d;
    const size_t n_scores = (size_t)in->n * (size_t)plan->scores;
    real *x = reals(in->x, nd), *dx = reals(NULL, nd);
    real *target = reals(in->target, (size_t)in->n * (size_t)in->vector);
    real *w = reals(in->w, (size_t)out->n_w);
    real *dw = reals(NULL, (size_t)out->n_w);
    real *scores = reals(NULL, n_scores);
    real *kept = reals(NULL, plan->n_kept);
    real *scratch = reals(NULL, plan->n_scratch);
    mien_loss_pass p = {.config = config,
                        .n = in->n,
                        .d = in->d,
                        .classes = in->classes,
                        .batch = in->batch ? in->batch : in->n,
                        .x = x,
                        .label = in->label,
                        .mixed = in->mixed,
                        .share = in->share,
                        .vector = in->vector,
                        .target = in->target ? target : NULL,
                        .class_weight = in->class_weight,
                        .scores = plan->scores ? scores : NULL,
                        .dx = dx,
                        .kept = kept,
                        .scratch = scratch,
                        .progress = in->progress};
    share_out(&p, plan, w, dw);
    ops->forward(&p);
    ops->backward(&p);
    out->loss = p.loss;
    out->n_scores = (int)n_scores;
    doubles(out->dx, dx, nd);
    doubles(out->dw, dw, (size_t)out->n_w);
    doubles(out->scores, scores, n_scores);
    real *all[] = {x, dx, target, w, dw, scores, kept, scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mien_free(all[i]);
}

static mien_status plan_and_run(loss_result *out, const loss_case *in,
                                mien_loss_ops *ops, mien_arena *arena) {
    void *config = mien_arena_alloc(arena, 1, ops->config_size + 1);
    mien_loss_plan plan = {.n = in->planned ? in->planned : in->n,
                           .d = in->d,
                           .classes = in->classes,
                           .vector = in->vector};
    if (!config) return MIEN_ENOMEM;
    MIEN_TRY(configure(config, ops, in->options, arena));
    MIEN_TRY(ops->plan(&plan, config));
    for (int i = 0; i < plan.n_weights; i++)
        out->n_w += (int)mien_dims_count(plan.weights[i].dims);
    if (plan.n_weights > 0) out->rows = plan.weights[0].dims.d[0];
    out->needs = (ops->needs_labels ? LOSS_LABELS : 0) |
                 (ops->needs_vector ? LOSS_VECTOR : 0);
    if (in->x) run(out, in, ops, &plan, config);
    return MIEN_OK;
}

mien_status MIEN_R(loss_run)(loss_result *out, const loss_case *in) {
    const mien_loss_ops *found = find(in->loss);
    mien_arena arena = {0};
    memset(out, 0, sizeof *out);
    assert(found);
    mien_loss_ops ops = *found;
    const mien_status status = plan_and_run(out, in, &ops, &arena);
    mien_arena_close(&arena);
    return status;
}

double MIEN_R(arc_margin)(double *slope, double c, double m) {
    real s;
    const real f = mien_arc_margin(&s, (real)c, (real)m);
    *slope = (double)s;
    return (double)f;
}

double MIEN_R(arc_exact)(double *slope, double c, double m) {
    real s;
    const real f = mien_arc_exact(&s, (real)c, (real)m);
    *slope = (double)s;
    return (double)f;
}
