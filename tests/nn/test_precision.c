/* SPDX-License-Identifier: Apache-2.0 */
/* test_precision.c - rounding to 16 bits, and steps that round. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_fixture.h"

/* What the 16 bits of a number mean, by the definition. */
static double value_of(uint32_t bits, int exponent_bits, int fraction_bits) {
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent =
        (int)(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
    const double fraction =
        (double)(bits & ((1u << fraction_bits) - 1)) / (1 << fraction_bits);
    const double sign = bits >> 15 ? -1 : 1;
    if (exponent == (1 << exponent_bits) - 1)
        return fraction > 0 ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * ldexp(fraction, 1 - bias);
    return sign * ldexp(1 + fraction, exponent - bias);
}

typedef struct format {
    mien_precision to;
    int exponent_bits, fraction_bits;
} format;

static const format formats[] = {{MIEN_PRECISION_F16, 5, 10},
                                 {MIEN_PRECISION_BF16, 8, 7}};

static double value(const format *f, uint32_t bits) {
    return value_of(bits, f->exponent_bits, f->fraction_bits);
}

static float rounded(const format *f, float x, mien_rounding *report) {
    *report = (mien_rounding){0};
    mien_round_values(&x, 1, f->to, report);
    return x;
}

static void same(float got, double want, double from) {
    if (!(isnan(want) ? isnan(got)
                      : (double)got == want && !signbit(got) == !signbit(want)))
        fail_msg("%.9g became %.9g, should be %.9g", from, (double)got, want);
}

static void round__keeps_each_of_the_65536_values(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        for (uint32_t bits = 0; bits < 65536; bits++) {
            mien_rounding report;
            const double want = value(&formats[i], bits);
            same(rounded(&formats[i], (float)want, &report), want, want);
            assert_int_equal(report.overflow + report.underflow, 0);
        }
}

/* Where nothing follows, the next place in the binary would have been. */
static double after(const format *f, uint32_t bits) {
    const double next = value(f, bits + 1);
    return isinf(next) ? 2 * value(f, bits) - value(f, bits - 1) : next;
}

/* x lies between the values of `bits` and of the one after. */
static void check_between(const format *f, uint32_t bits, double x,
                          uint32_t want) {
    mien_rounding report;
    const uint32_t sign = bits & 0x8000;
    const double to = value(f, want | sign);
    same(rounded(f, (float)x, &report), to, x);
    assert_int_equal(report.overflow, isinf(to) != 0);
    assert_int_equal(report.underflow, to == 0 && x != 0);
}

static void round__goes_to_the_nearest_and_ties_to_even(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        for (uint32_t bits = 0; bits < 65536; bits++) {
            const format *f = &formats[i];
            const double low = value(f, bits);
            if (!isfinite(low)) continue;
            const double high = after(f, bits), middle = (low + high) / 2;
            const uint32_t size = bits & 0x7fff;
            const float tie = (float)middle;
            if ((double)tie != middle) continue; /* past float's range */
            check_between(f, bits, middle, size + (size & 1));
            const double less = (double)nextafterf(tie, 0);
            check_between(f, bits, less, size);
            const float out = signbit(low) ? -INFINITY : INFINITY;
            check_between(f, bits, (double)nextafterf(tie, out), size + 1);
        }
}

static void round__tells_what_became_of_the_values(void **state) {
    (void)state;
    float x[] = {70000,    -1e30f, 65519, 1e-9f,  -2.9e-8f, 0,
                 INFINITY, NAN,    -0.f,  1e-45f, 3e-8f,    65520};
    const size_t n = sizeof x / sizeof *x;
    mien_rounding report = {.overflow = 1, .underflow = 10};
    mien_round_values(x, n, MIEN_PRECISION_F16, &report);
    assert_int_equal(report.overflow, 1 + 3);
    assert_int_equal(report.underflow, 10 + 3);
    assert_true(isinf(x[0]) && isinf(x[1]) && x[1] < 0 && x[2] == 65504);
    assert_true(isnan(x[7]) && signbit(x[8]) && signbit(x[4]));
    float y[] = {FLT_MAX, 1e-45f, -1e-41f};
    report = (mien_rounding){0};
    mien_round_values(y, 3, MIEN_PRECISION_BF16, &report);
    assert_int_equal(report.overflow, 1);
    assert_int_equal(report.underflow, 2);
}

static void round__leaves_float32_and_nan_payloads_alone(void **state) {
    (void)state;
    const uint32_t bits[] = {0x7f800001, 0xffffffff, 0x7fc00000, 0x3f800001};
    float x[4];
    memcpy(x, bits, sizeof x);
    mien_round_values(x, 4, MIEN_PRECISION_F32, NULL);
    assert_memory_equal(x, bits, sizeof x);
    mien_round_values(x, 3, MIEN_PRECISION_F16, NULL);
    mien_round_values(x, 3, MIEN_PRECISION_BF16, NULL);
    assert_memory_equal(x, bits, 3 * sizeof *x);
}

/* ---- steps ---- */

static const example net = {
    "net",
    "- conv: {out: 16, kernel: 3, pad: 1}\n- bn\n- relu\n- name: a\n"
    "- conv: {out: 16, kernel: 3, pad: 1, norm: weight}\n- add: a\n- relu\n"
    "- maxpool: 2\n- flatten\n- dense: 24\n- tanh\n- dense: {out: classes}\n",
    "cross_entropy",
    {4, 3, 8, 8},
    5,
    0};

static mien_runner *open_runner(const world *o, mien_precision precision,
                                mien_result *result) {
    mien_runner *run;
    const mien_runner_options options = {.batch = o->batch.n,
                                         .shards = 2,
                                         .threads = 2,
                                         .train = true,
                                         .precision = precision};
    if (mien_runner_open(&run, o->net, &options) != MIEN_OK ||
        mien_runner_watch(run, true) != MIEN_OK ||
        mien_runner_step(run, &o->batch, result) != MIEN_OK)
        fail_msg("%s", mien_error());
    return run;
}

static void step__with_a_scale_of_a_power_of_two_keeps_its_bits(void **state) {
    (void)state;
    world o;
    mien_result a, b;
    open_world(&o, &net, 2);
    mien_runner *plain = open_runner(&o, MIEN_PRECISION_F32, &a);
    o.batch.loss_scale = 1024;
    mien_runner *scaled = open_runner(&o, MIEN_PRECISION_F32, &b);
    assert_true(a.loss == b.loss);
    assert_memory_equal(plain->gradient, scaled->gradient,
                        o.net->weights.size_trained * sizeof(float));
    const int last = mien_runner_rows(plain) - 1;
    assert_true(mien_runner_probe(scaled, last)->dy.max ==
                1024 * mien_runner_probe(plain, last)->dy.max);
    mien_runner_close(plain);
    mien_runner_close(scaled);
    close_world(&o);
}

/* ArcFace has weights of its own: its gradient is scaled there and back. */
static void step__scales_the_losses_weights_too(void **state) {
    (void)state;
    world o;
    stepped a, b;
    open_world(&o, &examples[2], 2);
    step(&a, &o, 2, 1);
    o.batch.loss_scale = 3;
    step(&b, &o, 2, 1);
    const mien_weights *w = &o.net->weights;
    const double floor = 1e-3 * largest(a.run->gradient, w->size_trained);
    for (int i = 0; i < w->n_trained; i++)
        assert_true(distance(b.run->gradient + w->items[i].offset,
                             a.run->gradient + w->items[i].offset,
                             w->items[i].count, floor) < 2e-4);
    mien_runner_close(a.run);
    mien_runner_close(b.run);
    close_world(&o);
}

static void step__refuses_a_scale_that_is_none(void **state) {
    (void)state;
    const float bad[] = {-1, NAN, INFINITY};
    world o;
    mien_result result;
    open_world(&o, &net, 2);
    mien_runner *run = open_runner(&o, MIEN_PRECISION_F32, &result);
    for (int i = 0; i < 3; i++) {
        o.batch.loss_scale = bad[i];
        assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_EINVAL);
        assert_non_null(strstr(mien_error(), "loss scale"));
    }
    mien_runner_close(run);
    close_world(&o);
}

