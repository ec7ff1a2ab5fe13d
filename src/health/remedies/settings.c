/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - an optimiser's setting that contradicts the training's length.
 *
 * Momentum b averages over 1 / (1 - b) steps, and its full step is that many
 * times the rate: 1000 at .999. Decay pulls by lr wd W each step. Adam's eps
 * bounds the step of a weight that hardly ever has a gradient. Each goes back
 * to the value that the optimiser's authors gave. */
#include "health/remedy.h"

static mien_status set(mien_prescription *out, const mien_patient *p,
                       const char *key, double value) {
    return mien_prescribe(out, p->arena, "optim.%s.%s=%g", p->optimiser, key,
                          value);
}

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    switch ((int)finding->cause) {
        case MIEN_CAUSE_MOMENTUM:
            out->patience = 4; /* fast at first: it overshoots later */
            return set(out, p, "momentum", 0.9);
        case MIEN_CAUSE_DECAY: return set(out, p, "weight_decay", 5e-4);
        case MIEN_CAUSE_EPSILON: return set(out, p, "eps", 1e-8);
        default: return MIEN_OK;
    }
}

const mien_remedy_ops mien_remedy_settings = {
    .name = "settings",
    .summary = "the authors' momentum, decay or eps",
    .treats = {MIEN_CAUSE_MOMENTUM, MIEN_CAUSE_DECAY, MIEN_CAUSE_EPSILON},
    .prescribe = prescribe,
};
