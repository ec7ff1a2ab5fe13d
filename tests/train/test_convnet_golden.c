/* SPDX-License-Identifier: Apache-2.0 */
/* test_convnet_golden.c - 100 steps of a small network as PyTorch takes them:
 * runner, loss and optimiser together, in every way that the runner runs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "golden/convnet.h"
#include "nn/runner.h"
#include "train/updater.h"

static const double tolerance = 1e-5; /* relative */

enum { PLANE = CHANNELS * SIDE * SIDE };

static void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

static void assert_close(double got, double want, const char *what, int i) {
    if (!(fabs(got - want) <= tolerance * fabs(want)))
        fail_msg("%s %d: %.9g is not %.9g", what, i, got, want);
}

/* The generator of convnet.py. */
static float next(uint32_t *state, double scale) {
    *state = *state * 1664525u + 1013904223u;
    return (float)(((*state >> 8) / 8388608.0 - 1) * scale);
}

static void make_pictures(float *x, int32_t *label) {
    uint32_t state = 1;
    for (int i = 0; i < SAMPLES * PLANE; i++) x[i] = next(&state, 1);
    for (int i = 0; i < SAMPLES; i++) {
        const int y = i * 7 % CLASSES, half = SIDE / 2 * SIDE;
        float *from = x + i * PLANE + y % CHANNELS * SIDE * SIDE;
        if (y >= 3) from += half;
        for (int k = 0; k < half; k++) from[k] += 0.25f;
        label[i] = y;
    }
}

static void set_weights(mien_net *net) {
    uint32_t state = 2;
    assert_int_equal(net->weights.n_trained, TENSORS);
    for (int i = 0; i < TENSORS; i++) {
        const mien_weight *w = &net->weights.items[i];
        for (size_t k = 0; k < w->count; k++)
            net->weights.values[w->offset + k] = next(&state, first_scale[i]);
    }
    mien_weights_apply(&net->weights);
}

/* A network, a way of running it, and an updater on its gradient. */
typedef struct trial {
    mien_arena arena;
    mien_net *net;
    mien_runner *run;
    mien_updater update;
    mien_stage stage;
} trial;

static const mien_tree *parsed(mien_arena *arena, const char *text) {
    mien_tree *tree;
    assert_ok(mien_tree_parse(&tree, arena, text, strlen(text), "test"));
    return tree;
}

static const char model_text[] =
    "[conv: {out: 8, kernel: 3}, relu, maxpool: 2, conv: {out: 16, kernel: 3},"
    " relu, maxpool: 2, flatten, dense: {out: classes}]";

static const char *optimiser_text(const char *name) {
    static const char *const texts[][2] = {
        {"sgd", "{sgd: {lr: 0.05}}"},
        {"momentum", "{momentum: {lr: 0.005, momentum: 0.9}}"},
        {"nesterov", "{nesterov: {lr: 0.005, momentum: 0.9}}"},
        {"adam", "{adam: {lr: 0.001}}"}};
    for (int i = 0; i < 4; i++)
        if (!strcmp(texts[i][0], name)) return texts[i][1];
    fail_msg("no options for %s", name);
    return NULL;
}

static void open_trial(trial *t, const char *optimiser,
                       const mien_runner_options *options) {
    *t = (trial){0};
    assert_ok(mien_net_open(
        &t->net, &(mien_net_spec){.model = parsed(&t->arena, model_text),
                                  .loss = parsed(&t->arena, "cross_entropy"),
                                  .input = {1, CHANNELS, SIDE, SIDE},
                                  .classes = CLASSES}));
    set_weights(t->net);
    assert_ok(mien_runner_open(&t->run, t->net, options));
    t->stage.optim = parsed(&t->arena, optimiser_text(optimiser));
    assert_ok(mien_updater_open(
        &t->update, &(mien_updater_plan){.stage = &t->stage,
                                         .weights = &t->net->weights,
                                         .gradient = t->run->gradient,
                                         .pool = t->run->pool,
                                         .steps = STEPS,
                                         .per_epoch = SAMPLES / BATCH}));
}

static void close_trial(trial *t) {
    mien_updater_close(&t->update);
    mien_runner_close(t->run);
    mien_net_close(t->net);
    mien_arena_close(&t->arena);
}

static void follow(const golden *g, const mien_runner_options *options) {
    static float x[SAMPLES * PLANE];
    int32_t label[SAMPLES];
    trial t;
    make_pictures(x, label);
    open_trial(&t, g->optimiser, options);
    for (int step = 0; step < STEPS; step++) {
        const int at = step * BATCH % SAMPLES;
        const mien_batch batch = {.n = BATCH,
                                  .x = x + at * PLANE,
                                  .label = label + at,
                                  .step = (uint32_t)step};
        mien_result result;
        mien_update_report report;
        assert_ok(mien_runner_step(t.run, &batch, &result));
        assert_close(result.loss, g->loss[step], g->optimiser, step);
        assert_ok(mien_updater_run(&t.update, step, 1, &report));
        assert_false(report.skipped);
    }
    for (int i = 0; i < TENSORS; i++) {
        const mien_weight *w = &t.net->weights.items[i];
        assert_close(mien_norm2(t.net->weights.values + w->offset, w->count),
                     g->norm[i], w->name, i);
    }
    close_trial(&t);
}

static void follow_all(mien_runner_options options) {
    options.batch = BATCH;
    options.train = true;
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++)
        follow(&goldens[i], &options);
}

static void convnet__follows_pytorch_by_the_twins(void **state) {
    (void)state;
    follow_all((mien_runner_options){.shards = 1, .plain = true});
}

static void convnet__follows_pytorch_by_the_fast_kernels(void **state) {
    (void)state;
    follow_all((mien_runner_options){.shards = 1});
}

static void convnet__follows_pytorch_in_shards_on_threads(void **state) {
    (void)state;
    follow_all((mien_runner_options){.shards = 4, .threads = 2});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convnet__follows_pytorch_by_the_twins),
        cmocka_unit_test(convnet__follows_pytorch_by_the_fast_kernels),
        cmocka_unit_test(convnet__follows_pytorch_in_shards_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
