/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.h - numbers gathered by kind: samples by class, units by class. */
#ifndef MIEN_DATA_BUCKETS_H
#define MIEN_DATA_BUCKETS_H

#include <stdint.h>

#include "base/fail.h"

/* Kind k holds items[start[k]] .. items[start[k + 1] - 1]. */
typedef struct mien_buckets {
    int kinds;
    int *start; /* kinds + 1 */
    uint32_t *items;
} mien_buckets;

/* Gather items[0..count-1] (0..count-1 themselves when NULL) by kind_of[item],
 * each kind in the order given; negative kinds are left out.
 *
 * Owns:   *out is the caller's; mien_buckets_close() frees it.
 * Errors: MIEN_ENOMEM; *out is then closed. */
mien_status mien_buckets_make(mien_buckets *out, int kinds,
                              const int32_t *kind_of, const uint32_t *items,
                              int count);
void mien_buckets_close(mien_buckets *buckets);

static inline int mien_bucket_size(const mien_buckets *b, int kind) {
    return b->start[kind + 1] - b->start[kind];
}

#endif
