/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - the rate that a sweep suggests.
 *
 * A short training from the start, its rate growing from step to step, shows
 * where learning falls apart; a tenth of that is safe. Where there is nothing
 * to read from it, a tenth of the recipe's.
 * Source: Smith, Cyclical learning rates, WACV 2017 (arXiv:1506.01186). */
#include <math.h>

#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    const double lr = isnan(p->safe_lr) ? p->lr / 10 : p->safe_lr;
    if (!(lr < 0.7 * p->lr)) return MIEN_OK; /* as good as what it is */
    return mien_prescribe(out, p->arena, "optim.%s.lr=%.3g", p->optimiser, lr);
}

const mien_remedy_ops mien_remedy_sweep = {
    .name = "sweep",
    .summary = "the learning rate that a sweep suggests",
    .treats = {MIEN_CAUSE_RATE},
    .sweep = true,
    .prescribe = prescribe,
};
