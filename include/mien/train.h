/* SPDX-License-Identifier: Apache-2.0 */
/* train.h - train a network as a recipe says.
 *
 *   mien_train_options options;
 *   mien_train_defaults(&options);
 *   options.data = "photos/";
 *   mien_train_result *result;
 *   if (mien_train_run(&result, "recipes/keras64.yaml", &options) == MIEN_OK)
 *       printf("%.1f %%\n", 100 * mien_train_summary_of(result)->accuracy);
 *   mien_train_result_free(result);
 *
 * Progress and remarks go to the sink of mien/log.h. */
#ifndef MIEN_TRAIN_H
#define MIEN_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/status.h"

typedef struct mien_train_options {
    const char *const *set; /* n_set texts "optim.adam.lr=0.1" */
    int n_set;
    const char *data;    /* replaces the recipe's data.path; NULL: as it says */
    const char *teacher; /* replaces the recipe's teacher.path */
    const char *start;   /* replaces the recipe's train.start */
    const char *out;     /* the run folder; NULL: a new one, runs/<recipe> */
    bool resume;         /* go on from the run folder's last checkpoint */
    bool dry_run;        /* plan and report, train nothing, write nothing */
    int overfit;         /* repeat this many batches, not augmented; 0: off */
    bool show_gradients; /* of each weight tensor, after each epoch */
    int threads;         /* 0: as the recipe says */
    int epochs;          /* 0: as the recipe says */
    int64_t stop_at;     /* end after this step as if killed: nothing is
                            saved; 0: off */
} mien_train_options;

/* All off, everything as the recipe says. */
void mien_train_defaults(mien_train_options *options);

/* What one stage of a recipe ended with (most recipes have one stage). */
typedef struct mien_train_stage {
    const char *name;      /* "stage 1" unless the recipe names it */
    double loss, accuracy; /* on held-out samples */
} mien_train_stage;

/* How a training ended.
 *
 * Units: losses are means over samples, accuracies 0 to 1; a figure that
 *        does not exist (no held-out samples, no classes) is NaN. */
typedef struct mien_train_summary {
    const char *run;   /* the run folder, "" after a dry run */
    const char *model; /* the model file, "" after a dry run */
    const char *split; /* where loss, accuracy and top5 come from: "test",
                          "validation" or "train" */
    double loss, accuracy, top5;
    double train_loss, train_accuracy; /* of the last epoch */
    int epochs;             /* run in all, those before a resume too */
    int best_epoch;         /* whose weights the model file holds; 0: none */
    int64_t steps, skipped; /* skipped: not finite, so not applied */
    int64_t clipped;        /* steps whose gradient was clipped */
    double seconds;         /* in training steps and waiting, this time */
    double images_per_s;
    double wait_share;    /* of that time, waiting for the loader, 0 to 1 */
    double teacher_share; /* of that time, waiting for the teacher, 0 to 1 */
    bool stopped_early, memorised; /* memorised: an overfit run reached 100 % */
    const char *weights_hash;      /* BLAKE2b-256 of the model file's tensors */
    int n_stages;
    const mien_train_stage *stages;
    /* Tables for a person: the plan after a dry run, the last gradients
     * after show_gradients, else "". */
    const char *report;
} mien_train_summary;

typedef struct mien_train_result mien_train_result;

/* Train.
 *
 * Owns:   *out is the caller's; mien_train_result_free() frees it.
 * Thread: one training at a time in a process may be interrupted.
 * Errors: MIEN_EINVAL, MIEN_ESHAPE for a recipe that cannot be (file, line
 *         and key are named); MIEN_EDATA, MIEN_ENOTFOUND, MIEN_EFORMAT for its
 *         data; MIEN_ENOSPACE when a checkpoint does not fit (the one before
 *         it stays); MIEN_EINTERRUPTED after mien_train_interrupt(), saved;
 *         MIEN_EDIAGNOSIS when training cannot go on. *out is then NULL. */
mien_status mien_train_run(mien_train_result **out, const char *recipe,
                           const mien_train_options *options);

const mien_train_summary *mien_train_summary_of(const mien_train_result *r);
void mien_train_result_free(mien_train_result *result); /* NULL is fine */

/* Let the training that runs finish its step, save and return. May be called
 * from a signal handler. */
void mien_train_interrupt(void);

/* The keys of a recipe's sections with their ranges and defaults, as help
 * text. Owns: *out is the caller's; mien_train_help_free() frees it. */
mien_status mien_train_help(char **out);
void mien_train_help_free(char *text);

#endif
