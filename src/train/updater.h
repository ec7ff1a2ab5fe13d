/* SPDX-License-Identifier: Apache-2.0 */
/* updater.h - from a gradient to new weights.
 *
 *   regulariser -> finiteness -> clip -> optimiser -> constraint -> bound
 *
 *   mien_updater u;
 *   MIEN_TRY(mien_updater_open(&u, &plan));
 *   MIEN_TRY(mien_updater_run(&u, step, 1, &report));
 *   if (report.skipped) ...the weights and all state are as before
 *   if (report.burst) ...a finite gradient made weights that are not: stop
 *   mien_updater_close(&u); */
#ifndef MIEN_TRAIN_UPDATER_H
#define MIEN_TRAIN_UPDATER_H

#include "nn/precision.h"
#include "nn/weights.h"
#include "optim/bound.h"
#include "optim/clip.h"
#include "optim/constraint.h"
#include "optim/optimiser.h"
#include "optim/regulariser.h"
#include "optim/schedule.h"
#include "tensor/tensor.h"
#include "train/recipe.h"

typedef struct mien_updater_plan {
    const mien_stage *stage;
    const mien_weights *weights;
    float *gradient; /* laid out as the trained weights */
    mien_pool *pool;
    int64_t steps, per_epoch; /* of the stage */
    bool can_measure;         /* how far each tensor moves */
    bool percentile; /* clip at the norm's 90th percentile, if the stage does
                        not clip */
    mien_precision round; /* the weights themselves, after each step */
    bool narrow; /* 16 bits somewhere: measure what rounds away, too */
} mien_updater_plan;

typedef struct mien_updater {
    mien_arena arena;
    mien_pool *pool;
    int n;
    mien_trained *tensors;
    double *norms, *penalties; /* of each tensor */
    bool *burst;
    mien_choice optim, clip;
    mien_choice *regularisers, *constraints, *bounds;
    int n_regularisers, n_constraints, n_bounds;
    mien_precision round;
    float *before;     /* the weights before the step, or NULL */
    mien_moved *moved; /* of each tensor, by the last step that was measured */
    double *stalled;   /* likewise mien_stalled_share(), where narrow */
    bool narrow;
    bool measure;      /* the next step: the caller's to set */
    mien_stepper stepper;
    mien_schedule schedule;
    double *clip_state;
    size_t n_clip_state;
    float *constraint_state; /* of all constraints and tensors in turn */
    size_t n_constraint_state;
    size_t *constraint_at; /* n_constraints x n: where each begins */
} mien_updater;

typedef struct mien_update_report {
    double lr, norm, backbone, head, penalty;
    double factor;    /* what clipping left of the norm */
    double threshold; /* it clipped at, NaN: none */
    bool clipped, skipped;
    const char *bad;   /* the first tensor that is not finite, or NULL */
    const char *burst; /* the first whose weights overflowed in the step */
} mien_update_report;

/* Read a stage's sections and make the state. */
mien_status mien_updater_open(mien_updater *u, const mien_updater_plan *plan);

/* Go on with another stage; the optimiser's state goes on too when the stage
 * has the same optimiser. */
mien_status mien_updater_next(mien_updater *u, const mien_updater_plan *plan);

/* One step; `step` counts those of the stage from 0, and the schedule's rate
 * is taken times `rate`. */
mien_status mien_updater_run(mien_updater *u, int64_t step, double rate,
                             mien_update_report *report);

/* Everything that must survive, as tensors that point into the updater: what
 * a checkpoint writes, and what it is copied back to. At most
 * MIEN_UPDATER_TENSORS; returns how many. */
enum { MIEN_UPDATER_TENSORS = MIEN_MAX_SLOTS + 4 };
int mien_updater_state(mien_updater *u, mien_tensor *out);

void mien_updater_close(mien_updater *u);

#endif
