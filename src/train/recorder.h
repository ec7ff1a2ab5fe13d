/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.h - the flight recorder: what was before something went wrong.
 *
 *   const mien_snapshot *s = mien_ring_find(ring, t->at.step);
 *   if (s) MIEN_TRY(mien_recorder_dump(t, s, "step 412: the loss spiked"));
 *
 * Each is a checkpoint of its own in the run folder,
 * blackbox-<step>.safetensors, at which a replay (replay.h) can begin. */
#ifndef MIEN_TRAIN_RECORDER_H
#define MIEN_TRAIN_RECORDER_H

#include "train/trainer.h"

#define MIEN_RECORDER_PREFIX "blackbox-"

enum { MIEN_RECORDER_FILES = 5 };

/* Write a state into the run folder; with a sixth one the one of the lowest
 * step goes. The reason is kept as the file's metadata "reason". A trainer
 * without a folder writes nothing.
 *
 * Errors: MIEN_EDIAGNOSIS for a state that is not finite: nothing is written;
 *         MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_recorder_dump(const mien_trainer *t,
                               const mien_snapshot *snapshot,
                               const char *reason);

/* Remove all of them, before a training begins anew in the same folder. */
mien_status mien_recorder_clear(const char *folder);

/* The step in a name "blackbox-<step>.safetensors"; -1: it is none. */
int64_t mien_recorder_step(const char *name);

#endif
