/* SPDX-License-Identifier: Apache-2.0 */
/* test_weights.c - the flat array of weights: where each tensor lies, how it
 * starts, and gradients through reparametrised ones.
 *
 * Compiled for the reference runner in double, which differences are taken
 * of; the weights themselves are always float. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "nn/twin.h"

/* Every role, extents that leave gaps, a loss with weights of its own. */
static const example mixed = {
    "mixed",
    "- conv: {out: 5, kernel: 3, norm: weight}\n- bn\n- {prelu: , name: p}\n"
    "- conv: {out: 3, kernel: 2, norm: standard, bias: false}\n- layernorm\n"
    "- flatten\n- dense: {out: 9, norm: weight}\n- bn\n",
    "arcface",
    {2, 3, 7, 6},
    4};

/* Smooth, so that differences converge; every kind of reparametrisation. */
static const example smooth = {
    "smooth",
    "- conv: {out: 3, kernel: 3, norm: weight}\n- tanh\n"
    "- conv: {out: 4, kernel: 2, groups: 1, norm: standard}\n- tanh\n"
    "- flatten\n- dense: {out: 5, norm: standard}\n- silu\n"
    "- dense: {out: classes, norm: weight}\n",
    "cross_entropy",
    {2, 2, 5, 5},
    3};

static void weights__lie_aligned_trained_first_without_overlap(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    const mien_weights *w = &o.net->weights;
    size_t end = 0;
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        const bool running = t->spec.role == MIEN_ROLE_RUNNING;
        assert_int_equal(t->offset % 16, 0);
        assert_int_equal(t->offset, end);
        assert_int_equal(t->count, mien_dims_count(t->spec.dims));
        assert_int_equal(running, i >= w->n_trained);
        if (i == w->n_trained) assert_int_equal(t->offset, w->size_trained);
        end = (t->offset + t->count + 15) / 16 * 16;
    }
    assert_int_equal(end, w->size);
    assert_int_equal(w->n - w->n_trained, 4);
    assert_int_equal((uintptr_t)w->values % 64, 0);
    assert_int_equal((uintptr_t)w->effective % 64, 0);
    close_world(&o);
}

static void weights__of_each_node_are_where_the_table_says(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    const mien_weights *w = &o.net->weights;
    int found = 0, gains = 0;
    for (int i = 0; i < w->n_nodes; i++)
        for (int k = 0; k < MIEN_MAX_WEIGHTS; k++) {
            const int index = w->of_node[i][k];
            const mien_layer_plan *plan = &o.net->graph.nodes[i].plan;
            assert_int_equal(index >= 0, k < plan->n_weights);
            if (index < 0) continue;
            assert_int_equal(w->items[index].node, i);
            assert_string_equal(w->items[index].spec.name,
                                plan->weights[k].name);
            gains += w->items[index].gain_offset > 0;
            found++;
        }
    assert_int_equal(w->items[w->of_node[w->n_nodes][0]].node, MIEN_OF_LOSS);
    assert_int_equal(w->of_node[w->n_nodes][1], -1);
    assert_int_equal(gains, 2);
    assert_int_equal(found + 1 + gains, w->n);
    close_world(&o);
}

static void weights__are_found_by_name(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    const mien_weights *w = &o.net->weights;
    for (int i = 0; i < w->n; i++)
        assert_ptr_equal(mien_weights_find(w, w->items[i].name), &w->items[i]);
    const char *known[] = {"conv1.weight", "conv1.gain", "conv1.bias",
                           "bn1.gain",     "bn1.shift",  "p.slope",
                           "bn2.mean",     "bn2.var"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!mien_weights_find(w, known[i])) fail_msg("no %s", known[i]);
    assert_null(mien_weights_find(w, "conv1"));
    assert_null(mien_weights_find(w, "conv2.bias"));
    assert_null(mien_weights_find(w, "conv2.gain")); /* standard has none */
    close_world(&o);
}

static bool is_all(const float *x, size_t n, float value) {
    for (size_t i = 0; i < n; i++)
        if (x[i] != value) return false;
    return true;
}

