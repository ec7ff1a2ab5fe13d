/* SPDX-License-Identifier: Apache-2.0 */
/* ring.h - the last sound states of a training, in memory.
 *
 *   mien_ring *ring;
 *   MIEN_TRY(mien_ring_open(&ring, t, 4, 50));
 *   ... after each step:
 *   if (mien_ring_due(ring, t)) MIEN_TRY(mien_ring_take(ring, t));
 *   ... when it goes wrong:
 *   const mien_snapshot *s = mien_ring_find(ring, t->at.step - 100);
 *   if (s) mien_ring_back(ring, t, s);
 *   mien_ring_close(ring);
 *
 * All memory is taken when the ring is opened; taking and going back copy.
 * A ring holds no state with a value that is not finite. */
#ifndef MIEN_TRAIN_RING_H
#define MIEN_TRAIN_RING_H

#include "train/trainer.h"

/* What the snapshots may take together, unless that is less than two. */
#define MIEN_RING_BYTES ((size_t)1 << 30)

typedef struct mien_ring mien_ring;

/* Room for `n` snapshots (at least 2, fewer than asked for when they would
 * take more than MIEN_RING_BYTES), due every so many steps.
 *
 * Owns:   *out is the caller's; mien_ring_close() frees it.
 * Errors: MIEN_EINVAL, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_ring_open(mien_ring **out, mien_trainer *t, int n,
                           int64_t every);
void mien_ring_close(mien_ring *ring); /* NULL is fine */

int mien_ring_room(const mien_ring *ring); /* snapshots */

/* Is a snapshot due, by the steps done so far? */
bool mien_ring_due(const mien_ring *ring, const mien_trainer *t);

/* Copy the training's state over the oldest one; a second time at the same
 * step does nothing, and those of an earlier stage go.
 *
 * Errors: MIEN_EDIAGNOSIS when a value is not finite: the ring is as it
 *         was. */
mien_status mien_ring_take(mien_ring *ring, mien_trainer *t);

/* The newest after at most `step` steps, or NULL. It is the ring's and holds
 * until the next take. */
const mien_snapshot *mien_ring_find(const mien_ring *ring, int64_t step);

/* Steps that had been done when it was taken, the one included that the doctor
 * just looks at. */
int64_t mien_ring_step(const mien_snapshot *snapshot);

/* Weights, statistics, optimiser, schedule, clip and average back to what they
 * were; t->at is left alone, so that training goes on with the batches that
 * come next. Who wants to repeat the same batches also sets t->at to the
 * snapshot's and begins the source there. `t` may be another trainer of the
 * same network; state that only one of the two has stays. */
void mien_ring_copy(mien_trainer *t, const mien_snapshot *snapshot);

/* The same, and forget the snapshots after that one. */
void mien_ring_back(mien_ring *ring, mien_trainer *t,
                    const mien_snapshot *snapshot);

#endif
