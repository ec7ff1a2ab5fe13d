/* SPDX-License-Identifier: Apache-2.0 */
/* locate.h - where a step first becomes infinite or no number.
 *
 *   mien_located found;
 *   MIEN_TRY(mien_locate(&found, t->net, &batch));
 *   mien_warn("%s", found.text);
 *
 * The step is made once more by the reference kernels, layer by layer: input,
 * weights, forward, loss, backward. It takes seconds where a step takes
 * milliseconds, and is for steps that have failed. */
#ifndef MIEN_TRAIN_LOCATE_H
#define MIEN_TRAIN_LOCATE_H

#include "nn/runner.h"

enum {
    MIEN_LOCATE_SAMPLES = 64, /* at most; those with the largest input */
    MIEN_LOCATED_ROOM = 480
};

typedef struct mien_located {
    const char *pass;   /* "input", "forward", "loss", "backward", "healthy" */
    const char *layer;  /* the first that gave something bad; when healthy the
                           one with the largest gain; "loss"; "" */
    const char *tensor; /* of weights: the bad one, or the one whose gradient
                           is; when healthy the one with the largest gradient
                           for its size; "" */
    int sample; /* of the batch: the first bad one; when healthy the one with
                   the largest loss; -1: no single one */
    char text[MIEN_LOCATED_ROOM]; /* all of it as sentences */
} mien_located;

/* Examine a batch with the weights as they are. The input is looked at whole;
 * what comes after it for MIEN_LOCATE_SAMPLES of a small network, for fewer,
 * but at least 4, of a large one. They are taken together if memory allows,
 * else a few at a time, and batch normalisation sees those.
 *
 * Owns:   the names live as long as the net.
 * Errors: MIEN_ENOMEM; MIEN_EINVAL for a net without a loss. */
mien_status mien_locate(mien_located *out, mien_net *net,
                        const mien_batch *batch);

#endif
