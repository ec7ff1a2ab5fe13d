/* SPDX-License-Identifier: Apache-2.0 */
/* synth.h - albums of people who do not exist, with exact ground truth.
 *
 *   mien_synth_options o;
 *   mien_synth_defaults(&o);
 *   o.people = 20;
 *   o.photos = 8;
 *   if (mien_synth_album("album", &o) != MIEN_OK)
 *       fprintf(stderr, "%s\n", mien_error());
 *
 * The same options give the same pixels and the same truth on every machine,
 * and with any number of threads; the bytes of the picture files are the same
 * where libjpeg or zlib are. docs/synthetic-people.md says what an album is
 * good for, and what it is not. */
#ifndef MIEN_SYNTH_H
#define MIEN_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "mien/status.h"

typedef struct mien_synth_progress {
    int done, of; /* pictures */
    double per_second;
} mien_synth_progress;

typedef struct mien_synth_options {
    int people, photos; /* of each: portraits */
    int distractors;    /* people more, of one photo each */
    int groups;         /* group photos of the people */
    int group_people;   /* at most, in a group photo: 2 to 16 */
    int pairs;          /* of the same and as many of different people */
    int size; /* side of a portrait, pixels: 32 to 4096; a group photo is four
                 times as wide, but no wider than 4096 */
    uint64_t seed;
    bool grey;
    bool frontal;       /* frontal photos only */
    bool hard;          /* pose, light, occlusion; not with frontal */
    const char *format; /* "jpg" or "png" */
    int threads;        /* 0: all processors */
    /* Called by the thread that makes the album; false stops. May be NULL. */
    bool (*progress)(void *context, const mien_synth_progress *at);
    void *context;
} mien_synth_options;

/* 20 people, 8 photos, 4 group photos of up to 6, 3,000 pairs as far as there
 * are as many, 256 pixels, seed 1, jpg. */
void mien_synth_defaults(mien_synth_options *options);

/* Write an album into a folder that is new or empty:
 *
 *   people/p0001/p0001_0001.jpg   LFW's layout
 *   distractors/d000001.jpg
 *   groups/g0001.jpg
 *   pairs.txt        as LFW's: same and different people, in ten folds of
 *                    people where there are 20 or more; not written when there
 *                    are fewer than ten pairs a side
 *   labels.txt       as WIDER FACE's simplified lists: "# file w h", then a
 *                    line "x1 y1 x2 y2" for each face
 *   truth.jsonl      a line for each face, with all that is known of it
 *   synth.json       the options, so that it can be made again
 *
 * A portrait depends on the seed and its own numbers only: more people or more
 * photos leave those that were there as they are.
 *
 * Errors: MIEN_EINVAL names the option and its range; MIEN_EINVAL too when the
 *         folder holds something; MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM;
 *         MIEN_EINTERRUPTED when stopped. What was written stays. */
mien_status mien_synth_album(const char *folder,
                             const mien_synth_options *options);

#endif
