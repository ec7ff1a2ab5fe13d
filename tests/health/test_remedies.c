/* SPDX-License-Identifier: Apache-2.0 */
/* test_remedies.c - each remedy changes in the recipe what its cause is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "health/remedy.h"

static mien_arena arena;

static mien_patient patient_of(const char *recipe) {
    mien_tree *root;
    assert_int_equal(
        mien_tree_parse(&root, &arena, recipe, strlen(recipe), "r.yaml"),
        MIEN_OK);
    return (mien_patient){.arena = &arena,
                          .recipe = root,
                          .optimiser = "momentum",
                          .loss = "arcface",
                          .lr = 0.1,
                          .gentle_lr = NAN,
                          .steps = 300,
                          .batch = 32,
                          .accumulate = 1,
                          .channels = 1,
                          .mean = {120},
                          .std = {50}};
}

static mien_prescription prescribed(const char *remedy, const char *recipe,
                                    mien_cause cause) {
    const mien_remedy_ops *r = mien_remedy_named(remedy);
    const mien_patient p = patient_of(recipe);
    const mien_finding finding = {.cause = cause};
    mien_prescription out = {0};
    assert_non_null(r);
    assert_true(mien_remedy_treats(r, cause));
    assert_int_equal(r->prescribe(&out, &p, &finding), MIEN_OK);
    return out;
}

static int close_arena(void **state) {
    (void)state;
    mien_arena_close(&arena);
    return 0;
}

static void remedies__change_what_their_cause_is(void **state) {
    (void)state;
    static const struct {
        const char *remedy;
        mien_cause cause;
        const char *change;
    } rows[] = {
        {"standardise", MIEN_CAUSE_INPUT_RANGE, "input.mean=[120]"},
        {"shuffle", MIEN_CAUSE_CLASS_ORDER, "data.order=shuffle"},
        {"dedupe", MIEN_CAUSE_DUPLICATES, "data.dedupe=drop"},
        {"clean", MIEN_CAUSE_LABEL_NOISE, "data.contradictions=drop"},
        {"settings", MIEN_CAUSE_MOMENTUM, "optim.momentum.momentum=0.9"},
        {"settings", MIEN_CAUSE_DECAY, "optim.momentum.weight_decay=0.0005"},
        {"settings", MIEN_CAUSE_EPSILON, "optim.momentum.eps=1e-08"},
        {"precision", MIEN_CAUSE_OVERFLOW, "precision.type=bf16"},
        {"precision", MIEN_CAUSE_UNDERFLOW, "precision.loss_scale=0"},
        {"precision", MIEN_CAUSE_STALL, "precision.master=true"},
        {"slope", MIEN_CAUSE_MARGIN_SLOPE, "loss.arcface.bounded=true"},
        {"lsuv", MIEN_CAUSE_INIT_LARGE, "init=lsuv"},
        {"head", MIEN_CAUSE_MARGIN, "loss.arcface.warmup=0.5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const mien_prescription p =
            prescribed(rows[i].remedy, "model: [relu]\n", rows[i].cause);
        assert_true(p.n >= 1);
        assert_string_equal(p.changes[0], rows[i].change);
    }
}

static void lsuv__is_not_prescribed_twice(void **state) {
    (void)state;
    assert_int_equal(
        prescribed("lsuv", "init: lsuv\n", MIEN_CAUSE_INIT_SMALL).n, 0);
}

static void head__eases_a_margin_that_grows_already(void **state) {
    (void)state;
    const mien_prescription p = prescribed(
        "head", "loss: {arcface: {m: 0.5, warmup: 0.5}}\n", MIEN_CAUSE_MARGIN);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.changes[0], "loss.arcface.m=0.25");
    assert_string_equal(p.changes[1], "optim.momentum.lr=0.01");
}

static double lr_of_rate(double gentle) {
    mien_patient p = patient_of("model: [relu]\n");
    mien_prescription out = {0};
    double lr = 0;
    p.gentle_lr = gentle;
    assert_int_equal(mien_remedy_named("rate")->prescribe(&out, &p, NULL),
                     MIEN_OK);
    if (out.n) sscanf(out.changes[0], "optim.momentum.lr=%lf", &lr);
    return lr;
}

static void rate__is_only_lowered(void **state) {
    (void)state;
    assert_float_equal(lr_of_rate(0.004), 0.004, 1e-9);
    assert_float_equal(lr_of_rate(NAN), 0, 0);
    assert_float_equal(lr_of_rate(0.09), 0, 0);
}

static void units__replaces_activations_at_any_depth(void **state) {
    (void)state;
    const mien_prescription p = prescribed(
        "units",
        "model:\n- conv: {out: 4}\n- relu\n- repeat: {times: 2, body: "
        "[{dense: {out: 4}}, sigmoid]}\n- dense: {out: 2}\n",
        MIEN_CAUSE_DEAD);
    assert_int_equal(p.n, 2);
    assert_null(strstr(p.changes[1], "sigmoid"));
    assert_null(strstr(p.changes[1], "- relu"));
    assert_non_null(strstr(p.changes[1], "leaky_relu"));
    assert_non_null(strstr(p.changes[1], "conv"));
}

/* The model of a prescription as a list of "kind" words, repeats flattened. */
static void kinds(char *out, const mien_tree *list) {
    for (const mien_tree *i = list->first; i; i = i->next) {
        const char *kind = i->kind == MIEN_TREE_MAP ? i->first->key : i->text;
        if (!strcmp(kind, "repeat")) {
            strcat(out, "(");
            kinds(out, mien_tree_get(i->first, "body"));
            strcat(out, ")");
        } else {
            strcat(out, kind);
            strcat(out, " ");
        }
    }
}

