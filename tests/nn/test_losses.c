/* SPDX-License-Identifier: Apache-2.0 */
/* test_losses.c - every loss of the table: its gradient, its float twin, what
 * it does with NaN, and what the plain ones promise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "loss_check.h"
#include "nn/loss.h"

static const row rows[] = {
    {"cross_entropy", NULL, 7, 5, 5, 0, 0},
    {"cross_entropy", NULL, 1, 3, 3, SHARD, 0},
    {"cross_entropy", NULL, 3, 1, 1, 0, 0},
    {"cross_entropy", "{smoothing: 0.1}", 5, 7, 7, SHARD, 0},
    {"cross_entropy", "{smoothing: 1}", 5, 7, 7, WEIGHTED, 0},
    {"cross_entropy", "{smoothing: 0.2}", 9, 4, 4, MIXED | WEIGHTED, 0},
    {"binary_cross_entropy", NULL, 7, 1, 2, 0, 0},
    {"binary_cross_entropy", NULL, 1, 1, 2, SHARD, 0},
    {"binary_cross_entropy", "{smoothing: 0.1}", 5, 1, 2, MIXED | WEIGHTED, 0},
    {"binary_cross_entropy", NULL, 5, 3, 0, VECTOR, 0},
    {"mse", NULL, 7, 3, 0, VECTOR, 0},
    {"mse", "half_sum", 1, 3, 0, VECTOR | SHARD, 0},
    {"mse", "{form: half_sum}", 5, 4, 4, MIXED | WEIGHTED, 0},
    {"mse", "{form: mean}", 5, 4, 4, 0, 0},
    {"euclidean", NULL, 7, 3, 0, VECTOR, 0},
    {"euclidean", "{eps: 0.5}", 1, 1, 0, VECTOR | SHARD, 0},
    {"contrastive", NULL, 9, 4, 3, SHARD, 0},
    {"contrastive", "{margin: 3, normalise: off}", 7, 3, 3, 0, 0},
    {"contrastive", NULL, 1, 4, 3, SHARD, 0},
    {"triplet", NULL, 11, 4, 3, SHARD, 0},
    {"triplet", "{margin: 2, normalise: off}", 9, 3, 3, 0, 0},
    {"triplet", NULL, 1, 4, 3, SHARD, 0},
    {"cosface", NULL, 7, 5, 4, SHARD, 0},
    {"cosface", "{s: 8, m: 0.2, warmup: 0.5}", 1, 3, 5, WEIGHTED, 0.25f},
    {"arcface", NULL, 7, 5, 4, SHARD, 0},
    {"arcface", "{s: 8}", 1, 3, 5, 0, 0},
    {"arcface", "{s: 16, m: 0.3, warmup: 0.5}", 9, 3, 7, WEIGHTED, 0.1f},
    {"arcface", "{s: 4, m: 1.5}", 9, 3, 4, 0, 0}, /* theta + m > pi */
    {"subcenter_arcface", "{s: 8}", 7, 5, 4, SHARD, 0},
    {"subcenter_arcface", "{s: 8, centres: 2, m: 1}", 1, 3, 5, WEIGHTED, 0},
    {"subcenter_arcface", "{centres: 1}", 5, 3, 4, 0, 0},
    {"distill", NULL, 7, 5, 0, VECTOR, 0},
    {"distill", "{form: cosine}", 1, 3, 0, VECTOR | SHARD, 0},
    {"distill", "{form: mse}", 5, 3, 0, VECTOR, 0},
    {"distill", NULL, 5, 4, 0, VECTOR | WIDER | SHARD, 0},
    {"distill", "{form: mse}", 3, 4, 0, VECTOR | WIDER, 0},
    {"sum", "[distill, {arcface: {s: 8, m: 0.3}, weight: 0.25}]", 7, 5, 4,
     VECTOR | SHARD, 0},
    {"sum", "[{weight: 3, cosface: {s: 4}}, {distill: mse, weight: 0.5}]", 5, 4,
     3, VECTOR | WIDER | WEIGHTED, 0},
    {"sum", "[nt_xent, {distill: {}, weight: 2}]", 6, 4, 0, VECTOR | TWINS, 0},
    {"sum", "{losses: [{cross_entropy: {smoothing: 0.1}}]}", 5, 4, 4, MIXED, 0},
    {"detect", "{rows: 32, columns: 32}", 1, 315, 0, FACES, 0},
    {"detect", "{rows: 32, columns: 32, alpha: 0.5, box: 1, points: 3}", 1, 315,
     0, FACES | SHARD, 0},
    {"nt_xent", NULL, 8, 5, 0, TWINS | SHARD, 0},
    {"nt_xent", "{temperature: 0.1}", 2, 3, 0, TWINS, 0},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

