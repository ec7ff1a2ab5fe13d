/* SPDX-License-Identifier: Apache-2.0 */
/* loss_check.h - random problems for losses, and the check of a gradient. */
#ifndef MIEN_TESTS_LOSS_CHECK_H
#define MIEN_TESTS_LOSS_CHECK_H

#include "loss_run.h"

enum {
    MIXED = 1,
    WEIGHTED = 2,
    VECTOR = 4,
    SHARD = 8,
    TWINS = 16,
    FACES = 32,
    WIDER = 64
};

/* What kind of problem: SHARD makes the batch larger than n, TWINS says that
 * samples come in pairs, WIDER that targets are longer than answers, FACES that
 * targets are boxes of a detector. */
typedef struct row {
    const char *loss, *options;
    int n, d, classes, flags;
    float progress;
} row;

/* Room for one random problem. */
typedef struct problem {
    loss_case in;
    double x[512], target[512], w[512];
    int32_t label[32], mixed[32];
    float share[32], class_weight[16];
} problem;

void draw(problem *p, const row *r, uint32_t seed);

/* Run it; a failing plan fails the test. */
loss_result run64(const loss_case *in);
loss_result run32(const loss_case *in);

/* |a - b| / max(|a|, |b|, floor). */
double apart(const double *a, const double *b, int n, double floor);

/* dL/dx and dL/dw against differences with the step h, to 1e-6. */
void check_gradient(problem *p, double h);

#endif
