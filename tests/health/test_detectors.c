/* SPDX-License-Identifier: Apache-2.0 */
/* test_detectors.c - what a single step shows: input, values, gradients. */
#include "frames.h"

static void has(const mien_finding *f, const char *words) {
    if (!strstr(f->text, words))
        fail_msg("\"%s\" does not say \"%s\"", f->text, words);
}

/* ---- outlier ---------------------------------------------------------- */

static void outlier__names_the_batch(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 8);
    c.frame.input.rms = 0.5e6;
    c.frame.epoch = 2;
    look(&c);
    assert_string_equal(c.watch.findings[0].detector, "outlier");
    assert_said(&c, "outlier", MIEN_FAIL, MIEN_CAUSE_OUTLIER);
    assert_string_equal(said(&c, "outlier")->where, "batch 8 of epoch 2");
    has(said(&c, "outlier"), "1.0e6x the median");
    look(&c); /* each such batch counts */
    assert_non_null(said(&c, "outlier"));
    c.frame.input.rms = 0.5;
    c.frame.input.max = 31;
    look(&c);
    has(said(&c, "outlier"), "largest value");
    c.frame.input.max = 29;
    look(&c);
    assert_null(said(&c, "outlier"));
    end(&c);
}

static void outlier__waits_for_five_batches(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    look_healthy(&c, 4);
    c.frame.input.rms = 9;
    look(&c);
    assert_null(said(&c, "outlier"));
    c.frame.input.rms = 0.5;
    look(&c);
    c.frame.input.rms = 9;
    look(&c);
    assert_non_null(said(&c, "outlier"));
    end(&c);
}

/* ---- non_finite ------------------------------------------------------- */

static void non_finite__names_the_first_layer_forward(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 3);
    c.layers[2].y.non_finite = c.layers[3].y.non_finite = 9;
    c.layers[2].y.first_bad = 7;
    c.layers[4].dy.non_finite = 9;
    c.frame.loss = NAN;
    c.frame.bad = "loss";
    c.frame.skipped = true;
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_RATE);
    assert_string_equal(said(&c, "non_finite")->where, "conv3");
    has(said(&c, "non_finite"),
        "the output of conv3 is not finite, first in "
        "sample 7 of 32");
    end(&c);
}

static void non_finite__names_the_last_layer_backward(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 3);
    for (int i = 0; i < 4; i++) c.layers[i].dy.non_finite = 1;
    c.frame.bad = "conv1.weight";
    c.frame.norm = INFINITY;
    c.frame.skipped = true;
    look(&c);
    assert_string_equal(said(&c, "non_finite")->where, "conv4");
    has(said(&c, "non_finite"), "the gradient that reached conv4");
    end(&c);
}

static void non_finite__blames_the_input_first(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    c.frame.input.non_finite = 1;
    c.frame.input.first_bad = 3;
    c.layers[0].y.non_finite = 5;
    c.frame.loss = NAN;
    c.frame.skipped = true;
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_INPUT_BAD);
    assert_string_equal(said(&c, "non_finite")->where, "the input");
    assert_null(said(&c, "wrong_start"));
    assert_null(said(&c, "vanishing"));
    end(&c);
}

static void non_finite__knows_tensors_and_steps_without_probes(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 3);
    c.frame.probed = false;
    c.layers[2].y.non_finite = 9; /* of an older step */
    c.frame.bad = "conv2.weight";
    c.frame.skipped = true;
    look(&c);
    assert_string_equal(said(&c, "non_finite")->where, "conv2.weight");
    look(&c); /* two in a row: twice as bad */
    has(said(&c, "non_finite"), "in 2 steps in a row");
    look(&c);
    assert_null(said(&c, "non_finite"));
    c.frame.bad = NULL;
    c.frame.skipped = false;
    c.layers[2].y.non_finite = 0;
    c.frame.probed = true;
    look(&c);
    assert_null(said(&c, "non_finite"));
    mien_watch_reset(&c.watch);
    c.tensors[4].update = INFINITY;
    look(&c);
    has(said(&c, "non_finite"), "the update of conv3.weight");
    end(&c);
}

static void non_finite__knows_the_margins_slope(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 3);
    c.frame.margin_s = 64;
    c.frame.margin_m = 0.5;
    c.frame.theta_least = 1e-4;
    for (int i = 0; i < 5; i++) c.layers[i].dy.non_finite = 1;
    c.frame.bad = "dense5.weight";
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_MARGIN_SLOPE);
    c.frame.theta_least = 0.8; /* far from it */
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_RATE);
    end(&c);
}

