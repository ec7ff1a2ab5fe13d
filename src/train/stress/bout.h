/* SPDX-License-Identifier: Apache-2.0 */
/* bout.h - one training of the stress suite, from recipe to verdict.
 *
 *   mien_bout bout;
 *   MIEN_TRY(mien_bout_run(&bout, &plan));
 *   ... bout.accuracy, bout.seen.detected
 *
 * Thread: any number at once, each in a folder of its own. */
#ifndef MIEN_TRAIN_STRESS_BOUT_H
#define MIEN_TRAIN_STRESS_BOUT_H

#include "train/stress/evidence.h"

enum { MIEN_BOUT_SETS = 24, MIEN_BOUT_WHY = 256 };

typedef struct mien_bout_plan {
    const char *recipe; /* the base's file */
    const char *data;   /* its data.path, or NULL */
    const char *folder; /* of the run, new */
    const char *set[MIEN_BOUT_SETS];
    int n_set;
    int64_t onset, stop_at; /* as of the fault */
    uint64_t wanted;        /* causes */
    bool keep;              /* leave the folder */
} mien_bout_plan;

typedef struct mien_bout {
    double accuracy; /* on the test; 0 when there is no model to be tested */
    bool stopped;    /* by a diagnosis */
    bool refused;    /* it could not begin, or broke off otherwise */
    bool non_finite; /* a file holds such a weight */
    mien_evidence seen;
    double seconds;
    char why[MIEN_BOUT_WHY]; /* the sentence, when stopped or refused */
} mien_bout;

/* Train, then look at what was left behind. A training that fails is a
 * result; what has nothing to do with it is an error.
 *
 * Errors: MIEN_ENOMEM, MIEN_EIO, MIEN_ENOSPACE, MIEN_EINTERRUPTED. */
mien_status mien_bout_run(mien_bout *out, const mien_bout_plan *plan);

#endif
