/* SPDX-License-Identifier: Apache-2.0 */
/* lsuv.c - start again from weights that the data themselves scaled.
 *
 * Orthogonal weights, biases 0; then layer by layer the weights are divided by
 * the deviation of what the layer gives on a batch, until that is 1. Whatever
 * the initialiser was asked for, every layer begins where it can learn.
 * Source: Mishkin & Matas, All you need is a good init, ICLR 2016
 * (arXiv:1511.06422). */
#include <string.h>

#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    const mien_tree *init = mien_tree_get(p->recipe, "init");
    if (init && init->text && !strcmp(init->text, "lsuv")) return MIEN_OK;
    return mien_prescribe(out, p->arena, "init=lsuv");
}

const mien_remedy_ops mien_remedy_lsuv = {
    .name = "lsuv",
    .summary = "weights scaled by the data, biases 0",
    .treats = {MIEN_CAUSE_INIT_LARGE, MIEN_CAUSE_INIT_SMALL, MIEN_CAUSE_BIAS,
               MIEN_CAUSE_DEAD, MIEN_CAUSE_SATURATED, MIEN_CAUSE_DEPTH},
    .structural = true,
    .prescribe = prescribe,
};
