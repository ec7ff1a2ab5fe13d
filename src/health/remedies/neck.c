/* SPDX-License-Identifier: Apache-2.0 */
/* neck.c - batch norm on the embedding of a margin head.
 *
 * Rectified features all have a mean in common, so embeddings made of them
 * point the same way from the start: the cosine that a margin head compares
 * is near 1 between any two. Batch norm takes the mean out and keeps doing so;
 * the networks that ArcFace was published with end in one.
 * Source: Deng et al., ArcFace, CVPR 2019 (arXiv:1801.07698), section 3.1. */
#include "health/remedy.h"

static mien_status prescribe(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding) {
    (void)finding;
    mien_tree *model =
        mien_tree_copy(p->arena, mien_tree_get(p->recipe, "model"));
    if (!model) return MIEN_ENOMEM;
    if (!mien_remedy_is_margin(p->loss)) return MIEN_OK;
    bool changed;
    MIEN_TRY(mien_remedy_end_in_norm(&changed, model, p->arena));
    return changed ? mien_prescribe_model(out, p, model) : MIEN_OK;
}

const mien_remedy_ops mien_remedy_neck = {
    .name = "neck",
    .summary = "batch norm on the embedding",
    .treats = {MIEN_CAUSE_MARGIN},
    .structural = true,
    .consent = true,
    .prescribe = prescribe,
};