static void non_finite__knows_16_bits_and_large_weights(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    for (int i = 0; i < 5; i++) c.tensors[2 * i].scale = 700;
    c.layers[4].y.non_finite = 5;
    c.frame.loss = INFINITY;
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_INIT_LARGE);
    has(said(&c, "non_finite"), "started at 700x He's");
    c.frame.precision = 1;
    look(&c);
    assert_said(&c, "non_finite", MIEN_FAIL, MIEN_CAUSE_OVERFLOW);
    end(&c);
}

/* ---- wrong_start ------------------------------------------------------ */

static void start(course *c, double loss, double scale, double input) {
    begin(c, 5);
    c->frame.loss = loss;
    c->frame.input.rms = input;
    for (int i = 0; i < 5; i++) c->tensors[2 * i].scale = scale;
    look(c);
}

static void wrong_start__explains_the_first_loss(void **state) {
    (void)state;
    course c;
    start(&c, 2.5, 0.9, 0.5);
    assert_null(said(&c, "wrong_start"));
    end(&c);
    start(&c, 3.1, 0.9, 0.5);
    assert_said(&c, "wrong_start", MIEN_NOTE, MIEN_CAUSE_UNKNOWN);
    end(&c);
    start(&c, 400, 8, 0.5);
    assert_said(&c, "wrong_start", MIEN_FAIL, MIEN_CAUSE_INIT_LARGE);
    has(said(&c, "wrong_start"),
        "the first loss is 400 where a network that "
        "knows nothing has 2.3; the weights started at 8x He's");
    end(&c);
    start(&c, 40, 0.9, 140);
    assert_said(&c, "wrong_start", MIEN_FAIL, MIEN_CAUSE_INPUT_RANGE);
    end(&c);
    start(&c, 1.2, 0.9, 0.5); /* trained before */
    assert_said(&c, "wrong_start", MIEN_NOTE, MIEN_CAUSE_UNKNOWN);
    end(&c);
}

static void wrong_start__is_about_the_first_step(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 1);
    c.frame.loss = 400;
    c.layers[1].forward_gain = 1000;
    look(&c);
    assert_null(said(&c, "wrong_start"));
    end(&c);
}

static void wrong_start__compares_variances(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    c.layers[2].forward_gain = 9;
    c.tensors[4].scale = 10;
    look(&c);
    assert_said(&c, "wrong_start", MIEN_FAIL, MIEN_CAUSE_INIT_LARGE);
    has(said(&c, "wrong_start"), "conv3 gives 81x the variance");
    end(&c);
    begin(&c, 5);
    c.layers[2].forward_gain = 0.01;
    for (int i = 0; i < 5; i++) c.tensors[2 * i].scale = 0.01;
    look(&c);
    assert_said(&c, "wrong_start", MIEN_FAIL, MIEN_CAUSE_INIT_SMALL);
    end(&c);
    begin(&c, 5);
    c.layers[2].forward_gain = 0.2; /* as Glorot's for a narrow layer */
    c.tensors[4].scale = 0.3;
    look(&c);
    assert_said(&c, "wrong_start", MIEN_NOTE, MIEN_CAUSE_UNKNOWN);
    c.layers[2].kind = "conv + bn";
    c.frame.step = 0;
    look(&c);
    assert_null(said(&c, "wrong_start"));
    end(&c);
}

/* ---- exploding -------------------------------------------------------- */

static void exploding__names_both_layers_of_a_gain(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 12);
    c.layers[2].dy.rms = 1e-6;
    c.layers[0].dy.rms = 4.1e-3;
    c.tensors[0].ratio = 0.4;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_RATE);
    assert_string_equal(said(&c, "exploding")->where, "conv3 and conv1");
    has(said(&c, "exploding"),
        "backward gain 4.1e3 between conv3 and conv1: "
        "exploding; at lr 0.001 this step moved conv1.weight by 0.4");
    end(&c);
}

static void exploding__names_weights_that_start_large(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    for (int i = 0; i < 5; i++) {
        c.tensors[2 * i].scale = 9.8;
        c.layers[i].y.rms = pow(9.8, i + 1);
    }
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_INIT_LARGE);
    assert_string_equal(said(&c, "exploding")->where, "the input and dense5");
    has(said(&c, "exploding"), "started at 9.8x He's");
    end(&c);
}

static void exploding__names_depth_from_the_start_on(void **state) {
    (void)state;
    course c;
    begin(&c, 50);
    for (int i = 0; i < 50; i++) c.layers[i].dy.rms = 1e-6 * pow(1.2, 50 - i);
    c.tensors[0].ratio = 0.001;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_DEPTH);
    has(said(&c, "exploding"), "50 layers with weights and no skip");
    for (int i = 0; i < 5; i++) look(&c);
    c.tensors[0].ratio = 3; /* and what follows from it has the same cause */
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_DEPTH);
    end(&c);
}

