/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.c - read the file of vectors. */
#include "gallery/vectors.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/pack.h"
#include "gallery/scan/scan.h"

size_t mien_vectors_coded(size_t rows, size_t stride) {
    return rows * (8 + 8 + 4 + stride);
}

mien_vectors_place mien_vectors_place_of(const mien_vectors *vectors,
                                         size_t block) {
    mien_vectors_place out;
    uint8_t number[8];
    mien_pack(number, block, sizeof number);
    memcpy(out.nonce, vectors->nonce, sizeof out.nonce);
    for (size_t i = 0; i < sizeof number; i++) out.nonce[i] ^= number[i];
    uint8_t *at = out.text;
    at = mien_pack_bytes(at, vectors->gallery, MIEN_GALLERY_ID);
    at = mien_pack(at, block, 8);
    mien_pack(at, vectors->n, 8);
    return out;
}

/* Bytes of a block of so many rows. */
static size_t block_bytes(const mien_vectors *v, size_t rows) {
    return mien_vectors_coded(rows, v->stride) + MIEN_SEAL_TAG +
           rows * mien_seal_size(v->width);
}

static size_t n_blocks(const mien_vectors *v) {
    return (v->n + MIEN_VECTORS_ROWS - 1) / MIEN_VECTORS_ROWS;
}

static size_t rows_of(const mien_vectors *v, size_t block) {
    const size_t left = v->n - block * MIEN_VECTORS_ROWS;
    return left < MIEN_VECTORS_ROWS ? left : MIEN_VECTORS_ROWS;
}

/* Whether the file is as long as it says; n is bounded by it. */
static bool fits(const mien_vectors *v, size_t size) {
    if (v->n > size) return false;
    const size_t full = v->n / MIEN_VECTORS_ROWS;
    const size_t rest = v->n % MIEN_VECTORS_ROWS;
    size_t bytes;
    if (!mien_size_mul(&bytes, full, block_bytes(v, MIEN_VECTORS_ROWS)))
        return false;
    if (rest && !mien_size_add(&bytes, bytes, block_bytes(v, rest)))
        return false;
    return bytes == size - MIEN_VECTORS_TRAILER;
}

static mien_status read_trailer(mien_vectors *v, const uint8_t *at,
                                const mien_head *head) {
    if (memcmp(at, MIEN_VECTORS_MAGIC, 8) != 0)
        return mien_fail(MIEN_ECORRUPT, "this is no file of vectors");
    at += 8;
    if (mien_unpack(&at, 4) != MIEN_VECTORS_VERSION)
        return mien_fail(MIEN_ECORRUPT, "a file of vectors of another version");
    v->width = (int)mien_unpack(&at, 4);
    v->n = (size_t)mien_unpack(&at, 8);
    v->layout = mien_unpack(&at, 8);
    v->last_template = (int64_t)mien_unpack(&at, 8);
    mien_unpack_bytes(&v->error, &at, sizeof v->error);
    at += 4; /* nothing, yet */
    mien_unpack_bytes(v->gallery, &at, sizeof v->gallery);
    mien_unpack_bytes(v->nonce, &at, sizeof v->nonce);
    v->stride = mien_scan_stride(v->width);
    if (v->width != head->width ||
        memcmp(v->gallery, head->id, sizeof head->id))
        return mien_fail(MIEN_ECORRUPT, "vectors of another gallery");
    return MIEN_OK;
}

mien_status mien_vectors_read(mien_vectors *out, const uint8_t *bytes,
                              size_t size, const mien_head *head,
                              const mien_keys *keys) {
    *out = (mien_vectors){0};
    if (size < MIEN_VECTORS_TRAILER)
        return mien_fail(MIEN_ECORRUPT, "%zu bytes are too few", size);
    const uint8_t *trailer = bytes + size - MIEN_VECTORS_TRAILER;
    const size_t sealed = MIEN_VECTORS_TRAILER - MIEN_SEAL_BYTES;
    const mien_seal_part part = {trailer, sealed};
    uint8_t want[MIEN_SEAL_BYTES];
    mien_vectors v = {.map = {bytes, size}};
    mien_seal_parts(want, keys, "vectors", &part, 1);
    if (!mien_seal_same(want, trailer + sealed))
        return mien_fail(MIEN_ECORRUPT,
                         "the trailer was changed, or is of another key");
    MIEN_TRY(read_trailer(&v, trailer, head));
    if (!fits(&v, size))
        return mien_fail(MIEN_ECORRUPT, "%zu bytes cannot hold %zu templates",
                         size, v.n);
    *out = v;
    return MIEN_OK;
}

