/* SPDX-License-Identifier: Apache-2.0 */
/* known_answer.h - what a network answers to one fixed input, kept in its
 * file and asked again when it is loaded. */
#ifndef MIEN_TRAIN_KNOWN_ANSWER_H
#define MIEN_TRAIN_KNOWN_ANSWER_H

#include "nn/runner.h"
#include "train/model_file.h"

/* Ask: the first values of the answer, at most MIEN_ANSWER_MAX. `run` is one
 * for inference.
 *
 * Errors: MIEN_EDIAGNOSIS when the answer is not finite; MIEN_ENOMEM. */
mien_status mien_known_answer(float answer[MIEN_ANSWER_MAX], int *n,
                              mien_runner *run);

/* Compare, to a thousandth of the largest value (a fiftieth if the network is
 * quantised): processors round differently.
 *
 * Errors: MIEN_ECORRUPT. */
mien_status mien_known_answer_check(mien_runner *run,
                                    const mien_model_card *card,
                                    const char *path);

#endif