static void weights__start_by_their_role(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    mien_weights *w = &o.net->weights;
    for (size_t i = 0; i < w->size; i++) w->values[i] = NAN;
    for (int i = 0; i < w->n; i++) /* gaps are nobody's to write */
        for (size_t k = w->items[i].count; k % 16; k++)
            w->values[w->items[i].offset + k] = 0;
    assert_int_equal(mien_net_init(o.net, NULL, 3), MIEN_OK);
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        const float *x = w->values + t->offset;
        const bool mean = !strcmp(t->spec.name, "mean");
        const bool norm_gain =
            !strcmp(t->name, "conv1.gain") || !strcmp(t->name, "dense1.gain");
        switch (t->spec.role) {
            case MIEN_ROLE_WEIGHT: assert_false(is_all(x, 2, x[0])); break;
            case MIEN_ROLE_GAIN:
                assert_true(norm_gain || is_all(x, t->count, 1));
                break;
            case MIEN_ROLE_SLOPE: assert_true(is_all(x, t->count, .25f)); break;
            case MIEN_ROLE_RUNNING:
                assert_true(is_all(x, t->count, mean ? 0 : 1));
                break;
            default: assert_true(is_all(x, t->count, 0)); break;
        }
        for (size_t k = t->count; k % 16; k++) assert_true(x[k] == 0);
        for (size_t k = 0; k < t->count; k++) assert_true(isfinite(x[k]));
    }
    close_world(&o);
}

static void weights__are_drawn_alike_for_one_seed_only(void **state) {
    (void)state;
    world a, b;
    open_world(&a, &mixed, 1);
    open_world(&b, &mixed, 1);
    const size_t bytes = a.net->weights.size * sizeof(float);
    assert_int_equal(mien_net_init(a.net, NULL, 11), MIEN_OK);
    assert_int_equal(mien_net_init(b.net, NULL, 11), MIEN_OK);
    assert_memory_equal(a.net->weights.values, b.net->weights.values, bytes);
    assert_int_equal(mien_net_init(b.net, NULL, 12), MIEN_OK);
    assert_memory_not_equal(a.net->weights.values, b.net->weights.values,
                            bytes);
    close_world(&a);
    close_world(&b);
}

static void weights__with_a_norm_start_as_they_were_drawn(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    assert_int_equal(mien_net_init(o.net, NULL, 5), MIEN_OK);
    const mien_weights *w = &o.net->weights;
    const mien_weight *t = mien_weights_find(w, "conv1.weight");
    const mien_weight *gain = mien_weights_find(w, "conv1.gain");
    const size_t row = t->count / gain->count;
    assert_int_equal(t->gain_offset, gain->offset);
    for (size_t u = 0; u < gain->count; u++) {
        double squares = 0;
        for (size_t i = 0; i < row; i++) {
            const float v = w->values[t->offset + u * row + i];
            const float e = w->effective[t->offset + u * row + i];
            assert_true(fabs(e - v) <= 1e-6 * fabs(v));
            squares += (double)v * v;
        }
        const double length = w->values[gain->offset + u];
        assert_true(fabs(length - sqrt(squares)) < 1e-6 * length);
    }
    const mien_weight *plain = mien_weights_find(w, "conv1.bias");
    assert_memory_equal(w->effective + plain->offset, w->values + plain->offset,
                        plain->count * sizeof(float));
    close_world(&o);
}

static void weights__without_a_norm_are_not_copied(void **state) {
    (void)state;
    world o;
    open_world(&o, &examples[0], 1);
    assert_ptr_equal(o.net->weights.effective, o.net->weights.values);
    close_world(&o);
}

/* The loss, with value number k moved by h. */
static double loss_at(world *o, mien_twin *twin, size_t k, float h) {
    mien_weights *w = &o->net->weights;
    const float was = w->values[k];
    w->values[k] = was + h;
    mien_weights_apply(w);
    for (size_t i = 0; i < w->size; i++) twin->weights[i] = w->effective[i];
    w->values[k] = was;
    mien_twin_forward(twin, &o->batch, NULL);
    return twin->loss;
}

/* Of fourth order: the next term is h^4. */
static double difference(world *o, mien_twin *twin, size_t k) {
    const float h = 0x1p-6f;
    const double near = loss_at(o, twin, k, h) - loss_at(o, twin, k, -h);
    const double far = loss_at(o, twin, k, 2 * h) - loss_at(o, twin, k, -2 * h);
    return (8 * near - far) / (12 * (double)h);
}

