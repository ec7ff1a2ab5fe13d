/* SPDX-License-Identifier: Apache-2.0 */
/* rate.c - the rate whose first step moves no tensor by more than 2 %.
 *
 *   lr <- lr .02 / max |dW| / |W|       over the weight tensors, at step 0
 *
 * For SGD and Adam alike a step is in proportion to the rate, so one step
 * measures it. It knows nothing of the loss, and so is not fooled by rates
 * that win for fifty steps and kill units on the way, as a sweep is.
 * Source: the bound of You et al., LARS, 2017 (arXiv:1708.03888), used once. */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    if (!(p->gentle_lr < 0.7 * p->lr)) return MIEN_OK; /* or not known */
    return mien_prescribe(out, p->arena, "optim.%s.lr=%.3g", p->optimiser,
                          p->gentle_lr);
}

const mien_remedy_ops mien_remedy_rate = {
    .name = "rate",
    .summary = "a rate whose first step moves nothing by more than 2 %",
    .treats = {MIEN_CAUSE_RATE, MIEN_CAUSE_MARGIN},
    .prescribe = prescribe,
};