static void losses__each_in_the_table_has_a_case(void **state) {
    (void)state;
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        int found = 0;
        for (int k = 0; k < N_ROWS; k++)
            found += strcmp(rows[k].loss, table[i]->name) == 0;
        if (!found) fail_msg("no case for %s", table[i]->name);
    }
}

static void losses__gradients_match_differences(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++)
        for (uint32_t seed = 0; seed < 3; seed++) {
            draw(&p, &rows[k], seed);
            check_gradient(&p, 1e-4);
        }
}

static void losses__float_agrees_with_double(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        draw(&p, &rows[k], 9);
        for (int i = 0; i < 512; i++) { /* the same numbers in both */
            p.x[i] = (float)p.x[i];
            p.w[i] = (float)p.w[i];
            p.target[i] = (float)p.target[i];
        }
        const loss_result a = run32(&p.in), b = run64(&p.in);
        assert_true(apart(&a.loss, &b.loss, 1, 1e-3) < 1e-5);
        assert_true(apart(a.dx, b.dx, p.in.n * p.in.d, 1e-3) < 3e-5);
        assert_true(apart(a.dw, b.dw, b.n_w, 1e-3) < 3e-5);
        assert_int_equal(a.n_scores, b.n_scores);
        assert_true(apart(a.scores, b.scores, b.n_scores, 1e-3) < 1e-5);
    }
}

static void losses__a_bad_value_makes_the_loss_nan(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        const int nd = rows[k].n * rows[k].d;
        for (int i = 0; i < nd; i++) {
            draw(&p, &rows[k], 3);
            p.x[i] = NAN;
            assert_true(isnan(run64(&p.in).loss));
            assert_true(isnan(run32(&p.in).loss));
        }
        draw(&p, &rows[k], 3);
        p.x[nd - 1] = INFINITY;
        assert_false(isfinite(run64(&p.in).loss));
    }
}

static void losses__bad_centres_make_the_loss_nan(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        draw(&p, &rows[k], 3);
        const int n_w = run64(&p.in).n_w;
        for (int i = 0; i < n_w; i++) {
            draw(&p, &rows[k], 3);
            p.w[i] = NAN;
            assert_true(isnan(run64(&p.in).loss));
            assert_true(isnan(run32(&p.in).loss));
        }
    }
}

static void losses__bad_targets_make_the_loss_nan(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        if (!(rows[k].flags & VECTOR)) continue;
        draw(&p, &rows[k], 3);
        p.target[p.in.n * p.in.vector - 1] = NAN;
        assert_true(isnan(run64(&p.in).loss));
        assert_true(isnan(run32(&p.in).loss));
    }
}

