/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner_use.c - how a runner may be used, and what it leaves behind:
 * running statistics, masks, packed weights, the table of its plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "net_fixture.h"

static const example simple = {
    "simple",
    "- conv: {out: 16, kernel: 3}\n- relu\n- flatten\n"
    "- dense: {out: classes}\n",
    "cross_entropy",
    {8, 3, 6, 5},
    6};

static void refuse_options(world *o, mien_runner_options options,
                           const char *sentence) {
    mien_runner *run;
    assert_int_equal(mien_runner_open(&run, o->net, &options), MIEN_EINVAL);
    assert_null(run);
    assert_string_equal(mien_error(), sentence);
}

static void runner__refuses_batches_and_shards_that_do_not_fit(void **state) {
    (void)state;
    world o;
    open_world(&o, &simple, 1);
    refuse_options(&o, (mien_runner_options){.batch = 8, .shards = 3},
                   "a batch of 8 cannot be cut into 3 equal shards");
    refuse_options(&o, (mien_runner_options){.batch = 0},
                   "batch 0, shards 1, threads 1: each must be at least 1, "
                   "shards at most 64");
    refuse_options(&o, (mien_runner_options){.batch = 130, .shards = 65},
                   "batch 130, shards 65, threads 1: each must be at least 1, "
                   "shards at most 64");
    refuse_options(&o, (mien_runner_options){.batch = 8, .threads = -1},
                   "batch 8, shards 1, threads -1: each must be at least 1, "
                   "shards at most 64");
    close_world(&o);
}

static void refuse_step(mien_runner *run, const mien_batch *batch,
                        const char *sentence) {
    mien_result result;
    assert_int_equal(mien_runner_step(run, batch, &result), MIEN_EINVAL);
    assert_string_equal(mien_error(), sentence);
}

static void runner__says_how_it_is_misused(void **state) {
    (void)state;
    world o;
    mien_runner *train, *infer;
    mien_result result;
    open_world(&o, &simple, 1);
    const mien_runner_options learn = {.batch = 8, .train = true};
    const mien_runner_options ask = {.batch = 4};
    assert_int_equal(mien_runner_open(&train, o.net, &learn), MIEN_OK);
    assert_int_equal(mien_runner_open(&infer, o.net, &ask), MIEN_OK);
    mien_batch batch = o.batch;
    refuse_step(infer, &batch, "this runner was not opened to train");
    assert_int_equal(mien_runner_commit(infer), MIEN_EINVAL);
    assert_int_equal(mien_runner_commit(train), MIEN_EINVAL);
    assert_string_equal(mien_error(), "no training step to accept");
    assert_int_equal(mien_runner_infer(train, &batch, &result), MIEN_EINVAL);
    assert_string_equal(mien_error(), "this runner was opened to train");
    assert_int_equal(mien_runner_infer(infer, &batch, &result), MIEN_EINVAL);
    assert_string_equal(mien_error(),
                        "a batch of 8 samples, where 1 to 4 were planned");
    batch.label = NULL;
    refuse_step(train, &batch,
                "the batch has no labels, which cross_entropy wants");
    batch = o.batch;
    o.label[5] = 6;
    refuse_step(train, &batch,
                "sample 5 of the batch has label 6, where the network knows 0 "
                "to 5");
    o.label[5] = -1;
    assert_int_equal(mien_runner_step(train, &batch, &result), MIEN_EINVAL);
    o.label[5] = 5;
    assert_int_equal(mien_runner_step(train, &batch, &result), MIEN_OK);
    batch.n = 7;
    refuse_step(train, &batch,
                "a training batch of 7 samples, where 8 were planned");
    mien_runner_close(train);
    mien_runner_close(infer);
    close_world(&o);
}

