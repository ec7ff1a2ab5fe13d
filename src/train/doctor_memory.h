/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_memory.h - doctor.json: changes in force, and what was tried.
 *
 *   {"attempt": 1, "changes": ["optim.adam.lr=0.001"],
 *    "tried": ["rate 0 optim.adam.lr=0.001"]}
 *
 * A resumed run takes its changes from there. A checkpoint of an attempt that
 * was given up is of no use any more, so it goes first; when a run is resumed
 * before the next one has saved anything, that attempt is made anew. */
#ifndef MIEN_TRAIN_DOCTOR_MEMORY_H
#define MIEN_TRAIN_DOCTOR_MEMORY_H

#include "train/doctor.h"

/* Note that a remedy is tried in this form, "lsuv 2 init=lsuv" after two other
 * changes, for what did not help before them may help now; or, where it lacks
 * consent, "residual proposed init=lsuv ...". Not new: it was noted before, or
 * there is no room.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_doctor_note(bool *is_new, mien_doctor *d, const char *remedy,
                             const mien_prescription *form, bool allowed);

/* "lsuv, rate", each name once: what was tried, or what was only proposed. */
void mien_doctor_name_tried(char out[MIEN_SAY_ROOM], const mien_doctor *d,
                            bool proposed);

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
