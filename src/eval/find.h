/* SPDX-License-Identifier: Apache-2.0 */
/* find.h - what a detector finds in each of many photos.
 *
 *   mien_finds found;
 *   MIEN_TRY(mien_find_all(&found, &plan));
 *   ... found.photo[i].face[0].score
 *   mien_finds_close(&found); */
#ifndef MIEN_EVAL_FIND_H
#define MIEN_EVAL_FIND_H

#include "base/arena.h"
#include "base/hash.h"
#include "mien/face.h"

typedef struct mien_find_plan {
    const char *model;
    const char *const *path; /* n */
    int n, threads;
    const char *label; /* what begins messages, "DIR: photo": paths may be
                          people's names */
    mien_detect_options detect;
} mien_find_plan;

typedef struct mien_finds {
    mien_faces *photo; /* n, each best first, in the photo's pixels */
    int (*size)[2];    /* width and height of each */
    int n;
    char hash[MIEN_HASH_HEX]; /* of all photos */
} mien_finds;

/* Errors: as mien_detector_open(), mien_detector_find() and
 *         mien_image_decode(); *out is then empty. */
mien_status mien_find_all(mien_finds *out, const mien_find_plan *plan);
void mien_finds_close(mien_finds *finds);

/* The photos in a folder and those below it, by path. */
typedef struct mien_photo_paths {
    const char **path;
    int n, room;
    mien_arena arena;
} mien_photo_paths;

/* Errors: MIEN_ENOTFOUND, also without any photo; MIEN_EIO, MIEN_ENOMEM;
 *         *out is then empty. */
mien_status mien_photo_paths_read(mien_photo_paths *out, const char *folder);
/* All files whose names end so, ".bin"; none is no error. */
mien_status mien_paths_read(mien_photo_paths *out, const char *folder,
                            const char *suffix);
void mien_photo_paths_close(mien_photo_paths *paths);

#endif
