/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner.c - the fast runner against the reference runner. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "nn/runner.h"
#include "nn/twin.h"

typedef struct example {
    const char *name, *model, *loss;
    mien_shape input; /* n: the shard */
    int classes;
} example;

/* Small forms of what the recipes use, and of what the planner may fuse. */
static const example examples[] = {
    {"cnn",
     "- conv: {out: 16, kernel: 3}\n- relu\n- maxpool: 2\n"
     "- conv: {out: 32, kernel: 3}\n- relu\n- maxpool: 2\n- flatten\n"
     "- dense: 24\n- relu\n- dense: {out: classes}\n",
     "cross_entropy",
     {4, 3, 20, 18},
     7},
    {"plain channels",
     "- conv: {out: 5, kernel: 3, pad: same}\n- tanh\n- avgpool: 2\n"
     "- conv: {out: 7, kernel: 3, stride: 2}\n- gelu\n- flatten\n"
     "- dense: {out: classes}\n",
     "cross_entropy",
     {3, 2, 13, 11},
     5},
    {"residual",
     "- conv: {out: 32, kernel: 3, pad: 1, bias: false}\n- bn\n- prelu\n"
     "- name: x\n"
     "- conv: {out: 32, kernel: 1, bias: false}\n- bn\n- prelu\n"
     "- conv: {out: 32, kernel: 3, pad: 1, depthwise: true, bias: false}\n"
     "- bn\n- prelu\n"
     "- conv: {out: 32, kernel: 1, bias: false}\n- bn\n- add: x\n"
     "- name: y\n"
     "- bn\n- conv: {out: 32, kernel: 3, pad: 1, bias: false}\n- bn\n- relu\n"
     "- conv: {out: 32, kernel: 3, pad: 1, bias: false}\n- bn\n- add: y\n"
     "- conv: {out: 32, kernel: 7, depthwise: true, bias: false}\n- bn\n"
     "- flatten\n- dense: 16\n",
     "arcface",
     {4, 3, 7, 7},
     6},
    {"projection",
     "- conv: {out: 16, kernel: 3, pad: 1}\n- leaky_relu: 0.1\n- name: x\n"
     "- conv: {out: 32, kernel: 3, stride: 2, pad: 1, bias: false}\n- bn\n"
     "- name: main\n- from: x\n"
     "- conv: {out: 32, kernel: 1, stride: 2, bias: false}\n- bn\n"
     "- add: main\n- relu\n- globalpool\n- flatten\n- dense: {out: classes}\n",
     "cross_entropy",
     {4, 3, 12, 12},
     4},
    {"joins",
     "- conv: {out: 16, kernel: 3, pad: 1}\n- name: a\n- relu\n- name: b\n"
     "- conv: {out: 16, kernel: 3, pad: 1}\n- silu\n- {add: [a, b]}\n"
     "- {concat: b}\n- upsample: 2\n- avgpool: 2\n- elu\n- sigmoid\n"
     "- globalpool: max\n- l2norm\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 6, 6},
     3},
    {"normed weights",
     "- conv: {out: 16, kernel: 3, norm: weight}\n- layernorm\n- relu\n"
     "- conv: {out: 16, kernel: 3, norm: standard}\n- relu\n- flatten\n"
     "- dropout: 0.5\n- dense: {out: 8, norm: weight}\n- softmax\n",
     "mse",
     {2, 3, 9, 9},
     8},
    {"winograd",
     "- conv: {out: 64, kernel: 3, pad: 1}\n- bn\n- prelu\n"
     "- conv: {out: 64, kernel: 3, pad: 1, bias: false}\n- bn\n- prelu\n"
     "- globalpool\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 14, 14},
     5},
};
enum { N_EXAMPLES = sizeof examples / sizeof *examples };

typedef struct world {
    mien_arena arena;
    mien_net *net;
    float *x;
    int32_t label[64];
    mien_batch batch;
} world;

static mien_tree *parse(mien_arena *arena, const char *text) {
    mien_tree *tree = NULL;
    if (mien_tree_parse(&tree, arena, text, strlen(text), "test") != MIEN_OK)
        fail_msg("%s", mien_error());
    return tree;
}

