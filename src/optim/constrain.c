/* SPDX-License-Identifier: Apache-2.0 */
/* constrain.c - enforce a constraint where it applies. */
#include "optim/constraint.h"

static bool applies(const mien_trained *t) {
    return t->role == MIEN_ROLE_WEIGHT && t->n > 0;
}

size_t mien_constraint_state(const mien_choice *choice,
                             const mien_trained *tensor) {
    const mien_constraint_ops *ops = (const void *)choice->row;
    return ops->n_state && applies(tensor) ? ops->n_state(tensor) : 0;
}

void mien_constrain(const mien_choice *choice, const mien_trained *tensor,
                    float *state) {
    const mien_constraint_ops *ops = (const void *)choice->row;
    if (!applies(tensor)) return;
    ops->apply(&(mien_constrain_pass){choice->config, tensor, state});
}
