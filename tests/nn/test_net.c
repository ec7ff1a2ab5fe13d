/* SPDX-License-Identifier: Apache-2.0 */
/* test_net.c - networks with their losses: what is refused, what a runner
 * makes of labels, targets, mixup and shards, and what it leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "net_compare.h"

/* No batch normalisation: what shards compute apart adds up. */
#define PLAIN_NET                                              \
    "- conv: {out: 16, kernel: 3, pad: 1}\n- relu\n"           \
    "- maxpool: 2\n- conv: {out: 5, kernel: 3, bias: false}\n" \
    "- tanh\n- flatten\n- dense: {out: %d}\n"

static const struct {
    const char *model, *loss, *sentence;
    int classes, vector;
} mistakes[] = {
    {"- flatten\n", "cross_entropi",
     "test:1: no loss is called 'cross_entropi'; did you mean "
     "'cross_entropy'?",
     3, 0},
    {"- flatten\n", "zzz", "test:1: no loss is called 'zzz'", 3, 0},
    {"- flatten\n", "{mse: {form: mean}, arcface: {}}",
     "test:1: loss: wants one name, or {name: {option: value}}", 3, 0},
    {"- flatten\n", "[mse]",
     "test:1: loss: wants one name, or {name: {option: value}}", 3, 0},
    {"- flatten\n", "{cross_entropy: {smooting: 0.1}}",
     "test:1: cross_entropy: unknown option 'smooting'; did you mean "
     "'smoothing'?",
     3, 0},
    {"- flatten\n- dense: 5\n", "cross_entropy",
     "loss of the output of 'dense1': cross_entropy: the network answers 5 "
     "values a sample, but the data have 7 classes",
     7, 0},
    {"- {conv: {out: 2, kernel: 1}, name: c}\n", "mse",
     "loss of the output of 'c': mse: the network answers 32 values a sample, "
     "but the targets have 9",
     7, 9},
};

static mien_status open_net(mien_net **net, mien_arena *arena,
                            const char *model, const char *loss, int classes,
                            int vector) {
    const mien_net_spec spec = {.model = parse(arena, model),
                                .loss = loss ? parse(arena, loss) : NULL,
                                .input = {1, 3, 4, 4},
                                .classes = classes,
                                .vector = vector};
    return mien_net_open(net, &spec);
}

static void net__says_what_is_wrong_with_its_loss(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        mien_arena arena = {0};
        mien_net *net;
        assert_int_not_equal(
            open_net(&net, &arena, mistakes[i].model, mistakes[i].loss,
                     mistakes[i].classes, mistakes[i].vector),
            MIEN_OK);
        assert_null(net);
        assert_string_equal(mien_error(), mistakes[i].sentence);
        mien_arena_close(&arena);
    }
}

static void net__opens_with_every_loss(void **state) {
    (void)state;
    int count;
    const mien_loss_ops *const *losses = mien_losses(&count);
    for (int i = 0; i < count; i++) {
        mien_arena arena = {0};
        mien_net *net;
        const bool binary = !strcmp(losses[i]->name, "binary_cross_entropy");
        if (losses[i]->open || !strcmp(losses[i]->name, "detect"))
            continue; /* a sum is below; detect wants other shapes */
        const mien_status status = open_net(
            &net, &arena,
            binary ? "[flatten, dense: 1]" : "[flatten, dense: 4]",
            losses[i]->name, binary ? 2 : 4, losses[i]->needs_vector ? 4 : 0);
        if (status != MIEN_OK) fail_msg("%s", mien_error());
        assert_ptr_equal(net->loss, mien_loss_named(losses[i]->name));
        mien_net_close(net);
        mien_arena_close(&arena);
    }
    assert_null(mien_loss_named("nothing"));
}

static void net__joins_what_the_losses_of_a_sum_ask_for(void **state) {
    (void)state;
    static const char *const head[] = {"loss.head", "loss.centre"};
    mien_arena arena = {0};
    mien_net *net;
    if (open_net(&net, &arena, "[flatten, dense: 4]",
                 "{sum: [distill, {arcface: {s: 8}, weight: 0.5}]}", 3, 6))
        fail_msg("%s", mien_error());
    assert_true(net->loss->needs_labels && net->loss->needs_vector);
    assert_true(net->loss->embedding && net->loss->weighs);
    assert_false(net->loss->mixes || net->loss->twins);
    for (int i = 0; i < 2; i++)
        assert_non_null(mien_weights_find(&net->weights, head[i]));
    mien_net_close(net);
    mien_arena_close(&arena);
}

