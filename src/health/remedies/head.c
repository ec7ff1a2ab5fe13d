/* SPDX-License-Identifier: Apache-2.0 */
/* head.c - lead a margin head in: softmax first, then the margin grows.
 *
 * At the start all angles are near 90 degrees, and the full margin pushes
 * every sample with the same force: it is cheapest to pull all embeddings
 * together. Over the first half of the training the margin now grows from 0,
 * and the rate climbs over the first tenth. Should that collapse too: half
 * the margin, a tenth of the rate. */
#include <stdio.h>

#include "health/remedy.h"

static mien_status ease(mien_prescription *out, const mien_patient *p,
                        double m) {
    MIEN_TRY(mien_prescribe(out, p->arena, "loss.%s.m=%.3g", p->loss, m / 2));
    return mien_prescribe(out, p->arena, "optim.%s.lr=%.3g", p->optimiser,
                          p->lr / 10);
}

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    char path[64];
    out->by_accuracy = true;
    out->patience = 2;
    snprintf(path, sizeof path, "loss.%s.warmup", p->loss);
    const double warmup = mien_patient_number(p, path, 0);
    snprintf(path, sizeof path, "loss.%s.m", p->loss);
    if (warmup >= 0.5) return ease(out, p, mien_patient_number(p, path, 0.5));
    MIEN_TRY(mien_prescribe(out, p->arena, "loss.%s.warmup=0.5", p->loss));
    if (mien_tree_get(p->recipe, "schedule")) return MIEN_OK;
    return mien_prescribe(out, p->arena, "schedule={cosine: {warmup: 0.1}}");
}

const mien_remedy_ops mien_remedy_head = {
    .name = "head",
    .summary = "a margin that grows from 0",
    .treats = {MIEN_CAUSE_MARGIN},
    .prescribe = prescribe,
};
