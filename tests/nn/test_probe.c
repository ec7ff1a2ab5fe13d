/* SPDX-License-Identifier: Apache-2.0 */
/* test_probe.c - what the runner measures, against the reference runner. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "nn/twin.h"

static const example small = {
    "small",
    "- conv: {out: 16, kernel: 3, pad: 1}\n- bn\n- relu\n- maxpool: 2\n"
    "- conv: {out: 5, kernel: 3}\n- sigmoid\n- conv: {out: 16, kernel: 1}\n"
    "- flatten\n- dense: 24\n- tanh\n- dense: {out: classes}\n",
    "cross_entropy",
    {4, 3, 12, 10},
    5,
    0};

/* What a node's buffer in the twin holds, value by value. */
static void measure(mien_probe *p, const float *x, mien_shape s,
                    const char *layer) {
    const size_t image = (size_t)s.c * (size_t)s.h * (size_t)s.w;
    double sum = 0, squares = 0, zeros = 0, saturated = 0;
    *p = (mien_probe){.count = (int64_t)mien_shape_count(s), .first_bad = -1};
    for (size_t i = 0; i < image * (size_t)s.n; i++) {
        const double v = (double)x[i];
        zeros += v == 0;
        if (!strcmp(layer, "tanh")) saturated += fabs(v) > .97;
        if (!strcmp(layer, "sigmoid")) saturated += v < .05 || v > .95;
        if (!isfinite(v)) {
            if (p->non_finite++ == 0) p->first_bad = (int)(i / image);
            continue;
        }
        sum += v;
        squares += v * v;
        p->max = fmax(p->max, fabs(v));
    }
    const double finite = (double)(p->count - p->non_finite);
    if (finite > 0) p->mean = sum / finite, p->rms = sqrt(squares / finite);
    p->zeros = zeros / (double)p->count;
    p->saturated = saturated / (double)p->count;
}

static void near(const char *what, double got, double want, double bound) {
    if (!(fabs(got - want) <= bound))
        fail_msg("%s: %.9g, should be %.9g", what, got, want);
}

static void check_probe(const char *what, const mien_probe *got,
                        const mien_probe *want) {
    char text[128];
    snprintf(text, sizeof text, "%s of %lld", what, (long long)want->count);
    assert_int_equal(got->count, want->count);
    assert_int_equal(got->non_finite, want->non_finite);
    assert_int_equal(got->first_bad, want->first_bad);
    near(text, got->mean, want->mean, 1e-4 * want->rms);
    near(text, got->rms, want->rms, 1e-4 * want->rms);
    near(text, got->max, want->max, 1e-4 * want->max);
    /* Rounding may carry a value over a threshold. */
    near(text, got->zeros, want->zeros, 2.5 / (double)want->count);
    near(text, got->saturated, want->saturated, 2.5 / (double)want->count);
}

static void check_alive(const mien_layer_probe *p, const float *y,
                        mien_shape s) {
    const size_t plane = (size_t)s.h * (size_t)s.w, c = (size_t)s.c;
    int dead = 0;
    assert_int_equal(p->units, s.c);
    for (size_t k = 0; k < c; k++) {
        bool alive = false;
        for (size_t n = 0; n < (size_t)s.n; n++)
            for (size_t i = 0; i < plane; i++)
                alive = alive || !(y[(n * c + k) * plane + i] == 0);
        assert_int_equal(p->alive[k], alive);
        dead += !alive;
    }
    assert_true(p->dead == (double)dead / s.c);
}

/* The node that a row of the plan ends in, or -1: a reorder. */
static int node_of(const mien_graph *g, const char *name) {
    for (int i = 0; i < g->n_nodes; i++)
        if (!strcmp(g->nodes[i].name, name)) return i;
    return -1;
}

/* The gradient in the twin's buffer is the sum over all who read the value,
 * as it is in the runner. */
