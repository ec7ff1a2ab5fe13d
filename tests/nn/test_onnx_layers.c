/* SPDX-License-Identifier: Apache-2.0 */
/* test_onnx_layers.c - every layer and the small networks, written as ONNX,
 * read again, answer as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "layer_cases.h"
#include "net_fixture.h"
#include "nn/onnx/onnx.h"
#include "nn/twin.h"

enum { IMAGES = 2 };

/* A network from YAML with random weights. */
typedef struct made {
    mien_arena arena;
    mien_net *net;
} made;

static void make(made *m, const char *text, const char *name,
                 mien_shape input) {
    mien_tree *tree;
    *m = (made){0};
    input.n = 1;
    if (mien_tree_parse(&tree, &m->arena, text, strlen(text), name) ||
        mien_net_open(
            &m->net,
            &(mien_net_spec){.model = tree, .input = input, .classes = 5}))
        fail_msg("%s: %s\n%s", name, mien_error(), text);
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 17, 0);
    mien_weights *w = &m->net->weights;
    for (int i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->items[i].count; k++)
            w->values[w->items[i].offset + k] =
                (float)mien_rng_range(&rng, 0.1, 0.9) -
                (w->items[i].spec.role == MIEN_ROLE_WEIGHT ? 0.5f : 0);
    mien_weights_apply(w);
}

static void unmake(made *m) {
    mien_net_close(m->net);
    mien_arena_close(&m->arena);
}

/* What the reference kernels answer to fixed numbers. */
static size_t answer(float *y, size_t room, const mien_net *net) {
    mien_twin_f32 *twin;
    assert_int_equal(mien_twin_open_f32(&twin, net, IMAGES, false), MIEN_OK);
    const mien_shape in = net->graph.input;
    const size_t count = IMAGES * (size_t)in.c * (size_t)in.h * (size_t)in.w;
    mien_rng rng = mien_rng_at(4, MIEN_RNG_TEST, 18, 0);
    for (size_t i = 0; i < count; i++)
        twin->input[i] = (float)mien_rng_range(&rng, -1, 1);
    mien_twin_forward_f32(twin, &(mien_batch){.n = IMAGES}, NULL);
    const size_t n = (size_t)IMAGES * (size_t)mien_net_width(net);
    assert_true(n <= room);
    memcpy(y, twin->y[net->graph.n_nodes - 1], n * sizeof *y);
    mien_twin_close_f32(twin);
    return n;
}

static void expect_same(const mien_net *a, const mien_net *b,
                        const char *name) {
    static float ya[1 << 14], yb[1 << 14];
    const size_t n = answer(ya, 1 << 14, a);
    assert_int_equal(answer(yb, 1 << 14, b), n);
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs((double)ya[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)ya[i] - yb[i]) <= 1e-5 * most))
            fail_msg("%s: value %zu is %g, was %g", name, i, (double)yb[i],
                     (double)ya[i]);
}

/* Written as a chain of operators of which one is not read. */
static bool one_way(const char *layer) {
    return !strcmp(layer, "gelu") || !strcmp(layer, "layernorm");
}

static void there_alone(const mien_net *net, const char *name) {
    uint8_t *bytes;
    size_t size;
    mien_onnx onnx;
    assert_int_equal(mien_onnx_write(&bytes, &size, net,
                                     &(mien_onnx_card){.version = "test"}),
                     MIEN_OK);
    assert_int_equal(mien_onnx_open(&onnx, bytes, size, name, NULL),
                     MIEN_EUNSUPPORTED);
    mien_free(bytes);
}

static void there_and_back(const mien_net *net, const char *name) {
    uint8_t *bytes;
    size_t size;
    mien_onnx onnx;
    if (mien_onnx_write(&bytes, &size, net,
                        &(mien_onnx_card){.version = "test"}) ||
        mien_onnx_open(&onnx, bytes, size, name, NULL))
        fail_msg("%s: %s", name, mien_error());
    expect_same(net, onnx.net, name);
    assert_int_equal(onnx.n_outputs, 1);
    assert_string_equal(onnx.outputs[0].name, "output");
    mien_onnx_close(&onnx);
    mien_free(bytes);
}

/* One branch of shape `s` from the network's 3 x h x w input. */
static int put_branch(char *text, size_t room, mien_shape s, mien_shape first,
                      int number) {
    const bool pooled =
        number && s.h == 1 && s.w == 1 && (first.h > 1 || first.w > 1);
    return snprintf(text, room,
                    "%s%s- {conv: {out: %d, kernel: 1}, name: b%d}\n",
                    number ? "- from: input\n" : "",
                    pooled ? "- globalpool\n" : "", s.c, number);
}

static void layers__survive_onnx(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        const layer_case *c = &layer_cases[i];
        char text[1024];
        int at = 0, n = 0;
        for (; n < 3 && c->in[n].n; n++)
            at += put_branch(text + at, sizeof text - (size_t)at, c->in[n],
                             c->in[0], n);
        const char *options = c->options ? c->options : "{}";
        snprintf(text + at, sizeof text - (size_t)at, "- {from: b0, %s: %s}\n",
                 c->layer,
                 n == 1   ? options
                 : n == 2 ? "[b1]"
                          : "[b1, b2]");
        made m;
        make(&m, text, c->layer, (mien_shape){1, 3, c->in[0].h, c->in[0].w});
        if (one_way(c->layer))
            there_alone(m.net, c->layer);
        else
            there_and_back(m.net, c->layer);
        unmake(&m);
    }
}

