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

static mien_status configure(void *config, const mien_loss_ops *ops,
                             const char *options) {
    mien_arena arena = {0};
    mien_tree *tree = NULL;
    mien_status status = MIEN_OK;
    if (options)
        status =
            mien_tree_parse(&tree, &arena, options, strlen(options), "options");
    if (status == MIEN_OK)
        status = mien_params_read(config, ops->params, tree, NULL, &arena,
                                  ops->name);
    mien_arena_close(&arena);
    return status;
}

static void run(loss_result *out, const loss_case *in, const mien_loss_ops *ops,
                const mien_loss_plan *plan, const void *config) {
    const size_t nd = (size_t)in->n * (size_t)in->d;
    const size_t n_scores = (size_t)in->n * (size_t)plan->scores;
    real *x = reals(in->x, nd), *dx = reals(NULL, nd);
    real *target = reals(in->target, nd);
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
                        .w = {w},
                        .dw = {dw},
                        .scores = plan->scores ? scores : NULL,
                        .dx = dx,
                        .kept = kept,
                        .scratch = scratch,
                        .progress = in->progress};
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

mien_status MIEN_R(loss_run)(loss_result *out, const loss_case *in) {
    const mien_loss_ops *ops = find(in->loss);
    assert(ops);
    _Alignas(16) char config[256] = {0};
    mien_loss_plan plan = {.n = in->planned ? in->planned : in->n,
                           .d = in->d,
                           .classes = in->classes,
                           .vector = in->vector};
    memset(out, 0, sizeof *out);
    assert(ops->config_size <= sizeof config);
    MIEN_TRY(configure(config, ops, in->options));
    MIEN_TRY(ops->plan(&plan, config));
    if (plan.n_weights > 0) {
        out->n_w = (int)mien_dims_count(plan.weights[0].dims);
        out->rows = plan.weights[0].dims.d[0];
    }
    if (in->x) run(out, in, ops, &plan, config);
    return MIEN_OK;
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
