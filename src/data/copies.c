/* SPDX-License-Identifier: Apache-2.0 */
/* copies.c - find equal samples by sorting their hashes.
 *
 * What a reader adds to a hash may stand for several samples (squares cut
 * from one photo), and decoding is dear. So the bytes as stored are hashed
 * first, and pixels only of samples that are not alone with their hash. */
#include "data/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef struct entry {
    char key[MIEN_HASH_HEX];
    uint32_t sample;
    int at; /* in items */
} entry;

static int compare(const void *a, const void *b) {
    const entry *x = a, *y = b;
    const int order = strcmp(x->key, y->key);
    return order ? order : x->at - y->at;
}

static void add_pixels(mien_hash *hash, const mien_sample *s) {
    const mien_image *image = s->image;
    if (!image) {
        mien_hash_add(hash, s->floats,
                      (size_t)s->height * (size_t)s->width *
                          (size_t)s->channels * sizeof *s->floats);
        return;
    }
    const int shape[] = {image->height, image->width, image->channels};
    mien_hash_add(hash, shape, sizeof shape);
    for (int row = 0; row < image->height; row++)
        mien_hash_add(hash, image->pixels + (size_t)row * image->stride,
                      (size_t)image->width * (size_t)image->channels);
}

static mien_status hash_bytes(entry *e, const mien_reader *r) {
    mien_hash hash;
    mien_hash_begin(&hash);
    MIEN_TRY(r->ops->digest(&hash, r, (int)e->sample));
    mien_hash_end(&hash, e->key);
    return MIEN_OK;
}

static mien_status hash_pixels(entry *e, const mien_reader *r) {
    mien_hash hash;
    mien_sample sample;
    MIEN_TRY(r->ops->decode(&sample, r, (int)e->sample, (mien_want){0}));
    mien_hash_begin(&hash);
    add_pixels(&hash, &sample);
    mien_hash_end(&hash, e->key);
    mien_sample_close(&sample);
    return MIEN_OK;
}

/* How many entries from the first on have its key; *alone: all of them are
 * one sample, listed several times. */
static int run_of(const entry *e, int n, bool *alone) {
    int length = 1;
    *alone = true;
    for (; length < n && !strcmp(e[length].key, e->key); length++)
        *alone = *alone && e[length].sample == e->sample;
    return length;
}

static void note(int *first, const entry *e, int n) {
    bool alone;
    for (int i = 0, length; i < n; i += length) {
        length = run_of(e + i, n - i, &alone);
        for (int k = 0; k < length; k++) first[e[i + k].at] = e[i].at;
    }
}

/* Entries of one key: tell them apart by their pixels. The same sample comes
 * at once in a list that is sorted by place or holds it many times. */
static mien_status settle(int *first, entry *e, int n, const mien_reader *r) {
    for (int i = 0; i < n; i++)
        if (i && e[i].sample == e[i - 1].sample)
            memcpy(e[i].key, e[i - 1].key, sizeof e->key);
        else
            MIEN_TRY(hash_pixels(&e[i], r));
    qsort(e, (size_t)n, sizeof *e, compare);
    note(first, e, n);
    return MIEN_OK;
}

static mien_status find(int *first, entry *e, const mien_reader *r, int n) {
    for (int i = 0; i < n; i++)
        if (i && e[i].sample == e[i - 1].sample)
            memcpy(e[i].key, e[i - 1].key, sizeof e->key);
        else
            MIEN_TRY(hash_bytes(&e[i], r));
    qsort(e, (size_t)n, sizeof *e, compare);
    for (int i = 0, length; i < n; i += length) {
        bool alone;
        length = run_of(e + i, n - i, &alone);
        if (alone)
            note(first, e + i, length);
        else
            MIEN_TRY(settle(first, e + i, length, r));
    }
    return MIEN_OK;
}

mien_status mien_copies_find(int *first, const mien_reader *reader,
                             const uint32_t *items, int n) {
    entry *e = mien_alloc((size_t)n + 1, sizeof *e);
    if (!e) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        e[i].sample = items[i];
        e[i].at = i;
    }
    const mien_status status = find(first, e, reader, n);
    mien_free(e);
    return status;
}
