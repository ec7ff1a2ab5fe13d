/* SPDX-License-Identifier: Apache-2.0 */
/* test_loss_margins.c - the margin heads: angles at both ends, vectors of no
 * length, warm-up, scores. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "loss_check.h"

/* ---- ArcFace at its extremes ------------------------------------------ */

static const double thetas[] = {0,    1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3,
                                1e-2, 0.04, 0.06, 0.45, 1.5,  2.55};
enum { N_THETAS = sizeof thetas / sizeof *thetas };

static void arcface__slope_is_the_derivative_at_both_ends(void **state) {
    (void)state;
    const double h = 1e-6;
    for (int end = 0; end < 2; end++)
        for (int i = 0; i < N_THETAS; i++)
            for (double m = 0; m < 0.6; m += 0.0625) {
                const double c = (end ? -1 : 1) * cos(thetas[i]);
                double slope, none;
                arc_margin_f64(&slope, c, m);
                const double numeric = (arc_margin_f64(&none, c + h, m) -
                                        arc_margin_f64(&none, c - h, m)) /
                                       (2 * h);
                assert_true(fabs(slope - numeric) < 1e-6 * fabs(slope));
                assert_true(slope <= cos(m) + 31 * sin(m));
                assert_true(slope > 0);
            }
}

static void arcface__is_the_published_margin_away_from_the_tip(void **state) {
    (void)state;
    for (double theta = 0.051; theta < 3.14159 - 0.5; theta += 0.01) {
        double slope;
        const double f = arc_margin_f64(&slope, cos(theta), 0.5);
        assert_true(fabs(f - cos(theta + 0.5)) < 1e-14);
        assert_true(fabs(slope - sin(theta + 0.5) / sin(theta)) < 1e-12);
    }
    double slope;
    const double f = arc_margin_f64(&slope, cos(2.8), 0.5);
    assert_true(fabs(f - (cos(2.8) - 0.5 * sin(0.5))) < 1e-14);
}

static void arcface__falls_as_the_angle_grows(void **state) {
    (void)state;
    double before = 2, slope;
    for (int i = 0; i <= 31415; i++) {
        const double f = arc_margin_f64(&slope, cos(i * 1e-4), 0.5);
        assert_true(f < before);
        before = f;
    }
}

/* Sample 0 at the angle theta from its own centre, or from its opposite. */
static void at_angle(problem *p, const char *loss, double theta, int opposite) {
    const row r = {loss, "{s: 16}", 3, 5, 4, 0, 1};
    draw(p, &r, 7);
    if (!strcmp(loss, "subcenter_arcface"))
        p->in.options = "{s: 16, centres: 1}";
    double *w = p->w + p->label[0] * 5, across[5], dot = 0, ww = 0, aa = 0;
    for (int k = 0; k < 5; k++) {
        dot += w[k] * p->x[k];
        ww += w[k] * w[k];
    }
    for (int k = 0; k < 5; k++) {
        across[k] = p->x[k] - w[k] * dot / ww;
        aa += across[k] * across[k];
    }
    for (int k = 0; k < 5; k++)
        p->x[k] = (opposite ? -1 : 1) * cos(theta) * w[k] / sqrt(ww) +
                  sin(theta) * across[k] / sqrt(aa);
}

static void arcface__gradients_match_at_both_ends(void **state) {
    (void)state;
    static const char *const heads[] = {"arcface", "cosface",
                                        "subcenter_arcface"};
    static problem p;
    for (int h = 0; h < 3; h++)
        for (int end = 0; end < 2; end++)
            for (int i = 0; i < N_THETAS; i++) {
                at_angle(&p, heads[h], thetas[i], end);
                check_gradient(&p, 2e-5);
                const loss_result out = run32(&p.in);
                assert_true(isfinite(out.loss));
                for (int k = 0; k < 15; k++) assert_true(isfinite(out.dx[k]));
                for (int k = 0; k < 20; k++) assert_true(isfinite(out.dw[k]));
            }
}

/* A sample that lies on its centre to the last bit. */
static void on_centre(problem *p, const char *loss, const char *options) {
    draw(p, &(row){loss, "{s: 16}", 3, 5, 4, 0, 1}, 7);
    p->in.options = options;
    double *w = p->w + p->label[0] * 5;
    for (int k = 0; k < 5; k++) {
        p->x[k] = k == 2 ? 2 : 0;
        w[k] = k == 2 ? 4 : 0;
    }
}

static bool all_finite(const loss_result *r) {
    for (int k = 0; k < 15; k++)
        if (!isfinite(r->dx[k])) return false;
    for (int k = 0; k < r->n_w; k++)
        if (!isfinite(r->dw[k])) return false;
    return true;
}

