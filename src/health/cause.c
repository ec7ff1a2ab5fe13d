/* SPDX-License-Identifier: Apache-2.0 */
/* cause.c - names and texts of the causes. */
#include <string.h>

#include "health/finding.h"

static const struct {
    const char *name, *text;
} causes[MIEN_CAUSES] = {
    [MIEN_CAUSE_UNKNOWN] = {"unknown", "cause not known"},
    [MIEN_CAUSE_INIT_LARGE] = {"init_large", "weights start too large"},
    [MIEN_CAUSE_INIT_SMALL] = {"init_small", "weights start too small"},
    [MIEN_CAUSE_BIAS] = {"bias", "biases switch units off"},
    [MIEN_CAUSE_RATE] = {"rate", "learning rate too high"},
    [MIEN_CAUSE_MOMENTUM] = {"momentum", "momentum over too many steps"},
    [MIEN_CAUSE_DECAY] = {"decay", "weight decay beats the gradient"},
    [MIEN_CAUSE_EPSILON] = {"epsilon", "the optimiser's divisor has no floor"},
    [MIEN_CAUSE_INPUT_RANGE] = {"input_range", "input not scaled"},
    [MIEN_CAUSE_INPUT_BAD] = {"input_bad", "input not finite"},
    [MIEN_CAUSE_OUTLIER] = {"outlier", "a batch unlike all others"},
    [MIEN_CAUSE_FLAT_CHANNEL] = {"flat_channel",
                                 "an input channel never changes"},
    [MIEN_CAUSE_DUPLICATES] = {"duplicates", "the same picture many times"},
    [MIEN_CAUSE_LABEL_NOISE] = {"label_noise",
                                "labels contradict the pictures"},
    [MIEN_CAUSE_ONE_CLASS] = {"one_class", "only one class to learn"},
    [MIEN_CAUSE_CLASS_ORDER] = {"class_order", "batches of one class"},
    [MIEN_CAUSE_SMALL_BATCH] = {"small_batch",
                                "batch norm over too few samples"},
    [MIEN_CAUSE_LARGE_BATCH] = {"large_batch", "too few steps"},
    [MIEN_CAUSE_DEPTH] = {"depth", "too deep without skips"},
    [MIEN_CAUSE_DEAD] = {"dead", "units that are never on"},
    [MIEN_CAUSE_SATURATED] = {"saturated", "activations at their ends"},
    [MIEN_CAUSE_MARGIN] = {"margin", "the full margin from the start"},
    [MIEN_CAUSE_MARGIN_SLOPE] = {"margin_slope",
                                 "the margin's unbounded derivative"},
    [MIEN_CAUSE_OVERFLOW] = {"overflow", "values above what 16 bits hold"},
    [MIEN_CAUSE_UNDERFLOW] = {"underflow",
                              "gradients below what 16 bits hold"},
    [MIEN_CAUSE_STALL] = {"stall", "updates below the weights' precision"},
};

const char *mien_cause_text(mien_cause cause) { return causes[cause].text; }

const char *mien_cause_name(mien_cause cause) { return causes[cause].name; }

mien_cause mien_cause_named(const char *name) {
    int i = 0;
    while (i < MIEN_CAUSES && strcmp(name, causes[i].name)) i++;
    return (mien_cause)i;
}
