/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - a batch that batch norm and the number of steps can live with.
 *
 * Batch norm over b samples has a noise of about 1/sqrt(b) in its mean; below
 * 8 it drowns the signal. A batch as large as the data, on the other hand,
 * leaves one step an epoch: what counts is the number of steps, too. */
#include "health/remedy.h"

enum { GOOD = 32 };

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    if (p->accumulate > 1)
        MIEN_TRY(mien_prescribe(out, p->arena, "train.accumulate=1"));
    if (p->batch == GOOD) return MIEN_OK;
    return mien_prescribe(out, p->arena, "train.batch=%d", GOOD);
}

const mien_remedy_ops mien_remedy_batch = {
    .name = "batch",
    .summary = "32 samples a step",
    .treats = {MIEN_CAUSE_SMALL_BATCH, MIEN_CAUSE_LARGE_BATCH},
    .prescribe = prescribe,
};