static void check_row(const mien_runner *run, int row, const mien_twin *t) {
    const int node = node_of(&t->graph, mien_runner_row(run, row).name);
    const mien_layer_probe *p = mien_runner_probe(run, row);
    assert_non_null(p);
    if (node < 0) return;
    int count;
    const char *layer = mien_layers(&count)[t->graph.nodes[node].layer]->name;
    const mien_shape s = t->graph.nodes[node].plan.out;
    mien_probe want;
    measure(&want, t->y[node], s, layer);
    check_probe(layer, &p->y, &want);
    check_alive(p, t->y[node], s);
    measure(&want, t->dy[node], s, "");
    check_probe("dy", &p->dy, &want);
}

static mien_runner *open_watched(const world *o, const mien_runner_options *r) {
    mien_runner *run;
    mien_result result;
    if (mien_runner_open(&run, o->net, r) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_runner_watch(run, true), MIEN_OK);
    assert_null(mien_runner_probe(run, 0));
    assert_int_equal(mien_runner_step(run, &o->batch, &result), MIEN_OK);
    return run;
}

static void check_with_twin(const world *o, bool plain) {
    mien_twin *t;
    assert_int_equal(mien_twin_open(&t, o->net, o->batch.n, true), MIEN_OK);
    memcpy(t->input, o->x, mien_shape_count(t->graph.input) * sizeof *o->x);
    mien_twin_forward(t, &o->batch, o->batch.target);
    mien_twin_backward(t, &o->batch, o->batch.target);
    mien_runner *run = open_watched(
        o, &(mien_runner_options){
               .batch = o->batch.n, .train = true, .plain = plain});
    for (int i = 0; i < mien_runner_rows(run); i++) check_row(run, i, t);
    mien_runner_close(run);
    mien_twin_close(t);
}

/* Two channels of the first bn never get above 0. */
static void kill_channels(mien_weights *w) {
    const mien_weight *shift = mien_weights_find(w, "bn1.shift");
    assert_non_null(shift);
    w->values[shift->offset + 3] = w->values[shift->offset + 8] = -1000;
    mien_weights_apply(w);
}

static void probe__says_what_the_twin_computed(void **state) {
    (void)state;
    world o;
    open_world(&o, &small, 1);
    kill_channels(&o.net->weights);
    check_with_twin(&o, false);
    check_with_twin(&o, true);
    close_world(&o);
}

static void probe__fits_every_kind_of_plan(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        open_world(&o, &examples[i], 1);
        check_with_twin(&o, false);
        close_world(&o);
    }
}

static void step_on(mien_runner *run, const world *o, mien_result *result) {
    if (mien_runner_step(run, &o->batch, result) != MIEN_OK)
        fail_msg("%s", mien_error());
}

static mien_runner *open_parts(const world *o, int shards, int threads) {
    return open_watched(o, &(mien_runner_options){.batch = o->batch.n,
                                                  .shards = shards,
                                                  .threads = threads,
                                                  .train = true});
}

static void same_bits(const mien_probe *a, const mien_probe *b) {
    assert_memory_equal(a, b, offsetof(mien_probe, first_bad));
    assert_int_equal(a->first_bad, b->first_bad);
}

static void probe__does_not_depend_on_the_threads(void **state) {
    (void)state;
    world o;
    open_world(&o, &small, 4);
    o.x[5] = NAN; /* of the first image, in the first shard */
    mien_runner *one = open_parts(&o, 4, 1), *two = open_parts(&o, 4, 2);
    for (int i = 0; i < mien_runner_rows(one); i++) {
        const mien_layer_probe *a = mien_runner_probe(one, i);
        const mien_layer_probe *b = mien_runner_probe(two, i);
        same_bits(&a->y, &b->y);
        same_bits(&a->dy, &b->dy);
        assert_int_equal(a->units, b->units);
        assert_memory_equal(a->alive, b->alive, (size_t)a->units);
    }
    mien_runner_close(one);
    mien_runner_close(two);
    close_world(&o);
}

static void watch__changes_no_bit_of_a_step(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        stepped plain;
        mien_result result = {0};
        open_world(&o, &examples[i], 2);
        step(&plain, &o, 2, 2);
        mien_runner *run = open_parts(&o, 2, 2);
        step_on(run, &o, &result);
        assert_memory_equal(&result.loss, &plain.result.loss, sizeof(double));
        assert_memory_equal(run->gradient, plain.run->gradient,
                            o.net->weights.size_trained * sizeof(float));
        mien_runner_close(run);
        mien_runner_close(plain.run);
        close_world(&o);
    }
}

