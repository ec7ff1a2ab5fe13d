/* SPDX-License-Identifier: Apache-2.0 */
/* care_frame.h - fill a frame from a step. */
#ifndef MIEN_TRAIN_CARE_FRAME_H
#define MIEN_TRAIN_CARE_FRAME_H

#include "train/care.h"

/* What does not change while training: expected loss, decay. */
void mien_care_learn_setup(mien_trainer *t);

/* t->care->frame, from a step that was made or dropped. */
void mien_care_fill(mien_trainer *t, const mien_seen *seen);

#endif