static void skips_of(char *out, const char *body) {
    char recipe[512];
    mien_tree *root;
    snprintf(recipe, sizeof recipe,
             "model:\n- flatten\n- repeat:\n    times: 50\n    body: [%s]\n"
             "- dense: {out: 2}\n",
             body);
    const mien_prescription p =
        prescribed("residual", recipe, MIEN_CAUSE_DEPTH);
    *out = 0;
    if (!p.n) return;
    assert_int_equal(mien_tree_parse(&root, &arena, "{}", 2, "x"), MIEN_OK);
    for (int i = 0; i < p.n; i++)
        assert_int_equal(mien_tree_set(root, &arena, p.changes[i]), MIEN_OK);
    assert_string_equal(mien_tree_get(root, "init")->text, "lsuv");
    kinds(out, mien_tree_get(root, "model"));
}

static void residual__puts_skips_around_equal_layers(void **state) {
    (void)state;
    char got[256];
    skips_of(got, "dropout, tanh");
    assert_string_equal(got, "");
    skips_of(got, "{dense: {out: 64}}, tanh");
    assert_string_equal(got,
                        "flatten dense tanh (name layernorm tanh dense scale "
                        "add )dense bn ");
    skips_of(got, "{dense: {out: 64}}, bn, relu");
    assert_string_equal(got,
                        "flatten dense bn relu (name bn relu dense scale add "
                        ")dense bn ");
}

static void residual__ends_an_embedding_in_one_batch_norm(void **state) {
    (void)state;
    static const char deep[] =
        "model:\n- repeat: {times: 9, body: [{dense: {out: 4}}, relu]}\n- bn\n";
    const mien_prescription p = prescribed("residual", deep, MIEN_CAUSE_DEPTH);
    const char *first = p.n == 2 ? strstr(p.changes[1], "- bn") : NULL;
    assert_non_null(first);
    assert_null(strstr(first + 1, "- bn"));
}

static void residual__leaves_what_has_skips(void **state) {
    (void)state;
    char got[256];
    skips_of(got, "{name: h}, {dense: {out: 64}}, relu, {add: h}");
    assert_string_equal(got, "");
}

static void listed__finds_whole_names_only(void **state) {
    (void)state;
    assert_true(mien_remedy_listed("lsuv, rate", "rate"));
    assert_true(mien_remedy_listed("lsuv", "lsuv"));
    assert_false(mien_remedy_listed("lsuv, rates", "rate"));
    assert_false(mien_remedy_listed("", "rate"));
    assert_false(mien_remedy_listed(NULL, "rate"));
}

static void every_row__has_a_name_and_says_what_it_does(void **state) {
    (void)state;
    int count;
    const mien_remedy_ops *const *all = mien_remedies(&count);
    assert_true(count > 10);
    for (int i = 0; i < count; i++) {
        assert_ptr_equal(mien_remedy_named(all[i]->name), all[i]);
        assert_true(strlen(all[i]->summary) > 5);
        assert_true(!all[i]->prescribe == !all[i]->treats[0]);
    }
    assert_null(mien_remedy_named("leeches"));
}

static void prescriptions__survive_failing_allocations(void **state) {
    (void)state;
    int count;
    const mien_remedy_ops *const *all = mien_remedies(&count);
    mien_patient p = patient_of(
        "model:\n- repeat: {times: 9, body: [{dense: {out: 4}}, relu]}\n");
    for (int i = 0; i < count; i++) {
        mien_status status = all[i]->prescribe ? MIEN_ENOMEM : MIEN_OK;
        for (int n = 0; status == MIEN_ENOMEM && n < 200; n++) {
            mien_arena fresh = {0};
            mien_prescription out = {0};
            const mien_finding f = {.cause = all[i]->treats[0]};
            p.arena = &fresh;
            mien_mem_fail_after(n);
            status = all[i]->prescribe(&out, &p, &f);
            mien_mem_fail_after(-1);
            mien_arena_close(&fresh);
        }
        assert_int_equal(status, MIEN_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remedies__change_what_their_cause_is),
        cmocka_unit_test(lsuv__is_not_prescribed_twice),
        cmocka_unit_test(head__eases_a_margin_that_grows_already),
        cmocka_unit_test(rate__is_only_lowered),
        cmocka_unit_test(units__replaces_activations_at_any_depth),
        cmocka_unit_test(residual__puts_skips_around_equal_layers),
        cmocka_unit_test(residual__ends_an_embedding_in_one_batch_norm),
        cmocka_unit_test(residual__leaves_what_has_skips),
        cmocka_unit_test(listed__finds_whole_names_only),
        cmocka_unit_test(every_row__has_a_name_and_says_what_it_does),
        cmocka_unit_test(prescriptions__survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, close_arena);
}