static void arcface__true_slope_is_not_finite_on_the_centre(void **state) {
    (void)state;
    static problem p;
    static const char *const heads[][3] = {
        {"arcface", "{s: 16}", "{s: 16, bounded: false}"},
        {"subcenter_arcface", "{s: 16, centres: 1}",
         "{s: 16, centres: 1, bounded: false}"}};
    for (int h = 0; h < 2; h++)
        for (int exact = 0; exact < 2; exact++) {
            on_centre(&p, heads[h][0], heads[h][1 + exact]);
            const loss_result out = run32(&p.in);
            assert_true(isfinite(out.loss));
            assert_int_equal(all_finite(&out), !exact);
        }
    double slope;
    assert_true(isfinite(arc_margin_f64(&slope, 1, 0.5)) && isfinite(slope));
    assert_true(isfinite(arc_exact_f64(&slope, 1, 0.5)) && isinf(slope));
    assert_true(isnan(arc_exact_f64(&slope, 1 + 1e-15, 0.5)) && isnan(slope));
    arc_exact_f32(&slope, cos(0.01), 0.5);
    assert_true(slope > 45);
}

static void arcface__true_slope_is_the_same_away_from_the_tip(void **state) {
    (void)state;
    static problem p;
    for (int i = 9; i < N_THETAS; i++) {
        at_angle(&p, "arcface", thetas[i], 0);
        const loss_result bounded = run64(&p.in);
        p.in.options = "{s: 16, bounded: false}";
        const loss_result exact = run64(&p.in);
        assert_true(bounded.loss == exact.loss);
        assert_memory_equal(bounded.dx, exact.dx, 15 * sizeof(double));
        check_gradient(&p, 2e-5);
    }
}

static const row rows[] = {
    {"cosface", NULL, 7, 5, 4, 0, 0},
    {"arcface", NULL, 7, 5, 4, 0, 0},
    {"subcenter_arcface", NULL, 7, 5, 4, 0, 0},
    {"contrastive", NULL, 9, 4, 3, 0, 0},
    {"triplet", NULL, 11, 4, 3, 0, 0},
    {"distill", NULL, 7, 5, 0, VECTOR, 0},
    {"nt_xent", NULL, 8, 5, 0, TWINS, 0},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void heads__zero_vectors_give_finite_gradients(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        draw(&p, &rows[k], 1);
        memset(p.x, 0, sizeof(double) * (size_t)rows[k].d);
        memset(p.w, 0, sizeof(double) * (size_t)rows[k].d);
        const loss_result out = run32(&p.in);
        assert_true(isfinite(out.loss));
        for (int i = 0; i < rows[k].n * rows[k].d; i++)
            assert_true(isfinite(out.dx[i]));
        for (int i = 0; i < out.n_w; i++) assert_true(isfinite(out.dw[i]));
    }
}

static void heads__warmup_grows_the_margin(void **state) {
    (void)state;
    static problem p;
    const row none = {"arcface", "{s: 8, m: 0}", 5, 4, 3, 0, 0};
    const row half = {"arcface", "{s: 8, m: 0.25}", 5, 4, 3, 0, 0};
    const row warm = {"arcface", "{s: 8, m: 0.5, warmup: 0.4}", 5, 4, 3, 0, 0};
    const row full = {"arcface", "{s: 8, m: 0.5}", 5, 4, 3, 0, 0};
    static const float progress[] = {0, 0.2f, 0.4f, 1};
    const row *const same[] = {&none, &half, &full, &full};
    for (int i = 0; i < 4; i++) {
        draw(&p, same[i], 2);
        const double want = run64(&p.in).loss;
        draw(&p, &warm, 2);
        p.in.progress = progress[i];
        assert_true(fabs(run64(&p.in).loss - want) < 1e-7);
    }
}

static void heads__scores_have_no_margin(void **state) {
    (void)state;
    static problem p;
    const row with = {"cosface", "{s: 8, m: 0.9}", 5, 4, 3, 0, 0};
    const row none = {"cosface", "{s: 8, m: 0}", 5, 4, 3, 0, 0};
    draw(&p, &with, 2);
    const loss_result a = run64(&p.in);
    draw(&p, &none, 2);
    const loss_result b = run64(&p.in);
    assert_int_equal(a.n_scores, 15);
    assert_memory_equal(a.scores, b.scores, 15 * sizeof(double));
    assert_true(a.loss > b.loss);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arcface__slope_is_the_derivative_at_both_ends),
        cmocka_unit_test(arcface__is_the_published_margin_away_from_the_tip),
        cmocka_unit_test(arcface__falls_as_the_angle_grows),
        cmocka_unit_test(arcface__gradients_match_at_both_ends),
        cmocka_unit_test(arcface__true_slope_is_not_finite_on_the_centre),
        cmocka_unit_test(arcface__true_slope_is_the_same_away_from_the_tip),
        cmocka_unit_test(heads__zero_vectors_give_finite_gradients),
        cmocka_unit_test(heads__warmup_grows_the_margin),
        cmocka_unit_test(heads__scores_have_no_margin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
