/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - where samples come from: one struct a source.
 *
 *   mien_reader *r;
 *   MIEN_TRY(mien_reader_open(&r, mien_reader_find("folder"), &config));
 *   mien_sample s;
 *   MIEN_TRY(r->ops->decode(&s, r, 0, (mien_want){.channels = 3}));
 *   mien_sample_close(&s);
 *   mien_reader_close(r);
 *
 * A file in readers/ defines one and a line in readers.def lists it. Opening
 * checks everything that can be checked without decoding a photo: counts,
 * labels, truncated and empty files. */
#ifndef MIEN_DATA_READER_H
#define MIEN_DATA_READER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/param.h"
#include "base/rng.h"
#include "mien/image.h"

/* What the caller will make of the pixels; readers may ignore it.
 *
 * Units: width and height in pixels, 0 for no matter: a JPEG that is larger
 *        may be decoded at a fraction that is not below them. */
typedef struct mien_want {
    int channels; /* 1, 3, or 0: as stored */
    int width, height;
} mien_want;

/* One decoded sample: an 8-bit image, or else floats.
 *
 * Shapes: floats height x width x channels, interleaved as in the image. */
typedef struct mien_sample {
    mien_image *image;
    float *floats;
    int width, height, channels; /* of floats */
} mien_sample;

void mien_sample_close(mien_sample *sample); /* zeroed is fine */

typedef struct mien_reader mien_reader;

/* Labels must be below this. */
#define MIEN_MAX_CLASSES (1 << 24)

/* How a sample is composed. */
typedef struct mien_composing {
    mien_want want; /* nothing of it is 0 */
    mien_rng *rng;  /* of (seed, epoch, place in it); NULL: no chance */
} mien_composing;

typedef struct mien_reader_ops {
    const char *name, *summary;
    const mien_param *params;
    size_t config_size;
    /* Fill *r; on failure close() is called on what was filled. */
    mien_status (*open)(mien_reader *r, const void *config);
    /* Sample i. Any number of threads at once. */
    mien_status (*decode)(mien_sample *out, const mien_reader *r, int i,
                          mien_want want);
    /* A sample as it is shown to the network, of width x height x channels of
     * `want` exactly, with its row of r->vector targets: cut, scaled or put
     * together anew by `rng`, or always the same when that is NULL. NULL:
     * decode() is all there is. Any number of threads at once. */
    mien_status (*compose)(mien_sample *out, float *target,
                           const mien_reader *r, int i,
                           const mien_composing *how);
    /* Add the bytes of sample i, as they are stored, to a hash. */
    mien_status (*digest)(mien_hash *hash, const mien_reader *r, int i);
    void (*close)(mien_reader *r); /* NULL: the arena is all there is */
} mien_reader_ops;

/* An open source. Everything here is read-only once it is open. */
struct mien_reader {
    const mien_reader_ops *ops;
    int count, classes;
    int32_t *labels;          /* count; 0..classes-1 */
    int32_t *groups;          /* count; whose or where from; or NULL */
    int n_groups;             /* ids are 0..n_groups-1 */
    const char **class_names; /* classes; NULL: they have numbers only */
    int vector;               /* targets that compose gives; 0: none */
    bool floats;              /* decode gives floats, not images */
    bool cheap; /* decoding costs no more than a look into a cache */
    void *state;
    mien_arena arena; /* of all the above */
};

const mien_reader_ops *const *mien_readers(int *count);
const mien_reader_ops *mien_reader_find(const char *name); /* or NULL */

/* Open a source whose options were read from its table.
 *
 * Owns:   *out is the caller's; mien_reader_close() frees it.
 * Errors: MIEN_EDATA (counts, labels, no photo), MIEN_EFORMAT, MIEN_EIO,
 *         MIEN_ENOTFOUND, MIEN_ENOMEM: the sentence names the file. *out is
 *         then NULL. */
mien_status mien_reader_open(mien_reader **out, const mien_reader_ops *ops,
                             const void *config);
void mien_reader_close(mien_reader *reader); /* NULL is fine */

/* ---- for readers ------------------------------------------------------ */

/* What to ask of the image library. */
mien_image_options mien_want_options(mien_want want);

/* Join below the reader's main path; `path` may be "". Lives in the arena. */
mien_status mien_reader_path(const char **out, mien_reader *r, const char *path,
                             const char *name);

#endif
