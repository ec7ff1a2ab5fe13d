/* SPDX-License-Identifier: Apache-2.0 */
/* test_detectors_course.c - what shows over many steps: losses, margins,
 * clips, 16 bits, the order of the data. */
#include "frames.h"
#include "nn/precision.h"

/* ---- class_order ------------------------------------------------------ */

static void class_order__wants_three_batches_of_one_class(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.distinct = 1;
    for (int i = 0; i < 2; i++) {
        look(&c);
        assert_null(said(&c, "class_order"));
    }
    look(&c);
    assert_said(&c, "class_order", MIEN_FAIL, MIEN_CAUSE_CLASS_ORDER);
    assert_string_equal(said(&c, "class_order")->text,
                        "3 batches in a row of 32 samples hold 1 of 10 "
                        "classes; drawn at random they would hold 9.66");
    end(&c);
}

static void class_order__lets_samplers_and_small_batches_be(void **state) {
    (void)state;
    static const struct {
        int samples, distinct, classes;
    } cases[] = {{32, 8, 80000}, {2, 1, 10}, {32, 1, 2},
                 {32, 7, 10},    {32, 0, 0}, {1, 1, 10}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        course c;
        begin(&c, 4);
        c.frame.samples = cases[k].samples;
        c.frame.distinct = cases[k].distinct;
        c.frame.classes = cases[k].classes;
        for (int i = 0; i < 50; i++) {
            look(&c);
            assert_null(said(&c, "class_order"));
        }
        end(&c);
    }
}

static void class_order__warns_of_few_for_long(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.samples = 64;
    c.frame.classes = 100;
    c.frame.distinct = 2;
    for (int i = 0; i < 9; i++) look(&c);
    assert_null(said(&c, "class_order"));
    look(&c);
    assert_said(&c, "class_order", MIEN_WARN, MIEN_CAUSE_CLASS_ORDER);
    end(&c);
}

/* ---- collapsed, margin ------------------------------------------------ */

static void collapsed__blames_depth_at_the_start(void **state) {
    (void)state;
    course c;
    begin(&c, 6);
    c.frame.cosine = 0.99; /* as shallow networks are */
    look(&c);
    assert_null(said(&c, "collapsed"));
    end(&c);
    begin(&c, 50);
    c.frame.cosine = 0.99;
    look(&c);
    assert_said(&c, "collapsed", MIEN_FAIL, MIEN_CAUSE_DEPTH);
    end(&c);
    begin(&c, 50);
    c.frame.cosine = 0.99;
    c.layers[20].kind = "add + relu"; /* it has skips */
    look(&c);
    assert_null(said(&c, "collapsed"));
    end(&c);
}

static void collapsed__means_alike_and_not_learning(void **state) {
    (void)state;
    course c;
    begin(&c, 6);
    c.frame.cosine = 0.99;
    for (int i = 0; i < 300; i++) {
        c.frame.loss = 1.5;
        look(&c);
        assert_null(said(&c, "collapsed"));
    }
    c.frame.loss = 2.3;
    int first = -1;
    for (int i = 0; i < 150; i++) {
        look(&c);
        if (first < 0 && said(&c, "collapsed")) first = i;
    }
    assert_int_equal(first, 99);
    end(&c);
}

static void margin_frame(course *c, double m, double loss, double cosine) {
    begin(c, 6);
    c->frame.classes = 1000;
    c->frame.distinct = 31;
    c->frame.margin_s = 64;
    c->frame.margin_m = m;
    c->frame.theta = 1.55;
    c->frame.theta_least = 1.4;
    c->frame.expected = log(1000) + 64 * sin(m);
    c->frame.loss = loss;
    c->frame.cosine = cosine;
}

static void collapsed__knows_the_margins_signature(void **state) {
    (void)state;
    course c;
    margin_frame(&c, 0.5, 20, 0.97); /* 15.1 <= 20 <= 37.6 */
    int first = -1;
    for (int i = 0; i < 40; i++) {
        look(&c);
        const mien_finding *f = said(&c, "collapsed");
        if (f && first < 0) {
            first = i;
            assert_int_equal(f->cause, MIEN_CAUSE_MARGIN);
        }
    }
    assert_int_equal(first, 29);
    end(&c);
    margin_frame(&c, 0.5, 12, 0.97); /* below: it learns */
    for (int i = 0; i < 60; i++) look(&c);
    assert_null(said(&c, "collapsed"));
    end(&c);
}

