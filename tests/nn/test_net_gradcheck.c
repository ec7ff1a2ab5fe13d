/* SPDX-License-Identifier: Apache-2.0 */
/* test_net_gradcheck.c - whole networks: all layers pass, a slope without
 * bound does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_fixture.h"
#include "nn/gradcheck.h"
#include "nn/twin.h"

static mien_gradcheck_summary check(const world *o, mien_arena *arena,
                                    int threads) {
    mien_gradcheck_summary sum;
    const mien_net_check c = {
        .batch = &o->batch, .values = 8, .tolerance = 1e-6, .threads = threads};
    if (mien_net_gradcheck(&sum, arena, o->net, &c) != MIEN_OK)
        fail_msg("%s", mien_error());
    return sum;
}

static const mien_gradcheck_row *row_of(const mien_gradcheck_summary *s,
                                        const char *name) {
    for (int i = 0; i < s->n; i++)
        if (!strcmp(s->rows[i].tensor, name)) return &s->rows[i];
    return NULL;
}

static void gradcheck__passes_on_all_examples(void **state) {
    (void)state;
    for (int e = 0; e < N_EXAMPLES; e++) {
        world o;
        mien_arena arena = {0};
        open_world(&o, &examples[e], 1);
        const mien_gradcheck_summary s = check(&o, &arena, 2);
        for (int i = 0; i < s.n; i++)
            if (!s.rows[i].pass)
                fail_msg("%s: %s is off by %g (%g, by differences %g)",
                         examples[e].name, s.rows[i].tensor, s.rows[i].worst,
                         s.rows[i].analytic, s.rows[i].numeric);
        assert_true(s.pass && isfinite(s.loss));
        for (int k = 0; k < o.net->weights.n_trained; k++) {
            const mien_gradcheck_row *row =
                row_of(&s, o.net->weights.items[k].name);
            assert_non_null(row);
            assert_true(row->checked > 0 || s.kinks);
        }
        assert_int_equal(row_of(&s, "network")->checked, 1);
        assert_non_null(row_of(&s, "loss.input"));
        mien_arena_close(&arena);
        close_world(&o);
    }
}

static void gradcheck__has_the_same_bits_for_any_threads(void **state) {
    (void)state;
    world o;
    mien_arena arena = {0};
    open_world(&o, &examples[2], 1);
    const mien_gradcheck_summary a = check(&o, &arena, 1);
    const mien_gradcheck_summary b = check(&o, &arena, 3);
    assert_int_equal(a.n, b.n);
    assert_int_equal(a.kinks, b.kinks);
    for (int i = 0; i < a.n; i++) {
        assert_int_equal(a.rows[i].checked, b.rows[i].checked);
        assert_true(a.rows[i].worst == b.rows[i].worst);
        assert_true(a.rows[i].numeric == b.rows[i].numeric);
    }
    mien_arena_close(&arena);
    close_world(&o);
}

/* Two samples answer with the unit vectors that are their classes' centres:
 * theta is 0. */
static const example tips[] = {
    {"bounded", "- flatten\n", "{arcface: {s: 8}}", {2, 4, 1, 1}, 4},
    {"exact",
     "- flatten\n",
     "{arcface: {s: 8, bounded: false}}",
     {2, 4, 1, 1},
     4},
};

static void open_tip(world *o, const example *e) {
    open_world(o, e, 1);
    const mien_weight *centre =
        mien_weights_find(&o->net->weights, "loss.centre");
    float *w = o->net->weights.values + centre->offset;
    assert_int_equal(centre->count, 16);
    for (int i = 0; i < 16; i++) w[i] = i % 5 ? 0 : 1e8f;
    for (int i = 0; i < 8; i++) o->x[i] = i % 5 ? 0 : 1e8f;
    o->label[0] = 0;
    o->label[1] = 1;
}

static void gradcheck__finds_the_slope_without_bound(void **state) {
    (void)state;
    for (int exact = 0; exact < 2; exact++) {
        world o;
        mien_arena arena = {0};
        open_tip(&o, &tips[exact]);
        const mien_gradcheck_summary s = check(&o, &arena, 1);
        assert_int_equal(s.pass, !exact);
        assert_int_equal(row_of(&s, "loss.input")->pass, !exact);
        assert_int_equal(row_of(&s, "loss.centre")->pass, !exact);
        if (exact) assert_true(isinf(row_of(&s, "loss.centre")->worst));
        mien_arena_close(&arena);
        close_world(&o);
    }
}

static void gradcheck__refuses_a_batch_without_labels(void **state) {
    (void)state;
    world o;
    mien_arena arena = {0};
    mien_gradcheck_summary s;
    open_world(&o, &examples[0], 1);
    o.batch.label = NULL;
    const mien_net_check c = {
        .batch = &o.batch, .values = 1, .tolerance = 1e-6, .threads = 1};
    assert_int_equal(mien_net_gradcheck(&s, &arena, o.net, &c), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "labels"));
    mien_arena_close(&arena);
    close_world(&o);
}

static void gradcheck__reports_a_lack_of_memory(void **state) {
    (void)state;
    world o;
    open_world(&o, &examples[5], 1); /* with reparametrised weights */
    const mien_net_check c = {
        .batch = &o.batch, .values = 1, .tolerance = 1e-6, .threads = 1};
    mien_status status = MIEN_ENOMEM;
    int n = 0;
    for (; status == MIEN_ENOMEM; n++) {
        mien_arena arena = {0};
        mien_gradcheck_summary s;
        mien_mem_fail_after(n);
        status = mien_net_gradcheck(&s, &arena, o.net, &c);
        mien_mem_fail_after(-1);
        mien_arena_close(&arena);
    }
    assert_int_equal(status, MIEN_OK);
    assert_true(n > 20);
    close_world(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradcheck__passes_on_all_examples),
        cmocka_unit_test(gradcheck__has_the_same_bits_for_any_threads),
        cmocka_unit_test(gradcheck__finds_the_slope_without_bound),
        cmocka_unit_test(gradcheck__refuses_a_batch_without_labels),
        cmocka_unit_test(gradcheck__reports_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
