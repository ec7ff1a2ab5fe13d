/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.h - the file of vectors: what a search needs of a gallery, derived.
 *
 * Blocks of up to 1,024 templates, each
 *   numbers, people, scales, 8-bit codes   encrypted together, tag behind
 *   float32 vectors                        as the store has them, each
 *                                          encrypted by itself
 * then a trailer: what the file is of, and a seal over it. The file is mapped.
 * A scan wants all codes, so those are decrypted into memory when first needed;
 * of the float32 vectors it wants a few, and decrypts them where they lie. The
 * codes are encrypted because they tell almost as much as the vectors. */
#ifndef MIEN_GALLERY_VECTORS_H
#define MIEN_GALLERY_VECTORS_H

#include "base/file.h"
#include "base/threads.h"
#include "gallery/head.h"
#include "gallery/segment.h"

typedef struct mien_vectors {
    mien_map map; /* data NULL: there is none */
    size_t n, stride;
    int width;
    uint64_t layout;       /* of the head it was made from */
    int64_t last_template; /* it has all up to this number */
    float error;
    uint8_t gallery[MIEN_GALLERY_ID];
    uint8_t nonce[MIEN_SEAL_NONCE];
} mien_vectors;

/* Map a file and look at its trailer; no more than that is read.
 *
 * Errors: MIEN_ENOTFOUND, MIEN_EIO; MIEN_ECORRUPT for one that was changed or
 *         is of another gallery or key; *out is then empty. */
mien_status mien_vectors_open(mien_vectors *out, const char *path,
                              const mien_head *head, const mien_keys *keys);
void mien_vectors_close(mien_vectors *vectors);

/* The same of bytes in memory, which must outlive it. */
mien_status mien_vectors_read(mien_vectors *out, const uint8_t *bytes,
                              size_t size, const mien_head *head,
                              const mien_keys *keys);

/* Decrypt all codes; pool may be NULL.
 *
 * Errors: MIEN_ECORRUPT naming the block, MIEN_ENOMEM; *out is then empty. */
mien_status mien_vectors_load(mien_segment *out, const mien_vectors *vectors,
                              const mien_keys *keys, mien_pool *pool);

/* The encrypted float32 vector of a row. */
const uint8_t *mien_vectors_sealed(const mien_vectors *vectors, size_t row);

/* Writing goes row by row, in the order of the segment that they were put in.
 *
 *   MIEN_TRY(mien_vectors_begin(&w, path, &head, &keys));
 *   mien_vectors_put(w, &segment, sealed);   (after each mien_segment_put())
 *   MIEN_TRY(mien_vectors_commit(w, &segment)); */
typedef struct mien_vectors_writer mien_vectors_writer;

mien_status mien_vectors_begin(mien_vectors_writer **out, const char *path,
                               const mien_head *head, const mien_keys *keys);
mien_status mien_vectors_put(mien_vectors_writer *writer,
                             const mien_segment *segment,
                             const uint8_t *sealed);
mien_status mien_vectors_commit(mien_vectors_writer *writer,
                                const mien_segment *segment); /* frees it */
void mien_vectors_cancel(mien_vectors_writer *writer);        /* NULL is fine */

/* Shared by vectors.c and vectors_write.c. */
enum {
    MIEN_VECTORS_VERSION = 1,
    MIEN_VECTORS_ROWS = 1024,
    MIEN_VECTORS_TRAILER = 128
};

#define MIEN_VECTORS_MAGIC "MIENVEC" /* eight bytes with its NUL */

/* Bytes that are encrypted together for so many rows, without the tag. */
size_t mien_vectors_coded(size_t rows, size_t stride);

/* Nonce and place of a block. */
typedef struct mien_vectors_place {
    uint8_t nonce[MIEN_SEAL_NONCE];
    uint8_t text[MIEN_GALLERY_ID + 16];
} mien_vectors_place;

mien_vectors_place mien_vectors_place_of(const mien_vectors *vectors,
                                         size_t block);

#endif
