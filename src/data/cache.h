/* SPDX-License-Identifier: Apache-2.0 */
/* cache.h - decoded images, up to a number of bytes, shared by threads.
 *
 *   const mien_image *image = mien_cache_get(cache, i);
 *   if (!image) ... decode ... mien_cache_put(cache, i, decoded) ...
 *
 * What is in stays in. An epoch visits every sample once, so a cache that
 * throws out the least recently used image of a larger set would never hit;
 * one that keeps the first ones hits in the share that fits. */
#ifndef MIEN_DATA_CACHE_H
#define MIEN_DATA_CACHE_H

#include "mien/image.h"

typedef struct mien_cache mien_cache;

/* Room for samples 0..count-1 and `cap` bytes of pixels. */
mien_status mien_cache_open(mien_cache **out, int count, size_t cap);
void mien_cache_close(mien_cache *cache); /* NULL is fine */

/* The image of a sample, or NULL. It is the cache's and lives as long as it.
 *
 * Thread: any number at once, as for put. */
const mien_image *mien_cache_get(const mien_cache *cache, int i);

/* Give an image to the cache: true when it was taken over; false when there is
 * no room or another thread was first, then it stays the caller's. */
bool mien_cache_put(mien_cache *cache, int i, mien_image *image);

size_t mien_cache_bytes(const mien_cache *cache); /* of pixels held */

#endif