/* Losses that do not compare samples: two shards make the batch. */
static void losses__shards_add_up(void **state) {
    (void)state;
    static problem p;
    for (int k = 0; k < N_ROWS; k++) {
        const row *r = &rows[k];
        if (r->n < 3 || r->flags & TWINS || !strcmp(r->loss, "triplet") ||
            !strcmp(r->loss, "contrastive"))
            continue;
        draw(&p, r, 5);
        p.in.batch = r->n;
        const loss_result whole = run64(&p.in);
        double loss = 0, dw[LOSS_RUN_MAX] = {0};
        for (int part = 0; part < 2; part++) {
            const int at = part ? 2 : 0;
            loss_case in = p.in;
            in.n = part ? r->n - 2 : 2;
            in.x += at * r->d;
            if (in.target) in.target += at * in.vector;
            if (in.label) in.label += at;
            if (in.mixed) in.mixed += at;
            if (in.share) in.share += at;
            const loss_result out = run64(&in);
            loss += out.loss;
            for (int i = 0; i < out.n_w; i++) dw[i] += out.dw[i];
            assert_true(apart(out.dx, whole.dx + at * r->d, in.n * r->d, 1e-9) <
                        1e-12);
        }
        assert_true(fabs(loss - whole.loss) <= 1e-12 * fabs(loss));
        assert_true(apart(dw, whole.dw, whole.n_w, 1e-3) < 1e-12);
    }
}

static void losses__plans_refuse_shapes_that_do_not_fit(void **state) {
    (void)state;
    static const loss_case bad[] = {
        {.loss = "cross_entropy", .n = 2, .d = 3, .classes = 4},
        {.loss = "cross_entropy", .n = 2, .d = 0, .classes = 0},
        {.loss = "binary_cross_entropy", .n = 2, .d = 2, .classes = 2},
        {.loss = "binary_cross_entropy", .n = 2, .d = 1, .classes = 3},
        {.loss = "binary_cross_entropy", .n = 2, .d = 2, .vector = 3},
        {.loss = "mse", .n = 2, .d = 3, .classes = 4},
        {.loss = "mse", .n = 2, .d = 3, .vector = 2},
        {.loss = "euclidean", .n = 2, .d = 3},
        {.loss = "distill", .n = 2, .d = 3},
        {.loss = "distill", .n = 2, .d = 65536, .vector = 65535},
        {.loss = "arcface", .n = 2, .d = 3, .classes = 1},
        {.loss = "subcenter_arcface", .n = 2, .d = 65536, .classes = 65536},
    };
    loss_result out;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const mien_status status = loss_run_f32(&out, &bad[i]);
        assert_true(status == MIEN_ESHAPE || status == MIEN_ELIMIT);
        assert_non_null(strstr(mien_error(), bad[i].loss));
    }
}

/* ---- sums ------------------------------------------------------------- */

static void sum__adds_what_each_gives(void **state) {
    (void)state;
    static problem p, q;
    const row both = {"sum", "[distill, {arcface: {s: 8}, weight: 0.25}]",
                      7,     5,
                      4,     VECTOR | WIDER,
                      0};
    const row one = {"distill", NULL, 7, 5, 0, VECTOR | WIDER, 0};
    const row other = {"arcface", "{s: 8}", 7, 5, 4, 0, 0};
    draw(&p, &both, 4);
    const loss_result whole = run64(&p.in);
    draw(&q, &one, 4);
    const loss_result a = run64(&q.in);
    draw(&q, &other, 4);
    q.in.w = p.w + a.n_w; /* the head's come first */
    q.in.label = p.label;
    q.in.x = p.x;
    const loss_result b = run64(&q.in);
    assert_true(fabs(whole.loss - a.loss - 0.25 * b.loss) < 1e-12);
    assert_int_equal(whole.n_w, a.n_w + b.n_w);
    for (int i = 0; i < 7 * 5; i++)
        assert_true(fabs(whole.dx[i] - a.dx[i] - 0.25 * b.dx[i]) < 1e-12);
    for (int i = 0; i < b.n_w; i++)
        assert_true(fabs(whole.dw[a.n_w + i] - 0.25 * b.dw[i]) < 1e-12);
    assert_int_equal(whole.n_scores, b.n_scores);
    assert_memory_equal(whole.scores, b.scores,
                        (size_t)b.n_scores * sizeof(double));
    assert_int_equal(whole.needs, LOSS_LABELS | LOSS_VECTOR);
    assert_int_equal(a.needs, LOSS_VECTOR);
}

