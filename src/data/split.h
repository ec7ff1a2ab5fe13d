/* SPDX-License-Identifier: Apache-2.0 */
/* split.h - which samples train, which choose, which test.
 *
 *   mien_split split;
 *   MIEN_TRY(mien_split_make(&split, reader, &config, &arena));
 *
 * What is dealt out are units: single samples, or whole groups (a person, a
 * scene) when no group may be on both sides. Within each class the units are
 * shuffled by the seed, and the first go to the test, the next to the
 * validation, the rest to the training: with a share, class by class such
 * that the total is right and no class is off by more than one; or a fixed
 * number from every class. */
#ifndef MIEN_DATA_SPLIT_H
#define MIEN_DATA_SPLIT_H

#include "data/reader.h"

typedef enum mien_part {
    MIEN_TRAIN,
    MIEN_VAL,
    MIEN_TEST,
    MIEN_PARTS
} mien_part;

/* What units are, and whether classes are dealt out one by one. */
typedef enum mien_split_by {
    MIEN_BY_AUTO,  /* group when the reader knows groups, else class */
    MIEN_BY_CLASS, /* a sample is a unit */
    MIEN_BY_GROUP, /* a group is a unit, of the class of its first sample */
    MIEN_BY_ANY    /* a sample is a unit, classes do not matter */
} mien_split_by;

typedef struct mien_split_config {
    float test, val;                   /* shares of the units, 0: none */
    int test_per_class, val_per_class; /* units of each class; 0: by share */
    int test_from; /* samples from this index on are the test; -1: no */
    int by;        /* of mien_split_by */
    int seed;
} mien_split_config;

typedef struct mien_split {
    uint32_t *items[MIEN_PARTS]; /* sample indices, ascending */
    int count[MIEN_PARTS];
} mien_split;

/* Deal the samples out, a pure function of reader and config.
 *
 * Owns:   the items live in `arena`.
 * Errors: MIEN_EDATA for a class with too few units to be split (named by its
 *         number), MIEN_EINVAL for shares that leave nothing to train on or a
 *         split by groups that the reader does not know, MIEN_ENOMEM. */
mien_status mien_split_make(mien_split *out, const mien_reader *reader,
                            const mien_split_config *config, mien_arena *arena);

const char *mien_part_name(mien_part part); /* "train" */

#endif