static void watch__allocates_once_and_stops_when_told(void **state) {
    (void)state;
    world o;
    mien_result result;
    open_world(&o, &small, 2);
    mien_runner *run = open_parts(&o, 2, 1);
    mien_mem_fail_after(-1);
    step_on(run, &o, &result);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    assert_non_null(mien_runner_probe(run, 0));
    assert_int_equal(mien_runner_watch(run, false), MIEN_OK);
    assert_non_null(mien_runner_probe(run, 0)); /* of the last step, still */
    step_on(run, &o, &result);
    assert_null(mien_runner_probe(run, 0));
    assert_int_equal(mien_runner_watch(run, true), MIEN_OK);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    mien_runner_close(run);
    close_world(&o);
}

static void watch__survives_each_allocation_failing(void **state) {
    (void)state;
    world o;
    mien_runner *run;
    mien_result result;
    open_world(&o, &small, 2);
    const mien_runner_options options = {
        .batch = o.batch.n, .shards = 2, .train = true};
    assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
    int failures = 0;
    for (;; failures++) {
        mien_mem_fail_after(failures);
        const mien_status status = mien_runner_watch(run, true);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        step_on(run, &o, &result);
        assert_null(mien_runner_probe(run, 0));
    }
    assert_true(failures > 0);
    step_on(run, &o, &result);
    assert_non_null(mien_runner_probe(run, 0));
    mien_runner_close(run);
    close_world(&o);
}

static void probe__names_the_first_bad_sample(void **state) {
    (void)state;
    const example e = {"mlp",
                       "- flatten\n- dense: 24\n- tanh\n"
                       "- dense: {out: classes}\n",
                       "cross_entropy",
                       {3, 1, 4, 4},
                       5,
                       0};
    world o;
    open_world(&o, &e, 3);
    o.x[7 * 16 + 2] = NAN;
    o.x[5 * 16 + 9] = INFINITY;
    mien_runner *run = open_parts(&o, 3, 2);
    const mien_layer_probe *first = mien_runner_probe(run, 0);
    assert_int_equal(first->y.non_finite, 2);
    assert_int_equal(first->y.first_bad, 5);
    assert_true(isfinite(first->y.rms) && isfinite(first->y.mean));
    const int last = mien_runner_rows(run) - 1;
    assert_int_equal(mien_runner_probe(run, last)->y.first_bad, 7);
    assert_true(mien_runner_probe(run, last)->dy.non_finite > 0);
    mien_runner_close(run);
    close_world(&o);
}

static void plain__finds_each_channels_range(void **state) {
    (void)state;
    const mien_shape s = {2, 3, 2, 1};
    const float x[] = {1, -2, 0, 0, NAN, NAN, 3, INFINITY, 0, 0, NAN, NAN};
    float low[3], high[3];
    mien_probe p;
    mien_probe_plain(&p, x, s, low, high);
    assert_int_equal(p.count, 12);
    assert_int_equal(p.non_finite, 5);
    assert_int_equal(p.first_bad, 0);
    assert_true(p.max == 3 && p.zeros == 4. / 12);
    near("mean", p.mean, 2. / 7, 1e-12);
    near("rms", p.rms, sqrt(2), 1e-7);
    assert_true(low[0] == -2 && high[0] == 3 && low[1] == 0 && high[1] == 0);
    assert_true(isnan(low[2]) && isnan(high[2]));
    mien_probe_plain(&p, x, s, NULL, NULL);
    assert_int_equal(p.non_finite, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probe__says_what_the_twin_computed),
        cmocka_unit_test(probe__fits_every_kind_of_plan),
        cmocka_unit_test(probe__does_not_depend_on_the_threads),
        cmocka_unit_test(probe__names_the_first_bad_sample),
        cmocka_unit_test(watch__changes_no_bit_of_a_step),
        cmocka_unit_test(watch__allocates_once_and_stops_when_told),
        cmocka_unit_test(watch__survives_each_allocation_failing),
        cmocka_unit_test(plain__finds_each_channels_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