static void runner__without_a_loss_only_infers(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_net *net;
    const mien_net_spec spec = {.model = parse(&arena, "[relu]"),
                                .input = {1, 3, 4, 4}};
    mien_runner *run;
    mien_result result;
    const float x[48] = {-1, 2};
    const int32_t label[1] = {0};
    const mien_batch batch = {.n = 1, .x = x, .label = label};
    assert_int_equal(mien_net_open(&net, &spec), MIEN_OK);
    const mien_runner_options learn = {.batch = 1, .train = true};
    const mien_runner_options ask = {.batch = 1};
    assert_int_equal(mien_runner_open(&run, net, &learn), MIEN_OK);
    refuse_step(run, &batch, "a network without a loss cannot train");
    mien_runner_close(run);
    assert_int_equal(mien_runner_open(&run, net, &ask), MIEN_OK);
    assert_int_equal(mien_runner_infer(run, &batch, &result), MIEN_OK);
    assert_true(result.loss == 0 && result.n_scores == 0);
    assert_true(result.y[0] == 0 && result.y[1] == 2);
    mien_runner_close(run);
    mien_net_close(net);
    mien_arena_close(&arena);
}

static void runner__follows_the_weights_unless_frozen(void **state) {
    (void)state;
    world o;
    mien_runner *live, *frozen;
    mien_result a, b, c, again;
    float before[8 * 6];
    open_world(&o, &simple, 1);
    mien_runner_options options = {.batch = 8};
    assert_int_equal(mien_runner_open(&live, o.net, &options), MIEN_OK);
    options.frozen = true;
    assert_int_equal(mien_runner_open(&frozen, o.net, &options), MIEN_OK);
    assert_int_equal(mien_runner_infer(live, &o.batch, &a), MIEN_OK);
    assert_int_equal(mien_runner_infer(frozen, &o.batch, &b), MIEN_OK);
    assert_true(distance(b.y, a.y, 8 * 6, 1e-30) < 1e-4);
    memcpy(before, a.y, sizeof before);
    assert_int_equal(mien_net_init(o.net, NULL, 99), MIEN_OK);
    assert_int_equal(mien_runner_infer(live, &o.batch, &c), MIEN_OK);
    assert_memory_not_equal(before, c.y, sizeof before);
    assert_int_equal(mien_runner_infer(live, &o.batch, &again), MIEN_OK);
    assert_memory_equal(c.y, again.y, sizeof before);
    mien_runner_close(live);
    mien_runner_close(frozen);
    close_world(&o);
}

/* Mean and unbiased variance of channel c in images from .. from + n - 1. */
static void moments(double out[2], const float *x, mien_shape s, int c,
                    int from) {
    const int plane = s.h * s.w;
    double sum = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int n = from; n < from + s.n; n++)
            for (int i = 0; i < plane; i++) {
                const double v = x[((size_t)n * s.c + c) * plane + i];
                if (pass == 0) sum += v / (s.n * plane);
                if (pass == 1) squares += (v - sum) * (v - sum);
            }
    out[0] = sum;
    out[1] = squares / (s.n * plane - 1);
}

/* Four shards; `channels` decides which kernel runs. */
static void check_statistics(int channels) {
    enum { SHARDS = 4 };
    const float rate = 0.3f;
    const example e = {"statistics",
                       "- {bn: {momentum: 0.3}, name: b}\n- relu\n- flatten\n"
                       "- dense: {out: classes}\n",
                       "cross_entropy",
                       {3, channels, 4, 5},
                       3};
    world o;
    stepped s;
    open_world(&o, &e, SHARDS);
    const mien_weights *w = &o.net->weights;
    const mien_weight *t[2] = {mien_weights_find(w, "b.mean"),
                               mien_weights_find(w, "b.var")};
    float before[2][64];
    for (int k = 0; k < 2; k++)
        memcpy(before[k], w->values + t[k]->offset, t[k]->count * 4);
    step(&s, &o, SHARDS, 2);
    for (int k = 0; k < 2; k++) /* a step alone leaves them as they were */
        assert_memory_equal(before[k], w->values + t[k]->offset,
                            t[k]->count * 4);
    assert_int_equal(mien_runner_commit(s.run), MIEN_OK);
    for (int c = 0; c < channels; c++) {
        double mean[2] = {0};
        for (int i = 0; i < SHARDS; i++) {
            double one[2];
            moments(one, o.x, e.input, c, i * e.input.n);
            for (int k = 0; k < 2; k++) mean[k] += one[k] / SHARDS;
        }
        for (int k = 0; k < 2; k++) {
            const double was = before[k][c];
            const double wanted = was + rate * (mean[k] - was);
            const double got = w->values[t[k]->offset + (size_t)c];
            assert_true(fabs(got - wanted) < 1e-5);
        }
    }
    mien_runner_close(s.run);
    close_world(&o);
}

