/* SPDX-License-Identifier: Apache-2.0 */
/* subcentres.c - several centres a class, so that wrong labels find their own.
 *
 * A sample is held against the nearest of its class's three centres only: the
 * mislabelled ones gather around centres of their own and no longer bend the
 * main one.
 * Source: Deng et al., Sub-center ArcFace, ECCV 2020. */
#include <string.h>

#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    if (strcmp(p->loss, "arcface")) return MIEN_OK;
    out->by_accuracy = true;
    return mien_prescribe(
        out, p->arena,
        "loss={subcenter_arcface: {s: %g, m: %g, warmup: %g, centres: 3}}",
        mien_patient_number(p, "loss.arcface.s", 64),
        mien_patient_number(p, "loss.arcface.m", 0.5),
        mien_patient_number(p, "loss.arcface.warmup", 0));
}

const mien_remedy_ops mien_remedy_subcentres = {
    .name = "subcentres",
    .summary = "three centres a class",
    .treats = {MIEN_CAUSE_LABEL_NOISE},
    .structural = true,
    .prescribe = prescribe,
};
