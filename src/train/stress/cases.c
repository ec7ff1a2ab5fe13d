/* SPDX-License-Identifier: Apache-2.0 */
/* cases.c - the table of the stress suite.
 *
 * The base is a network that trains in half a second to 96 % and more: 40
 * people, 8 photos each to learn, 2 to test, 300 steps. Everything in the
 * table is what people get wrong, or what goes wrong by itself; nothing was
 * chosen for the sake of a remedy. */
#include "train/stress/cases.h"

#include <stddef.h>

/* ---- the base --------------------------------------------------------- */

#define BASE(data)                                                           \
    "data: {" data                                                           \
    ", test_per_class: 2, seed: 1, threads: 0}\n"                            \
    "input: {size: [32, 32, 1], scale: 255, mean: [0.45], std: [0.2]}\n"     \
    "model:\n"                                                               \
    "  - conv: {out: 16, kernel: 3, pad: 1}\n"                               \
    "  - relu\n"                                                             \
    "  - maxpool: 2\n"                                                       \
    "  - conv: {out: 32, kernel: 3, pad: 1}\n"                               \
    "  - relu\n"                                                             \
    "  - maxpool: 2\n"                                                       \
    "  - flatten\n"                                                          \
    "  - dense: {out: 64}\n"                                                 \
    "  - relu\n"                                                             \
    "  - dense: {out: classes}\n"                                            \
    "init: he_normal\n"                                                      \
    "loss: cross_entropy\n"                                                  \
    "optim: {adam: {lr: 0.001}}\n"                                           \
    "health: off\n"                                                          \
    "train: {epochs: 30, batch: 32, shards: 1, threads: 1, save_every: 5,\n" \
    "  validate_every: 1000}\n"

const char *mien_stress_recipe(bool photos) {
    return photos ? BASE("reader: folder, path: photos")
                  : BASE(
                        "reader: generated, people: 40, photos: 10, "
                        "size: 32, hard: 0.6");
}

/* ---- networks --------------------------------------------------------- */

#define CONV(n) "{conv: {out: " n ", kernel: 3, pad: 1}}, "
#define STEM \
    CONV("16") "relu, {maxpool: 2}, " CONV("32") "relu, {maxpool: 2}, " \
    "flatten, {dense: {out: 64}}"
#define DEEP(times, layers)                          \
    "model=[" STEM ", relu, {repeat: {times: " times \
    ", body: "                                       \
    "[{dense: {out: 64}}, " layers "]}}, {dense: {out: classes}}]"

/* ---- references ------------------------------------------------------- */

static const mien_stress_reference references[] = {
    {"adam", {0}},
    {"sgd", {"optim={sgd: {lr: 0.1}}"}},
    /* updates of a thousandth of the weights: below what bf16 resolves */
    {"slow", {"optim={adam: {lr: 0.00005}}", "train.epochs=90"}},
    {"momentum", {"optim={momentum: {lr: 0.02}}"}},
    {"colour",
     {"input={size: [32, 32, 3], scale: 255, mean: [0.45], std: [0.2]}"}},
    {"batch_norm",
     {"model=[" CONV("16") "bn, relu, {maxpool: 2}, " CONV(
         "32") "bn, relu, {maxpool: 2}, flatten, {dense: {out: 64}}, relu, "
               "{dense: {out: classes}}]"}},
    {"arcface",
     {"model=[" STEM "]", "loss={arcface: {s: 64, m: 0.5, warmup: 0.5}}",
      "optim={momentum: {lr: 0.01}}"}},
};

/* ---- faults ----------------------------------------------------------- */

#define MARGIN      "loss={arcface: {s: 64, m: 0.5}}"
#define SPIKE(step) "{scale_batch: {at: " step ", by: 1000}}"

