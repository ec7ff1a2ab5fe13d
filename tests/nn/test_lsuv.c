/* SPDX-License-Identifier: Apache-2.0 */
/* test_lsuv.c - after LSUV each convolution and dense layer gives values of
 * variance 1 on the batch that it was shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "nn/twin.h"

/* Deep, and started ten times too small: the signal would die out. */
static const example deep = {
    "deep",
    "- repeat: {times: 12, body: [conv: {out: 12, kernel: 3, pad: 1}, relu]}\n"
    "- globalpool\n- repeat: {times: 6, body: [dense: 24, relu]}\n"
    "- dense: {out: classes}\n",
    "cross_entropy",
    {16, 3, 8, 8},
    10};

static const example odd = {
    "odd",
    "- conv: {out: 16, kernel: 3, norm: weight}\n- bn\n- relu\n"
    "- {deconv: {out: 5, kernel: 3, stride: 2}, name: up}\n- gelu\n"
    "- dropout: 0.2\n- flatten\n- dense: {out: classes}\n",
    "cross_entropy",
    {16, 3, 8, 8},
    10};

static bool is_scaled(const mien_net *net, int node) {
    const int index = net->weights.of_node[node][0];
    return index >= 0 && !net->weights.items[index].reparam &&
           net->weights.items[index].spec.role == MIEN_ROLE_WEIGHT;
}

static double variance_of(const float *x, size_t n) {
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)n;
}

/* How many outputs have the variance 1, on a run of its own. */
static int count_unit_outputs(const world *o, bool must) {
    mien_twin *twin;
    int n = 0;
    assert_int_equal(mien_twin_open(&twin, o->net, o->batch.n, true), MIEN_OK);
    memcpy(twin->input, o->x,
           mien_shape_count(twin->graph.input) * sizeof(float));
    mien_twin_forward(twin, &o->batch, NULL);
    for (int i = 0; i < twin->graph.n_nodes; i++) {
        const mien_graph_node *node = &twin->graph.nodes[i];
        if (!is_scaled(o->net, i)) continue;
        const double variance =
            variance_of(twin->y[i], mien_shape_count(node->plan.out));
        if (must && !(fabs(variance - 1) < 0.1))
            fail_msg("%s: variance %g", node->name, variance);
        n += fabs(variance - 1) < 0.1;
    }
    mien_twin_close(twin);
    return n;
}

static void start_small(const world *o) {
    mien_tree *init = parse((mien_arena *)&o->arena, "{normal: {std: 0.01}}");
    if (mien_net_init(o->net, init, 3) != MIEN_OK) fail_msg("%s", mien_error());
}

static void lsuv__gives_every_output_unit_variance(void **state) {
    (void)state;
    const example *both[] = {&deep, &odd};
    const int scaled[] = {19, 2};
    for (int i = 0; i < 2; i++) {
        world o;
        open_world(&o, both[i], 1);
        start_small(&o);
        assert_true(count_unit_outputs(&o, false) < scaled[i]);
        assert_int_equal(mien_net_lsuv(o.net, &o.batch), MIEN_OK);
        assert_int_equal(count_unit_outputs(&o, true), scaled[i]);
        close_world(&o);
    }
}

static void lsuv__scales_weights_and_nothing_else(void **state) {
    (void)state;
    world o;
    open_world(&o, &odd, 1);
    const mien_weights *w = &o.net->weights;
    start_small(&o);
    float *before = mien_alloc(w->size, sizeof *before);
    memcpy(before, w->values, w->size * sizeof *before);
    assert_int_equal(mien_net_lsuv(o.net, &o.batch), MIEN_OK);
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        const float *x = w->values + t->offset, *was = before + t->offset;
        if (t->node < 0 || !is_scaled(o.net, t->node) ||
            t->spec.role != MIEN_ROLE_WEIGHT) {
            assert_memory_equal(x, was, t->count * sizeof *x);
            continue;
        }
        const double by = x[0] / was[0];
        assert_true(by > 2);
        for (size_t k = 0; k < t->count; k++)
            assert_true(fabs(x[k] - by * was[k]) <= 1e-5 * fabs(x[k]));
    }
    mien_free(before);
    close_world(&o);
}

static void lsuv__survives_batches_that_tell_nothing(void **state) {
    (void)state;
    const float values[] = {0, NAN, INFINITY};
    for (int i = 0; i < 3; i++) {
        world o;
        open_world(&o, &deep, 1);
        start_small(&o);
        for (size_t k = 0; k < mien_shape_count(deep.input); k++)
            o.x[k] = values[i];
        assert_int_equal(mien_net_lsuv(o.net, &o.batch), MIEN_OK);
        for (size_t k = 0; k < o.net->weights.size; k++)
            assert_true(isfinite(o.net->weights.values[k]));
        close_world(&o);
    }
}

static void lsuv__survives_failing_allocations(void **state) {
    (void)state;
    world o;
    open_world(&o, &odd, 1);
    for (int n = 0;; n++) {
        mien_mem_fail_after(n);
        const mien_status status = mien_net_lsuv(o.net, &o.batch);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) assert_true(n > 10);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
    }
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lsuv__gives_every_output_unit_variance),
        cmocka_unit_test(lsuv__scales_weights_and_nothing_else),
        cmocka_unit_test(lsuv__survives_batches_that_tell_nothing),
        cmocka_unit_test(lsuv__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
