/* SPDX-License-Identifier: Apache-2.0 */
/* gallery.c - fuzz the file of vectors, and the head of a gallery.
 *
 * Both bear a seal that no chance will guess, so the seal is put right first:
 * what is tried is what lies behind it. */
#include <stdlib.h>
#include <string.h>

#include "gallery/vectors.h"

enum { WIDTH = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void seal_trailer(uint8_t *copy, size_t size, const mien_keys *keys) {
    uint8_t *trailer = copy + size - MIEN_VECTORS_TRAILER;
    const size_t sealed = MIEN_VECTORS_TRAILER - MIEN_SEAL_BYTES;
    const mien_seal_part part = {trailer, sealed};
    mien_seal_parts(trailer + sealed, keys, "vectors", &part, 1);
}

static void read_all(const mien_vectors *v, const mien_keys *keys) {
    static volatile uint8_t sum;
    mien_segment rows;
    for (size_t r = 0; r < v->n; r++) {
        const uint8_t *sealed = mien_vectors_sealed(v, r);
        for (size_t i = 0; i < mien_seal_size(v->width); i++) sum ^= sealed[i];
    }
    if (mien_vectors_load(&rows, v, keys, NULL) == MIEN_OK) {
        if (rows.n != v->n) abort();
        mien_segment_close(&rows);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const uint8_t key[MIEN_SEAL_KEY];
    const mien_head head = {.width = WIDTH};
    mien_keys keys;
    mien_vectors v;
    mien_head other;
    mien_keys_derive(&keys, key);
    mien_head_read(&other, bytes, size);
    uint8_t *copy = malloc(size + 1);
    if (!copy) abort();
    if (size) memcpy(copy, bytes, size);
    if (size >= MIEN_VECTORS_TRAILER) seal_trailer(copy, size, &keys);
    if (mien_vectors_read(&v, copy, size, &head, &keys) == MIEN_OK)
        read_all(&v, &keys);
    free(copy);
    return 0;
}
