/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.h - train from the start with a rate that grows from step to step.
 *
 *   mien_sweep s;
 *   MIEN_TRY(mien_sweep_run(&s, "recipes/mnist.yaml",
 *                           &(mien_sweep_options){.steps = 40}));
 *   ... s.suggested, and why
 *   mien_sweep_close(&s);
 *
 * Source: Smith, Cyclical learning rates for training neural networks, WACV
 * 2017 (arXiv:1506.01186), section 3.3; the rule that reads the curve is
 * sweep_read.c's. */
#ifndef MIEN_TRAIN_SWEEP_H
#define MIEN_TRAIN_SWEEP_H

#include <stdbool.h>

#include "base/fail.h"

enum { MIEN_SWEEP_WHY = 256, MIEN_SWEEP_STEPS = 100, MIEN_SWEEP_MOST = 2000 };

typedef struct mien_sweep_options {
    const char *const *set; /* as for training */
    int n_set;
    const char *data;
    double from, to; /* 0: 1e-7, 10 */
    int steps;       /* 0: MIEN_SWEEP_STEPS */
    bool quiet;      /* do not tell how far it is */
} mien_sweep_options;

/* The rate lr[i] gave loss[i]: that of the next batch, after the step. The
 * last loss may be NaN. Rates that there are not are NaN. */
typedef struct mien_sweep {
    int steps, n;               /* asked for, made before it stopped */
    double recipe;              /* the rate of the recipe */
    double before;              /* the loss before the first step */
    double *lr, *loss, *smooth; /* [n] */
    double start;    /* what was to be improved on: the first losses' mean */
    double noise;    /* standard deviation of one loss at the start */
    double best;     /* where the smooth loss is least */
    double steepest; /* where it falls fastest */
    double diverged; /* the first that loses all that was won */
    double suggested;
    char why[MIEN_SWEEP_WHY]; /* how `suggested` was chosen */
} mien_sweep;

/* Errors: those of opening a training; MIEN_EINVAL for rates or steps that
 *         make no sweep; MIEN_EDIAGNOSIS when the loss is not finite before
 *         any step; MIEN_EINTERRUPTED. The sweep is then empty. */
mien_status mien_sweep_run(mien_sweep *out, const char *recipe,
                           const mien_sweep_options *options);
void mien_sweep_close(mien_sweep *sweep);

/* ---- sweep_read.c ----------------------------------------------------- */

/* After n losses: is there no point in going on? */
bool mien_sweep_over(const mien_sweep *sweep);

/* From lr, loss and before to all that follows from them. */
void mien_sweep_read(mien_sweep *sweep);

#endif
