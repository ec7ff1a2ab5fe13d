/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.h - read a list of pairs as LFW distributes them.
 *
 *   mien_pairs pairs;
 *   MIEN_TRY(mien_pairs_read(&pairs, "pairs.txt"));
 *   ... pairs.pictures[pairs.items[0].picture[0]]
 *   mien_pairs_close(&pairs);
 *
 * A header "F N", then F times N lines "name i j" (the same person) and N
 * lines "name1 i name2 j"; or a header "N", then N and N lines without folds,
 * as view 1 has it. Picture i of a name is name/name_%04d.jpg. Messages name
 * the line and never the person. */
#ifndef MIEN_EVAL_PAIRS_H
#define MIEN_EVAL_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/hash.h"

/* Folds that a list without any is dealt into. */
enum { MIEN_DEALT_FOLDS = 10 };

typedef struct mien_pair {
    int picture[2];
    int fold, line;
    bool same;
} mien_pair;

typedef struct mien_picture {
    const char *path;     /* name/name_0001.jpg */
    int line;             /* the first that names it */
    const uint8_t *bytes; /* the file's, where they lie in memory; else NULL */
    size_t size;
} mien_picture;

typedef struct mien_pairs {
    const char *path;
    mien_pair *items;
    int n, folds;
    int per_side; /* N of the header */
    bool dealt;   /* the file has no folds: pair k of each side is in fold
                     k modulo 10 */
    mien_picture *pictures; /* each once, by path */
    int n_pictures;
    char hash[MIEN_HASH_HEX]; /* of the file */
    mien_arena arena;
} mien_pairs;

/* Errors: MIEN_EFORMAT with file and line (header, counts, fields, a picture
 *         against itself, "different" people of one name); MIEN_EIO,
 *         MIEN_ENOTFOUND, MIEN_ENOMEM. The pairs are then empty. */
mien_status mien_pairs_read(mien_pairs *out, const char *path);

/* The same from memory; `path` begins the messages. */
mien_status mien_pairs_parse(mien_pairs *out, const char *bytes, size_t size,
                             const char *path);
void mien_pairs_close(mien_pairs *pairs);

/* What these pairs are called in a report: "lfw view 2", "lfw-dev 10-fold",
 * or a description. */
void mien_pairs_title(char *out, size_t room, const mien_pairs *pairs);

#endif
