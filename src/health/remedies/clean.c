/* SPDX-License-Identifier: Apache-2.0 */
/* clean.c - leave training samples out whose label their neighbours contradict.
 *
 * The evidence that labels are wrong is the preflight's: pairs of pictures
 * that are each other's nearest and have two labels. The fork test does not
 * add to it, since each arm is judged on its own training samples, this one on
 * those that are left: it only shows that they can be learned, and faster.
 * Source: Wilson, Asymptotic properties of nearest neighbor rules using edited
 * data, IEEE Trans. SMC 2 (1972). */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    out->by_accuracy = true;
    return mien_prescribe(out, p->arena, "data.contradictions=drop");
}

const mien_remedy_ops mien_remedy_clean = {
    .name = "clean",
    .summary = "leave samples out whose neighbours have another label",
    .treats = {MIEN_CAUSE_LABEL_NOISE},
    .prescribe = prescribe,
};
