/* SPDX-License-Identifier: Apache-2.0 */
/* standardise.c - bring the input to mean 0 and deviation 1, channel by
 * channel.
 *
 *   x' = (x - mean) / std,   mean and std measured on training samples
 *
 * as `input.mean` and `input.std`, so that it becomes part of the model's
 * contract. A channel that never changes becomes 0. */
#include "health/remedy.h"

static const char *list(const mien_patient *p, const double *values) {
    char *text = mien_arena_printf(p->arena, "%.6g", values[0]);
    for (int c = 1; text && c < p->channels; c++)
        text = mien_arena_printf(p->arena, "%s, %.6g", text, values[c]);
    return text;
}

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    const char *mean = list(p, p->mean), *std = list(p, p->std);
    if (!mean || !std) return MIEN_ENOMEM;
    MIEN_TRY(mien_prescribe(out, p->arena, "input.mean=[%s]", mean));
    return mien_prescribe(out, p->arena, "input.std=[%s]", std);
}

const mien_remedy_ops mien_remedy_standardise = {
    .name = "standardise",
    .summary = "mean 0 and deviation 1 for each input channel",
    .treats = {MIEN_CAUSE_INPUT_RANGE, MIEN_CAUSE_FLAT_CHANNEL},
    .prescribe = prescribe,
};
