/* SPDX-License-Identifier: Apache-2.0 */
/* suite.h - many bouts side by side, in a folder that goes afterwards.
 *
 *   mien_suite suite;
 *   MIEN_TRY(mien_suite_open(&suite, &options));
 *   mien_suite_add(&suite, &job);                (as often as needed)
 *   MIEN_TRY(mien_suite_run(&suite));
 *   ... suite.bouts[0]
 *   mien_suite_close(&suite); */
#ifndef MIEN_TRAIN_STRESS_SUITE_H
#define MIEN_TRAIN_STRESS_SUITE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "mien/health.h"
#include "train/stress/cases.h"
#include "train/stress/bout.h"

enum { MIEN_SUITE_ROOM = 1024 };

typedef struct mien_suite {
    mien_arena arena;
    const mien_stress_options *options;
    char folder[MIEN_SUITE_ROOM], recipe[MIEN_SUITE_ROOM];
    int classes; /* of the data */
    int n, room;
    struct mien_suite_job *jobs;
    mien_bout *bouts; /* of each job, once run */
    atomic_int done;
    atomic_bool over; /* one failed: begin no more */
} mien_suite;

typedef struct mien_suite_job {
    const char *name;                       /* of its folder, and to report */
    const mien_stress_reference *reference; /* what it starts from */
    const mien_stress_fault *fault;         /* NULL: the reference itself */
    int arm;                                /* of mien_stress_arms() */
    int seed;
    const char *more[2]; /* two last assignments, or NULL */
} mien_suite_job;

/* Check the options, make the folder, write the recipe, look at the data. The
 * options must outlive the suite.
 *
 * Errors: MIEN_EINVAL for an unknown remedy, what opening the data says. The
 *         suite is then closed. */
mien_status mien_suite_open(mien_suite *suite,
                            const mien_stress_options *options);

/* Owns: the job's texts must outlive the suite.
 * Errors: MIEN_ENOMEM. */
mien_status mien_suite_add(mien_suite *suite, const mien_suite_job *job);

/* Errors: as mien_bout_run(); a reference that does not train. */
mien_status mien_suite_run(mien_suite *suite);
void mien_suite_close(mien_suite *suite); /* zeroed is fine */

/* By name, or NULL. */
const mien_stress_reference *mien_stress_reference_named(const char *name);

/* The arm's number; -1: there is none of that name. */
int mien_stress_arm_named(const char *name);

/* Test accuracy of a share of the classes by guessing. */
double mien_suite_chance(const mien_suite *suite);

#endif
