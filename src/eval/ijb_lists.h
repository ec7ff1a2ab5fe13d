/* SPDX-License-Identifier: Apache-2.0 */
/* ijb_lists.h - the lists of IJB-B and IJB-C, as the ArcFace line distributes
 * them in a folder `meta`:
 *
 *   *_face_tid_mid.txt         1.jpg 1 69544           picture template media
 *   *_name_5pts_score.txt      1.jpg x y ... x y .99   five points, detector
 *   *_template_pair_label.txt  1 11065 1               templates, same person
 *   *_1N_gallery_G1.csv        TEMPLATE_ID,SUBJECT_ID,...   and G2,
 *   *_1N_probe_mixed.csv       one line a picture */
#ifndef MIEN_EVAL_IJB_LISTS_H
#define MIEN_EVAL_IJB_LISTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "face/align.h"

enum { MIEN_IJB_MOST = 1 << 25 };

typedef struct mien_ijb_picture {
    const char *name;
    int template, media;
    mien_point points[MIEN_ALIGN_POINTS];
    float score; /* the detector's */
} mien_ijb_picture;

typedef struct mien_ijb_pair {
    int a, b; /* templates */
    bool same;
} mien_ijb_pair;

/* A template and whose it is. */
typedef struct mien_ijb_subject {
    int template, subject;
} mien_ijb_subject;

typedef struct mien_ijb_subjects {
    mien_ijb_subject *item; /* by template, each once */
    int n;
} mien_ijb_subjects;

typedef struct mien_ijb_lists {
    mien_ijb_picture *picture; /* in the files' order */
    int pictures;
    bool points;         /* they are known */
    mien_ijb_pair *pair; /* none without the file */
    int pairs;
    mien_ijb_subjects gallery[2], probes; /* none without the files */
    mien_arena arena;
    char hash[MIEN_HASH_HEX]; /* of all files */
} mien_ijb_lists;

/* Read what there is in a folder.
 *
 * Errors: MIEN_ENOTFOUND without pictures, or without both pairs and
 *         galleries; MIEN_EFORMAT names file and line; MIEN_ENOMEM; *out is
 *         then empty. */
mien_status mien_ijb_lists_read(mien_ijb_lists *out, const char *folder);
void mien_ijb_lists_close(mien_ijb_lists *lists);

/* The files one by one; texts are changed, `name` begins messages. Points come
 * behind pictures. */
mien_status mien_ijb_parse_pictures(mien_ijb_lists *l, char *text,
                                    const char *name);
mien_status mien_ijb_parse_points(mien_ijb_lists *l, char *text,
                                  const char *name);
mien_status mien_ijb_parse_pairs(mien_ijb_lists *l, char *text,
                                 const char *name);
mien_status mien_ijb_parse_subjects(mien_ijb_subjects *out, mien_arena *arena,
                                    char *text, const char *name);

#endif
