/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h - what can be broken on purpose, to try the doctor.
 *
 *   faults: [{nan_batch: {at: 30}}, {label_noise: {share: 0.4}}]
 *
 * A file in faults/ defines one and a line in faults.def lists it. Faults
 * touch what is trained on and how it starts, not what the result is measured
 * by. They are applied in the order written, anew whenever a recipe is
 * opened, and depend on nothing but the recipe and the batch's number: a
 * resumed run and a clone of one meet the same.
 *
 *   mien_faults faults;
 *   MIEN_TRY(mien_faults_open(&faults, recipe->faults));
 *   MIEN_TRY(mien_faults_samples(&faults, dataset));
 *   ... mien_faults_batch(&faults, &batch) on each batch ...
 *   mien_faults_close(&faults); */
#ifndef MIEN_TRAIN_FAULT_H
#define MIEN_TRAIN_FAULT_H

#include "data/dataset.h"
#include "nn/runner.h"
#include "optim/pick.h"

struct mien_source;

/* A batch as it comes from the loader, in whose buffer it lies. */
typedef struct mien_fault_batch {
    int64_t number;   /* of batches of the whole training, from 0: of the
                         optimiser's steps, where one batch makes one; -1: it is
                         not trained on */
    int n;            /* samples */
    mien_shape input; /* of one sample */
    float *x;
} mien_fault_batch;

/* Where each class shall find its centre. */
typedef struct mien_fault_start {
    mien_runner *run;           /* the one that trains */
    struct mien_source *source; /* at its beginning */
} mien_fault_start;

/* All hooks are optional. */
typedef struct mien_fault_ops {
    mien_row row;
    bool everywhere; /* batch() sees what is validated and tested on, too */

    /* Once, after the split: labels of the training part, and its list. */
    mien_status (*samples)(mien_dataset *data, const void *config);

    /* Every batch, before it is used. */
    void (*batch)(const mien_fault_batch *b, const void *config);

    /* Weights as drawn. An initialiser that looks at the data comes after
     * and mends what it can. */
    void (*weights)(mien_weights *w, const void *config);

    /* Weights as they will be trained, all initialisers done. */
    mien_status (*start)(const mien_fault_start *s, const void *config);
} mien_fault_ops;

const mien_table *mien_fault_table(void);

/* The faults of a recipe. */
typedef struct mien_faults {
    mien_choice *items;
    int n;
    mien_arena arena;
} mien_faults;

/* Read `faults:`; NULL is none.
 *
 * Errors: as mien_pick_all(); the list is then empty. */
mien_status mien_faults_open(mien_faults *faults, const mien_tree *tree);
void mien_faults_close(mien_faults *faults);

/* Call the hooks of all faults. */
mien_status mien_faults_samples(const mien_faults *faults, mien_dataset *data);
void mien_faults_batch(const mien_faults *faults, const mien_fault_batch *b);
void mien_faults_weights(const mien_faults *faults, mien_weights *w);
mien_status mien_faults_start(const mien_faults *faults,
                              const mien_fault_start *s);

#endif
