/* SPDX-License-Identifier: Apache-2.0 */
/* contradictions.h - which training samples have a label that their looks
 * speak against.
 *
 *   MIEN_TRY(mien_contradictions_find(wrong, &found, dataset));
 *   if (wrong[i]) ... the label of training sample i is not to be trusted ...
 *
 * See contradictions.c for the rule, and for what it finds and misses. */
#ifndef MIEN_DATA_CONTRADICTIONS_H
#define MIEN_DATA_CONTRADICTIONS_H

#include "data/dataset.h"

/* Judge each sample of the training part by the labels of those that look
 * like it. Reads all of them; compares each with all others, or with 8,000.
 *
 * Shapes: wrong as many as training samples; 1: contradicted, else 0.
 * Errors: as the reader's; MIEN_ENOMEM. */
mien_status mien_contradictions_find(uint8_t *wrong, mien_contradictions *found,
                                     const mien_dataset *data);

#endif
