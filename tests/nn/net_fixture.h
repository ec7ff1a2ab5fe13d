/* SPDX-License-Identifier: Apache-2.0 */
/* net_fixture.h - small networks with weights and a batch, for tests.
 *
 *   world o;
 *   open_world(&o, &examples[0], 2);   (a batch of two shards)
 *   close_world(&o);
 *
 * Include after cmocka.h. */
#ifndef MIEN_TESTS_NET_FIXTURE_H
#define MIEN_TESTS_NET_FIXTURE_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/runner.h"

typedef struct example {
    const char *name, *model, *loss;
    mien_shape input; /* n: the shard */
    int classes, vector;
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
    {"own neighbour", /* each sum adds a value to what is made of it */
     "- conv: {out: 16, kernel: 3, pad: 1}\n- name: x\n- bn\n- add: x\n"
     "- relu\n- name: y\n- add: y\n- {add: [y, y]}\n- globalpool\n"
     "- dense: {out: classes}\n",
     "cross_entropy",
     {3, 3, 6, 5},
     4},
    {"skip taken twice", /* its gradient waits while the second one comes */
     "- conv: {out: 16, kernel: 3, pad: 1}\n- name: x\n"
     "- conv: {out: 16, kernel: 1, bias: false}\n- bn\n- add: x\n- relu\n"
     "- conv: {out: 16, kernel: 1, bias: false}\n- bn\n- add: x\n- name: y\n"
     "- {concat: [x, y]}\n- bn\n- relu\n- globalpool\n"
     "- dense: {out: classes}\n",
     "cross_entropy",
     {3, 3, 5, 7},
     4},
    {"input again", /* first layers that need no gradient of their input */
     "- bn\n- prelu\n- add: input\n- name: a\n- prelu\n- {concat: input}\n"
     "- relu\n- maxpool: {size: 3, stride: 2, pad: same}\n- name: b\n"
     "- from: input\n- avgpool: 2\n- concat: b\n- flatten\n- relu\n"
     "- dense: {out: classes}\n",
     "cross_entropy",
     {3, 16, 6, 6},
     4},
    {"many reorders", /* blocked values, read plain again and again */
     "- conv: {out: 16, kernel: 3, pad: 1}\n- name: a\n"
     "- {concat: [a, a, a, a, a, a, a], name: b}\n"
     "- {concat: [a, a, a, a, a, a, a], name: c}\n"
     "- {from: a, concat: [a, b, c, a, b, c], name: d}\n- relu\n"
     "- conv: {out: 3, kernel: 1}\n- flatten\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 4, 5},
     3},
    {"one over the other", /* y over x, dx over dy, and where that is wrong */
     "- conv: {out: 16, kernel: 3}\n- flatten\n- relu\n- flatten\n"
     "- dense: 32\n- relu\n- name: a\n- relu\n- flatten\n- add: a\n"
     "- sigmoid\n- relu\n- dropout: 0.3\n- relu\n- name: b\n- tanh\n"
     "- add: b\n- dense: {out: classes}\n",
     "cross_entropy",
     {3, 3, 5, 5},
     4},
    {"groups",
     "- conv: {out: 32, kernel: 3, stride: 2, pad: same}\n- leaky_relu\n"
     "- conv: {out: 32, kernel: 3, groups: 2, pad: 1}\n- gelu\n"
     "- conv: {out: 48, kernel: 3, groups: 4, pad: 1, norm: standard}\n- silu\n"
     "- deconv: {out: 16, kernel: 2, stride: 2}\n- dropout: 0.2\n- relu\n"
     "- maxpool: 2\n- globalpool: max\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 9, 11},
     5},
};
enum { N_EXAMPLES = sizeof examples / sizeof *examples };

