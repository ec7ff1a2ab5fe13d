/* SPDX-License-Identifier: Apache-2.0 */
/* score.h - from the trainings of an arm to its verdict.
 *
 *   R = (accuracy - chance) / (healthy - chance)
 *
 * An arm passes a case with a median R of .9 and a worst of .7 over the
 * seeds, and no weight that is not finite; the doctor must also find a wanted
 * cause within 20 steps of the onset, and name it, in every seed. */
#ifndef MIEN_TRAIN_STRESS_SCORE_H
#define MIEN_TRAIN_STRESS_SCORE_H

#include "base/arena.h"
#include "mien/health.h"
#include "train/stress/bout.h"

/* Of n numbers; the mean of the two in the middle when n is even. */
double mien_stress_median(const double *x, int n);

/* NaN when there is nothing to learn: healthy is not above chance. */
double mien_stress_r(double accuracy, double chance, double healthy);

/* A cell of the survival map: R, 0 to 1; NaN: stopped by a diagnosis. */
double mien_stress_cell(const mien_bout *bout, double chance, double healthy);

typedef struct mien_stress_bar {
    double chance, healthy; /* healthy NaN: the case is hopeless */
    uint64_t wanted;
    bool doctor; /* is held to detection and name */
} mien_stress_bar;

/* Fill all but the name. Owns: the diagnosis lives in `arena`.
 * Errors: MIEN_ENOMEM. */
mien_status mien_stress_judge(mien_stress_arm *arm, const mien_bout *bouts,
                              int seeds, const mien_stress_bar *bar,
                              mien_arena *arena);

/* Not passed, but stopped in every seed by the right diagnosis, in time. */
bool mien_stress_diagnosed(const mien_stress_arm *arm);

#endif
