/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.h - how the learning rate moves.
 *
 * A file in schedules/ defines one and a line in schedules.def lists it. A
 * rate is a pure function of the place in training and of a small state that
 * only validations change, so that a resumed run needs nothing else.
 *
 *   mien_schedule s = {.choice = choice, .base = 0.1, .total = 1000,
 *                      .per_epoch = 100};
 *   mien_schedule_begin(&s);
 *   lr = mien_schedule_lr(&s, step);                   (step from 0)
 *   mien_schedule_validated(&s, validation_loss);      (after each one)
 *
 * Units: `step` counts optimiser steps, `epoch` passes over the data as
 * step / per_epoch, `warmup` is a share of all steps. Formulas are PyTorch
 * 1.13's where it has the schedule. */
#ifndef MIEN_OPTIM_SCHEDULE_H
#define MIEN_OPTIM_SCHEDULE_H

#include <stdint.h>

#include "optim/pick.h"

enum { MIEN_SCHEDULE_STATE = 8 };

/* What the configs of all schedules begin with: a linear climb before them. */
typedef struct mien_schedule_config {
    double warmup;      /* share of all steps */
    double warmup_from; /* share of the rate it climbs from */
} mien_schedule_config;

/* clang-format off */
#define MIEN_SCHEDULE_PARAMS(type, share)                                   \
    {"warmup", "share of all steps that climb to the full rate",            \
     offsetof(type, base.warmup), 0, 1, share, .kind = MIEN_DOUBLE},        \
    {"warmup_from", "share of the rate the climb begins above",             \
     offsetof(type, base.warmup_from), 0, 1, 0, .kind = MIEN_DOUBLE}
/* clang-format on */

/* Where training is. With a warm-up, step and total count what follows it;
 * epoch always counts from the beginning. */
typedef struct mien_schedule_at {
    const void *config;
    double base; /* the optimiser's lr */
    int64_t step, total;
    double epoch;        /* with its fraction */
    const double *state; /* MIEN_SCHEDULE_STATE values */
} mien_schedule_at;

typedef struct mien_schedule_ops {
    mien_row row;
    double (*lr)(const mien_schedule_at *at);
    /* Of those with a state; else NULL. A lower metric is better. */
    void (*begin)(double *state);
    void (*validated)(double *state, const void *config, double base,
                      double metric);
} mien_schedule_ops;

const mien_table *mien_schedules(void);

typedef struct mien_schedule {
    mien_choice choice; /* row NULL: constant */
    double base;
    int64_t total, per_epoch;          /* steps; both at least 1 */
    double state[MIEN_SCHEDULE_STATE]; /* in checkpoints */
} mien_schedule;

void mien_schedule_begin(mien_schedule *s);
double mien_schedule_lr(const mien_schedule *s, int64_t step);
void mien_schedule_validated(mien_schedule *s, double metric);

#endif
