/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - a recipe's data as batches for a runner.
 *
 *   mien_source *source;
 *   MIEN_TRY(mien_source_open(&source, &plan));
 *   MIEN_TRY(mien_source_begin(source, epoch, first_batch));
 *   MIEN_TRY(mien_source_next(source, &batch));
 *   mien_source_close(source); */
#ifndef MIEN_TRAIN_SOURCE_H
#define MIEN_TRAIN_SOURCE_H

#include "data/dataset.h"
#include "nn/runner.h"
#include "train/fault.h"
#include "train/recipe.h"
#include "train/teacher.h"

typedef struct mien_source {
    mien_dataset *data;
    mien_faults faults; /* applied to samples and batches here */
    int batch, overfit; /* overfit: batches repeated, 0: off */
    mien_loader *train, *check;
    int64_t epoch, step;          /* of the next batch of `train` */
    double waited;                /* seconds, by loaders that are closed */
    int batches;                  /* of a training epoch */
    mien_teacher *teacher;        /* who gives the targets, or NULL: the data */
    int vector;                   /* values a sample of the targets; 0: none */
    float *taught, *check_taught; /* its targets of a batch of each loader */
    const uint32_t *sample; /* of the training batch given last: indices in
                               the data */
} mien_source;

/* Open the data of a recipe, its faults applied, and its teacher; `overfit`
 * batches of its training samples are repeated, not augmented, when that is
 * above 0. The recipe must outlive it. */
mien_status mien_source_open(mien_source **out, const mien_recipe *recipe,
                             int overfit);
void mien_source_close(mien_source *source); /* NULL is fine */

/* Samples of a part; of the training part those in use. */
int64_t mien_source_samples(const mien_source *source, mien_part part);

/* Training batches of an epoch, from batch `first` on. */
mien_status mien_source_begin(mien_source *source, int64_t epoch,
                              int64_t first);

/* The next one, valid until the next call. Step, seed and progress are the
 * caller's to set. */
mien_status mien_source_next(mien_source *source, mien_batch *batch);

/* Samples of a part in order, not augmented; twins are, always alike. The last
 * batch may be shorter, and batch->n is 0 at the end. */
mien_status mien_source_check_begin(mien_source *source, mien_part part);
mien_status mien_source_check_next(mien_source *source, mien_batch *batch);

/* Seconds that next() waited so far, and that the teacher took. */
double mien_source_waited(const mien_source *source);
double mien_source_taught(const mien_source *source);

/* What rare classes weigh more: samples / (classes * samples of the class),
 * in the arena. A class without a sample weighs 0. */
mien_status mien_source_weights(float **out, const mien_source *source,
                                mien_arena *arena);

#endif
