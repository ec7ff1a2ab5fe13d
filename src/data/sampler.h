/* SPDX-License-Identifier: Apache-2.0 */
/* sampler.h - in which order an epoch goes through the samples.
 *
 *   mien_sampler *s;
 *   MIEN_TRY(mien_sampler_open(&s, &(mien_sampler_plan){
 *       .items = split.items[MIEN_TRAIN], .count = split.count[MIEN_TRAIN],
 *       .labels = reader->labels, .classes = reader->classes,
 *       .order = MIEN_ORDER_SHUFFLE, .batch = 32, .seed = 42}));
 *   mien_sampler_epoch(s, epoch, order);
 *
 * The order is a pure function of (plan, epoch): to resume, (epoch, step) is
 * all there is to know.
 *
 * An epoch has ceil(count / batch) steps, of twins ceil(2 count / batch). All
 * batches are full: the last one is filled up from the beginning of the same
 * epoch's order, so that no photo is left out and small sets train too. Only
 * the sequential order may end with a short batch, filled with MIEN_NO_SAMPLE,
 * as evaluation wants it. */
#ifndef MIEN_DATA_SAMPLER_H
#define MIEN_DATA_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define MIEN_NO_SAMPLE UINT32_MAX
#define MIEN_ORDERS    "shuffle|balanced|pk|sequential"

typedef enum mien_order {
    MIEN_ORDER_SHUFFLE,   /* each sample once, in random order */
    MIEN_ORDER_BALANCED,  /* each class equally often, whatever its size */
    MIEN_ORDER_PK,        /* batches of batch / k classes with k photos each */
    MIEN_ORDER_SEQUENTIAL /* each sample once, as listed */
} mien_order;

typedef struct mien_sampler_plan {
    const uint32_t *items; /* samples to draw from; must outlive the sampler */
    int count;
    const int32_t *labels; /* of every sample, by its index */
    int classes;
    int order; /* of mien_order */
    int batch;
    int k;      /* photos a class in a batch, of MIEN_ORDER_PK */
    bool full;  /* MIEN_ORDER_SEQUENTIAL has full batches only, too */
    bool twins; /* each sample twice in a row: batch / 2 of them in a batch */
    uint64_t seed;
} mien_sampler_plan;

typedef struct mien_sampler mien_sampler;

/* Errors: MIEN_EINVAL when there is no sample, k does not divide the batch,
 *         there are fewer than batch / k classes, or twins do not fit into an
 *         odd batch; MIEN_ENOMEM. */
mien_status mien_sampler_open(mien_sampler **out,
                              const mien_sampler_plan *plan);
void mien_sampler_close(mien_sampler *sampler); /* NULL is fine */

int mien_sampler_steps(const mien_sampler *sampler); /* batches an epoch */

/* Fill order[0 .. steps * batch - 1] with samples. A class with fewer than k
 * photos repeats them within its batch.
 *
 * Thread: one at a time. */
void mien_sampler_epoch(mien_sampler *sampler, uint32_t epoch, uint32_t *order);

#endif
