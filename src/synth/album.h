/* SPDX-License-Identifier: Apache-2.0 */
/* album.h - the pictures of an album, one by one; for album*.c and truth.c.
 *
 * Pictures are numbered: the portraits person by person, then the distractors,
 * then the groups. What is in a picture depends on its own number and the
 * seed only, so that any thread may make any of them. */
#ifndef MIEN_SYNTH_ALBUM_H
#define MIEN_SYNTH_ALBUM_H

#include "base/buf.h"
#include "mien/synth.h"
#include "synth/photo.h"

enum {
    MIEN_ALBUM_GROUP_MOST = 16,
    MIEN_ALBUM_NAME = 16,
    MIEN_ALBUM_PATH = 64,
    MIEN_ALBUM_MOST_PATH = 4096
};

typedef struct mien_album {
    const char *folder;
    mien_synth_options o;
    mien_shot_kind kind;
    int portraits, pictures; /* of people; in all */
} mien_album;

typedef struct mien_album_face {
    char who[MIEN_ALBUM_NAME]; /* p0001, d000001 */
    uint32_t number;           /* of the person, for person.h */
    mien_person person;
    mien_shot shot;
    mien_photo_face truth;
} mien_album_face;

typedef struct mien_album_picture {
    char file[MIEN_ALBUM_PATH]; /* in the album's folder */
    int width, height, n;
    mien_album_face face[MIEN_ALBUM_GROUP_MOST];
} mien_album_picture;

/* The people, shots and name of picture `number`, 0..pictures-1. */
void mien_album_plan(mien_album_picture *out, const mien_album *album,
                     int number);

/* Render what was planned and save it; the truth goes to picture->face.
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_album_make(mien_album_picture *picture,
                            const mien_album *album, mien_studio *studio);

/* pairs.txt, unless there are fewer than ten pairs a side. People are dealt
 * into ten folds, a person in one of them, where there are 20 or more. */
mien_status mien_album_pairs(const mien_album *album);

/* Write "p0001" or "d000001". */
void mien_album_name(char out[MIEN_ALBUM_NAME], uint32_t number);

/* "frontal", "usual" or "hard". */
const char *mien_album_kind(const mien_album *album);

/* Append a line of truth.jsonl for each face, the lines of labels.txt. */
mien_status mien_truth_lines(mien_buf *out, const mien_album_picture *picture,
                             const mien_album *album);
mien_status mien_truth_labels(mien_buf *out, const mien_album_picture *picture);

#endif
