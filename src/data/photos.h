/* SPDX-License-Identifier: Apache-2.0 */
/* photos.h - a growing list of photo files with labels, for the readers that
 * find their samples as files.
 *
 *   mien_photos list = {0};
 *   MIEN_TRY(mien_photos_add_folder(&list, reader, "orl/s1", label, group));
 *   MIEN_TRY(mien_photos_hand_over(&list, reader));
 *   ... mien_photos_close(&list); */
#ifndef MIEN_DATA_PHOTOS_H
#define MIEN_DATA_PHOTOS_H

#include "base/file.h"
#include "data/reader.h"

typedef struct mien_photo {
    const char *path; /* in the reader's arena */
    int32_t label, group;
} mien_photo;

typedef struct mien_photos {
    mien_photo *items; /* heap, until handed over */
    int count, room;
} mien_photos;

/* Whether the name ends like a photo's: jpg, jpeg, png, webp, pgm, ppm, pnm
 * in either case. */
bool mien_photo_named(const char *name);

/* Add a file, which must exist and not be empty.
 *
 * Errors: MIEN_ENOTFOUND, MIEN_EDATA for an empty file, MIEN_ENOMEM. */
mien_status mien_photos_add(mien_photos *list, mien_reader *r,
                            const mien_photo *photo);

/* Add a photo that was checked before. */
mien_status mien_photos_append(mien_photos *list, const mien_photo *photo);

/* Add the photos that lie in a folder, by name, each with this label and
 * group (group < 0: each its own, counted up from r->n_groups); other files
 * are passed over. */
mien_status mien_photos_add_folder(mien_photos *list, mien_reader *r,
                                   const char *folder, int32_t label,
                                   int32_t group);

/* Move the list to the reader: count, labels, and the items, which become
 * r->state. Groups only when `grouped`.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_photos_hand_over(mien_photos *list, mien_reader *r,
                                  bool grouped);
void mien_photos_close(mien_photos *list);

/* The decode and digest of a reader whose state is an array of mien_photo. */
mien_status mien_photos_decode(mien_sample *out, const mien_reader *r, int i,
                               mien_want want);
mien_status mien_photos_digest(mien_hash *hash, const mien_reader *r, int i);

/* One photo file. */
mien_status mien_photo_load(mien_sample *out, const char *path, mien_want want);
mien_status mien_photo_digest(mien_hash *hash, const char *path);

/* Folders within `path` that hold at least `least` photos become classes,
 * sorted by name; what the folder and lfw readers do. `check`, when not NULL,
 * is asked about each photo.
 *
 * Errors: MIEN_EDATA for a folder without a photo when `least` is 0, and when
 *         nothing is left. */
typedef mien_status (*mien_photo_check)(const char *folder, const char *name,
                                        const char *path);
mien_status mien_photos_classes(mien_reader *r, const char *path, int least,
                                mien_photo_check check);

#endif
