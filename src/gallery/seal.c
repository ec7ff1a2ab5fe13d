/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c - encryption of vectors, and a code on every record. */
#include "gallery/seal.h"

#include <sodium.h>
#include <string.h>

#include "gallery/pack.h"

enum { PLACE = MIEN_GALLERY_ID + 8 + 4 + 4 };

_Static_assert(MIEN_SEAL_KEY == crypto_kdf_KEYBYTES, "one key for all");
_Static_assert(MIEN_SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "one key for all");
_Static_assert(MIEN_SEAL_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
               "as libsodium has it");
_Static_assert(MIEN_SEAL_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "as libsodium has it");
_Static_assert(sizeof(float) == 4, "vectors are stored as float32");

void mien_keys_derive(mien_keys *out, const uint8_t key[MIEN_SEAL_KEY]) {
    static const char context[crypto_kdf_CONTEXTBYTES + 1] = "miengal1";
    crypto_kdf_derive_from_key(out->vectors, MIEN_SEAL_KEY, 1, context, key);
    crypto_kdf_derive_from_key(out->records, MIEN_SEAL_KEY, 2, context, key);
    crypto_kdf_derive_from_key(out->blocks, MIEN_SEAL_KEY, 3, context, key);
}

void mien_keys_wipe(mien_keys *keys) { sodium_memzero(keys, sizeof *keys); }

bool mien_seal_ready(void) { return sodium_init() >= 0; }

void mien_seal_random(void *out, size_t size) { randombytes_buf(out, size); }

static void write_place(uint8_t out[PLACE], const mien_seal_place *place) {
    out = mien_pack_bytes(out, place->gallery, MIEN_GALLERY_ID);
    out = mien_pack(out, (uint64_t)place->id, 8);
    out = mien_pack(out, (uint64_t)place->width, 4);
    mien_pack(out, MIEN_SEAL_VERSION, 4);
}

void mien_seal_vector(uint8_t *out, const mien_keys *keys,
                      const mien_seal_place *place, const float *x) {
    uint8_t where[PLACE];
    const size_t size = 4 * (size_t)place->width;
    write_place(where, place);
    mien_seal_random(out, MIEN_SEAL_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + MIEN_SEAL_NONCE, NULL, (const uint8_t *)x, size, where,
        sizeof where, NULL, out, keys->vectors);
}

bool mien_unseal_vector(float *x, const mien_keys *keys,
                        const mien_seal_place *place, const uint8_t *sealed) {
    uint8_t where[PLACE];
    write_place(where, place);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               (uint8_t *)x, NULL, NULL, sealed + MIEN_SEAL_NONCE,
               4 * (size_t)place->width + MIEN_SEAL_TAG, where, sizeof where,
               sealed, keys->vectors) == 0;
}

static void add(crypto_generichash_state *hash, const void *bytes,
                size_t size) {
    uint8_t length[8];
    mien_pack(length, size, sizeof length);
    crypto_generichash_update(hash, length, sizeof length);
    crypto_generichash_update(hash, bytes, size);
}

void mien_seal_parts(uint8_t out[MIEN_SEAL_BYTES], const mien_keys *keys,
                     const char *kind, const mien_seal_part *parts, int n) {
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, keys->records, MIEN_SEAL_KEY,
                            MIEN_SEAL_BYTES);
    add(&hash, kind, strlen(kind));
    for (int i = 0; i < n; i++) add(&hash, parts[i].bytes, parts[i].size);
    crypto_generichash_final(&hash, out, MIEN_SEAL_BYTES);
}

bool mien_seal_same(const uint8_t *a, const uint8_t *b) {
    return sodium_memcmp(a, b, MIEN_SEAL_BYTES) == 0;
}
