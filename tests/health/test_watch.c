/* SPDX-License-Identifier: Apache-2.0 */
/* test_watch.c - histories hold healthy steps; nothing is said twice. */
#include <stdlib.h>

#include "base/mem.h"
#include "frames.h"
#include "health/signs.h"

static void limits__are_those_of_the_table(void **state) {
    (void)state;
    mien_limits l;
    assert_int_equal(
        mien_params_read(&l, mien_limit_params, NULL, NULL, NULL, "limits"),
        MIEN_OK);
    assert_true(l.gain == 1e3 && l.cosine == 0.95 && l.half_max == 6e4);
    int n = 0;
    while (mien_limit_params[n].name) n++;
    assert_int_equal(n, (int)(sizeof l / sizeof(double)));
}

static void detectors__have_names_and_summaries(void **state) {
    (void)state;
    int n;
    const mien_detector_ops *const *d = mien_detectors(&n);
    assert_int_equal(n, 15);
    for (int i = 0; i < n; i++) {
        assert_true(d[i]->name[0] && d[i]->summary[0] && d[i]->look);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(d[i]->name, d[k]->name);
    }
}

static void watch__is_silent_on_a_healthy_training(void **state) {
    (void)state;
    course c;
    begin(&c, 6);
    look_healthy(&c, 1000);
    assert_true(c.watch.history.n == 1000);
    end(&c);
}

static void history__knows_median_and_mad(void **state) {
    (void)state;
    mien_history h = {0};
    assert_true(isnan(mien_history_median(&h, h.loss, 10)));
    assert_true(isnan(mien_history_mad(&h, h.loss, 10)));
    static const double x[] = {5, 1, 9, 3, 100};
    for (int i = 0; i < 5; i++) h.loss[i] = x[i];
    h.n = 5;
    assert_true(mien_history_median(&h, h.loss, 200) == 5);
    assert_true(mien_history_mad(&h, h.loss, 200) == 4);
    assert_true(mien_history_median(&h, h.loss, 2) == 51.5);
    assert_true(mien_history_median(&h, h.loss, 4) == 6);
    h.n = MIEN_WATCH_HISTORY + 2; /* x[2] is now the oldest of all */
    for (int i = 0; i < MIEN_WATCH_HISTORY; i++) h.loss[i] = i < 2 ? 1e9 : i;
    assert_true(mien_history_median(&h, h.loss, 3) == 1e9);
    assert_true(mien_history_median(&h, h.loss, 5) == 199);
}