static void margin__is_too_early_while_nothing_moves(void **state) {
    (void)state;
    course c;
    margin_frame(&c, 0.5, 37.5, 0.2);
    for (int i = 0; i < 14; i++) {
        look(&c);
        assert_null(said(&c, "margin"));
    }
    look(&c);
    assert_said(&c, "margin", MIEN_WARN, MIEN_CAUSE_MARGIN);
    assert_non_null(strstr(said(&c, "margin")->text, "at s 64, m 0.5"));
    c.frame.cosine = 0.96;
    look(&c);
    assert_said(&c, "margin", MIEN_FAIL, MIEN_CAUSE_MARGIN);
    end(&c);
}

static void margin__is_fine_when_the_loss_falls(void **state) {
    (void)state;
    course c;
    margin_frame(&c, 0.5, 37.5, 0.2);
    for (int i = 0; i < 80; i++) {
        c.frame.loss = 37.5 - 0.2 * i;
        look(&c);
        assert_null(said(&c, "margin"));
    }
    end(&c);
    margin_frame(&c, 0.1, 13, 0.2); /* a small margin */
    for (int i = 0; i < 80; i++) look(&c);
    assert_null(said(&c, "margin"));
    end(&c);
}

/* ---- spike ------------------------------------------------------------ */

static void spike__is_a_loss_that_jumps(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 28);
    c.frame.loss = 60;
    look(&c); /* too early to say */
    assert_null(said(&c, "spike"));
    look_healthy(&c, 20);
    c.frame.loss = 60;
    look(&c);
    assert_said(&c, "spike", MIEN_FAIL, MIEN_CAUSE_RATE);
    look_healthy(&c, 250);
    c.frame.loss = 60;
    c.frame.input.rms = 50;
    look(&c);
    assert_said(&c, "spike", MIEN_FAIL, MIEN_CAUSE_OUTLIER);
    end(&c);
}

static void spike__is_no_failure_in_a_single_batch(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 600); /* to a loss of .5 */
    c.frame.loss = 2.2;
    look(&c);
    assert_said(&c, "spike", MIEN_NOTE, MIEN_CAUSE_RATE);
    c.frame.loss = 3; /* above ln 10 */
    look(&c);
    assert_said(&c, "spike", MIEN_WARN, MIEN_CAUSE_RATE);
    look(&c);
    assert_said(&c, "spike", MIEN_FAIL, MIEN_CAUSE_RATE);
    end(&c);
}

static void spike__lets_a_margin_grow(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.margin_s = 32;
    for (int i = 0; i < 600; i++) {
        c.frame.margin_m = 0.4 * fmin(1, i / 300.0);
        c.frame.loss = 4 + 30 * sin(c.frame.margin_m);
        c.frame.expected = 4;
        look(&c);
        assert_null(said(&c, "spike"));
    }
    end(&c);
}

static void spike__does_not_mind_a_loss_that_stands_still(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    for (int i = 0; i < 400; i++) {
        c.frame.loss = 0.5 * (1 + 0.02 * sin(5.0 * i)); /* MAD about 1 % */
        look(&c);
        assert_null(said(&c, "spike"));
    }
    c.frame.loss = 0.5;
    for (int i = 0; i < 300; i++) {
        look(&c); /* MAD 0: the floor holds */
        assert_null(said(&c, "spike"));
    }
    end(&c);
}

static void spike__is_also_a_slow_rise(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 120);
    bool rose = false;
    for (int i = 0; i < 150 && !rose; i++) {
        c.frame.loss = 1.7 * exp(i * 0.01) * (1 + 0.05 * sin(7.0 * i));
        look(&c);
        const mien_finding *f = said(&c, "spike");
        rose = f && strstr(f->text, "P(slope > 0)");
    }
    assert_true(rose);
    assert_said(&c, "spike", MIEN_FAIL, MIEN_CAUSE_RATE);
    end(&c);
}

/* ---- over_clipped ----------------------------------------------------- */

static void over_clipped__counts_the_last_hundred(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.threshold = 1;
    int first = -1;
    for (int i = 0; i < 150; i++) {
        c.frame.clipped = i % 5 < 3;
        look(&c);
        if (first < 0 && said(&c, "over_clipped")) first = i;
    }
    assert_int_equal(first, 100);
    end(&c);
    begin(&c, 4);
    c.frame.threshold = 1;
    for (int i = 0; i < 300; i++) {
        c.frame.clipped = i % 5 < 2;
        look(&c);
        assert_null(said(&c, "over_clipped"));
    }
    end(&c);
}

static void over_clipped__forgives_a_threshold_that_follows(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.clipped = true;
    const mien_finding *f = NULL;
    for (int i = 0; i < 101; i++) {
        c.frame.threshold = 1 + 0.01 * i;
        look(&c);
        f = said(&c, "over_clipped");
    }
    assert_non_null(f);
    assert_int_equal(f->severity, MIEN_NOTE);
    end(&c);
    begin(&c, 4);
    c.frame.clipped = true;
    c.frame.threshold = 1;
    for (int i = 0; i < 101; i++) look(&c);
    assert_said(&c, "over_clipped", MIEN_WARN, MIEN_CAUSE_RATE);
    end(&c);
}