/* Running statistics and other constants get values that matter. */
static void perturb(mien_weights *w, mien_rng *rng) {
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        for (size_t k = t->offset; k < t->offset + t->count; k++)
            if (t->spec.role != MIEN_ROLE_WEIGHT)
                w->values[k] += (float)mien_rng_range(rng, 0, 0.2);
    }
    mien_weights_apply(w);
}

static void open_world(world *o, const example *e, int shards) {
    *o = (world){0};
    const mien_net_spec spec = {.model = parse(&o->arena, e->model),
                                .loss = parse(&o->arena, e->loss),
                                .input = e->input,
                                .classes = e->classes};
    if (mien_net_open(&o->net, &spec) != MIEN_OK) fail_msg("%s", mien_error());
    assert_int_equal(mien_net_init(o->net, NULL, 7), MIEN_OK);
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 0, 0);
    perturb(&o->net->weights, &rng);
    const int n = e->input.n * shards;
    const size_t count = mien_shape_count(e->input) * (size_t)shards;
    o->x = mien_alloc(count, sizeof(float));
    for (size_t i = 0; i < count; i++) o->x[i] = (float)mien_rng_normal(&rng);
    for (int i = 0; i < n; i++)
        o->label[i] = (int32_t)mien_rng_below(&rng, (uint32_t)e->classes);
    o->batch = (mien_batch){.n = n, .x = o->x, .label = o->label, .seed = 3};
}

static void close_world(world *o) {
    mien_net_close(o->net);
    mien_free(o->x);
    mien_arena_close(&o->arena);
}

static double largest(const float *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs((double)x[i]));
    return most;
}

/* Largest difference as a share of the largest magnitude, or of `scale`. */
static double distance(const float *a, const float *b, size_t n, double scale) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)a[i] - b[i]));
        scale = fmax(scale, fabs((double)b[i]));
    }
    return most / scale;
}

/* A gradient that is zero but for rounding is measured against the others. */
static void compare_gradients(const mien_weights *w, const float *fast,
                              const float *twin, const char *name) {
    const double floor = 1e-3 * largest(twin, w->size_trained);
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *t = &w->items[i];
        const double d =
            distance(fast + t->offset, twin + t->offset, t->count, floor);
        if (!(d < 2e-4))
            fail_msg("%s: gradient of %s is off by %g", name, t->name, d);
    }
}

static void compare_with_twin(const example *e, bool plain) {
    world o;
    open_world(&o, e, 1);
    mien_twin *twin;
    mien_runner *run;
    mien_result result;
    assert_int_equal(mien_twin_open(&twin, o.net, e->input.n, true), MIEN_OK);
    memcpy(twin->input, o.x, mien_shape_count(e->input) * sizeof(float));
    mien_twin_forward(twin, &o.batch, NULL);
    mien_twin_backward(twin, &o.batch, NULL);
    mien_weights_gradient(&o.net->weights, twin->gradient);
    const mien_runner_options options = {
        .batch = e->input.n, .train = true, .plain = plain};
    if (mien_runner_open(&run, o.net, &options) != MIEN_OK)
        fail_msg("%s: %s", e->name, mien_error());
    for (int again = 0; again < 2; again++)
        assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
    const size_t n = (size_t)(e->input.n * result.width);
    const double d =
        distance(result.y, twin->y[twin->graph.n_nodes - 1], n, 1e-30);
    if (!(d < 1e-4)) fail_msg("%s: output is off by %g", e->name, d);
    if (!(fabs(result.loss - twin->loss) < 1e-4 * fabs(twin->loss)))
        fail_msg("%s: loss %g, should be %g", e->name, result.loss, twin->loss);
    compare_gradients(&o.net->weights, run->gradient, twin->gradient, e->name);
    mien_runner_close(run);
    mien_twin_close(twin);
    close_world(&o);
}

