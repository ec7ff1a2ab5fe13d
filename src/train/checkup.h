/* SPDX-License-Identifier: Apache-2.0 */
/* checkup.h - the longer examination before a training that is worth it.
 *
 *   gradients   of every layer, in double, against differences
 *   by heart    can one batch be learned at all?
 *   rate        a sweep: does it stay below a tenth of what diverges?
 *
 * Together they take about as long as 120 steps, so they are made only when
 * that is at most 1 % of the training. */
#ifndef MIEN_TRAIN_CHECKUP_H
#define MIEN_TRAIN_CHECKUP_H

#include "train/care.h"

/* Adds findings to found, which has room for MIEN_MAX_FINDINGS.
 *
 * Errors: those of opening the recipe again; MIEN_ENOMEM. */
mien_status mien_checkup(mien_trainer *t, mien_finding *found, int *n);

#endif