/* What inference may fold, and what it must not. */
static const example foldable[] = {
    {"all of a block",
     "- conv: {out: 32, kernel: 3, stride: 2, pad: 1}\n- bn: {affine: false}\n"
     "- leaky_relu: 0.2\n- name: x\n- conv: {out: 48, kernel: 1}\n- bn\n"
     "- prelu\n"
     "- conv: {out: 48, kernel: 5, pad: 2, depthwise: true}\n- leaky_relu\n"
     "- conv: {out: 32, kernel: 1, bias: false}\n- bn\n- add: x\n- prelu\n"
     "- conv: {out: 16, kernel: [3, 2], stride: [2, 1], pad: 0x1x1x2}\n"
     "- clip\n- conv: {out: 16, kernel: 1, stride: 2}\n"
     "- clip: {min: -0.3, max: 0.4}\n- flatten\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 31, 37},
     4},
    {"read by others", /* before bn, before the addition, inside of both */
     "- conv: {out: 16, kernel: 3, pad: same}\n- name: a\n- bn\n- name: b\n"
     "- relu\n- name: c\n- conv: {out: 16, kernel: 1}\n- name: d\n- bn\n"
     "- add: d\n- relu\n- {add: [a, b, c]}\n"
     "- conv: {out: 16, kernel: 1}\n- name: e\n- add: e\n"
     "- conv: {out: 16, kernel: 3, depthwise: true}\n- name: f\n- relu\n"
     "- add: f\n- globalpool\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 1, 8, 9},
     4},
    {"planes without blocks",
     "- conv: {out: 5, kernel: 1}\n- bn\n"
     "- conv: {out: 5, kernel: 3, pad: 1, depthwise: true, bias: false}\n"
     "- bn\n- prelu\n- conv: {out: 1, kernel: 1}\n"
     "- conv: {out: 1, kernel: 3, pad: 1, groups: 1}\n"
     "- clip: {min: -1, max: 1}\n- flatten\n- dense: {out: classes}\n",
     "cross_entropy",
     {2, 3, 9, 21},
     4},
    {"residual of the first layer",
     "- conv: {out: 16, kernel: 1}\n- name: x\n- from: input\n"
     "- conv: {out: 16, kernel: 3, pad: 1}\n- bn\n- add: x\n- relu\n"
     "- conv: {out: 32, kernel: 3, pad: 1}\n- globalpool\n"
     "- dense: {out: classes}\n",
     "cross_entropy",
     {3, 3, 5, 6},
     4},
    {"other way round", /* the residual comes later, or is the input */
     "- name: x\n- conv: {out: 16, kernel: 1, bias: false}\n- bn\n- name: y\n"
     "- from: x\n- conv: {out: 16, kernel: 3, pad: 1, depthwise: true}\n"
     "- bn\n- {add: [y, input]}\n- globalpool\n- dense: {out: classes}\n",
     "cross_entropy",
     {3, 16, 5, 5},
     4},
};
enum { N_FOLDABLE = sizeof foldable / sizeof *foldable };

typedef struct world {
    mien_arena arena;
    mien_net *net;
    float *x, *target;
    int32_t label[64];
    mien_batch batch; /* x and labels; targets if the example has them */
} world;

static inline mien_tree *parse(mien_arena *arena, const char *text) {
    mien_tree *tree = NULL;
    if (mien_tree_parse(&tree, arena, text, strlen(text), "test") != MIEN_OK)
        fail_msg("%s", mien_error());
    return tree;
}

/* Running statistics and other constants get values that matter. */
static inline void perturb(mien_weights *w, mien_rng *rng) {
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        for (size_t k = t->offset; k < t->offset + t->count; k++)
            if (t->spec.role != MIEN_ROLE_WEIGHT)
                w->values[k] += (float)mien_rng_range(rng, 0, 0.2);
    }
    mien_weights_apply(w);
}

static inline void open_world(world *o, const example *e, int shards) {
    *o = (world){0};
    const mien_net_spec spec = {.model = parse(&o->arena, e->model),
                                .loss = parse(&o->arena, e->loss),
                                .input = e->input,
                                .classes = e->classes,
                                .vector = e->vector};
    if (mien_net_open(&o->net, &spec) != MIEN_OK) fail_msg("%s", mien_error());
    assert_int_equal(mien_net_init(o->net, NULL, 7), MIEN_OK);
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 0, 0);
    perturb(&o->net->weights, &rng);
    const int n = e->input.n * shards;
    const size_t count = mien_shape_count(e->input) * (size_t)shards;
    o->x = mien_alloc(count, sizeof(float));
    for (size_t i = 0; i < count; i++) o->x[i] = (float)mien_rng_normal(&rng);
    for (int i = 0; e->classes && i < n; i++)
        o->label[i] = (int32_t)mien_rng_below(&rng, (uint32_t)e->classes);
    o->batch = (mien_batch){.n = n, .x = o->x, .label = o->label, .seed = 3};
    if (!e->vector) return;
    o->target = mien_alloc((size_t)(n * e->vector), sizeof(float));
    for (int i = 0; i < n * e->vector; i++)
        o->target[i] = (float)mien_rng_uniform(&rng);
    o->batch.target = o->target;
}

static inline void close_world(world *o) {
    mien_net_close(o->net);
    mien_free(o->x);
    mien_free(o->target);
    mien_arena_close(&o->arena);
}

static inline double largest(const float *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs((double)x[i]));
    return most;
}

/* Largest difference as a share of the largest magnitude, or of `scale`. */
static inline double distance(const float *a, const float *b, size_t n,
                              double scale) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)a[i] - b[i]));
        scale = fmax(scale, fabs((double)b[i]));
    }
    return most / scale;
}

/* Loss, gradient and output of one step on the world's batch. */
typedef struct stepped {
    mien_runner *run;
    mien_result result;
} stepped;

static inline void step(stepped *s, const world *o, int shards, int threads) {
    const mien_runner_options options = {.batch = o->batch.n,
                                         .shards = shards,
                                         .threads = threads,
                                         .train = true};
    if (mien_runner_open(&s->run, o->net, &options) != MIEN_OK ||
        mien_runner_step(s->run, &o->batch, &s->result) != MIEN_OK)
        fail_msg("%s", mien_error());
}

#endif
