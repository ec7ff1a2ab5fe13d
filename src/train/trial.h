/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - some steps of a training, to see where a change would lead.
 *
 *   mien_trial trial;
 *   MIEN_TRY(mien_trial_run(&trial, &(mien_trial_plan){
 *       .recipe = path, .options = options, .changes = changes, .n_changes = 1,
 *       .samples = 1600}));
 *   if (trial.sound) ... trial.loss[0..n-1], trial.score.loss
 *   mien_trial_close(&trial);
 *
 * A trial trains a copy: nothing of it reaches the training or its folder. */
#ifndef MIEN_TRAIN_TRIAL_H
#define MIEN_TRAIN_TRIAL_H

#include "health/finding.h"
#include "train/ring.h"
#include "train/trainer.h"

typedef struct mien_trial_plan {
    const char *recipe;
    const mien_train_options *options;
    const char *const *changes; /* all of them, earlier ones included */
    int n_changes;
    int64_t samples;       /* to be trained on, in whole steps */
    mien_trainer *from;    /* go on from its state; NULL: from the start */
    const mien_snapshot *state; /* with its weights and optimiser instead */
    double lr_factor;      /* 0: as it is */
} mien_trial_plan;

/* How good the weights are after a trial: on up to 512 training samples, as in
 * inference, every class counting the same.
 *
 * Units: loss is cross entropy of the scores without any margin, so that it
 *        can be compared between losses; NaN without scores. */
typedef struct mien_trial_score {
    double loss, accuracy;
    double cosine; /* mean between the answers to different samples, or NaN */
    int samples;
} mien_trial_score;

extern const mien_trial_score mien_trial_no_score; /* all NaN */

typedef struct mien_trial {
    int n;
    double *loss; /* of each step */
    bool sound;   /* it opened, and no step burst or was dropped for good */
    int skipped;
    mien_trial_score score;
    char why[MIEN_SAY_ROOM]; /* it is not sound, else "" */
} mien_trial;

/* Errors: MIEN_ENOMEM only; whatever else fails makes the trial unsound. */
mien_status mien_trial_run(mien_trial *out, const mien_trial_plan *plan);
void mien_trial_close(mien_trial *trial);

/* The score of a trainer's weights as they are. */
mien_status mien_trial_judge(mien_trial_score *out, mien_trainer *t);

#endif
