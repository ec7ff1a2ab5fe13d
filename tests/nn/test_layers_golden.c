/* SPDX-License-Identifier: Apache-2.0 */
/* test_layers_golden.c - the layers against PyTorch 1.13, forward and
 * backward, in float; tests/golden/layers.py made the numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_fixture.h"

typedef struct golden {
    layer_case of;
    const double *x, *w, *dy;          /* given; all inputs, all weights */
    const double *y, *dx, *dw, *stats; /* expected; NULL: not looked at */
} golden;

#include "../golden/layers.h"

enum { N_GOLDENS = sizeof goldens / sizeof *goldens };

static const double *take(real *to, const double *from, size_t n) {
    for (size_t i = 0; i < n; i++) to[i] = (real)from[i];
    return from + n;
}

static double largest(const double *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > most) most = fabs(x[i]);
    return most;
}

/* Returns the numbers that follow. */
static const double *compare(const golden *g, const char *what, const real *got,
                             const double *want, size_t n) {
    const double floor = 1e-6 * largest(want, n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - want[i]) <= 1e-5 * fabs(want[i]) + floor))
            fail_msg("%s %s: %s[%zu] is %.9g, PyTorch says %.9g", g->of.layer,
                     g->of.options ? g->of.options : "", what, i,
                     (double)got[i], want[i]);
    return want + n;
}

static void fill(fixture *f, const golden *g) {
    const double *x = g->x, *w = g->w;
    for (int k = 0; k < f->plan.n_in; k++)
        x = take(f->x[k], x, mien_shape_count(f->plan.in[k]));
    for (int k = 0; k < f->plan.n_weights; k++)
        w = take(f->w[k], w, mien_dims_count(f->plan.weights[k].dims));
    take(f->dy, g->dy, mien_shape_count(f->plan.out));
}

static void check(const golden *g) {
    fixture f;
    if (fixture_open(&f, &g->of) != MIEN_OK)
        fail_msg("%s: %s", g->of.layer, mien_error());
    fill(&f, g);
    f.ops->forward(&f.pass);
    f.ops->backward(&f.pass);
    compare(g, "y", f.pass.y, g->y, mien_shape_count(f.plan.out));
    const double *dx = g->dx, *dw = g->dw;
    for (int k = 0; k < f.plan.n_in; k++)
        dx = compare(g, "dx", f.pass.dx[k], dx, mien_shape_count(f.plan.in[k]));
    for (int k = 0; k < f.plan.n_weights; k++)
        if (f.pass.dw[k])
            dw = compare(g, f.plan.weights[k].name, f.pass.dw[k], dw,
                         mien_dims_count(f.plan.weights[k].dims));
    if (g->stats)
        compare(g, "statistics", f.pass.stats, g->stats, f.plan.n_stats);
    fixture_close(&f);
}

static void layers__agree_with_pytorch(void **state) {
    (void)state;
    for (int i = 0; i < N_GOLDENS; i++) check(&goldens[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers__agree_with_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
