/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - one atomic pointer a sample; no lock, nothing thrown out. */
#include "data/cache.h"

#include <stdatomic.h>

#include "base/mem.h"

struct mien_cache {
    int count;
    size_t cap;
    atomic_size_t used;
    _Atomic(mien_image *) *slots;
};

mien_status mien_cache_open(mien_cache **out, int count, size_t cap) {
    *out = NULL;
    mien_cache *cache = mien_alloc(1, sizeof *cache);
    if (!cache) return MIEN_ENOMEM;
    cache->count = count;
    cache->cap = cap;
    cache->slots = mien_alloc((size_t)count, sizeof *cache->slots);
    if (!cache->slots) {
        mien_free(cache);
        return MIEN_ENOMEM;
    }
    *out = cache;
    return MIEN_OK;
}

void mien_cache_close(mien_cache *cache) {
    if (!cache) return;
    for (int i = 0; i < cache->count; i++) mien_image_free(cache->slots[i]);
    mien_free(cache->slots);
    mien_free(cache);
}

const mien_image *mien_cache_get(const mien_cache *cache, int i) {
    return atomic_load_explicit(&cache->slots[i], memory_order_acquire);
}

bool mien_cache_put(mien_cache *cache, int i, mien_image *image) {
    const size_t size = image->stride * (size_t)image->height;
    const size_t before = atomic_fetch_add(&cache->used, size);
    mien_image *none = NULL;
    if (before <= cache->cap && size <= cache->cap - before &&
        atomic_compare_exchange_strong(&cache->slots[i], &none, image))
        return true;
    atomic_fetch_sub(&cache->used, size);
    return false;
}

size_t mien_cache_bytes(const mien_cache *cache) {
    return atomic_load(&cache->used);
}
