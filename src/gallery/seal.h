/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - encryption of vectors, and a code on every record.
 *
 * A vector is encrypted with XChaCha20-Poly1305 under a random nonce; what it
 * belongs to (gallery, template, version) is authenticated with it, so that it
 * cannot be moved to another place. Everything else of a record is bound by a
 * keyed BLAKE2b-256, its seal. The keys come from one of 32 bytes.
 * Source: RFC 8439, RFC 7693, by libsodium. */
#ifndef MIEN_GALLERY_SEAL_H
#define MIEN_GALLERY_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MIEN_SEAL_KEY = 32,
    MIEN_SEAL_BYTES = 32,
    MIEN_SEAL_NONCE = 24,
    MIEN_SEAL_TAG = 16,
    MIEN_SEAL_VERSION = 1,
    MIEN_GALLERY_ID = 16
};

typedef struct mien_keys {
    uint8_t vectors[MIEN_SEAL_KEY]; /* of single templates */
    uint8_t records[MIEN_SEAL_KEY]; /* of seals */
    uint8_t blocks[MIEN_SEAL_KEY];  /* of the file of vectors */
} mien_keys;

void mien_keys_derive(mien_keys *out, const uint8_t key[MIEN_SEAL_KEY]);
void mien_keys_wipe(mien_keys *keys);

/* What libsodium wants done once; false: there is no randomness. */
bool mien_seal_ready(void);
void mien_seal_random(void *out, size_t size);

/* Bytes of an encrypted vector: nonce, values, tag. */
static inline size_t mien_seal_size(int width) {
    return MIEN_SEAL_NONCE + 4 * (size_t)width + MIEN_SEAL_TAG;
}

/* Where a vector belongs. */
typedef struct mien_seal_place {
    const uint8_t *gallery; /* MIEN_GALLERY_ID bytes */
    int64_t id;
    int width;
} mien_seal_place;

void mien_seal_vector(uint8_t *out, const mien_keys *keys,
                      const mien_seal_place *place, const float *x);

/* False: it was changed, or is not of this place or key. */
bool mien_unseal_vector(float *x, const mien_keys *keys,
                        const mien_seal_place *place, const uint8_t *sealed);

/* Parts of a record, one after the other, lengths included. */
typedef struct mien_seal_part {
    const void *bytes;
    size_t size;
} mien_seal_part;

void mien_seal_parts(uint8_t out[MIEN_SEAL_BYTES], const mien_keys *keys,
                     const char *kind, const mien_seal_part *parts, int n);

/* Without telling by the time taken where they differ. */
bool mien_seal_same(const uint8_t *a, const uint8_t *b);

#endif
