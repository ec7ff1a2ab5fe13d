/* SPDX-License-Identifier: Apache-2.0 */
/* precision.c - keep 16-bit numbers within what they can hold.
 *
 *   above 65504        bf16, which has float32's range
 *   gradients below    a loss scale, found while training: the loss times S,
 *                      the gradients of the weights by S
 *   updates below      float32 weights beside the rounded ones, since w + dw
 *                      is w in bf16 once |dw| < |w| / 256
 *
 * Source: Micikevicius et al., Mixed precision training, ICLR 2018
 * (arXiv:1710.03740). */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    switch ((int)finding->cause) {
        case MIEN_CAUSE_OVERFLOW:
            return mien_prescribe(out, p->arena, "precision.type=bf16");
        case MIEN_CAUSE_UNDERFLOW:
            return mien_prescribe(out, p->arena, "precision.loss_scale=0");
        default:
            out->patience = 3; /* small steps take long to show */
            return mien_prescribe(out, p->arena, "precision.master=true");
    }
}

const mien_remedy_ops mien_remedy_precision = {
    .name = "precision",
    .summary = "bf16, a loss scale or float32 weights",
    .treats = {MIEN_CAUSE_OVERFLOW, MIEN_CAUSE_UNDERFLOW, MIEN_CAUSE_STALL},
    .prescribe = prescribe,
};