static const mien_stress_fault faults[] = {
    {"init_x1000",
     "init x1000",
     "adam",
     {"faults=[{init_scale: {by: 1000}}]"},
     {MIEN_CAUSE_INIT_LARGE}},
    {"init_x10",
     "init x10",
     "adam",
     {"faults=[{init_scale: {by: 10}}]"},
     {MIEN_CAUSE_INIT_LARGE}},
    {"init_small",
     "init x.001",
     "adam",
     {"faults=[{init_scale: {by: 0.001}}]"},
     {MIEN_CAUSE_INIT_SMALL}},
    {"adam_rate",
     "Adam lr .1",
     "adam",
     {"optim.adam.lr=0.1"},
     {MIEN_CAUSE_RATE}},
    {"sgd_rate", "SGD lr 5", "sgd", {"optim.sgd.lr=5"}, {MIEN_CAUSE_RATE}},
    {"input_range",
     "input 0...255",
     "adam",
     {"input={size: [32, 32, 1], scale: 1}"},
     {MIEN_CAUSE_INPUT_RANGE}},
    {"nan_batch",
     "one NaN batch",
     "adam",
     {"faults=[{nan_batch: {at: 100}}]"},
     {MIEN_CAUSE_INPUT_BAD},
     .onset = 100},
    {"big_batch",
     "one batch x1e6",
     "adam",
     {"faults=[{scale_batch: {at: 100, by: 1e6}}]"},
     {MIEN_CAUSE_OUTLIER},
     .onset = 100},
    {"bias",
     "bias -10",
     "adam",
     {"faults=[{bias: {value: -10}}]"},
     {MIEN_CAUSE_BIAS}},
    {"sigmoid_20",
     "20 layers sigmoid",
     "adam",
     {DEEP("20", "sigmoid")},
     {MIEN_CAUSE_DEPTH, MIEN_CAUSE_SATURATED}},
    {"relu_50",
     "50 layers ReLU, He",
     "adam",
     {DEEP("50", "relu")},
     {MIEN_CAUSE_DEPTH}},
    {"relu_50_small",
     "50 layers ReLU, gain 1/sqrt 6",
     "adam",
     {DEEP("50", "relu"), "init={he_normal: {gain: 0.2887}}"},
     {MIEN_CAUSE_DEPTH, MIEN_CAUSE_INIT_SMALL}},
    {"tanh_50",
     "50 layers tanh",
     "adam",
     {DEEP("50", "tanh")},
     {MIEN_CAUSE_DEPTH, MIEN_CAUSE_SATURATED}},
    {"bn_50",
     "50 layers BN, no skip",
     "adam",
     {DEEP("50", "bn, relu")},
     {MIEN_CAUSE_DEPTH}},
    {"arcface",
     "ArcFace s64 m.5 lr .1 from scratch",
     "arcface",
     {MARGIN, "optim.momentum.lr=0.1"},
     {MIEN_CAUSE_MARGIN, MIEN_CAUSE_RATE}},
    {"arcface_12",
     "ArcFace s64 m.5 lr .1, 12 layers",
     "arcface",
     {"model=[" STEM ", relu, {repeat: {times: 12, body: "
      "[{dense: {out: 64}}, relu]}}, {dense: {out: 64}}]",
      MARGIN, "optim.momentum.lr=0.1"},
     {MIEN_CAUSE_MARGIN, MIEN_CAUSE_RATE, MIEN_CAUSE_DEPTH}},
    {"label_noise",
     "40 % label noise, ArcFace",
     "arcface",
     {MARGIN, "faults=[{label_noise: {share: 0.4}}]"},
     {MIEN_CAUSE_LABEL_NOISE}},
    {"true_slope",
     "theta to 0, true derivative",
     "arcface",
     {"loss={arcface: {s: 64, m: 0.5, bounded: false}}",
      "faults=[align_centres]"},
     {MIEN_CAUSE_MARGIN_SLOPE}},
    {"overflow_16",
     "values > 65504 in fp16",
     "adam",
     {"precision={type: fp16, loss_scale: 1024}",
      "input={size: [32, 32, 1], scale: 0.00389}"},
     {MIEN_CAUSE_OVERFLOW, MIEN_CAUSE_INPUT_RANGE}},
    {"no_loss_scale",
     "fp16, no loss scale",
     "sgd",
     {"precision={type: fp16, loss_scale: 1}"},
     {MIEN_CAUSE_UNDERFLOW}},
    {"stall_bf16",
     "bf16 stall",
     "slow",
     {"precision={type: bf16, master: false}"},
     {MIEN_CAUSE_STALL}},
    {"batch_1",
     "batch 1 with BN",
     "batch_norm",
     {"train.batch=1"},
     {MIEN_CAUSE_SMALL_BATCH}},
    {"batch_8192",
     "batch 8192",
     "adam",
     {"train.accumulate=256"},
     {MIEN_CAUSE_LARGE_BATCH}},
    {"one_class_batches",
     "single-class batches",
     "adam",
     {"data.order=sequential", "train.batch=8"},
     {MIEN_CAUSE_CLASS_ORDER}},
    {"duplicates",
     "duplicate pictures",
     "adam",
     {"faults=[{duplicates: {copies: 960}}]"},
     {MIEN_CAUSE_DUPLICATES}},
    {"flat_channel",
     "zero-variance channel",
     "colour",
     {"faults=[{flat_channel: {channel: 1, value: 0}}]"},
     {MIEN_CAUSE_FLAT_CHANNEL}},
    {"killed",
     "killed in mid-spike, resumed",
     "momentum",
     {"faults=[" SPIKE("150") ", " SPIKE("151") ", " SPIKE("152") ", " SPIKE(
         "153") ", " SPIKE("154") "]"},
     {MIEN_CAUSE_OUTLIER},
     .onset = 150,
     .stop_at = 153},
    {"momentum",
     "momentum .999",
     "momentum",
     {"optim.momentum.momentum=0.999"},
     {MIEN_CAUSE_MOMENTUM}},
    {"decay",
     "weight decay 1",
     "adam",
     {"optim.adam.weight_decay=1"},
     {MIEN_CAUSE_DECAY}},
    {"constant_labels",
     "constant labels",
     "adam",
     {"faults=[constant_labels]"},
     {MIEN_CAUSE_ONE_CLASS},
     .hopeless = true},
    {"adam_eps",
     "Adam eps 1e-16",
     "adam",
     {"optim.adam.eps=1e-16"},
     {MIEN_CAUSE_EPSILON}},
    {"one_class",
     "one class",
     "adam",
     {"faults=[one_class]"},
     {MIEN_CAUSE_ONE_CLASS},
     .hopeless = true},
};

/* ---- arms ------------------------------------------------------------- */

static const mien_stress_treatment arms[] = {
    {"plain", {0}},
    {"norm", {"clip={global_norm: 1}"}},
    {"value", {"clip={value: 0.5}"}},
    {"agc", {"clip=agc"}},
    {"doctor", {0}},
};

const mien_stress_fault *mien_stress_faults(int *count) {
    *count = sizeof faults / sizeof *faults;
    return faults;
}

const mien_stress_reference *mien_stress_references(int *count) {
    *count = sizeof references / sizeof *references;
    return references;
}

const mien_stress_treatment *mien_stress_arms(int *count) {
    *count = sizeof arms / sizeof *arms;
    return arms;
}
