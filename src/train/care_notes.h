/* SPDX-License-Identifier: Apache-2.0 */
/* care_notes.h - TensorBoard's scalars, the angles of a margin head. */
#ifndef MIEN_TRAIN_CARE_NOTES_H
#define MIEN_TRAIN_CARE_NOTES_H

#include "train/care.h"

/* Of a probed step that was made; nothing of others. */
void mien_care_note(mien_trainer *t, const mien_seen *seen);

#endif
