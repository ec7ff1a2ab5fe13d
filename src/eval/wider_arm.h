/* SPDX-License-Identifier: Apache-2.0 */
/* wider_arm.h - all that one detector found, ready to be counted in any
 * mixture of the photos. Private to src/eval. */
#ifndef MIEN_EVAL_WIDER_ARM_H
#define MIEN_EVAL_WIDER_ARM_H

#include "eval/find.h"
#include "eval/wider_curve.h"
#include "mien/eval.h"

/* Deep-funneled LFW: where the face is in its 250x250 pixels, by the median of
 * what a detector finds; a detection of IoU .4 or more has found it. */
extern const mien_truth mien_funneled_box;

/* A detection in a photo without faces. */
typedef struct mien_alarm {
    float score;
    int photo;
} mien_alarm;

typedef struct mien_wider_arm {
    mien_finds set, scenes, faces;
    mien_wider_tally *rows[MIEN_WIDER_LEVELS]; /* thresholds of each photo */
    mien_wider_tally *after; /* each detection of the set, at the last level */
    int *first;              /* of each photo's among them; photos + 1 */
    mien_alarm *alarm;       /* best first */
    int alarms;
    float *best; /* of each photo of `faces`: the score that found the face,
                    or -1 */
} mien_wider_arm;

/* What both detectors are tried on. */
typedef struct mien_wider_job {
    const mien_wider_options *options;
    mien_wider_list list;
    mien_photo_paths scenes, faces; /* empty: not asked for */
    int *counts[MIEN_WIDER_LEVELS]; /* faces that count, of each photo */
} mien_wider_job;

/* Errors: as mien_find_all(); MIEN_EDATA for a photo of `faces` that is not
 *         250x250; *out is then empty. */
mien_status mien_wider_arm_open(mien_wider_arm *out, const char *model,
                                const mien_wider_job *job);
void mien_wider_arm_close(mien_wider_arm *arm);

/* `times` says how often each photo occurs; NULL: once. */
double mien_wider_arm_ap(mien_wider_point *curve, const mien_wider_arm *arm,
                         const mien_wider_job *job, int level,
                         const int *times);

/* The score that a detection must be above so that there are no more than
 * `alarms` a photo among the scenes; -1: any. */
double mien_wider_arm_threshold(const mien_wider_arm *arm, double alarms,
                                const int *times);
double mien_wider_arm_recall(const mien_wider_arm *arm,
                             const mien_wider_job *job, double threshold,
                             const int *times);
double mien_wider_arm_faces(const mien_wider_arm *arm, double threshold,
                            const int *times);

#endif
