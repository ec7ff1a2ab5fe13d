/* SPDX-License-Identifier: Apache-2.0 */
/* bench_stand.h - a network on the stand: opened as for training, timed.
 *
 *   mien_bench *b = mien_alloc(1, sizeof *b);
 *   MIEN_TRY(mien_bench_open(b, &setup));
 *   for (...) MIEN_TRY(mien_bench_step(b, &batch));
 *   MIEN_TRY(mien_bench_sum_up(b));              (fills b->result)
 *   mien_bench_free(b); */
#ifndef MIEN_TRAIN_BENCH_STAND_H
#define MIEN_TRAIN_BENCH_STAND_H

#include "mien/bench.h"
#include "nn/runner.h"
#include "train/recipe.h"
#include "train/source.h"
#include "train/updater.h"

enum { MIEN_BENCH_MOST = 10000 /* steps timed */ };

typedef struct mien_bench_setup {
    const mien_tree *model, *loss, *init;
    const mien_stage *stage; /* its optimiser, clip, ... */
    mien_shape input;
    int classes, batch, shards, threads;
} mien_bench_setup;

struct mien_bench {
    mien_arena arena;
    mien_recipe recipe;
    mien_stage stage;
    mien_source *source; /* of mien_bench_load(), else NULL */
    mien_net *net;
    mien_runner *run;
    mien_updater update;
    float *x; /* a batch in memory, or NULL */
    int32_t *label;
    int64_t done;            /* steps, those not timed among them */
    int rounds;              /* steps timed */
    double *steps, *updates; /* [rounds] seconds */
    mien_bench_summary result;
};

/* Build the network and plan its training; what the setup points to must
 * outlive the bench. */
mien_status mien_bench_open(mien_bench *b, const mien_bench_setup *setup);

/* Train on one batch and note the time, unless MIEN_BENCH_MOST are noted.
 *
 * Errors: MIEN_EDIAGNOSIS when the step was not finite. */
mien_status mien_bench_step(mien_bench *b, const mien_batch *batch);

/* Forget the times so far; from now on with a profile if wanted. */
void mien_bench_restart(mien_bench *b, bool profile);

/* Whether another step should be timed. */
bool mien_bench_more(const mien_bench *b, const mien_bench_options *options,
                     double began);

/* From the times to a summary, with rows if it was profiled. */
mien_status mien_bench_sum_up(mien_bench *b, bool profiled);

#endif
