/* SPDX-License-Identifier: Apache-2.0 */
/* preflight.h - what can be known before the first step.
 *
 * Labels, copies and order of the data; the range of the first batch; settings
 * that contradict the training's length. What the first step shows (gains,
 * dead units, the first loss) the detectors see in its frame: nothing is lost
 * by looking then. */
#ifndef MIEN_TRAIN_PREFLIGHT_H
#define MIEN_TRAIN_PREFLIGHT_H

#include "health/remedy.h"
#include "train/care.h"

/* Findings, in the order in which they are to be treated; found has room for
 * MIEN_MAX_FINDINGS. The source is begun anew by whoever trains next.
 *
 * Errors: those of reading the data; MIEN_ENOMEM. */
mien_status mien_preflight(mien_trainer *t, mien_finding *found, int *n);

/* What remedies may know; reads the first batch for its mean and deviation. */
mien_status mien_preflight_patient(mien_patient *out, mien_trainer *t);

#endif
