/* SPDX-License-Identifier: Apache-2.0 */
/* fork.h - the fork test: the same samples with a remedy and without.
 *
 *   mien_fork fork;
 *   MIEN_TRY(mien_fork_change(&fork, t, &prescription));
 *   if (fork.helped) ... keep it
 *   mien_fork_close(&fork);
 *
 * Both arms are trained on as many samples as health.fork steps (50) take with
 * the remedy.
 * With a remedy is better when only that arm is sound, or when its score on
 * training samples (trial.h) is: for margin heads and where the loss itself
 * was changed by accuracy, if they differ by 2 points and by more than the
 * standard error; failing that, embeddings that no longer all point one way are
 * better; else by a loss that is lower by 2 %. Where steps are given up
 * for it, the accuracy by 5 points, else the loss by 20 %. */
#ifndef MIEN_TRAIN_FORK_H
#define MIEN_TRAIN_FORK_H

#include "health/remedy.h"
#include "train/trial.h"

typedef struct mien_fork {
    mien_trial with, without;
    bool borrowed; /* `without` is the doctor's */
    bool helped;
    char text[MIEN_SAY_ROOM]; /* "fork test, 50 steps: loss 1.12 with, 2.31
                                 without: kept" */
} mien_fork;

/* From the start: the recipe as it is now, and with the changes.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_fork_change(mien_fork *fork, mien_trainer *t,
                             const mien_prescription *changes);

/* From here: going on, and going on from a snapshot at another rate.
 * `broken`: it cannot go on from here, so that any sound arm helps. */
mien_status mien_fork_back(mien_fork *fork, mien_trainer *t,
                           const mien_snapshot *snapshot, double lr_factor,
                           bool broken);

void mien_fork_close(mien_fork *fork);

#endif
