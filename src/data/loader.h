/* SPDX-License-Identifier: Apache-2.0 */
/* loader.h - threads that keep a trainer fed with batches.
 *
 *   mien_loader *loader;
 *   MIEN_TRY(mien_loader_open(&loader, &plan));
 *   const mien_loaded *b;
 *   while ((status = mien_loader_next(loader, &b)) == MIEN_OK && b) ...
 *   mien_loader_close(loader);
 *
 * Batch k is a pure function of the plan, whatever the number of threads: its
 * samples are given by the sampler, its augmentation by (seed, epoch, place
 * in the epoch), its mixup by (seed, epoch, step). Each thread makes one batch
 * at a time; they wait when `ahead` batches are ready. */
#ifndef MIEN_DATA_LOADER_H
#define MIEN_DATA_LOADER_H

#include "data/augment.h"
#include "data/cache.h"
#include "data/input.h"
#include "data/sampler.h"
#include "tensor/tensor.h"

typedef struct mien_loader_plan {
    const mien_reader *reader; /* these must outlive the loader */
    const mien_input *input;
    const mien_augmenter *augmenter; /* NULL: photos as they are */
    mien_cache *cache;               /* of fitted photos; NULL: none */
    const mien_tensor *targets;      /* a row a sample of the reader; or NULL */
    mien_sampler_plan sampler;
    int threads;     /* 0: batches are made when they are asked for */
    int ahead;       /* batches made ahead; 0: threads + 1 */
    int epoch, step; /* where to begin */
    int epochs;      /* end after this many, from `epoch` on; 0: never */
} mien_loader_plan;

/* One batch, of sampler.batch samples.
 *
 * Shapes: x batch x channels x height x width; the others batch. When the
 *         epoch ends short (sequential order), count is smaller than the
 *         batch, x is zero and label -1 behind it. */
typedef struct mien_loaded {
    int epoch, step; /* of an epoch, from 0 */
    int count;
    float *x;
    int32_t *label;
    const int32_t *mixed; /* the second label under mixup, else NULL */
    const float *share;   /* the first one's share, else NULL */
    const float *target;  /* batch x row of targets, mixed like x; or NULL */
    uint32_t *sample;     /* index in the reader, or MIEN_NO_SAMPLE */
} mien_loaded;

typedef struct mien_loader mien_loader;

/* Errors: as mien_sampler_open(); MIEN_EINVAL for a step beyond the epoch or
 *         augmentation of images that are floats; MIEN_ENOMEM. */
mien_status mien_loader_open(mien_loader **out, const mien_loader_plan *plan);

/* The next batch, in order; NULL behind the last epoch. It is the loader's
 * and lives until the next call.
 *
 * Errors: what decoding one of its samples ended with, the file named; the
 *         batches before it were delivered. Close the loader then. */
mien_status mien_loader_next(mien_loader *loader, const mien_loaded **out);

int mien_loader_steps(const mien_loader *loader); /* batches an epoch */

/* Seconds that mien_loader_next() made its caller wait, so far. */
double mien_loader_waited(const mien_loader *loader);
void mien_loader_close(mien_loader *loader); /* NULL is fine */

#endif