/* Rounded once, a value does not change when it is rounded again. */
static void check_rounded(const float *x, size_t n, mien_precision to) {
    float *y = mien_alloc(n, sizeof *y);
    memcpy(y, x, n * sizeof *y);
    mien_round_values(y, n, to, NULL);
    assert_memory_equal(x, y, n * sizeof *y);
    mien_free(y);
}

static void step__rounds_outputs_and_gradients_but_no_master(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        world o;
        mien_result exact, result;
        open_world(&o, &net, 1);
        const mien_weights *w = &o.net->weights;
        float *before = mien_alloc(w->size, sizeof *before);
        memcpy(before, w->values, w->size * sizeof *before);
        mien_runner *f32 = open_runner(&o, MIEN_PRECISION_F32, &exact);
        const mien_runner_options options = {
            .batch = o.batch.n, .train = true, .precision = formats[i].to};
        mien_runner *run;
        assert_int_equal(mien_runner_open(&run, o.net, &options), MIEN_OK);
        assert_int_equal(mien_runner_step(run, &o.batch, &result), MIEN_OK);
        assert_memory_equal(before, w->values, w->size * sizeof *before);
        check_rounded(result.y, (size_t)(result.width * o.batch.n),
                      formats[i].to);
        const mien_weight *dense = mien_weights_find(w, "dense1.weight");
        check_rounded(run->gradient + dense->offset, dense->count,
                      formats[i].to);
        const size_t n = (size_t)(result.width * o.batch.n);
        const double off = distance(result.y, exact.y, n, 1e-30);
        assert_true(off > 1e-6 && off < 0.1);
        mien_runner_close(f32);
        mien_runner_close(run);
        mien_free(before);
        close_world(&o);
    }
}

