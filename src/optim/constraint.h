/* SPDX-License-Identifier: Apache-2.0 */
/* constraint.h - bounds of the weights, enforced after each step.
 *
 * A file in constraints/ defines one and a line in constraints.def lists it.
 * They apply to tensors of role WEIGHT. A unit is a row of the first extent:
 * an output channel of a convolution, a neuron, a class centre. */
#ifndef MIEN_OPTIM_CONSTRAINT_H
#define MIEN_OPTIM_CONSTRAINT_H

#include "optim/pick.h"
#include "optim/trained.h"

typedef struct mien_constrain_pass {
    const void *config;
    const mien_trained *tensor; /* only w is changed, g may be NULL */
    float *state; /* n_state() floats, zero at first, in checkpoints */
} mien_constrain_pass;

typedef struct mien_constraint_ops {
    mien_row row;
    size_t (*n_state)(const mien_trained *tensor); /* NULL: none */
    void (*apply)(const mien_constrain_pass *p);
} mien_constraint_ops;

const mien_table *mien_constraints(void);

/* Floats of state for this tensor; 0 where the constraint does not apply. */
size_t mien_constraint_state(const mien_choice *choice,
                             const mien_trained *tensor);

/* Enforce it on one tensor; nothing happens to other roles. */
void mien_constrain(const mien_choice *choice, const mien_trained *tensor,
                    float *state);

#endif
