/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.h - who acts on findings.
 *
 *   mien_doctor doctor;
 *   MIEN_TRY(mien_doctor_open(&doctor, recipe, options));
 *   do {
 *       ... open a trainer with the doctor's changes, train ...
 *   } while (t->again);
 *   mien_doctor_close(&doctor);
 *
 * For each failing finding, the remedies that treat its cause are tried in
 * the order of remedies.def, each at most once in the same form:
 *
 *   prescribe   changes to the recipe
 *   fork test   the same samples with and without them, from the start
 *   keep it     if the weights after it are better (trial.h); then the
 *               training begins again with the changes
 *
 * A young training begins again at no great loss. In an older one the doctor
 * only goes back to a snapshot of about 100 steps ago, at half the rate, past
 * the batches between, and that is forked, too. When nothing helps and the
 * training cannot go on or has learned nothing, it ends with a diagnosis. */
#ifndef MIEN_TRAIN_DOCTOR_H
#define MIEN_TRAIN_DOCTOR_H

#include "health/remedy.h"
#include "train/care.h"
#include "train/trial.h"

enum { MIEN_DOCTOR_CHANGES = 64, MIEN_DOCTOR_TRIED = 64 };

typedef struct mien_doctor {
    mien_arena arena;
    const char *recipe;
    mien_train_options options;
    char folder[MIEN_PATH_ROOM]; /* the run's, once there is one */
    int n_changes;
    const char *changes[MIEN_DOCTOR_CHANGES]; /* in force */
    int n_tried;
    const char *tried[MIEN_DOCTOR_TRIED]; /* "lsuv 0 init=lsuv" */
    int attempt;
    int n_told;
    const char *told[MIEN_MAX_FINDINGS]; /* before a first step, already */
    int n_back;            /* forks for going back, in this attempt */
    int64_t last_back;     /* the step of the last one */
    bool suspects;         /* `suspect` was not cured */
    mien_finding suspect;  /* the first failing finding that nothing helped */
    mien_finding dropped;  /* what was wrong with the last dropped steps */
    mien_trial plain;      /* the fork without a remedy, of this attempt */
    int64_t plain_samples; /* that it took; 0: there is none */
} mien_doctor;

/* Errors: MIEN_ENOMEM; when a run is resumed, MIEN_EFORMAT for a doctor.json
 * that cannot be read. */
mien_status mien_doctor_open(mien_doctor *d, const char *recipe,
                             const mien_train_options *options);
void mien_doctor_close(mien_doctor *d);

/* How the next trainer is to be opened. */
mien_trainer_mode mien_doctor_mode(mien_doctor *d);

/* The trainer with t->again was closed: on to the next attempt. */
void mien_doctor_again(mien_doctor *d);

/* Before the first step: what data and settings show. May set t->again.
 *
 * Errors: MIEN_EDIAGNOSIS when there is nothing to learn. */
mien_status mien_doctor_before(mien_trainer *t);

/* After each step, which ended in `status`: frame, findings, and whatever is
 * to be done. May set t->again or change the state of the training.
 *
 * Errors: `status` itself, when nothing helps; MIEN_EDIAGNOSIS. */
mien_status mien_doctor_after(mien_trainer *t, const mien_seen *seen,
                              mien_status status);

#endif
