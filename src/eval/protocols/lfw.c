/* SPDX-License-Identifier: Apache-2.0 */
/* lfw.c - as the authors of LFW ask for it.
 *
 * The cosine of two embeddings; the threshold is the best one on all folds
 * but one and judges that one; mean accuracy and its standard error.
 * Source: Huang et al., Labeled Faces in the Wild, UMass TR 07-49, 2007. */
#include "eval/protocol.h"

const mien_protocol mien_protocol_lfw = {
    .name = "lfw",
    .summary = "cosine, threshold from the other folds, standard error",
    .suffix = "",
    .judge = mien_folds_judge,
};