static void history__median_agrees_with_sorting(void **state) {
    (void)state;
    mien_history h = {0};
    for (int n = 1; n <= MIEN_WATCH_HISTORY; n++) {
        for (int i = 0; i < n; i++) h.norm[i] = (i * 7919) % 31; /* ties */
        h.n = n;
        const double m = mien_history_median(&h, h.norm, n);
        int below = 0, above = 0;
        for (int i = 0; i < n; i++) {
            below += h.norm[i] < m;
            above += h.norm[i] > m;
        }
        assert_true(2 * below <= n && 2 * above <= n);
    }
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle(double *x, int n) {
    qsort(x, (size_t)n, sizeof *x, by_size);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* Both, against sorting the last values of a row. */
static void check_window(const mien_history *h, const double *row, int size) {
    double x[MIEN_WATCH_HISTORY];
    const int n = mien_history_copy(x, h, row, size);
    const double m = middle(x, n);
    assert_true(mien_history_median(h, row, size) == m);
    for (int i = 0; i < n; i++) x[i] = fabs(x[i] - m);
    assert_true(mien_history_mad(h, row, size) == middle(x, n));
}

static void history__windows_agree_with_sorting(void **state) {
    (void)state;
    static mien_history h;
    mien_frame f = {0};
    uint32_t seed = 7;
    for (int i = 0; i < 900; i++) {
        double *const x[] = {&f.loss, &f.norm, &f.input.rms, &f.input.max};
        for (int k = 0; k < 4; k++) {
            seed = seed * 1664525u + 1013904223u;
            const int many = (seed >> 8) % 1000,
                      few = (seed >> 8) % 7; /* ties */
            *x[k] = i / 300 % 2 ? few - 3 : 0.1 * many;
        }
        if (i == 500) h.ordered = 0; /* as after rows came from elsewhere */
        mien_history_enter(&h, &f);
        check_window(&h, h.loss, MIEN_WATCH_HISTORY);
        check_window(&h, h.norm, MIEN_NORM_WINDOW);
        check_window(&h, h.input, MIEN_WATCH_HISTORY);
        check_window(&h, h.peak, MIEN_WATCH_HISTORY);
        check_window(&h, h.loss, 30);
    }
}

static void look_ill(course *c, double loss, double norm, double input) {
    const mien_frame healthy = c->frame;
    c->frame.loss = loss;
    c->frame.norm = norm;
    c->frame.input.rms = input;
    look(c);
    c->frame.loss = healthy.loss;
    c->frame.norm = healthy.norm;
    c->frame.input.rms = healthy.input.rms;
}

static void history__takes_no_frame_that_is_not_healthy(void **state) {
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    course c;
    begin(&c, 3);
    for (int i = 0; i < 3; i++) {
        look_ill(&c, bad[i], 1, 0.5);
        look_ill(&c, 2, bad[i], 0.5);
        look_ill(&c, 2, 1, bad[i]);
    }
    c.frame.skipped = true;
    look(&c);
    c.frame.skipped = false;
    c.frame.bad = "conv1.weight";
    look(&c);
    c.frame.bad = NULL;
    c.frame.input.non_finite = 1;
    look(&c);
    c.frame.input.non_finite = 0;
    assert_true(c.watch.history.n == 0);
    for (int i = 0; i < MIEN_WATCH_HISTORY; i++)
        assert_true(c.watch.history.loss[i] == 0 &&
                    c.watch.history.norm[i] == 0 &&
                    c.watch.history.input[i] == 0);
    for (size_t i = 0; i < c.watch.n_state; i++)
        assert_true(isfinite(c.watch.state[i]));
    look(&c);
    assert_true(c.watch.history.n == 1);
    end(&c);
}

static void watch__sorts_the_worst_first(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.tensors[0].ratio = 0.05;     /* a note of `exploding` */
    c.layers[1].dead = 0.2;        /* a warning of `dead` */
    c.layers[2].dy.non_finite = 3; /* a failure of `non_finite` */
    c.frame.step = 30;
    c.frame.decay_share = 10; /* a failure of `decay` */
    look(&c);
    assert_int_equal(c.watch.n, 4);
    assert_string_equal(c.watch.findings[0].detector, "non_finite");
    assert_string_equal(c.watch.findings[1].detector, "decay");
    assert_string_equal(c.watch.findings[2].detector, "dead");
    assert_string_equal(c.watch.findings[3].detector, "exploding");
    end(&c);
}

static void watch__repeats_what_got_worse_or_old(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 10);
    c.layers[1].dead = 0.6;
    c.tensors[0].ratio = 2;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_RATE);
    assert_int_equal(said(&c, "exploding")->since, 10);
    assert_non_null(said(&c, "dead"));
    look(&c);
    assert_int_equal(c.watch.n, 0);
    c.tensors[0].ratio = 3; /* worse, but not by 2x */
    look(&c);
    assert_int_equal(c.watch.n, 0);
    c.tensors[0].ratio = 4.1;
    look(&c);
    assert_non_null(said(&c, "exploding"));
    assert_int_equal(said(&c, "exploding")->since, 10);
    int repeats = 0;
    for (int i = 0; i < 400; i++) {
        look(&c);
        repeats += said(&c, "dead") != NULL;
        if (said(&c, "dead")) assert_int_equal(said(&c, "dead")->since, 10);
    }
    assert_int_equal(repeats, 2);
    end(&c);
}

