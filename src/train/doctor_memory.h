/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_memory.h - doctor.json: changes in force, and what was tried.
 *
 *   {"attempt": 1, "changes": ["optim.adam.lr=0.001"],
 *    "tried": ["rate optim.adam.lr=0.001"]}
 *
 * A resumed run takes its changes from there. A checkpoint of an attempt that
 * was given up is of no use any more, so it goes first; when a run is resumed
 * before the next one has saved anything, that attempt is made anew. */
#ifndef MIEN_TRAIN_DOCTOR_MEMORY_H
#define MIEN_TRAIN_DOCTOR_MEMORY_H

#include "train/doctor.h"

/* Write it into the trainer's run folder, before the next attempt begins.
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_doctor_remember(mien_doctor *d, const mien_trainer *t);

/* Read it from the folder that a resumed run will take; without the file
 * there is nothing to recall.
 *
 * Errors: MIEN_EFORMAT, MIEN_EIO, and those of the recipe. */
mien_status mien_doctor_recall(mien_doctor *d);

#endif
