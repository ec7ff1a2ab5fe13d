/* SPDX-License-Identifier: Apache-2.0 */
/* protocol.h - ways to turn pairs of faces into a figure, each with a name.
 *
 * A file in protocols/ ends in a const struct and a line in protocols.def
 * lists it. A figure that is computed another way gets another name, so a
 * protocol never has options. */
#ifndef MIEN_EVAL_PROTOCOL_H
#define MIEN_EVAL_PROTOCOL_H

#include "eval/folds.h"

typedef struct mien_protocol {
    const char *name, *summary;
    const char *suffix; /* behind the name of the pairs, "" or ", ..." */
    bool mirror;        /* the mirrored picture's embedding is added */
    bool distance;      /* thresholds are squared distances, not cosines */
    bool prints_sd;     /* sd(n) beside the mean, not the standard error */
    mien_status (*judge)(mien_fold_report *out, const mien_trials *trials);
} mien_protocol;

const mien_protocol *const *mien_protocols(int *count);

/* Errors: MIEN_EINVAL for an unknown name, with those that there are. */
mien_status mien_protocol_find(const mien_protocol **out, const char *name);

#endif