static void runner__matches_the_twin(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        compare_with_twin(&examples[i], false);
        compare_with_twin(&examples[i], true);
    }
}

static void runner__infers_as_the_twin(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        const example *e = &examples[i];
        world o;
        open_world(&o, e, 2);
        o.batch.n = e->input.n + 1; /* the second shard is not full */
        mien_twin *twin;
        mien_runner *run;
        mien_result result;
        assert_int_equal(mien_twin_open(&twin, o.net, o.batch.n, false),
                         MIEN_OK);
        mien_shape in = e->input;
        in.n = o.batch.n;
        memcpy(twin->input, o.x, mien_shape_count(in) * sizeof(float));
        mien_twin_forward(twin, &o.batch, NULL);
        const mien_runner_options options = {
            .batch = 2 * e->input.n, .shards = 2, .threads = 2};
        assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
        assert_int_equal(mien_runner_infer(run, &o.batch, &result), MIEN_OK);
        const double d = distance(result.y, twin->y[twin->graph.n_nodes - 1],
                                  (size_t)(o.batch.n * result.width), 1e-30);
        if (!(d < 1e-4)) fail_msg("%s: output is off by %g", e->name, d);
        assert_true(fabs(result.loss - twin->loss) < 1e-4);
        mien_runner_close(run);
        mien_twin_close(twin);
        close_world(&o);
    }
}

static void hash_of(char *hex, const float *x, size_t n) {
    mien_hash_once(hex, x, n * sizeof *x);
}

static void runner__has_the_same_bits_for_any_threads(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        char hex[3][MIEN_HASH_HEX];
        for (int threads = 1; threads <= 3; threads++) {
            world o;
            open_world(&o, &examples[i], 4);
            mien_runner *run;
            mien_result result;
            const mien_runner_options options = {.batch = o.batch.n,
                                                 .shards = 4,
                                                 .threads = threads,
                                                 .train = true};
            assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
            assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
            assert_int_equal(mien_runner_commit(run), MIEN_OK);
            hash_of(hex[threads - 1], run->gradient,
                    o.net->weights.size_trained);
            mien_runner_close(run);
            close_world(&o);
        }
        assert_string_equal(hex[0], hex[1]);
        assert_string_equal(hex[0], hex[2]);
    }
}

static void runner__step_allocates_nothing(void **state) {
    (void)state;
    world o;
    open_world(&o, &examples[2], 2);
    mien_runner *run;
    mien_result result;
    const mien_runner_options options = {
        .batch = o.batch.n, .shards = 2, .threads = 2, .train = true};
    assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
    mien_mem_fail_after(-1);
    assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    mien_runner_close(run);
    close_world(&o);
}

static void runner__opening_survives_failing_allocations(void **state) {
    (void)state;
    world o;
    open_world(&o, &examples[2], 2);
    const mien_runner_options options = {
        .batch = o.batch.n, .shards = 2, .threads = 2, .train = true};
    for (int n = 0;; n++) {
        mien_runner *run;
        mien_mem_fail_after(n);
        const mien_status status = mien_runner_open(&run, o.net, &options);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            mien_runner_close(run);
            assert_true(n > 10);
            break;
        }
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(run);
    }
    close_world(&o);
}

static void runner__carries_nan_to_the_loss(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        open_world(&o, &examples[i], 1);
        o.x[mien_shape_count(examples[i].input) / 2] = NAN;
        mien_runner *run;
        mien_result result;
        const mien_runner_options options = {.batch = o.batch.n, .train = true};
        assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
        assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
        if (!isnan(result.loss))
            fail_msg("%s: loss %g hides a NaN pixel", examples[i].name,
                     result.loss);
        mien_runner_close(run);
        close_world(&o);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runner__matches_the_twin),
        cmocka_unit_test(runner__infers_as_the_twin),
        cmocka_unit_test(runner__has_the_same_bits_for_any_threads),
        cmocka_unit_test(runner__step_allocates_nothing),
        cmocka_unit_test(runner__opening_survives_failing_allocations),
        cmocka_unit_test(runner__carries_nan_to_the_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