mien_status mien_vectors_open(mien_vectors *out, const char *path,
                              const mien_head *head, const mien_keys *keys) {
    mien_map map;
    *out = (mien_vectors){0};
    MIEN_TRY(mien_map_open(&map, path));
    const mien_status status =
        mien_vectors_read(out, map.data, map.size, head, keys);
    if (status == MIEN_OK) return MIEN_OK;
    mien_map_close(&map);
    return mien_fail_in(status, "%s", path);
}

void mien_vectors_close(mien_vectors *vectors) {
    mien_map_close(&vectors->map);
    *vectors = (mien_vectors){0};
}

const uint8_t *mien_vectors_sealed(const mien_vectors *vectors, size_t row) {
    const size_t block = row / MIEN_VECTORS_ROWS;
    const size_t rows = rows_of(vectors, block);
    return vectors->map.data + block * block_bytes(vectors, MIEN_VECTORS_ROWS) +
           mien_vectors_coded(rows, vectors->stride) + MIEN_SEAL_TAG +
           row % MIEN_VECTORS_ROWS * mien_seal_size(vectors->width);
}

typedef struct loading {
    mien_segment *out;
    const mien_vectors *vectors;
    const mien_keys *keys;
    uint8_t *scratch; /* a block for each worker */
    size_t room;
} loading;

/* Numbers, people, scales, codes: each goes to its own array. */
static void unpack_block(mien_segment *out, size_t first, size_t rows,
                         const uint8_t *at) {
    for (size_t r = 0; r < rows; r++)
        out->ids[first + r] = (int64_t)mien_unpack(&at, 8);
    for (size_t r = 0; r < rows; r++)
        out->persons[first + r] = (int64_t)mien_unpack(&at, 8);
    mien_unpack_bytes(out->scales + first, &at, rows * sizeof *out->scales);
    mien_unpack_bytes(out->codes + first * out->stride, &at,
                      rows * out->stride);
}

static mien_status load_block(void *context, int task, int worker) {
    const loading *l = context;
    const size_t block = (size_t)task, rows = rows_of(l->vectors, block);
    const size_t size = mien_vectors_coded(rows, l->vectors->stride);
    uint8_t *scratch = l->scratch + (size_t)worker * l->room;
    const mien_vectors_place place = mien_vectors_place_of(l->vectors, block);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            scratch, NULL, NULL,
            l->vectors->map.data +
                block * block_bytes(l->vectors, MIEN_VECTORS_ROWS),
            size + MIEN_SEAL_TAG, place.text, sizeof place.text, place.nonce,
            l->keys->blocks) != 0)
        return mien_fail(MIEN_ECORRUPT, "block %d of the vectors was changed",
                         task);
    unpack_block(l->out, block * MIEN_VECTORS_ROWS, rows, scratch);
    return MIEN_OK;
}

mien_status mien_vectors_load(mien_segment *out, const mien_vectors *vectors,
                              const mien_keys *keys, mien_pool *pool) {
    const int workers = pool ? mien_pool_threads(pool) : 1;
    const int blocks = (int)n_blocks(vectors);
    loading l = {.out = out, .vectors = vectors, .keys = keys};
    l.room = mien_vectors_coded(MIEN_VECTORS_ROWS, vectors->stride);
    MIEN_TRY(mien_segment_open(out, vectors->n, vectors->width));
    l.scratch = mien_alloc((size_t)workers, l.room);
    mien_status status = l.scratch ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK && pool)
        status = mien_pool_run(pool, blocks, load_block, &l);
    for (int b = 0; !pool && b < blocks && status == MIEN_OK; b++)
        status = load_block(&l, b, 0);
    mien_free(l.scratch);
    out->n = vectors->n;
    out->error = vectors->error;
    if (status != MIEN_OK) mien_segment_close(out);
    return status;
}
