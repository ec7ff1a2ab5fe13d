/* SPDX-License-Identifier: Apache-2.0 */
/* locate_few.h - a large batch, a few samples at a time.
 *
 *   mien_few few;
 *   MIEN_TRY(mien_few_open(&few, net, &batch, &arena));
 *   while (mien_few_next(&few, x))
 *       ... few.batch; its sample i is few.sample[i] of the whole batch
 *
 * Samples with the largest input come first: an outlier is among those that
 * are looked at, however few. */
#ifndef MIEN_TRAIN_LOCATE_FEW_H
#define MIEN_TRAIN_LOCATE_FEW_H

#include "train/locate.h"

typedef struct mien_few {
    const mien_net *net;
    const mien_batch *whole;
    mien_batch batch; /* the few; its x is the caller's */
    int n;            /* of them: as many as memory allows, all or even, for
                         losses that pair samples */
    int *sample;      /* of the whole batch, of each; ascending */
    int *order, n_order, done;
    int32_t *label, *mixed;
    float *share, *target;
} mien_few;

/* Everything is the arena's. Errors: MIEN_ENOMEM. */
mien_status mien_few_open(mien_few *few, const mien_net *net,
                          const mien_batch *whole, mien_arena *arena);

/* The next ones, their input copied to x; some come again when they do not
 * divide evenly. False: there are no more. */
bool mien_few_next(mien_few *few, float *x);

size_t mien_few_size(const mien_net *net); /* numbers of a sample's input */

/* Of |x|, what is not finite left out. */
double mien_few_largest(const float *x, size_t n);

#endif
