/* SPDX-License-Identifier: Apache-2.0 */
/* layer_fixture.h - one layer with its buffers, for tests, in `real`.
 *
 *   fixture f;
 *   assert_int_equal(fixture_open(&f, &layer_cases[i]), MIEN_OK);
 *   f.ops->forward(&f.pass);
 *   fixture_close(&f); */
#ifndef MIEN_TESTS_LAYER_FIXTURE_H
#define MIEN_TESTS_LAYER_FIXTURE_H

#include <string.h>

#include "base/mem.h"
#include "layer_cases.h"

typedef struct fixture {
    mien_arena arena;
    const mien_layer_ops *ops;
    mien_layer_plan plan;
    mien_pass pass;
    real *x[MIEN_MAX_INPUTS], *w[MIEN_MAX_WEIGHTS], *dy; /* to be written */
} fixture;

static inline const mien_layer_ops *fixture_layer(const char *name) {
    int count;
    const mien_layer_ops *const *table = mien_layers(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    return NULL;
}

/* Distinct values, spread evenly over -1.5..1.5 in random order: none is near
 * another one or near 0, where some layers have no derivative. */
static inline void fixture_fill(real *x, size_t n, uint32_t stream) {
    mien_rng rng = mien_rng_at(7, MIEN_RNG_TEST, stream, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = (real)(3 * ((double)i + 0.45) / (double)n - 1.5);
    for (size_t i = n; i > 1; i--) {
        const size_t j = mien_rng_below(&rng, (uint32_t)i);
        const real swap = x[i - 1];
        x[i - 1] = x[j];
        x[j] = swap;
    }
}

static inline mien_status fixture_options(fixture *f, const char *text) {
    void *config = mien_arena_alloc(&f->arena, 1, f->ops->config_size + 1);
    mien_tree *tree = NULL;
    if (text)
        MIEN_TRY(mien_tree_parse(&tree, &f->arena, text, strlen(text), "test"));
    f->pass.config = config;
    if (!f->ops->params) return MIEN_OK;
    return mien_params_read(config, f->ops->params, tree, NULL, &f->arena,
                            f->ops->name);
}

static inline real *fixture_reals(fixture *f, size_t count) {
    return mien_arena_alloc(&f->arena, count + 1, sizeof(real));
}

static inline void fixture_allocate(fixture *f) {
    mien_pass *p = &f->pass;
    const size_t n = mien_shape_count(f->plan.out);
    for (int k = 0; k < f->plan.n_in; k++) {
        const size_t count = mien_shape_count(f->plan.in[k]);
        p->in[k] = f->plan.in[k];
        p->x[k] = f->x[k] = fixture_reals(f, count);
        p->dx[k] = fixture_reals(f, count);
        fixture_fill(f->x[k], count, (uint32_t)k);
    }
    for (int k = 0; k < f->plan.n_weights; k++) {
        const mien_weight_spec *spec = &f->plan.weights[k];
        const size_t count = mien_dims_count(spec->dims);
        p->w[k] = f->w[k] = fixture_reals(f, count);
        p->dw[k] =
            spec->role == MIEN_ROLE_RUNNING ? NULL : fixture_reals(f, count);
        fixture_fill(f->w[k], count, 10 + (uint32_t)k);
        for (size_t i = 0; !strcmp(spec->name, "var") && i < count; i++)
            f->w[k][i] = (real)0.3 + f->w[k][i] * f->w[k][i];
    }
    p->n_in = f->plan.n_in;
    p->out = f->plan.out;
    p->y = fixture_reals(f, n);
    p->dy = f->dy = fixture_reals(f, n);
    p->kept = fixture_reals(f, f->plan.n_kept);
    p->scratch = fixture_reals(f, f->plan.n_scratch);
    p->stats = fixture_reals(f, f->plan.n_stats);
    fixture_fill(f->dy, n, 20);
}

/* Options, plan and filled buffers of a case. Close it also after an error. */
static inline mien_status fixture_open(fixture *f, const layer_case *c) {
    *f = (fixture){.ops = fixture_layer(c->layer)};
    if (!f->ops) return mien_fail(MIEN_ENOTFOUND, "no layer %s", c->layer);
    f->plan = (mien_layer_plan){.name = "it", .train = !c->infer};
    while (f->plan.n_in < 3 && c->in[f->plan.n_in].n) {
        f->plan.in[f->plan.n_in] = c->in[f->plan.n_in];
        f->plan.n_in++;
    }
    f->pass = (mien_pass){.train = !c->infer, .seed = 5, .step = 3, .layer = 2};
    MIEN_TRY(fixture_options(f, c->options));
    MIEN_TRY(f->ops->plan(&f->plan, f->pass.config));
    fixture_allocate(f);
    for (int k = 0; c->scale != 0 && k < f->plan.n_in; k++)
        for (size_t i = 0; i < mien_shape_count(f->plan.in[k]); i++)
            f->x[k][i] *= (real)c->scale;
    return MIEN_OK;
}

static inline void fixture_close(fixture *f) { mien_arena_close(&f->arena); }

#endif
