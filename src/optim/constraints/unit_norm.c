/* SPDX-License-Identifier: Apache-2.0 */
/* unit_norm.c - the weights into each unit to length 1.
 *
 *   w_u <- w_u / |w_u|     a unit of zeros stays as it is
 *
 * Source: Salimans & Kingma, Weight normalization, NIPS 2016
 * (arXiv:1602.07868), with the gain fixed at 1. */
#include "optim/clip.h"
#include "optim/constraint.h"

static const mien_param params[] = {{0}};

static void apply(const mien_constrain_pass *p) {
    const size_t size = mien_unit_size(p->tensor);
    float *w = p->tensor->w;
    for (int u = 0; u < mien_units(p->tensor); u++, w += size) {
        const double norm = mien_norm2(w, size);
        if (norm != 0) mien_scale(w, size, 1 / norm);
    }
}

const mien_constraint_ops mien_constraint_unit_norm = {
    .row = {.name = "unit_norm",
            .summary = "each unit's weights to length 1",
            .params = params},
    .apply = apply,
};
