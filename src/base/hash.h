/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - BLAKE2b-256, by libsodium.
 *
 *   mien_hash h;
 *   mien_hash_begin(&h);
 *   mien_hash_add(&h, bytes, size);
 *   mien_hash_end(&h, hex);            (64 hex digits and a NUL) */
#ifndef MIEN_BASE_HASH_H
#define MIEN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define MIEN_HASH_HEX 65

typedef struct mien_hash {
    _Alignas(64) uint8_t opaque[384];
} mien_hash;

void mien_hash_begin(mien_hash *hash);
void mien_hash_add(mien_hash *hash, const void *bytes, size_t size);
void mien_hash_end(mien_hash *hash, char hex[MIEN_HASH_HEX]);
void mien_hash_once(char hex[MIEN_HASH_HEX], const void *bytes, size_t size);

#endif