/* Gradients below 6e-8 are lost, but for a scale. */
static void scale__saves_small_gradients_from_underflow(void **state) {
    (void)state;
    world o;
    mien_result result;
    double lost[2];
    open_world(&o, &net, 2);
    for (size_t i = 0; i < o.net->weights.size_trained; i++)
        o.net->weights.values[i] *= 0.02f;
    for (int i = 0; i < 2; i++) {
        o.batch.loss_scale = i ? 4096 : 0;
        mien_runner *run = open_runner(&o, MIEN_PRECISION_F16, &result);
        lost[i] = 0;
        for (int k = 0; k < mien_runner_rows(run); k++)
            lost[i] = fmax(lost[i], mien_runner_probe(run, k)->dy.underflow);
        mien_runner_close(run);
    }
    assert_true(lost[0] > 0.05 && lost[1] < lost[0] / 2);
    close_world(&o);
}

static void probe__counts_what_overflowed(void **state) {
    (void)state;
    world o;
    mien_result result;
    open_world(&o, &net, 2);
    o.x[0] = 3e6f;
    mien_runner *half = open_runner(&o, MIEN_PRECISION_F16, &result);
    mien_runner *brain = open_runner(&o, MIEN_PRECISION_BF16, &result);
    mien_runner *full = open_runner(&o, MIEN_PRECISION_F32, &result);
    const mien_probe *y = &mien_runner_probe(half, 0)->y;
    assert_true(y->overflow > 0 && y->non_finite > 0);
    assert_true(y->overflow == (double)y->non_finite / (double)y->count);
    assert_true(mien_runner_probe(brain, 0)->y.overflow == 0);
    assert_true(mien_runner_probe(full, 0)->y.overflow == 0);
    assert_true(mien_runner_probe(full, 0)->y.max > 65504);
    mien_runner_close(half);
    mien_runner_close(brain);
    mien_runner_close(full);
    close_world(&o);
}

/* A float32 runner of the same net reads the weights as they are. */
static void runners__of_one_net_keep_their_precision(void **state) {
    (void)state;
    world o;
    mien_result a, b;
    open_world(&o, &net, 2);
    mien_runner *full = open_runner(&o, MIEN_PRECISION_F32, &a);
    const double loss = a.loss;
    mien_runner *half = open_runner(&o, MIEN_PRECISION_BF16, &b);
    assert_true(b.loss != loss);
    assert_int_equal(mien_runner_step(full, &o.batch, &a), MIEN_OK);
    assert_true(a.loss == loss);
    mien_runner_close(full);
    mien_runner_close(half);
    close_world(&o);
}

static void open__survives_each_allocation_failing(void **state) {
    (void)state;
    world o;
    mien_runner *run;
    open_world(&o, &net, 2);
    const mien_runner_options options = {
        .batch = o.batch.n, .train = true, .precision = MIEN_PRECISION_BF16};
    for (int i = 0;; i++) {
        mien_mem_fail_after(i);
        const mien_status status = mien_runner_open(&run, o.net, &options);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(run);
    }
    mien_runner_close(run);
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round__keeps_each_of_the_65536_values),
        cmocka_unit_test(round__goes_to_the_nearest_and_ties_to_even),
        cmocka_unit_test(round__tells_what_became_of_the_values),
        cmocka_unit_test(round__leaves_float32_and_nan_payloads_alone),
        cmocka_unit_test(step__with_a_scale_of_a_power_of_two_keeps_its_bits),
        cmocka_unit_test(step__scales_the_losses_weights_too),
        cmocka_unit_test(step__refuses_a_scale_that_is_none),
        cmocka_unit_test(step__rounds_outputs_and_gradients_but_no_master),
        cmocka_unit_test(scale__saves_small_gradients_from_underflow),
        cmocka_unit_test(probe__counts_what_overflowed),
        cmocka_unit_test(runners__of_one_net_keep_their_precision),
        cmocka_unit_test(open__survives_each_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
