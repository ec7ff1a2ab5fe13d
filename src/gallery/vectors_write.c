/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_write.c - write the file of vectors. */
#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/pack.h"
#include "gallery/scan/scan.h"
#include "gallery/vectors.h"

struct mien_vectors_writer {
    mien_writer *file;
    const mien_keys *keys;
    mien_vectors head; /* what the trailer will say */
    size_t written;    /* rows in the file */
    size_t waiting;    /* rows whose block is not full */
    uint8_t *sealed;   /* their float32 vectors */
    uint8_t *block;    /* room to encrypt in */
};

mien_status mien_vectors_begin(mien_vectors_writer **out, const char *path,
                               const mien_head *head, const mien_keys *keys) {
    *out = NULL;
    mien_vectors_writer *w = mien_alloc(1, sizeof *w);
    if (!w) return MIEN_ENOMEM;
    const size_t stride = mien_scan_stride(head->width);
    w->keys = keys;
    w->head = (mien_vectors){.n = (size_t)head->templates,
                             .width = head->width,
                             .stride = stride,
                             .layout = head->layout,
                             .last_template = head->last_template};
    memcpy(w->head.gallery, head->id, sizeof head->id);
    mien_seal_random(w->head.nonce, sizeof w->head.nonce);
    w->sealed = mien_alloc(MIEN_VECTORS_ROWS, mien_seal_size(head->width));
    w->block = mien_alloc(
        1, mien_vectors_coded(MIEN_VECTORS_ROWS, stride) + MIEN_SEAL_TAG);
    mien_status status =
        w->sealed && w->block ? mien_writer_open(&w->file, path) : MIEN_ENOMEM;
    if (status != MIEN_OK)
        mien_vectors_cancel(w);
    else
        *out = w;
    return status;
}

void mien_vectors_cancel(mien_vectors_writer *writer) {
    if (!writer) return;
    mien_writer_close(writer->file);
    mien_free(writer->sealed);
    mien_free(writer->block);
    mien_free(writer);
}

static void pack_block(uint8_t *at, const mien_segment *s, size_t first,
                       size_t rows) {
    for (size_t r = 0; r < rows; r++)
        at = mien_pack(at, (uint64_t)s->ids[first + r], 8);
    for (size_t r = 0; r < rows; r++)
        at = mien_pack(at, (uint64_t)s->persons[first + r], 8);
    at = mien_pack_bytes(at, s->scales + first, rows * sizeof *s->scales);
    mien_pack_bytes(at, s->codes + first * s->stride, rows * s->stride);
}

static mien_status put_block(mien_vectors_writer *w, const mien_segment *s) {
    const size_t rows = w->waiting;
    const size_t size = mien_vectors_coded(rows, w->head.stride);
    const mien_vectors_place place =
        mien_vectors_place_of(&w->head, w->written / MIEN_VECTORS_ROWS);
    pack_block(w->block, s, w->written, rows);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        w->block, NULL, w->block, size, place.text, sizeof place.text, NULL,
        place.nonce, w->keys->blocks);
    w->written += rows;
    w->waiting = 0;
    MIEN_TRY(mien_writer_put(w->file, w->block, size + MIEN_SEAL_TAG));
    return mien_writer_put(w->file, w->sealed,
                           rows * mien_seal_size(w->head.width));
}

mien_status mien_vectors_put(mien_vectors_writer *writer,
                             const mien_segment *segment,
                             const uint8_t *sealed) {
    const size_t size = mien_seal_size(writer->head.width);
    memcpy(writer->sealed + writer->waiting * size, sealed, size);
    writer->waiting++;
    return writer->waiting == MIEN_VECTORS_ROWS ? put_block(writer, segment)
                                                : MIEN_OK;
}

static void write_trailer(uint8_t out[MIEN_VECTORS_TRAILER],
                          const mien_vectors *v, const mien_keys *keys) {
    uint8_t *at = out;
    memset(out, 0, MIEN_VECTORS_TRAILER);
    at = mien_pack_bytes(at, MIEN_VECTORS_MAGIC, 8);
    at = mien_pack(at, MIEN_VECTORS_VERSION, 4);
    at = mien_pack(at, (uint64_t)v->width, 4);
    at = mien_pack(at, v->n, 8);
    at = mien_pack(at, v->layout, 8);
    at = mien_pack(at, (uint64_t)v->last_template, 8);
    at = mien_pack_bytes(at, &v->error, sizeof v->error);
    at = mien_pack(at, 0, 4);
    at = mien_pack_bytes(at, v->gallery, sizeof v->gallery);
    mien_pack_bytes(at, v->nonce, sizeof v->nonce);
    const size_t sealed = MIEN_VECTORS_TRAILER - MIEN_SEAL_BYTES;
    const mien_seal_part part = {out, sealed};
    mien_seal_parts(out + sealed, keys, "vectors", &part, 1);
}

mien_status mien_vectors_commit(mien_vectors_writer *writer,
                                const mien_segment *segment) {
    uint8_t trailer[MIEN_VECTORS_TRAILER];
    mien_status status = MIEN_OK;
    if (writer->waiting) status = put_block(writer, segment);
    if (status == MIEN_OK && writer->written != writer->head.n)
        status = mien_fail(MIEN_ECORRUPT, "%zu templates are there, not %zu",
                           writer->written, writer->head.n);
    writer->head.error = segment->error;
    write_trailer(trailer, &writer->head, writer->keys);
    if (status == MIEN_OK) {
        mien_writer_put(writer->file, trailer, sizeof trailer);
        status = mien_writer_commit(writer->file); /* reports all of them */
        writer->file = NULL;
    }
    mien_vectors_cancel(writer);
    return status;
}
