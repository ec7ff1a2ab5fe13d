/* SPDX-License-Identifier: Apache-2.0 */
/* test_quantize.c - a quantised network: near the one it was made of, and the
 * same bits whatever the machine. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "net_fixture.h"
#include "nn/int8/int8.h"
#include "nn/quantize.h"

static mien_status quantise(world *o) {
    return mien_net_quantize(o->net, o->x, o->batch.n);
}

/* What the network answers to the batch; the caller frees. */
static float *answers(const world *o) {
    mien_runner *run;
    mien_result result;
    const mien_runner_options options = {.batch = o->batch.n, .frozen = true};
    if (mien_runner_open(&run, o->net, &options) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_runner_infer(run, &o->batch, &result), MIEN_OK);
    const size_t n = (size_t)(o->batch.n * result.width);
    float *y = mien_alloc(n, sizeof *y);
    memcpy(y, result.y, n * sizeof *y);
    mien_runner_close(run);
    return y;
}

/* Steps of the plan that compute in bytes. */
static int byte_steps(const world *o) {
    mien_runner *run;
    int n = 0;
    const mien_runner_options options = {.batch = 1, .frozen = true};
    assert_int_equal(mien_runner_open(&run, o->net, &options), MIEN_OK);
    for (int i = 0; i < mien_runner_rows(run); i++)
        n += !strcmp(mien_runner_row(run, i).kernel, mien_int8_best()->name);
    mien_runner_close(run);
    return n;
}

/* The angle between all answers together before and after. */
static double cosine(const float *a, const float *b, size_t n) {
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

static void stays_near(const example *e) {
    world o;
    open_world(&o, e, 1);
    float *before = answers(&o);
    if (quantise(&o) != MIEN_OK) fail_msg("%s: %s", e->name, mien_error());
    float *after = answers(&o);
    const size_t n = (size_t)(o.batch.n * mien_net_width(o.net));
    const double near = cosine(before, after, n);
    if (!(near > 0.99)) fail_msg("%s: cosine %g", e->name, near);
    mien_free(before);
    mien_free(after);
    close_world(&o);
}

static void quantize__stays_near_the_network(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) stays_near(&examples[i]);
    for (int i = 0; i < N_FOLDABLE; i++) stays_near(&foldable[i]);
}

/* Convolutions alone, so that no float product is rounded. */
static const example whole = {
    "bytes throughout",
    "- conv: {out: 32, kernel: 3, stride: 2, pad: 1, bias: false}\n- bn\n"
    "- prelu\n- name: x\n- conv: {out: 48, kernel: 1, bias: false}\n- bn\n"
    "- leaky_relu: 0.1\n"
    "- conv: {out: 48, kernel: 3, pad: 1, depthwise: true, bias: false}\n- bn\n"
    "- clip\n- conv: {out: 32, kernel: 1, bias: false}\n- bn\n- add: x\n"
    "- conv: {out: 32, kernel: 3, pad: 1}\n- relu\n"
    "- conv: {out: 32, kernel: 7, depthwise: true}\n"
    "- conv: {out: 16, kernel: 1}\n- flatten\n",
    "mse",
    {3, 3, 13, 13},
    0,
    16};

static void quantize__has_the_same_bits_on_any_machine(void **state) {
    (void)state;
    static const char *const isas[] = {"scalar", "avx2", "avx512"};
    world o;
    char hex[3][MIEN_HASH_HEX];
    const char *given = getenv("MIEN_ISA");
    open_world(&o, &whole, 1);
    assert_int_equal(quantise(&o), MIEN_OK);
    assert_int_equal(byte_steps(&o), 7);
    for (int i = 0; i < 3; i++) {
        setenv("MIEN_ISA", isas[i], 1);
        float *y = answers(&o);
        mien_hash_once(hex[i], y, (size_t)(o.batch.n * 16) * sizeof *y);
        mien_free(y);
        assert_string_equal(hex[i], hex[0]);
    }
    if (given)
        setenv("MIEN_ISA", given, 1);
    else
        unsetenv("MIEN_ISA");
    close_world(&o);
}

static void quantize__rounds_weights_that_stay_as_they_are(void **state) {
    (void)state;
    world o;
    open_world(&o, &whole, 1);
    assert_int_equal(quantise(&o), MIEN_OK);
    const mien_weights *w = &o.net->weights;
    for (int i = 0; i < w->n; i++) {
        const mien_weight *t = &w->items[i];
        if (!mien_weight_is_rounded(o.net, t)) continue;
        const size_t row = mien_weight_row(t);
        for (size_t at = 0; at < t->count; at += row) {
            const float *x = w->values + t->offset + at;
            const mien_int8_scale s = mien_int8_scale_of(x, row);
            for (size_t k = 0; k < row; k++)
                assert_true(fabsf(x[k] - (float)mien_int8_weight(x[k], s) *
                                             s.step) <= 1e-6f * fabsf(x[k]));
        }
    }
    close_world(&o);
}

static void quantize__refuses_what_it_cannot_measure(void **state) {
    (void)state;
    world o;
    mien_quantizer *q;
    open_world(&o, &whole, 1);
    assert_int_equal(mien_quantizer_open(&q, o.net), MIEN_OK);
    assert_int_equal(mien_quantizer_turn(q), MIEN_EDATA);
    mien_quantizer_close(q);
    const float kept = o.x[5];
    o.x[5] = NAN;
    assert_int_equal(quantise(&o), MIEN_EDATA);
    assert_non_null(strstr(mien_error(), "'input'"));
    assert_null(o.net->ranges);
    o.x[5] = kept;
    assert_int_equal(quantise(&o), MIEN_OK);
    assert_int_equal(mien_quantizer_open(&q, o.net), MIEN_EINVAL);
    assert_null(q);
    close_world(&o);
}

static void quantize__survives_failing_allocations(void **state) {
    (void)state;
    for (int after = 0;; after++) {
        world o;
        open_world(&o, &whole, 1);
        mien_mem_fail_after(after);
        const mien_status status = quantise(&o);
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
        assert_int_equal(o.net->ranges != NULL, status == MIEN_OK);
        close_world(&o);
        if (status == MIEN_OK) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantize__stays_near_the_network),
        cmocka_unit_test(quantize__has_the_same_bits_on_any_machine),
        cmocka_unit_test(quantize__rounds_weights_that_stay_as_they_are),
        cmocka_unit_test(quantize__refuses_what_it_cannot_measure),
        cmocka_unit_test(quantize__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
