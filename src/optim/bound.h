/* SPDX-License-Identifier: Apache-2.0 */
/* bound.h - how far a step moved a tensor, and bounds of that.
 *
 * A file in bounds/ defines one and a line in bounds.def lists it. It works on
 * what the optimiser made of the gradient, so momentum, Adam's division and a
 * wrong learning rate are bounded too, as no clip can.
 *
 *   memcpy(before, t->w, t->n * sizeof *before);
 *   ...the optimiser's step
 *   mien_moved moved = mien_measure_update(t, before);
 *   mien_bound(&choice, t, before, &moved);
 *
 * They apply to tensors of role WEIGHT: biases, gains, shifts and slopes may
 * start at zero and have to move by more than a share of themselves. */
#ifndef MIEN_OPTIM_BOUND_H
#define MIEN_OPTIM_BOUND_H

#include "optim/pick.h"
#include "optim/trained.h"

/* Norms in double; not finite exactly when one of the weights is not. */
typedef struct mien_moved {
    double before, after; /* |W| */
    double update;        /* |dW| */
    bool bounded;         /* a bound took some of the update back */
} mien_moved;

typedef struct mien_bound_pass {
    const void *config;
    const mien_trained *tensor; /* only w is changed */
    const float *before;        /* n */
    const mien_moved *moved;    /* finite, and update is not 0 */
} mien_bound_pass;

typedef struct mien_bound_ops {
    mien_row row;
    /* The longest update that is allowed. */
    double (*longest)(const mien_bound_pass *p);
} mien_bound_ops;

const mien_table *mien_bounds(void);

/* Compare w with `before`, in one pass. The bits do not depend on the
 * machine. */
mien_moved mien_measure_update(const mien_trained *t, const float *before);

/* Of the values with a gradient that is not 0, the share that stayed what it
 * was; 0: there are none. */
double mien_stalled_share(const mien_trained *t, const float *before);

/* Take back what is too much of an update: w = before + f (w - before), f < 1;
 * then *moved is measured anew. Nothing happens to other roles, nor where the
 * weights are not finite: that is the caller's to see (moved->after). */
void mien_bound(const mien_choice *choice, const mien_trained *t,
                const float *before, mien_moved *moved);

#endif