static void net__says_what_is_wrong_with_its_init(void **state) {
    (void)state;
    static const struct {
        const char *init, *sentence;
    } wrong[] = {
        {"he_norma",
         "test:1: no initialiser is called 'he_norma'; did you "
         "mean 'he_normal'?"},
        {"{zeros: {x: 1}}", "test:1: zeros: unknown option 'x'; known: none"},
        {"{normal: {sd: -1}}", NULL},
        {"{normal: {}, uniform: {}}",
         "test:1: init: wants one name, or {name: {option: value}}"},
    };
    mien_arena arena = {0};
    mien_net *net;
    assert_int_equal(open_net(&net, &arena, "[relu]", NULL, 0, 0), MIEN_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(mien_net_init(net, parse(&arena, wrong[i].init), 1),
                         MIEN_EINVAL);
        if (wrong[i].sentence)
            assert_string_equal(mien_error(), wrong[i].sentence);
    }
    mien_net_close(net);
    mien_arena_close(&arena);
}

/* Ways of telling a loss what is right. */
static const struct {
    const char *name, *loss;
    int out, classes, vector;
    bool mixes, weighs;
} truths[] = {
    {"labels", "{cross_entropy: {smoothing: 0.1}}", 6, 6, 0, false, false},
    {"mixup", "{cross_entropy: {smoothing: 0.1}}", 6, 6, 0, true, false},
    {"class weights", "cross_entropy", 6, 6, 0, true, true},
    {"one-hot", "{mse: {form: half_sum}}", 6, 6, 0, true, true},
    {"a vector", "mse", 6, 4, 6, false, false},
    {"a distance", "euclidean", 5, 4, 5, false, false},
    {"a teacher", "distill", 9, 4, 9, false, false},
    {"a wider teacher", "distill", 5, 4, 9, false, false},
    {"a wider teacher and centres",
     "{sum: [distill, {arcface: {s: 8, m: 0.3}, weight: 0.25}]}", 5, 4, 9,
     false, true},
    {"many yes or no", "binary_cross_entropy", 4, 4, 4, false, false},
    {"yes or no", "binary_cross_entropy", 1, 2, 0, true, true},
    {"centres", "{arcface: {s: 8, m: 0.3}}", 7, 5, 0, false, true},
    {"subcentres", "{subcenter_arcface: {s: 8, centres: 2}}", 7, 5, 0, false,
     true},
    {"pairs", "contrastive", 5, 2, 0, false, false},
    {"triplets", "triplet", 5, 3, 0, false, false},
    {"views", "nt_xent", 5, 2, 0, false, false},
};
enum { N_TRUTHS = sizeof truths / sizeof *truths, BATCH = 8 };

typedef struct taught {
    world o;
    char model[256];
    int32_t mixed[BATCH];
    float share[BATCH], class_weight[16];
} taught;

static void open_taught(taught *t, int i) {
    snprintf(t->model, sizeof t->model, PLAIN_NET, truths[i].out);
    const example e = {truths[i].name,   t->model,          truths[i].loss,
                       {BATCH, 3, 9, 7}, truths[i].classes, truths[i].vector};
    open_world(&t->o, &e, 1);
    for (int k = 0; k < BATCH; k++) {
        t->mixed[k] = t->o.label[(k + 3) % BATCH];
        t->share[k] = 0.1f * (float)(k + 1);
    }
    for (int k = 0; k < 16; k++) t->class_weight[k] = 0.5f + 0.2f * (float)k;
    t->o.batch.progress = 0.7f;
    if (truths[i].mixes) t->o.batch.mixed = t->mixed;
    if (truths[i].mixes) t->o.batch.share = t->share;
    if (truths[i].weighs) t->o.batch.class_weight = t->class_weight;
    if (truths[i].vector && !t->o.net->loss->needs_labels)
        t->o.batch.label = NULL;
}