static void watch__tells_a_new_story_after_a_reset(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 50);
    c.layers[1].dead = 0.6;
    look(&c);
    assert_non_null(said(&c, "dead"));
    const double scale = c.watch.history.start_scale;
    assert_true(scale == 0.9);
    mien_watch_reset(&c.watch);
    assert_true(c.watch.history.n == 0 && c.watch.n == 0);
    assert_true(c.watch.history.start_scale == scale);
    for (size_t i = 0; i < c.watch.n_state; i++)
        assert_true(c.watch.state[i] == 0);
    c.frame.step = 20; /* rolled back */
    look(&c);
    assert_non_null(said(&c, "dead"));
    assert_int_equal(said(&c, "dead")->since, 20);
    end(&c);
}

static void watch__goes_on_from_a_copy(void **state) {
    (void)state;
    course a, b;
    begin(&a, 5);
    look_healthy(&a, 60);
    a.layers[1].dead = 0.6;
    look(&a);
    begin(&b, 5);
    b.frame = a.frame; /* looks at the layers of a */
    b.watch.history = a.watch.history;
    assert_int_equal(a.watch.n_state, b.watch.n_state);
    memcpy(b.watch.state, a.watch.state,
           a.watch.n_state * sizeof *a.watch.state);
    for (int i = 0; i < 300; i++) {
        a.frame.loss = b.frame.loss = i == 40 ? 90 : 1.5 + 0.1 * sin(i);
        a.frame.norm = b.frame.norm = i == 41 ? 500 : 1;
        a.tensors[2].ratio = i > 20 ? 0.2 : 0.001;
        look(&a);
        look(&b);
        assert_int_equal(a.watch.n, b.watch.n);
        for (int k = 0; k < a.watch.n; k++)
            assert_string_equal(a.watch.findings[k].text,
                                b.watch.findings[k].text);
        assert_memory_equal(a.watch.state, b.watch.state,
                            a.watch.n_state * sizeof(double));
        assert_memory_equal(&a.watch.history, &b.watch.history,
                            sizeof a.watch.history);
    }
    end(&a);
    end(&b);
}

static void watch__allocates_when_opened_only(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    mien_mem_fail_after(-1);
    look_healthy(&c, 150);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    const mien_limits limits = c.watch.limits;
    end(&c);
    mien_mem_fail_after(0);
    assert_int_equal(mien_watch_open(&c.watch, &limits), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    assert_null(c.watch.state);
    end(&c);
}

static void watch__drops_what_does_not_fit(void **state) {
    (void)state;
    course c;
    begin(&c, 3);
    c.watch.frame = &c.frame;
    c.watch.speaking = "test";
    for (int i = 0; i < MIEN_MAX_FINDINGS + 8; i++) {
        const mien_finding f = {.cause = i % MIEN_CAUSES,
                                .severity = i / MIEN_CAUSES};
        mien_watch_say(&c.watch, &f, "number %d %1000s", i, "long");
    }
    assert_int_equal(c.watch.n, MIEN_MAX_FINDINGS);
    for (int i = 1; i < c.watch.n; i++)
        assert_true(c.watch.findings[i - 1].severity >=
                    c.watch.findings[i].severity);
    assert_int_equal(strlen(c.watch.findings[0].text), MIEN_SAY_ROOM - 1);
    end(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits__are_those_of_the_table),
        cmocka_unit_test(detectors__have_names_and_summaries),
        cmocka_unit_test(watch__is_silent_on_a_healthy_training),
        cmocka_unit_test(history__knows_median_and_mad),
        cmocka_unit_test(history__median_agrees_with_sorting),
        cmocka_unit_test(history__windows_agree_with_sorting),
        cmocka_unit_test(history__takes_no_frame_that_is_not_healthy),
        cmocka_unit_test(watch__sorts_the_worst_first),
        cmocka_unit_test(watch__repeats_what_got_worse_or_old),
        cmocka_unit_test(watch__tells_a_new_story_after_a_reset),
        cmocka_unit_test(watch__goes_on_from_a_copy),
        cmocka_unit_test(watch__allocates_when_opened_only),
        cmocka_unit_test(watch__drops_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
