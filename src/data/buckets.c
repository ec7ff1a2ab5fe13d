/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - a counting sort. */
#include "data/buckets.h"

#include "base/mem.h"

mien_status mien_buckets_make(mien_buckets *out, int kinds,
                              const int32_t *kind_of, const uint32_t *items,
                              int count) {
    *out = (mien_buckets){.kinds = kinds};
    out->start = mien_alloc((size_t)kinds + 2, sizeof *out->start);
    out->items = mien_alloc((size_t)count + 1, sizeof *out->items);
    if (!out->start || !out->items) {
        mien_buckets_close(out);
        return MIEN_ENOMEM;
    }
    /* While items are placed, at[k] = start[k + 1] runs from where kind k
     * begins to where it ends. */
    int *at = out->start + 1;
    for (int i = 0; i < count; i++) {
        const int k = kind_of[items ? items[i] : (uint32_t)i];
        if (k >= 0) at[k + 1]++;
    }
    for (int k = 1; k <= kinds; k++) at[k] += at[k - 1];
    for (int i = 0; i < count; i++) {
        const uint32_t item = items ? items[i] : (uint32_t)i;
        if (kind_of[item] >= 0) out->items[at[kind_of[item]]++] = item;
    }
    return MIEN_OK;
}

void mien_buckets_close(mien_buckets *buckets) {
    mien_free(buckets->start);
    mien_free(buckets->items);
    *buckets = (mien_buckets){0};
}