static void networks__survive_onnx(void **state) {
    (void)state;
    const int count = sizeof examples / sizeof *examples;
    for (int i = 0; i < count; i++) {
        mien_shape in = examples[i].input;
        if ((in.c != 1 && in.c != 3) ||
            strstr(examples[i].model, "layernorm") ||
            strstr(examples[i].model, "gelu"))
            continue;
        made m;
        make(&m, examples[i].model, examples[i].name, in);
        there_and_back(m.net, examples[i].name);
        unmake(&m);
    }
}

/* A layer that is new in layers.def must be given a way out. */
static void every_layer__is_among_the_cases(void **state) {
    (void)state;
    int count;
    const mien_layer_ops_f32 *const *layers = mien_layers_f32(&count);
    for (int i = 0; i < count; i++) {
        int found = 0;
        for (int k = 0; k < N_LAYER_CASES; k++)
            found += !strcmp(layer_cases[k].layer, layers[i]->name);
        if (!found) fail_msg("layer '%s' has no case", layers[i]->name);
    }
}

static void outputs__are_cut_from_the_answer_and_joined(void **state) {
    (void)state;
    made m;
    make(&m,
         "- {conv: {out: 2, kernel: 1}, name: a}\n- flatten\n- name: fa\n"
         "- {from: a, globalpool: avg}\n- flatten\n- name: fb\n"
         "- {from: fa, concat: fb}\n",
         "two", (mien_shape){1, 3, 2, 3});
    const mien_onnx_output outputs[] = {
        {.name = "map", .rank = 4, .d = {1, 2, 2, 3}, .first = 0, .count = 12},
        {.name = "mean", .rank = 2, .d = {1, 2}, .first = 12, .count = 2}};
    uint8_t *bytes;
    size_t size;
    mien_onnx onnx;
    assert_int_equal(mien_onnx_write(&bytes, &size, m.net,
                                     &(mien_onnx_card){.version = "test",
                                                       .outputs = outputs,
                                                       .n_outputs = 2}),
                     MIEN_OK);
    if (mien_onnx_open(&onnx, bytes, size, "two", NULL))
        fail_msg("%s", mien_error());
    assert_int_equal(onnx.n_outputs, 2);
    assert_string_equal(onnx.outputs[0].name, "map");
    assert_int_equal(onnx.outputs[0].rank, 4);
    assert_int_equal(onnx.outputs[0].d[3], 3);
    assert_string_equal(onnx.outputs[1].name, "mean");
    assert_int_equal(onnx.outputs[1].first, 12);
    assert_int_equal(onnx.outputs[1].count, 2);
    expect_same(m.net, onnx.net, "two");
    mien_onnx_close(&onnx);
    mien_free(bytes);
    unmake(&m);
}

/* More branches one after the other than a recipe has room for names. */
static void names__are_used_again(void **state) {
    (void)state;
    enum { BLOCKS = 300 };
    static char text[BLOCKS * 64 + 64];
    size_t at =
        (size_t)snprintf(text, sizeof text, "- {conv: {out: 2, kernel: 1}}\n");
    for (int i = 0; i < BLOCKS; i++)
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "- {tanh: {}, name: a}\n- sigmoid\n- add: a\n");
    made m;
    make(&m, text, "chain", (mien_shape){1, 3, 2, 2});
    there_and_back(m.net, "chain");
    unmake(&m);
}

static mien_status round_trip(const mien_net *net) {
    uint8_t *bytes;
    size_t size;
    mien_onnx onnx;
    MIEN_TRY(mien_onnx_write(&bytes, &size, net,
                             &(mien_onnx_card){.version = "test"}));
    const mien_status status =
        mien_onnx_open(&onnx, bytes, size, "torture", NULL);
    mien_free(bytes);
    if (status == MIEN_OK) mien_onnx_close(&onnx);
    return status;
}

static void without_memory__both_ways_fail_cleanly(void **state) {
    (void)state;
    made m;
    make(&m,
         "- conv: {out: 4, kernel: 3, pad: 1}\n- bn\n- {prelu: {}, name: a}\n"
         "- maxpool: 2\n- {upsample: 2, name: b}\n- {from: a, add: b}\n"
         "- flatten\n- dense: 3\n- softmax\n",
         "torture", (mien_shape){1, 3, 4, 4});
    mien_mem_fail_after(-1);
    assert_int_equal(round_trip(m.net), MIEN_OK);
    const int64_t all = mien_mem_fail_after(-1);
    for (int64_t i = 0; i < all; i++) {
        mien_mem_fail_after(i);
        const mien_status status = round_trip(m.net);
        mien_mem_fail_after(-1);
        if (status != MIEN_ENOMEM)
            fail_msg("allocation %d of %d failed and gave %d: %s", (int)i,
                     (int)all, (int)status, mien_error());
    }
    unmake(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers__survive_onnx),
        cmocka_unit_test(networks__survive_onnx),
        cmocka_unit_test(every_layer__is_among_the_cases),
        cmocka_unit_test(outputs__are_cut_from_the_answer_and_joined),
        cmocka_unit_test(names__are_used_again),
        cmocka_unit_test(without_memory__both_ways_fail_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
