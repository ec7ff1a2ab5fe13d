/* SPDX-License-Identifier: Apache-2.0 */
/* examine.h - look at what is to be trained on, before it is.
 *
 *   mien_copies_found copies;
 *   MIEN_TRY(mien_examine_copies(&copies, dataset, 2000));
 *   if (copies.share > 0.05) ...
 *
 * Each looks at the training part of a dataset, at `most` samples of it, which
 * are spread evenly over its list. They say what is there; what of it is
 * wrong is for others to judge. */
#ifndef MIEN_DATA_EXAMINE_H
#define MIEN_DATA_EXAMINE_H

#include "data/dataset.h"

/* Samples by class. */
typedef struct mien_labels_found {
    int samples, classes, present; /* present: classes with a sample */
    int smallest, largest;         /* samples of such a class */
    int largest_class;
} mien_labels_found;

/* Errors: MIEN_ENOMEM. */
mien_status mien_examine_labels(mien_labels_found *out,
                                const mien_dataset *data);

/* Exact copies. Of a part looked at in part, copies whose original was not
 * looked at are not seen: the share is a lower bound, but for a sample that
 * is there very often. */
typedef struct mien_copies_found {
    int looked_at, copies; /* copies: of an earlier one looked at */
    double share;          /* copies / looked_at */
    int most;              /* times that the most frequent one is there */
    uint32_t sample;       /* its index in the reader */
} mien_copies_found;

/* Errors: as mien_copies_find(). */
mien_status mien_examine_copies(mien_copies_found *out,
                                const mien_dataset *data, int most);

/* How mixed the batches of the first epoch are. */
typedef struct mien_order_found {
    int batches;     /* looked at */
    double distinct; /* mean number of labels in a batch */
    double expected; /* the same of batches drawn at random */
    bool chosen;     /* the recipe's order picks classes: pk or balanced */
} mien_order_found;

/* The first `n` batches of `batch` samples; no photo is read.
 *
 * Errors: as mien_dataset_order() and mien_sampler_open(). */
mien_status mien_examine_order(mien_order_found *out, mien_dataset *data,
                               int batch, int n);

/* Wrong labels, by neighbours: samples that look almost alike should have the
 * same label. Of fewer than MIEN_NOISE_PAIRS pairs the share means nothing. */
enum { MIEN_NOISE_PAIRS = 20 };

typedef struct mien_noise_found {
    int looked_at;
    int pairs;    /* of samples that are much more alike than usual */
    double share; /* of them, those with two labels; 0 without pairs */
} mien_noise_found;

/* Errors: as the reader's; MIEN_ENOMEM. */
mien_status mien_examine_noise(mien_noise_found *out, const mien_dataset *data,
                               int most);

#endif
