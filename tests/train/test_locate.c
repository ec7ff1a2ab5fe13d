/* SPDX-License-Identifier: Apache-2.0 */
/* test_locate.c - the layer, tensor and sample that spoil a step are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../nn/net_fixture.h"
#include "train/locate.h"

/* conv1 relu1 maxpool1 conv2 relu2 maxpool2 flatten1 dense1 relu3 dense2 */
#define CNN (&examples[0])

static void look(mien_located *found, const world *o) {
    if (mien_locate(found, o->net, &o->batch) != MIEN_OK)
        fail_msg("%s", mien_error());
}

static void expect(const mien_located *f, const char *pass, const char *layer,
                   const char *tensor, int sample) {
    if (strcmp(f->pass, pass) || strcmp(f->layer, layer) ||
        strcmp(f->tensor, tensor) || f->sample != sample)
        fail_msg("%s, '%s', '%s', sample %d: %s", f->pass, f->layer, f->tensor,
                 f->sample, f->text);
}

static float *weights_of(world *o, const char *name) {
    const mien_weight *w = mien_weights_find(&o->net->weights, name);
    assert_non_null(w);
    return o->net->weights.values + w->offset;
}

static void nan__in_the_input_names_the_sample(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 2);
    const size_t row = mien_shape_count(CNN->input) / (size_t)CNN->input.n;
    o.x[3 * row + 17] = NAN;
    o.x[5 * row] = INFINITY;
    look(&f, &o);
    expect(&f, "input", "", "", 3);
    assert_non_null(strstr(f.text, "value 17 of sample 3"));
    assert_non_null(strstr(f.text, "2 bad values"));
    close_world(&o);
}

static void nan__in_a_target_names_the_sample(void **state) {
    (void)state;
    world o;
    mien_located f;
    const example e = {"vectors", "- flatten\n- dense: 3\n", "mse",
                       {4, 1, 2, 2}, 0, 3};
    open_world(&o, &e, 1);
    o.batch.label = NULL;
    look(&f, &o);
    expect(&f, "healthy", f.layer, f.tensor, f.sample);
    o.target[2 * 3 + 1] = NAN;
    look(&f, &o);
    expect(&f, "input", "", "", 2);
    assert_non_null(strstr(f.text, "target"));
    close_world(&o);
}

static void weight__that_is_infinite_is_named(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 2);
    weights_of(&o, "conv2.weight")[40] = INFINITY;
    look(&f, &o);
    expect(&f, "forward", "conv2", "conv2.weight", -1);
    assert_non_null(strstr(f.text, "value 40 of conv2.weight"));
    close_world(&o);
}

static void overflow__forward_names_the_layer(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 2);
    float *w = weights_of(&o, "conv2.weight");
    const size_t n =
        mien_weights_find(&o.net->weights, "conv2.weight")->count;
    for (size_t i = 0; i < n; i++) w[i] *= 3e38f;
    look(&f, &o);
    expect(&f, "forward", "conv2", "", 0);
    close_world(&o);
}

/* One sample of many overflows: it is behind the first 64. */
static void overflow__of_one_sample_names_it(void **state) {
    (void)state;
    enum { MANY = 96, LARGE = 90 };
    world o;
    mien_located f;
    int32_t label[MANY] = {0};
    open_world(&o, CNN, 1);
    const size_t row = mien_shape_count(o.net->graph.input);
    float *x = mien_alloc(MANY * row, sizeof *x);
    for (size_t i = 0; i < MANY * row; i++)
        x[i] = i / row == LARGE ? 3e38f : 0.1f;
    o.batch = (mien_batch){.n = MANY, .x = x, .label = label};
    look(&f, &o);
    mien_free(x);
    assert_string_equal(f.pass, "forward");
    assert_string_equal(f.layer, "conv1");
    assert_int_equal(f.sample, LARGE);
    close_world(&o);
}

