/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner.c - the fast runner against the reference runner. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/hash.h"
#include "net_compare.h"

static void runner__matches_the_twin(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        open_world(&o, &examples[i], 1);
        compare_with_twin(&o, examples[i].name, false);
        compare_with_twin(&o, examples[i].name, true);
        close_world(&o);
    }
}

/* Batch and weights of an example, two shards of which one is not full. */
static void infer_as_twin(const example *e, bool frozen) {
    world o;
    open_world(&o, e, 2);
    o.batch.n = e->input.n + 1;
    mien_twin *twin;
    mien_runner *run;
    mien_result result;
    assert_int_equal(mien_twin_open(&twin, o.net, o.batch.n, false), MIEN_OK);
    mien_shape in = e->input;
    in.n = o.batch.n;
    memcpy(twin->input, o.x, mien_shape_count(in) * sizeof(float));
    mien_twin_forward(twin, &o.batch, NULL);
    const mien_runner_options options = {
        .batch = 2 * e->input.n, .shards = 2, .threads = 2, .frozen = frozen};
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

static void runner__infers_as_the_twin(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) infer_as_twin(&examples[i], false);
}

static void runner__infers_folded_as_the_twin(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) infer_as_twin(&examples[i], true);
    for (int i = 0; i < N_FOLDABLE; i++) infer_as_twin(&foldable[i], true);
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
        cmocka_unit_test(runner__infers_folded_as_the_twin),
        cmocka_unit_test(runner__has_the_same_bits_for_any_threads),
        cmocka_unit_test(runner__step_allocates_nothing),
        cmocka_unit_test(runner__opening_survives_failing_allocations),
        cmocka_unit_test(runner__carries_nan_to_the_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