static void net__learns_from_every_kind_of_truth(void **state) {
    (void)state;
    for (int i = 0; i < N_TRUTHS; i++) {
        taught t;
        open_taught(&t, i);
        compare_with_twin(&t.o, truths[i].name, false);
        close_world(&t.o);
    }
}

static void net__adds_up_over_shards(void **state) {
    (void)state;
    for (int i = 0; i < N_TRUTHS; i++) {
        if (!strcmp(truths[i].name, "pairs")) break; /* these see one shard */
        taught t;
        stepped one, four;
        open_taught(&t, i);
        const mien_weights *w = &t.o.net->weights;
        step(&one, &t.o, 1, 1);
        step(&four, &t.o, 4, 2);
        const double d = distance(four.run->gradient, one.run->gradient,
                                  w->size_trained, 1e-30);
        if (!(d < 1e-5)) fail_msg("%s: off by %g", truths[i].name, d);
        assert_true(fabs(one.result.loss - four.result.loss) <
                    1e-6 * fabs(one.result.loss));
        mien_runner_close(one.run);
        mien_runner_close(four.run);
        close_world(&t.o);
    }
}

static void net__learns_from_views_without_labels(void **state) {
    (void)state;
    taught t;
    stepped labelled, bare;
    open_taught(&t, N_TRUTHS - 1);
    step(&labelled, &t.o, 2, 1);
    t.o.batch.label = NULL;
    step(&bare, &t.o, 2, 1);
    assert_true(bare.result.loss > 0);
    assert_true(bare.result.loss == labelled.result.loss);
    mien_runner_close(labelled.run);
    mien_runner_close(bare.run);
    close_world(&t.o);
}

/* Every kind of loss, asked only for answers. */
static void net__infers_without_truth(void **state) {
    (void)state;
    for (int i = 0; i < N_TRUTHS; i++) {
        taught t;
        mien_runner *run;
        mien_result result;
        open_taught(&t, i);
        const mien_runner_options ask = {.batch = 3};
        assert_int_equal(mien_runner_open(&run, t.o.net, &ask), MIEN_OK);
        mien_batch batch = {.n = 3, .x = t.o.x};
        assert_int_equal(mien_runner_infer(run, &batch, &result), MIEN_OK);
        assert_true(result.loss == 0);
        batch.label = t.o.label; /* not what every loss asks for */
        assert_int_equal(mien_runner_infer(run, &batch, &result), MIEN_OK);
        assert_true(isfinite(result.loss));
        mien_runner_close(run);
        close_world(&t.o);
    }
}

/* Open and start a network while allocation number n fails. */
static mien_status open_failing(const mien_net_spec *spec,
                                const mien_tree *init, int n) {
    mien_net *net;
    mien_mem_fail_after(n);
    mien_status status = mien_net_open(&net, spec);
    if (status == MIEN_OK) status = mien_net_init(net, init, 1);
    mien_mem_fail_after(-1);
    mien_net_close(net);
    return status;
}

static void net__survives_failing_allocations(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_net_spec spec = {
        .model = parse(&arena,
                       "- conv: {out: 4, kernel: 3, norm: weight}\n"
                       "- bn\n- flatten\n- dense: 9\n"),
        .loss = parse(&arena, "{arcface: {s: 8}}"),
        .input = {1, 3, 6, 6},
        .classes = 4};
    const mien_tree *init = parse(&arena, "orthogonal");
    int n = 0;
    mien_status status;
    while ((status = open_failing(&spec, init, n)) != MIEN_OK) {
        assert_int_equal(status, MIEN_ENOMEM);
        n++;
    }
    assert_true(n > 3);
    mien_arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(net__says_what_is_wrong_with_its_loss),
        cmocka_unit_test(net__opens_with_every_loss),
        cmocka_unit_test(net__joins_what_the_losses_of_a_sum_ask_for),
        cmocka_unit_test(net__says_what_is_wrong_with_its_init),
        cmocka_unit_test(net__learns_from_every_kind_of_truth),
        cmocka_unit_test(net__adds_up_over_shards),
        cmocka_unit_test(net__learns_from_views_without_labels),
        cmocka_unit_test(net__infers_without_truth),
        cmocka_unit_test(net__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
