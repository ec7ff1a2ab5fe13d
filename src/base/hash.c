/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - BLAKE2b-256, by libsodium. */
#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>

#define DIGEST_BYTES 32

_Static_assert(sizeof(mien_hash) >= sizeof(crypto_generichash_state),
               "mien_hash must hold libsodium's state");
_Static_assert(MIEN_HASH_HEX == 2 * DIGEST_BYTES + 1, "two digits a byte");

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Picks the fast implementation; the plain one serves if this fails. */
static void start_sodium(void) { (void)!sodium_init(); }

static crypto_generichash_state *state_of(mien_hash *hash) {
    return (crypto_generichash_state *)(void *)hash->opaque;
}

void mien_hash_begin(mien_hash *hash) {
    pthread_once(&once, start_sodium);
    crypto_generichash_init(state_of(hash), NULL, 0, DIGEST_BYTES);
}

void mien_hash_add(mien_hash *hash, const void *bytes, size_t size) {
    crypto_generichash_update(state_of(hash), bytes, size);
}

void mien_hash_end(mien_hash *hash, char hex[MIEN_HASH_HEX]) {
    uint8_t digest[DIGEST_BYTES];
    crypto_generichash_final(state_of(hash), digest, sizeof(digest));
    sodium_bin2hex(hex, MIEN_HASH_HEX, digest, sizeof(digest));
}

void mien_hash_once(char hex[MIEN_HASH_HEX], const void *bytes, size_t size) {
    mien_hash hash;
    mien_hash_begin(&hash);
    mien_hash_add(&hash, bytes, size);
    mien_hash_end(&hash, hex);
}
