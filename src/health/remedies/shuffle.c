/* SPDX-License-Identifier: Apache-2.0 */
/* shuffle.c - draw the samples of a batch at random.
 *
 * Batches of one class teach one class at a time: the network answers with
 * the class that it saw last. */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    return mien_prescribe(out, p->arena, "data.order=shuffle");
}

const mien_remedy_ops mien_remedy_shuffle = {
    .name = "shuffle",
    .summary = "draw samples at random",
    .treats = {MIEN_CAUSE_CLASS_ORDER},
    .prescribe = prescribe,
};
