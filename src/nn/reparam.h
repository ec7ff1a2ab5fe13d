/* SPDX-License-Identifier: Apache-2.0 */
/* reparam.h - weights that are computed from other weights each step.
 *
 * `conv: {norm: weight}` trains (v, g) and convolves with w(v, g). Forward
 * runs once a step before the shards, backward once after their gradients
 * were added up, both on the plain layout. */
#ifndef MIEN_NN_REPARAM_H
#define MIEN_NN_REPARAM_H

#include "base/fail.h"
#include "nn/weight.h"
#include "tensor/real.h"

typedef struct MIEN_R(mien_reparam_pass) {
    int units, size; /* rows of the weight, values a row */
    const real *v;   /* units x size */
    const real *g;   /* units, or NULL */
    real *w;         /* forward writes it: units x size */
    const real *dw;  /* backward reads it */
    real *dv, *dg;   /* backward WRITES them; dv may be dw itself */
} MIEN_R(mien_reparam_pass);
#define mien_reparam_pass MIEN_R(mien_reparam_pass)

typedef struct MIEN_R(mien_reparam_ops) {
    const char *name, *summary;
    bool has_gain; /* trains one g a unit; it starts at |v| */
    void (*forward)(const mien_reparam_pass *p);
    void (*backward)(const mien_reparam_pass *p);
} MIEN_R(mien_reparam_ops);
#define mien_reparam_ops        MIEN_R(mien_reparam_ops)
#define MIEN_REPARAM_NAME(name) MIEN_R(mien_reparam_##name)

/* In the order of reparams.def: "none" is not among them. */
const mien_reparam_ops *const *MIEN_R(mien_reparams)(int *count);
#define mien_reparams MIEN_R(mien_reparams)

#endif