static void sum__refuses_what_cannot_be_added(void **state) {
    (void)state;
    static const struct {
        const char *options, *sentence;
    } bad[] = {
        {NULL, "'losses' is missing"},
        {"[]", "a list of 1 to 4"},
        {"distill", "a list of 1 to 4"},
        {"[distill, distill, distill, distill, distill]", "1 to 4"},
        {"[nothing]", "'nothing'"},
        {"[{sum: [distill]}]", "'sum'"},
        {"[{distill: {}, arcface: {}}]", "an item is a loss"},
        {"[{distill: {}, weight: 0}]", "weight = 0 is outside"},
        {"[{distill: {shape: 1}}]", "unknown option 'shape'"},
        {"[distill, cross_entropy]", "are of embeddings"},
        {"[arcface, cosface]", "second loss with weights called 'centre'"},
    };
    loss_result out;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const loss_case in = {.loss = "sum",
                              .options = bad[i].options,
                              .n = 2,
                              .d = 4,
                              .classes = 4,
                              .vector = 4};
        assert_int_equal(loss_run_f32(&out, &in), MIEN_EINVAL);
        if (!strstr(mien_error(), bad[i].sentence))
            fail_msg("%s: %s", bad[i].options, mien_error());
    }
}

/* ---- the others' promises --------------------------------------------- */

static void cross_entropy__survives_huge_logits(void **state) {
    (void)state;
    static const double x[] = {1000, -1000, 0, -1000, 1000, 0};
    static const int32_t label[] = {0, 0};
    const loss_case in = {.loss = "cross_entropy",
                          .n = 2,
                          .d = 3,
                          .classes = 3,
                          .x = x,
                          .label = label};
    const loss_result out = run32(&in);
    assert_true(fabs(out.loss - 1000) < 1e-3);
    assert_true(fabs(out.dx[3] + 0.5) < 1e-6 && fabs(out.dx[4] - 0.5) < 1e-6);
}

static void cross_entropy__keeps_digits_of_small_losses(void **state) {
    (void)state;
    static const double x[] = {20, 0};
    static const int32_t label[] = {0};
    const loss_case in = {.loss = "cross_entropy",
                          .n = 1,
                          .d = 2,
                          .classes = 2,
                          .x = x,
                          .label = label};
    const double want = log1p(exp(-20));
    assert_true(fabs(run32(&in).loss - want) < 1e-5 * want);
}

static void binary_cross_entropy__survives_huge_logits(void **state) {
    (void)state;
    static const double x[] = {1e4, -1e4};
    static const int32_t label[] = {1, 1};
    const loss_case in = {.loss = "binary_cross_entropy",
                          .n = 2,
                          .d = 1,
                          .classes = 2,
                          .x = x,
                          .label = label};
    const loss_result out = run32(&in);
    assert_true(fabs(out.loss - 5e3) < 1e-1);
    assert_true(out.dx[0] == 0 && fabs(out.dx[1] + 0.5) < 1e-7);
}

static void euclidean__is_flat_at_the_target(void **state) {
    (void)state;
    static const double x[] = {1, 2, 3};
    const loss_case in = {
        .loss = "euclidean", .n = 1, .d = 3, .vector = 3, .x = x, .target = x};
    const loss_result out = run32(&in);
    assert_true(out.loss == 0);
    for (int k = 0; k < 3; k++) assert_true(out.dx[k] == 0);
}

