/* SPDX-License-Identifier: Apache-2.0 */
/* runner_state.h - what a runner holds for its threads and its shards. */
#ifndef MIEN_NN_RUNNER_STATE_H
#define MIEN_NN_RUNNER_STATE_H

#include "nn/fast/program.h"
#include "nn/runner.h"

/* Of one thread. */
typedef struct mien_worker {
    mien_program *program;
    float *staging; /* input of a shard that is not full, inference only */
    float *loss_kept, *loss_scratch;
} mien_worker;

/* Of one shard. */
typedef struct mien_shard {
    float *gradient; /* weights.size_trained values */
    float *stats;
    double loss;
} mien_shard;

typedef struct mien_runner_state {
    int n_workers;
    mien_worker *workers;
    mien_shard *shards;
    mien_loss_plan loss;
    float *y, *scores;       /* of the whole batch */
    const mien_batch *batch; /* of the run in progress */
    bool backward;
} mien_runner_state;

#endif
