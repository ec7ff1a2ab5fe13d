/* SPDX-License-Identifier: Apache-2.0 */
/* dataset.h - what a recipe's `data:`, `input:` and `augment:` describe.
 *
 *   mien_dataset *data;
 *   MIEN_TRY(mien_dataset_open(&data, mien_tree_get(recipe, "data"),
 *                              mien_tree_get(recipe, "input"),
 *                              mien_tree_get(recipe, "augment")));
 *   mien_loader *loader;
 *   MIEN_TRY(mien_dataset_load(&loader, data, &(mien_feed){
 *       .part = MIEN_TRAIN, .batch = 32, .augment = true}));
 *
 * `data:` holds the options of its reader beside the common ones, in one map:
 *   data: {reader: folder, path: orl, test_per_class: 2, seed: 42}
 * Every reader's main place is called `path`, so `--data D` is data.path=D.
 * Relative paths start at the current folder. */
#ifndef MIEN_DATA_DATASET_H
#define MIEN_DATA_DATASET_H

#include "data/loader.h"
#include "data/split.h"
#include "tensor/npy.h"

/* What `data.contradictions: drop` did. */
typedef struct mien_contradictions {
    int samples;      /* of the training part */
    double noise;     /* the share of labels that may be wrong, as pairs of
                         samples prove it; 0: not proven */
    int confirmed;    /* samples whose own label has most votes */
    int contradicted; /* those where another one clearly has more */
    int dropped;
} mien_contradictions;

typedef struct mien_dataset {
    mien_reader *reader;
    mien_split split;
    mien_input input;
    mien_augmenter *augmenter;
    mien_cache *cache; /* NULL when it would not help */
    mien_npy targets;  /* a row of `vector` numbers a sample, if vector > 0 */
    int vector;
    uint32_t *shuffled[MIEN_PARTS]; /* for feeds with a limit, once asked */
    int order;                      /* of mien_order, for training */
    int per_class;    /* photos a class in a batch, of the order pk */
    bool twins;       /* each photo twice in a row, for training */
    bool drop_copies; /* from the training part */
    bool drop_contradictions;
    mien_contradictions contradictions;
    int threads; /* of the loader, for training */
    uint64_t seed;
    mien_arena arena;
} mien_dataset;

/* The options that every reader shares. */
extern const mien_param mien_data_params[];

/* Open the reader, check the labels, split.
 *
 * Owns:   *out is the caller's; the trees must outlive it.
 * Errors: MIEN_EINVAL with file and line; as mien_reader_open(),
 *         mien_split_make(). *out is then NULL. */
mien_status mien_dataset_open(mien_dataset **out, const mien_tree *data,
                              const mien_tree *input, const mien_tree *augment);
void mien_dataset_close(mien_dataset *dataset); /* NULL is fine */

/* What to load of a dataset. */
typedef struct mien_feed {
    mien_part part;
    int batch;
    bool train;      /* in the recipe's order and threads, endlessly; else
                        in sequence, once */
    bool augment;    /* as the recipe says */
    bool twins;      /* each photo twice in a row */
    int threads;     /* 0: as the recipe says when training, else none; -1:
                        none */
    int limit;       /* draw from this many samples only, chosen by the seed;
                        0: all */
    int epoch, step; /* where to begin */
} mien_feed;

/* In which order a feed goes through its part.
 *
 * Errors: MIEN_EDATA for a part without samples, MIEN_ENOMEM. */
mien_status mien_dataset_order(mien_sampler_plan *plan, mien_dataset *dataset,
                               const mien_feed *feed);

/* A loader over one part.
 *
 * Errors: as mien_dataset_order() and mien_loader_open(). */
mien_status mien_dataset_load(mien_loader **out, mien_dataset *dataset,
                              const mien_feed *feed);

/* Samples of each class in a part; counts has reader->classes numbers. */
void mien_dataset_count(const mien_dataset *dataset, mien_part part,
                        int *counts);

/* Leave exact copies of a training sample out of the training part, as
 * `data.dedupe: drop` does when it is opened; the first of them stays. Not
 * after a feed was opened.
 *
 * Errors: what reading a sample ended with, MIEN_ENOMEM. */
mien_status mien_dataset_drop_copies(mien_dataset *dataset);

/* Leave training samples out whose neighbours contradict their label, as
 * `data.contradictions: drop` does; dataset->contradictions says how many. Not
 * after a feed was opened.
 *
 * Errors: what reading a sample ended with, MIEN_ENOMEM. */
mien_status mien_dataset_drop_contradictions(mien_dataset *dataset);

/* Both, as far as `data:` asks for them: when it is opened, and again when the
 * training part has changed. */
mien_status mien_dataset_clean(mien_dataset *dataset);

/* BLAKE2b-256 over all samples in order: label, then the bytes as stored (an
 * image file or a record's photo after its length, an array's pixels); then
 * the targets. Reads them all.
 *
 * Errors: MIEN_EIO, MIEN_ENOTFOUND. */
mien_status mien_dataset_hash(char hex[MIEN_HASH_HEX],
                              const mien_dataset *dataset);

#endif