/* ---- low_precision ---------------------------------------------------- */

static void low_precision__looks_at_16_bits_only(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.layers[1].y.max = 1e6;
    c.layers[1].dy.underflow = 0.9;
    for (int i = 0; i < 4; i++) c.tensors[2 * i].stalled = 1;
    for (int i = 0; i < 20; i++) look(&c);
    assert_null(said(&c, "low_precision"));
    end(&c);
}

static void low_precision__sees_overflow_and_underflow(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.precision = MIEN_PRECISION_F16;
    c.layers[1].y.max = 6.3e4;
    look(&c);
    assert_said(&c, "low_precision", MIEN_FAIL, MIEN_CAUSE_OVERFLOW);
    assert_string_equal(said(&c, "low_precision")->where, "conv2");
    c.layers[1].y.max = 4;
    c.layers[0].dy.underflow = 0.02;
    look(&c);
    assert_said(&c, "low_precision", MIEN_FAIL, MIEN_CAUSE_UNDERFLOW);
    c.frame.precision = MIEN_PRECISION_BF16; /* holds what float32 holds */
    c.layers[0].dy.underflow = 0;
    c.layers[1].y.max = 1e7;
    look(&c);
    assert_null(said(&c, "low_precision"));
    c.layers[3].dy.overflow = 0.01;
    look(&c);
    assert_said(&c, "low_precision", MIEN_FAIL, MIEN_CAUSE_OVERFLOW);
    end(&c);
}

static void low_precision__sees_updates_that_round_away(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.precision = MIEN_PRECISION_BF16;
    c.tensors[2].stalled = 0.9;
    for (int i = 0; i < 9; i++) look(&c);
    assert_null(said(&c, "low_precision"));
    look(&c);
    assert_said(&c, "low_precision", MIEN_FAIL, MIEN_CAUSE_STALL);
    assert_string_equal(said(&c, "low_precision")->where, "conv2.weight");
    end(&c);
}

static void low_precision__counts_skipped_steps(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.precision = MIEN_PRECISION_F16;
    int first = -1;
    for (int i = 0; i < 400; i++) {
        c.frame.skipped = i < 12 || i % 50 == 49; /* the scale is found */
        look(&c);
        const mien_finding *f = said(&c, "low_precision");
        if (f && first < 0) first = i;
    }
    assert_in_range(first, 149, 200);
    end(&c);
}

/* ---- decay ------------------------------------------------------------ */

static void decay__beats_the_gradient(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    c.frame.decay_share = 0.6;
    look(&c);
    assert_said(&c, "decay", MIEN_FAIL, MIEN_CAUSE_DECAY);
    end(&c);
    begin(&c, 4);
    c.frame.decay_share = 0.4;
    look_healthy(&c, 20);
    c.frame.decay_share = 2;
    look_healthy(&c, 20);
    c.frame.decay_share = 4;
    c.frame.loss = 0.3; /* and it learned */
    look(&c);
    assert_said(&c, "decay", MIEN_NOTE, MIEN_CAUSE_DECAY);
    c.frame.loss = 2.3;
    look(&c);
    assert_said(&c, "decay", MIEN_FAIL, MIEN_CAUSE_DECAY);
    end(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_order__wants_three_batches_of_one_class),
        cmocka_unit_test(class_order__lets_samplers_and_small_batches_be),
        cmocka_unit_test(class_order__warns_of_few_for_long),
        cmocka_unit_test(collapsed__blames_depth_at_the_start),
        cmocka_unit_test(collapsed__means_alike_and_not_learning),
        cmocka_unit_test(collapsed__knows_the_margins_signature),
        cmocka_unit_test(margin__is_too_early_while_nothing_moves),
        cmocka_unit_test(margin__is_fine_when_the_loss_falls),
        cmocka_unit_test(spike__is_a_loss_that_jumps),
        cmocka_unit_test(spike__is_no_failure_in_a_single_batch),
        cmocka_unit_test(spike__lets_a_margin_grow),
        cmocka_unit_test(spike__does_not_mind_a_loss_that_stands_still),
        cmocka_unit_test(spike__is_also_a_slow_rise),
        cmocka_unit_test(over_clipped__counts_the_last_hundred),
        cmocka_unit_test(over_clipped__forgives_a_threshold_that_follows),
        cmocka_unit_test(low_precision__looks_at_16_bits_only),
        cmocka_unit_test(low_precision__sees_overflow_and_underflow),
        cmocka_unit_test(low_precision__sees_updates_that_round_away),
        cmocka_unit_test(low_precision__counts_skipped_steps),
        cmocka_unit_test(decay__beats_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