static void runner__blends_the_mean_of_the_shards_statistics(void **state) {
    (void)state;
    check_statistics(3);
    check_statistics(16);
    check_statistics(32);
}

/* y is the input under the mask; its gradient is not needed. */
static const example masks = {
    "masks", "- flatten\n- dropout: 0.4\n", "mse", {2, 4, 3, 3}, 0, 36};

static void runner__drops_the_same_for_any_shards_and_threads(void **state) {
    (void)state;
    world o;
    stepped first;
    open_world(&o, &masks, 4);
    const size_t bytes = mien_shape_count(masks.input) * 4 * sizeof(float);
    step(&first, &o, 1, 1);
    assert_memory_not_equal(first.result.y, o.x, bytes);
    for (int shards = 2; shards <= 8; shards *= 2)
        for (int threads = 1; threads <= 3; threads++) {
            stepped s;
            step(&s, &o, shards, threads);
            assert_memory_equal(s.result.y, first.result.y, bytes);
            mien_runner_close(s.run);
        }
    mien_runner_close(first.run);
    close_world(&o);
}

static void runner__drops_others_at_another_step_or_seed(void **state) {
    (void)state;
    world o;
    stepped s[3];
    open_world(&o, &masks, 4);
    const size_t bytes = mien_shape_count(masks.input) * 4 * sizeof(float);
    step(&s[0], &o, 2, 1);
    o.batch.step++;
    step(&s[1], &o, 2, 1);
    o.batch.step--;
    o.batch.seed++;
    step(&s[2], &o, 2, 1);
    assert_memory_not_equal(s[0].result.y, s[1].result.y, bytes);
    assert_memory_not_equal(s[0].result.y, s[2].result.y, bytes);
    assert_memory_not_equal(s[1].result.y, s[2].result.y, bytes);
    for (int i = 0; i < 3; i++) mien_runner_close(s[i].run);
    close_world(&o);
}

static void runner__rows_cover_all_weights(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        world o;
        stepped s;
        open_world(&o, &examples[i], 1);
        step(&s, &o, 1, 1);
        size_t listed = 0, trained = 0;
        for (int k = 0; k < mien_runner_rows(s.run); k++)
            listed += mien_runner_row(s.run, k).weights;
        for (int k = 0; k < o.net->weights.n_trained; k++) {
            const mien_weight *t = &o.net->weights.items[k];
            const bool reparam_gain = k && t[-1].gain_offset == t->offset;
            if (t->node >= 0 && !reparam_gain) trained += t->count;
        }
        assert_int_equal(listed, trained);
        assert_true(mien_runner_bytes(s.run) > 0);
        mien_runner_close(s.run);
        close_world(&o);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runner__refuses_batches_and_shards_that_do_not_fit),
        cmocka_unit_test(runner__says_how_it_is_misused),
        cmocka_unit_test(runner__without_a_loss_only_infers),
        cmocka_unit_test(runner__follows_the_weights_unless_frozen),
        cmocka_unit_test(runner__blends_the_mean_of_the_shards_statistics),
        cmocka_unit_test(runner__drops_the_same_for_any_shards_and_threads),
        cmocka_unit_test(runner__drops_others_at_another_step_or_seed),
        cmocka_unit_test(runner__rows_cover_all_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
