/* SPDX-License-Identifier: Apache-2.0 */
/* dedupe.c - leave exact copies of a training sample out. */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    return mien_prescribe(out, p->arena, "data.dedupe=drop");
}

const mien_remedy_ops mien_remedy_dedupe = {
    .name = "dedupe",
    .summary = "leave exact copies of a sample out",
    .treats = {MIEN_CAUSE_DUPLICATES},
    .prescribe = prescribe,
};
