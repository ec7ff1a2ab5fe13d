/* SPDX-License-Identifier: Apache-2.0 */
/* feature_files.h - features as MegaFace stores them: four int32 (length, 1, 4,
 * 5), then `length` float32, little-endian: a column of OpenCV.
 *
 *   mien_features f;
 *   MIEN_TRY(mien_features_open(&f, "probes/", NULL));
 *   MIEN_TRY(mien_features_read(&f, 0, rows, 256));   (of unit length)
 *   mien_features_close(&f); */
#ifndef MIEN_EVAL_FEATURE_FILES_H
#define MIEN_EVAL_FEATURE_FILES_H

#include "base/hash.h"
#include "eval/find.h"

enum { MIEN_FEATURE_LENGTH = 1 << 16 };

/* The values of one file, as they are.
 *
 * Shapes: *out is set to `length` values in `bytes`, perhaps not aligned.
 * Errors: MIEN_EFORMAT for another header, another size. */
mien_status mien_feature_parse(const uint8_t **out, int *length,
                               const uint8_t *bytes, size_t size,
                               const char *name);

typedef struct mien_features {
    mien_photo_paths paths; /* in the order of the list, or by path */
    size_t head;            /* of a path: the folder's */
    int length;             /* of each; that of the first file */
    int64_t failed;         /* so far read: not finite, or of no length */
    mien_hash hash;         /* of what was read so far */
} mien_features;

/* The feature files (.bin) in a folder and those below it, by path; or those
 * that a list names, one path a line, relative to the folder.
 *
 * Errors: MIEN_ENOTFOUND without any; MIEN_EFORMAT; MIEN_ENOMEM; *out is then
 *         empty. */
mien_status mien_features_open(mien_features *out, const char *folder,
                               const char *list);
void mien_features_close(mien_features *f);

/* Rows first ... first + n - 1, each of unit length, or zeros if it failed.
 *
 * Shapes: rows takes n x length.
 * Errors: MIEN_EFORMAT for a file that is none, or of another length;
 *         MIEN_EIO; MIEN_ENOMEM. */
mien_status mien_features_read(mien_features *f, float *rows, int first, int n);

#endif
