/* SPDX-License-Identifier: Apache-2.0 */
/* album_pairs.c - which photos to compare: pairs.txt as LFW's view 2 has it.
 *
 * Of M possible pairs n are taken by lot, one from each of n stretches of
 * M / n in their order, so that none comes twice and nothing is listed.
 * Source: Huang, Ramesh, Berg and Learned-Miller, Labeled Faces in the Wild,
 *         University of Massachusetts 07-49, 2007, section 3. */
#include "base/file.h"
#include "synth/album.h"
#include "synth/draw.h"

enum { FOLDS = 10, LEAST = 10, MOST_BYTES = 1 << 29 };

/* Draws of the pairs: past those of groups. */
#define PAIRS_DRAW 0xffff0001u

/* The people of a fold, and how many pairs they make. */
typedef struct fold {
    uint32_t first, people;
    uint64_t photos, same, different;
} fold;

static fold fold_of(const mien_album *a, int i, int folds) {
    const uint32_t people = (uint32_t)a->o.people;
    const uint32_t first = (uint32_t)((uint64_t)people * i / folds);
    const uint32_t last = (uint32_t)((uint64_t)people * (i + 1) / folds);
    fold f = {.first = first + 1,
              .people = last - first,
              .photos = (uint64_t)a->o.photos};
    f.same = f.people * (f.photos * (f.photos - 1) / 2);
    f.different = (uint64_t)f.people * (f.people - 1) / 2 * f.photos * f.photos;
    return f;
}

/* The k-th couple a < b of the numbers below n. */
static void couple(uint64_t k, uint64_t n, uint32_t *a, uint32_t *b) {
    uint64_t row = 0;
    while (k >= n - 1 - row) k -= n - 1 - row++;
    *a = (uint32_t)row;
    *b = (uint32_t)(row + 1 + k);
}

/* One of stretch i of n over 0..m-1. */
static uint64_t taken(mien_rng *rng, uint64_t m, int i, int n) {
    const uint64_t low = m * (uint64_t)i / (uint64_t)n;
    const uint64_t high = m * ((uint64_t)i + 1) / (uint64_t)n;
    const uint64_t room = high - low < UINT32_MAX ? high - low : UINT32_MAX;
    return low + mien_rng_below(rng, (uint32_t)room);
}

static mien_status put_same(mien_buf *out, const fold *f, uint64_t k) {
    const uint64_t each = f->photos * (f->photos - 1) / 2;
    char who[MIEN_ALBUM_NAME];
    uint32_t i, j;
    mien_album_name(who, f->first + (uint32_t)(k / each));
    couple(k % each, f->photos, &i, &j);
    return mien_buf_printf(out, "%s\t%u\t%u\n", who, i + 1, j + 1);
}

static mien_status put_different(mien_buf *out, const fold *f, uint64_t k) {
    const uint64_t each = f->photos * f->photos, rest = k % each;
    char first[MIEN_ALBUM_NAME], second[MIEN_ALBUM_NAME];
    uint32_t a, b;
    couple(k / each, f->people, &a, &b);
    mien_album_name(first, f->first + a);
    mien_album_name(second, f->first + b);
    return mien_buf_printf(out, "%s\t%u\t%s\t%u\n", first,
                           (uint32_t)(rest / f->photos) + 1, second,
                           (uint32_t)(rest % f->photos) + 1);
}

static mien_status put_fold(mien_buf *out, const fold *f, int n,
                            mien_rng *rng) {
    for (int i = 0; i < n; i++)
        MIEN_TRY(put_same(out, f, taken(rng, f->same, i, n)));
    for (int i = 0; i < n; i++)
        MIEN_TRY(put_different(out, f, taken(rng, f->different, i, n)));
    return MIEN_OK;
}

/* How many of each kind every fold can give. */
static int per_fold(const mien_album *a, int folds) {
    int n = a->o.pairs / folds;
    for (int i = 0; i < folds; i++) {
        const fold f = fold_of(a, i, folds);
        if (f.same < (uint64_t)n) n = (int)f.same;
        if (f.different < (uint64_t)n) n = (int)f.different;
    }
    return n;
}

static mien_status put_all(mien_buf *out, const mien_album *a, int folds,
                           int n) {
    mien_rng rng = mien_rng_at(a->o.seed, MIEN_RNG_SYNTH, 0, PAIRS_DRAW);
    if (folds > 1)
        MIEN_TRY(mien_buf_printf(out, "%d\t%d\n", folds, n));
    else
        MIEN_TRY(mien_buf_printf(out, "%d\n", n));
    for (int i = 0; i < folds; i++) {
        const fold f = fold_of(a, i, folds);
        MIEN_TRY(put_fold(out, &f, n, &rng));
    }
    return MIEN_OK;
}

mien_status mien_album_pairs(const mien_album *album) {
    const int folds = album->o.people >= 2 * FOLDS ? FOLDS : 1;
    const int n = per_fold(album, folds);
    char path[MIEN_ALBUM_MOST_PATH];
    mien_buf text = {.cap = MOST_BYTES};
    if (n * folds < LEAST) return MIEN_OK;
    MIEN_TRY(mien_path_join(path, sizeof path, album->folder, "pairs.txt"));
    mien_status status = put_all(&text, album, folds, n);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}
