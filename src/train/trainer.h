/* SPDX-License-Identifier: Apache-2.0 */
/* trainer.h - one training: what it holds and the steps it takes.
 *
 * The way of a batch: source (data) -> mien_trainer_step (runner, updater,
 * average) -> log; after each epoch validation and a checkpoint. train.c is
 * the whole course, this header what its parts share. */
#ifndef MIEN_TRAIN_TRAINER_H
#define MIEN_TRAIN_TRAINER_H

#include "mien/train.h"
#include "nn/runner.h"
#include "train/known_answer.h"
#include "train/position.h"
#include "train/recipe.h"
#include "train/run_log.h"
#include "train/source.h"
#include "train/updater.h"

enum { MIEN_PATH_ROOM = 4096 };

/* How a trainer is opened, beyond what a user can ask for. */
typedef struct mien_trainer_mode {
    const char *const *changes; /* the doctor's, after options.set */
    int n_changes;
    bool quiet; /* a trial: no folder, no log, no checkpoint, no care */
    struct mien_doctor *doctor; /* who acts; NULL: nobody */
    int attempt; /* how often the doctor has begun again: the run folder is
                    there from the second on */
} mien_trainer_mode;

typedef struct mien_trainer {
    mien_arena arena;
    mien_train_options options;
    mien_trainer_mode mode;
    struct mien_care *care; /* what watches; NULL: nobody */
    bool again; /* the doctor wants to begin again: leave all loops */
    mien_recipe recipe;
    mien_source *source;
    mien_net *net;
    mien_runner *run, *check; /* to train, to validate */
    mien_updater update;
    float *gradient; /* what the updater reads: the runner's, or a sum */
    float *running;  /* running statistics before a step of several batches */
    float *average;  /* moving average of all weights, or NULL */
    float *class_weight; /* or NULL */
    mien_model_card card;
    char data_hash[MIEN_HASH_HEX], start_hash[MIEN_HASH_HEX];
    float answer[MIEN_ANSWER_MAX];
    mien_position at;
    mien_train_stage *stages; /* what each ended with */
    double *stage_figures;    /* loss, accuracy of each, for checkpoints */
    mien_run_log log;
    char folder[MIEN_PATH_ROOM], model[MIEN_PATH_ROOM];
    char checkpoint[MIEN_PATH_ROOM];
    mien_buf gradients;   /* the last table of --show-gradients */
    double seconds;       /* in steps, waiting included */
    double taught;        /* of these, by the teacher */
    int64_t images;       /* used this time */
    mien_score last_seen; /* of the last whole epoch */
    bool stopped_early, memorised;
} mien_trainer;

/* setup.c: everything up to the first step. */
mien_status mien_trainer_open(mien_trainer *t, const char *recipe,
                              const mien_train_options *options);
mien_status mien_trainer_open_as(mien_trainer *t, const char *recipe,
                                 const mien_train_options *options,
                                 const mien_trainer_mode *mode);
void mien_trainer_close(mien_trainer *t);

/* start.c: take the weights of train.start that fit, by name; nothing without
 * one.
 *
 * Errors: MIEN_ESHAPE when none fits; as reading a model file. */
mien_status mien_trainer_start(mien_trainer *t);

/* Optimiser steps of an epoch, batches of a step. */
int64_t mien_trainer_steps(const mien_trainer *t);
int64_t mien_trainer_accumulate(const mien_trainer *t);

/* The plan of the updater for a stage. */
mien_updater_plan mien_trainer_plan(const mien_trainer *t, int stage);

/* run_folder.c: choose and make the folder, write recipe.yaml. */
mien_status mien_run_folder_open(mien_trainer *t);
/* The folder that a run of that recipe file would take now. */
mien_status mien_run_folder_find(char folder[MIEN_PATH_ROOM],
                                 const char *recipe,
                                 const mien_train_options *options);

/* step.c: one optimiser step on the next batches. */
mien_status mien_trainer_step(mien_trainer *t);
/* The next batch alone, as a step would take it; t->at moves past it. */
mien_status mien_trainer_next(mien_trainer *t, mien_batch *batch);

/* epoch.c: the rest of the epoch that t->at is in. */
mien_status mien_trainer_epoch(mien_trainer *t);

/* validate.c */
typedef struct mien_figures {
    double loss, accuracy, top5;
} mien_figures;

extern const mien_figures mien_no_figures; /* all NaN */

/* Score a part with the weights in use; with the moving average when there
 * is one and `averaged`. */
mien_status mien_trainer_validate(mien_trainer *t, mien_part part,
                                  bool averaged, mien_figures *out);

/* The part that figures are taken from: the test in the end, the validation
 * while training when there is one; MIEN_TRAIN for none. */
mien_part mien_trainer_part(const mien_trainer *t, bool final);

/* Swap the weights in use and the moving average; nothing without one. */
void mien_trainer_swap(mien_trainer *t);

/* keep.c: checkpoints and the model file. */

/* Everything beside the weights that must survive, as tensors that point into
 * the trainer; at most MIEN_TRAINER_TENSORS, returns how many. */
enum { MIEN_TRAINER_TENSORS = MIEN_UPDATER_TENSORS + 8 };
int mien_trainer_state(mien_trainer *t, mien_tensor *out);

/* State that is not finite must not be kept: it would spoil the weights at
 * the next step after a resume. Errors: MIEN_EDIAGNOSIS. */
mien_status mien_trainer_check_state(const mien_tensor *state, int n);

/* The state of a training: what a checkpoint holds. */
typedef struct mien_snapshot {
    mien_position at;
    float *values; /* of the weights, running statistics included */
    int n;
    mien_tensor tensors[MIEN_TRAINER_TENSORS]; /* all else */
} mien_snapshot;

/* Write a state as a checkpoint of this training; `reason`, unless NULL, goes
 * into its metadata. Errors: MIEN_EDIAGNOSIS when a value is not finite:
 * nothing is written; as writing a model. */
mien_status mien_trainer_write_state(const char *path, const mien_trainer *t,
                                     const mien_snapshot *state,
                                     const char *reason);
mien_status mien_trainer_save(mien_trainer *t); /* last.safetensors */
mien_status mien_trainer_restore(mien_trainer *t);
mien_status mien_trainer_write_model(mien_trainer *t);
/* The weights of the model file, to be tested. */
mien_status mien_trainer_read_model(mien_trainer *t);

/* plan.c: layers, weights and memory as text. */
mien_status mien_trainer_describe(mien_buf *out, const mien_trainer *t);

/* interrupt.c */
bool mien_train_interrupted(void);
void mien_train_interrupt_clear(void);

#endif