/* On a line: anchors at 0 and 1, strangers elsewhere. */
static void triplet__takes_the_semi_hard_negative(void **state) {
    (void)state;
    static const int32_t label[] = {0, 0, 1};
    static const struct {
        double negative, loss;
    } cases[] = {
        {1.05, (1 - 1.05 * 1.05 + 0.5 + 1 - 0.05 * 0.05 + 0.5) / 2},
        {9, 0}, /* easy for both */
    };
    for (int i = 0; i < 2; i++) {
        const double x[] = {0, 1, cases[i].negative};
        const loss_case in = {.loss = "triplet",
                              .options = "{margin: 0.5, normalise: off}",
                              .n = 3,
                              .d = 1,
                              .classes = 2,
                              .x = x,
                              .label = label};
        assert_true(fabs(run64(&in).loss - cases[i].loss) < 1e-12);
    }
    /* Anchor 0 passes over 0.5 (hard) for 1.1 (semi-hard): 1 - 1.21 + .5;
     * anchor 1 finds none farther than 1 and takes the nearest, at 1.1. */
    static const int32_t four[] = {0, 0, 1, 1};
    const double x[] = {0, 1, 0.5, 1.1};
    loss_case in = {.loss = "triplet",
                    .options = "{margin: 0.5, normalise: off}",
                    .n = 4,
                    .d = 1,
                    .classes = 3,
                    .x = x,
                    .label = four};
    const double of_first = (1 - 1.21 + 0.5) + (1 - 0.01 + 0.5);
    /* pair (.5, 1.1) has q = .36: anchor .5 has strangers at .25 and .25 (both
     * nearer: hardest), anchor 1.1 at 1.21 (not within .86) and .01 (hard) */
    const double of_second = (0.36 - 0.25 + 0.5) + (0.36 - 0.01 + 0.5);
    assert_true(fabs(run64(&in).loss - (of_first + of_second) / 4) < 1e-12);
}

static void contrastive__leaves_far_strangers_alone(void **state) {
    (void)state;
    static const int32_t label[] = {0, 1};
    static const double x[] = {0, 2};
    const loss_case in = {.loss = "contrastive",
                          .options = "{margin: 1, normalise: off}",
                          .n = 2,
                          .d = 1,
                          .classes = 2,
                          .x = x,
                          .label = label};
    const loss_result out = run64(&in);
    assert_true(out.loss == 0 && out.dx[0] == 0 && out.dx[1] == 0);
}

static void nt_xent__an_odd_last_sample_is_a_negative_only(void **state) {
    (void)state;
    static problem p;
    const row r = {"nt_xent", NULL, 5, 4, 0, TWINS, 0};
    draw(&p, &r, 4);
    loss_result out;
    assert_int_equal(loss_run_f64(&out, &p.in), MIEN_ESHAPE);
    assert_non_null(strstr(mien_error(), "even"));
    p.in.planned = 6; /* but the last shard of an epoch may be short */
    check_gradient(&p, 1e-4);
    const double with = run64(&p.in).loss * 5;
    p.in.n = 4;
    const double without = run64(&p.in).loss * 4;
    assert_true(with > without);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses__each_in_the_table_has_a_case),
        cmocka_unit_test(losses__gradients_match_differences),
        cmocka_unit_test(losses__float_agrees_with_double),
        cmocka_unit_test(losses__a_bad_value_makes_the_loss_nan),
        cmocka_unit_test(losses__bad_centres_make_the_loss_nan),
        cmocka_unit_test(losses__bad_targets_make_the_loss_nan),
        cmocka_unit_test(losses__shards_add_up),
        cmocka_unit_test(losses__plans_refuse_shapes_that_do_not_fit),
        cmocka_unit_test(sum__adds_what_each_gives),
        cmocka_unit_test(sum__refuses_what_cannot_be_added),
        cmocka_unit_test(cross_entropy__survives_huge_logits),
        cmocka_unit_test(cross_entropy__keeps_digits_of_small_losses),
        cmocka_unit_test(binary_cross_entropy__survives_huge_logits),
        cmocka_unit_test(euclidean__is_flat_at_the_target),
        cmocka_unit_test(triplet__takes_the_semi_hard_negative),
        cmocka_unit_test(contrastive__leaves_far_strangers_alone),
        cmocka_unit_test(nt_xent__an_odd_last_sample_is_a_negative_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
