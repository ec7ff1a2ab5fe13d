/* SPDX-License-Identifier: Apache-2.0 */
/* advice.c - what a person can do about each cause. */
#include "health/account.h"

static const char *const advice[MIEN_CAUSES] = {
    [MIEN_CAUSE_UNKNOWN] = "",
    [MIEN_CAUSE_INIT_LARGE] =
        "Start from smaller weights: `init: lsuv` measures their scale, "
        "`init: he_normal` suits ReLU networks.",
    [MIEN_CAUSE_INIT_SMALL] =
        "Start from larger weights: `init: lsuv` measures their scale, "
        "`init: he_normal` suits ReLU networks.",
    [MIEN_CAUSE_BIAS] =
        "Start the biases at 0; a large one switches its unit off for good.",
    [MIEN_CAUSE_RATE] =
        "Lower the learning rate, to a tenth first; `mien lrfind RECIPE` "
        "measures one that the network bears.",
    [MIEN_CAUSE_MOMENTUM] =
        "Lower the momentum to 0.9: with more than that the average reaches "
        "back over too many steps.",
    [MIEN_CAUSE_DECAY] =
        "Lower the weight decay, to 5e-4 or less: it pulls the weights to 0 "
        "faster than the gradient moves them.",
    [MIEN_CAUSE_EPSILON] =
        "Raise the optimiser's eps, to 1e-8 or more: small gradients are "
        "divided by next to nothing.",
    [MIEN_CAUSE_INPUT_RANGE] =
        "Scale the input, for example with `input.scale: 255`, or give its "
        "mean and deviation.",
    [MIEN_CAUSE_INPUT_BAD] =
        "Repair the data: some of its values are not numbers; the list of "
        "quarantined batches says where.",
    [MIEN_CAUSE_OUTLIER] =
        "Look at the quarantined batches: their values are unlike all "
        "others.",
    [MIEN_CAUSE_FLAT_CHANNEL] =
        "Leave out the input channel that never changes, or find out why it "
        "does not.",
    [MIEN_CAUSE_DUPLICATES] =
        "Remove the copies from the data: what is seen many times is learned "
        "by heart.",
    [MIEN_CAUSE_LABEL_NOISE] =
        "Check the labels: many contradict their pictures. A head with "
        "sub-centres bears some of it.",
    [MIEN_CAUSE_ONE_CLASS] =
        "Give the data a second class: with one there is nothing to tell "
        "apart.",
    [MIEN_CAUSE_CLASS_ORDER] =
        "Shuffle the samples: batches of one class teach the network one "
        "answer at a time.",
    [MIEN_CAUSE_SMALL_BATCH] =
        "Raise `train.batch`, or leave batch normalisation out: it needs "
        "several samples for its statistics.",
    [MIEN_CAUSE_LARGE_BATCH] =
        "Lower `train.batch`, or train longer: there are too few steps to "
        "learn in.",
    [MIEN_CAUSE_DEPTH] =
        "Add skips (`health: {consent: true}` lets the doctor do it), or take "
        "fewer layers: the gradient does not survive this depth.",
    [MIEN_CAUSE_DEAD] =
        "Lower the learning rate or take leaky_relu for relu: units that are "
        "never on learn nothing.",
    [MIEN_CAUSE_SATURATED] =
        "Take relu for sigmoid or tanh, or start from smaller weights: at "
        "their ends they hand no gradient on.",
    [MIEN_CAUSE_MARGIN] =
        "Let the margin grow from 0, or train with softmax first and with the "
        "margin then.",
    [MIEN_CAUSE_MARGIN_SLOPE] =
        "Take the bounded derivative of the margin: the exact one has no "
        "limit at angle 0.",
    [MIEN_CAUSE_OVERFLOW] =
        "Train in bf16 or float32: values exceed what fp16 holds.",
    [MIEN_CAUSE_UNDERFLOW] =
        "Use a loss scale: gradients are below what 16 bits hold.",
    [MIEN_CAUSE_STALL] =
        "Keep the weights in float32: updates are below their precision and "
        "get lost.",
};

const char *mien_cause_advice(mien_cause cause) { return advice[cause]; }
