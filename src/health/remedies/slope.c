/* SPDX-License-Identifier: Apache-2.0 */
/* slope.c - the bounded derivative of the angular margin; see arcface.c. */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    return mien_prescribe(out, p->arena, "loss.%s.bounded=true", p->loss);
}

const mien_remedy_ops mien_remedy_slope = {
    .name = "slope",
    .summary = "the bounded derivative of the margin",
    .treats = {MIEN_CAUSE_MARGIN_SLOPE},
    .prescribe = prescribe,
};