static void exploding__needs_two_looks_later_on(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 100);
    c.layers[4].y.rms = 1e5;
    look(&c);
    assert_null(said(&c, "exploding"));
    look(&c);
    assert_non_null(said(&c, "exploding"));
    end(&c);
}

static void exploding__compares_the_norm_with_its_past(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 18);
    c.frame.norm = 50;
    c.frame.loss = 9;
    look(&c);
    assert_null(said(&c, "exploding"));
    look_healthy(&c, 5);
    c.frame.norm = 50;
    c.frame.loss = 9;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_RATE);
    has(said(&c, "exploding"), "the gradient's norm is 50");
    c.frame.input.rms = 900; /* and twice as much */
    c.frame.norm = 5000;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_OUTLIER);
    end(&c);
}

static void exploding__measures_steps_by_the_weights(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    c.tensors[6].ratio = 2;
    c.frame.lr = 0.1;
    look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_RATE);
    assert_string_equal(said(&c, "exploding")->where, "conv4.weight");
    end(&c);
    begin(&c, 5);
    for (int i = 0; i < 20; i++) { /* once, for a while, as a rule */
        c.tensors[6].ratio = 0.2;
        look(&c);
        if (i != 0 && i != 4 && i != 19) continue;
        assert_said(&c, "exploding",
                    i == 0   ? MIEN_NOTE
                    : i == 4 ? MIEN_WARN
                             : MIEN_FAIL,
                    MIEN_CAUSE_RATE);
    }
    mien_watch_reset(&c.watch);
    c.tensors[6].ratio = 0.7; /* three leaps */
    for (int i = 0; i < 3; i++) look(&c);
    assert_said(&c, "exploding", MIEN_FAIL, MIEN_CAUSE_RATE);
    end(&c);
    begin(&c, 5);
    look_healthy(&c, 1);
    c.tensors[7].ratio = 5; /* a bias may */
    c.tensors[6].ratio = 2; /* and weights near 0 */
    c.tensors[6].scale = 1e-4;
    look(&c);
    assert_null(said(&c, "exploding"));
    end(&c);
}

/* ---- vanishing -------------------------------------------------------- */

static void vanishing__tells_small_weights_from_depth(void **state) {
    (void)state;
    course c;
    begin(&c, 50);
    for (int i = 0; i < 50; i++) {
        c.layers[i].y.rms = pow(0.41, i);
        c.tensors[2 * i].scale = 0.41;
    }
    look(&c);
    assert_said(&c, "vanishing", MIEN_FAIL, MIEN_CAUSE_INIT_SMALL);
    assert_string_equal(said(&c, "vanishing")->where, "conv1 and dense50");
    has(said(&c, "vanishing"), "forward gain");
    end(&c);
    begin(&c, 20);
    for (int i = 0; i < 20; i++) c.layers[i].dy.rms = 1e-3 * pow(0.2, 20 - i);
    look(&c);
    assert_said(&c, "vanishing", MIEN_FAIL, MIEN_CAUSE_DEPTH);
    assert_string_equal(said(&c, "vanishing")->where, "dense20 and conv1");
    end(&c);
    begin(&c, 6);
    for (int i = 0; i < 6; i++) c.layers[i].dy.rms = 1e-3 * pow(0.1, 6 - i);
    c.layers[2].y.saturated = 0.8;
    look(&c);
    assert_said(&c, "vanishing", MIEN_FAIL, MIEN_CAUSE_SATURATED);
    end(&c);
}

static void vanishing__counts_zeros_that_nothing_passes(void **state) {
    (void)state;
    course c;
    begin(&c, 6);
    c.layers[2].y.rms = c.layers[2].dy.rms = 0; /* a branch that starts at 0 */
    look(&c);
    assert_null(said(&c, "vanishing"));
    end(&c);
    begin(&c, 6);
    for (int i = 0; i < 3; i++) c.layers[i].dy.rms = 0;
    c.layers[3].idle = 1;
    look(&c);
    assert_said(&c, "vanishing", MIEN_FAIL, MIEN_CAUSE_BIAS);
    has(said(&c, "vanishing"), "100 % of the units of conv4 are off");
    end(&c);
    begin(&c, 6); /* what goes off later was not switched off by a bias */
    look_healthy(&c, 4);
    for (int i = 0; i < 3; i++) c.layers[i].dy.rms = 0;
    c.layers[3].idle = 1;
    look(&c);
    assert_said(&c, "vanishing", MIEN_FAIL, MIEN_CAUSE_DEAD);
    end(&c);
    begin(&c, 6); /* a loss of 0 is no trouble */
    for (int i = 0; i < 6; i++) c.layers[i].dy.rms = i < 3 ? 0 : 1e-38;
    look(&c);
    assert_null(said(&c, "vanishing"));
    end(&c);
}