static void weights__gradient_through_norms_matches_differences(void **state) {
    (void)state;
    world o;
    mien_twin *twin;
    mien_runner *run;
    mien_result result;
    open_world(&o, &smooth, 1);
    const mien_weights *w = &o.net->weights;
    const mien_runner_options options = {.batch = smooth.input.n,
                                         .train = true};
    assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
    assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
    assert_int_equal(mien_twin_open(&twin, o.net, smooth.input.n, true),
                     MIEN_OK);
    for (size_t i = 0; i < mien_shape_count(smooth.input); i++)
        twin->input[i] = o.x[i];
    const double scale = largest(run->gradient, w->size_trained);
    for (int i = 0; i < w->n_trained; i++)
        for (size_t k = 0; k < w->items[i].count; k++) {
            const size_t at = w->items[i].offset + k;
            const double d = difference(&o, twin, at);
            if (!(fabs(d - run->gradient[at]) < 2e-5 * scale))
                fail_msg("%s[%zu]: %g, by differences %g", w->items[i].name, k,
                         run->gradient[at], d);
        }
    mien_runner_close(run);
    mien_twin_close(twin);
    close_world(&o);
}

static void weights__gradient_leaves_gaps_zero(void **state) {
    (void)state;
    world o;
    mien_runner *run;
    mien_result result;
    open_world(&o, &mixed, 4);
    const mien_weights *w = &o.net->weights;
    const mien_runner_options options = {
        .batch = o.batch.n, .shards = 4, .train = true};
    assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
    for (int again = 0; again < 3; again++)
        assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
    for (int i = 0; i < w->n_trained; i++)
        for (size_t k = w->items[i].count; k % 16; k++)
            assert_true(run->gradient[w->items[i].offset + k] == 0);
    mien_runner_close(run);
    close_world(&o);
}

/* Opened with a loss whose `n` tensors have these extents. */
static mien_status open_with(mien_dims dims, int n) {
    world o;
    mien_weights w;
    mien_loss_plan loss = {.n_weights = n};
    open_world(&o, &smooth, 1);
    for (int i = 0; i < n; i++)
        loss.weights[i] = (mien_weight_spec){.name = "w", .dims = dims};
    const mien_status status = mien_weights_open(&w, &o.net->graph, &loss);
    assert_null(w.values);
    assert_int_equal(w.n, 0);
    close_world(&o);
    return status;
}

static void weights__refuse_sizes_that_overflow(void **state) {
    (void)state;
    const mien_dims product = {3, {1 << 30, 1 << 30, 1 << 30}};
    const mien_dims sum = {3, {1 << 30, 1 << 30, 4}};
    /* 2^64 - 1 has no room for its gap */
    const mien_dims gap = {4, {641, 6700417, 65535, 65537}};
    assert_int_equal(open_with(product, 1), MIEN_ELIMIT);
    assert_string_equal(mien_error(), "weights of 'loss.w' are too many");
    assert_int_equal(open_with(sum, 4), MIEN_ELIMIT);
    assert_string_equal(mien_error(), "the network has too many weights");
    assert_int_equal(open_with(gap, 1), MIEN_ELIMIT);
    assert_int_equal(open_with(sum, 1), MIEN_ENOMEM);
}

static void weights__survive_failing_allocations(void **state) {
    (void)state;
    world o;
    open_world(&o, &mixed, 1);
    for (int n = 0;; n++) {
        mien_weights w;
        mien_mem_fail_after(n);
        const mien_status status = mien_weights_open(&w, &o.net->graph, NULL);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) assert_true(n > 2);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        if (status != MIEN_OK) assert_null(w.values);
        mien_weights_close(&w);
        if (status == MIEN_OK) break;
    }
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights__lie_aligned_trained_first_without_overlap),
        cmocka_unit_test(weights__of_each_node_are_where_the_table_says),
        cmocka_unit_test(weights__are_found_by_name),
        cmocka_unit_test(weights__start_by_their_role),
        cmocka_unit_test(weights__are_drawn_alike_for_one_seed_only),
        cmocka_unit_test(weights__with_a_norm_start_as_they_were_drawn),
        cmocka_unit_test(weights__without_a_norm_are_not_copied),
        cmocka_unit_test(weights__gradient_through_norms_matches_differences),
        cmocka_unit_test(weights__gradient_leaves_gaps_zero),
        cmocka_unit_test(weights__refuse_sizes_that_overflow),
        cmocka_unit_test(weights__survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