static void overflow__backward_names_layer_and_tensor(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 2);
    const mien_weights *w = &o.net->weights;
    /* Each takes little and multiplies it by much: forward the two balance,
     * the gradient of the first is the second's factor. */
    float *small = weights_of(&o, "dense1.weight");
    float *large = weights_of(&o, "dense2.weight");
    size_t n = mien_weights_find(w, "dense1.weight")->count;
    for (size_t i = 0; i < n; i++) small[i] *= 1e-36f;
    memset(weights_of(&o, "dense1.bias"), 0, 24 * sizeof(float));
    n = mien_weights_find(w, "dense2.weight")->count;
    for (size_t i = 0; i < n; i++) large[i] *= 1e38f;
    for (size_t i = 0; i < n; i++)
        if (isinf(large[i])) large[i] = 3e38f;
    const size_t count = mien_shape_count(CNN->input) * 2;
    for (size_t i = 0; i < count; i++) o.x[i] *= 100;
    look(&f, &o);
    assert_string_equal(f.pass, "backward");
    assert_true(!strcmp(f.layer, "dense2") || !strcmp(f.layer, "dense1"));
    close_world(&o);
}

static void healthy__step_tells_gains_tensor_and_sample(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        mien_located f;
        open_world(&o, &examples[i], 2);
        look(&f, &o);
        if (strcmp(f.pass, "healthy") || !*f.layer || !*f.tensor)
            fail_msg("%s: %s: %s", examples[i].name, f.pass, f.text);
        assert_in_range(f.sample, 0, o.batch.n - 1);
        close_world(&o);
    }
}

static void healthy__step_names_the_layer_that_gains_most(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 2);
    float *w = weights_of(&o, "conv2.weight");
    const size_t n =
        mien_weights_find(&o.net->weights, "conv2.weight")->count;
    for (size_t i = 0; i < n; i++) w[i] *= 1e6f;
    look(&f, &o);
    assert_string_equal(f.pass, "healthy");
    assert_string_equal(f.layer, "conv2");
    assert_non_null(strstr(f.text, "more than 16 bits hold"));
    close_world(&o);
}

static void healthy__batch_names_the_largest_loss(void **state) {
    (void)state;
    world o;
    mien_located f;
    example e = *CNN;
    e.model = "- flatten\n- dense: {out: classes}\n";
    e.input = (mien_shape){3, 1, 2, 2};
    open_world(&o, &e, 1);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++) o.x[4 * i + k] = i == 1 ? 50 : 0.01f;
    float *w = weights_of(&o, "dense1.weight");
    for (int k = 0; k < 4; k++) w[4 * o.label[1] + k] = -1;
    look(&f, &o);
    expect(&f, "healthy", f.layer, f.tensor, 1);
    close_world(&o);
}

static void locate__needs_a_loss_and_samples(void **state) {
    (void)state;
    world o;
    mien_located f;
    open_world(&o, CNN, 1);
    o.batch.n = 0;
    assert_int_equal(mien_locate(&f, o.net, &o.batch), MIEN_EINVAL);
    close_world(&o);
}

static void locate__survives_any_failed_allocation(void **state) {
    (void)state;
    world o;
    mien_located f;
    mien_status status = MIEN_ENOMEM;
    open_world(&o, CNN, 1);
    for (int n = 0; status != MIEN_OK; n++) {
        mien_mem_fail_after(n);
        status = mien_locate(&f, o.net, &o.batch);
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
        assert_in_range(n, 0, 1000);
    }
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nan__in_the_input_names_the_sample),
        cmocka_unit_test(nan__in_a_target_names_the_sample),
        cmocka_unit_test(weight__that_is_infinite_is_named),
        cmocka_unit_test(overflow__forward_names_the_layer),
        cmocka_unit_test(overflow__of_one_sample_names_it),
        cmocka_unit_test(overflow__backward_names_layer_and_tensor),
        cmocka_unit_test(healthy__step_tells_gains_tensor_and_sample),
        cmocka_unit_test(healthy__step_names_the_layer_that_gains_most),
        cmocka_unit_test(healthy__batch_names_the_largest_loss),
        cmocka_unit_test(locate__needs_a_loss_and_samples),
        cmocka_unit_test(locate__survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