static void vanishing__notices_weights_that_stand_still(void **state) {
    (void)state;
    course c;
    begin(&c, 4);
    for (int i = 0; i < 4; i++) c.tensors[2 * i].ratio = 1e-8;
    for (int i = 0; i < 100; i++) {
        c.frame.probed = i % 10 == 0;
        look(&c);
        assert_null(said(&c, "vanishing"));
    }
    c.frame.probed = true;
    look(&c);
    assert_non_null(said(&c, "vanishing"));
    has(said(&c, "vanishing"), "since step 0");
    end(&c);
}

/* ---- dead, saturated -------------------------------------------------- */

static void dead__knows_biases_from_the_first_step(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    c.layers[1].idle = 0.97;
    c.tensors[3].weight = 80;
    look(&c);
    assert_said(&c, "dead", MIEN_FAIL, MIEN_CAUSE_BIAS);
    assert_string_equal(said(&c, "dead")->where, "conv2");
    look(&c);
    assert_null(said(&c, "dead"));
    c.layers[1].dead = 0.97;
    look(&c);
    assert_said(&c, "dead", MIEN_FAIL, MIEN_CAUSE_BIAS);
    end(&c);
    begin(&c, 5);
    c.layers[1].idle = 0.97; /* the biases are 0 */
    look(&c);
    assert_said(&c, "dead", MIEN_FAIL, MIEN_CAUSE_DEAD);
    end(&c);
}

static void dead__warns_then_fails(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    look_healthy(&c, 60);
    c.layers[0].dead = 0.05;
    look(&c);
    assert_null(said(&c, "dead"));
    c.layers[0].dead = 0.2;
    c.layers[3].dead = 0.3;
    look(&c);
    assert_said(&c, "dead", MIEN_WARN, MIEN_CAUSE_DEAD);
    assert_string_equal(said(&c, "dead")->where, "conv4");
    has(said(&c, "dead"), "more than 10 % in 1 others");
    c.layers[3].dead = 0.6;
    look(&c);
    assert_said(&c, "dead", MIEN_FAIL, MIEN_CAUSE_DEAD);
    end(&c);
}

static void saturated__asks_what_did_it(void **state) {
    (void)state;
    course c;
    begin(&c, 5);
    c.layers[2].y.saturated = 0.99;
    look(&c);
    assert_said(&c, "saturated", MIEN_FAIL, MIEN_CAUSE_BIAS);
    assert_string_equal(said(&c, "saturated")->where, "conv3");
    end(&c);
    begin(&c, 5);
    c.layers[2].y.saturated = 0.99;
    for (int i = 0; i < 5; i++) c.tensors[2 * i].scale = 10;
    look(&c);
    assert_said(&c, "saturated", MIEN_FAIL, MIEN_CAUSE_INIT_LARGE);
    end(&c);
    begin(&c, 5);
    c.layers[4].y.saturated = 0.99; /* the answers may be sure */
    c.layers[1].y.saturated = 0.49;
    look(&c);
    assert_null(said(&c, "saturated"));
    c.layers[1].y.saturated = 0.6;
    look(&c);
    assert_said(&c, "saturated", MIEN_WARN, MIEN_CAUSE_SATURATED);
    end(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlier__names_the_batch),
        cmocka_unit_test(outlier__waits_for_five_batches),
        cmocka_unit_test(non_finite__names_the_first_layer_forward),
        cmocka_unit_test(non_finite__names_the_last_layer_backward),
        cmocka_unit_test(non_finite__blames_the_input_first),
        cmocka_unit_test(non_finite__knows_tensors_and_steps_without_probes),
        cmocka_unit_test(non_finite__knows_the_margins_slope),
        cmocka_unit_test(non_finite__knows_16_bits_and_large_weights),
        cmocka_unit_test(wrong_start__explains_the_first_loss),
        cmocka_unit_test(wrong_start__is_about_the_first_step),
        cmocka_unit_test(wrong_start__compares_variances),
        cmocka_unit_test(exploding__names_both_layers_of_a_gain),
        cmocka_unit_test(exploding__names_weights_that_start_large),
        cmocka_unit_test(exploding__names_depth_from_the_start_on),
        cmocka_unit_test(exploding__needs_two_looks_later_on),
        cmocka_unit_test(exploding__compares_the_norm_with_its_past),
        cmocka_unit_test(exploding__measures_steps_by_the_weights),
        cmocka_unit_test(vanishing__tells_small_weights_from_depth),
        cmocka_unit_test(vanishing__counts_zeros_that_nothing_passes),
        cmocka_unit_test(vanishing__notices_weights_that_stand_still),
        cmocka_unit_test(dead__knows_biases_from_the_first_step),
        cmocka_unit_test(dead__warns_then_fails),
        cmocka_unit_test(saturated__asks_what_did_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
