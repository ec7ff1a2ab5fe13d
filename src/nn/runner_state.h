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
    mien_measured *measured; /* of each step; NULL before it was watched */
    uint8_t *alive;          /* of all steps */
} mien_shard;

typedef struct mien_runner_state {
    int n_workers;
    mien_worker *workers;
    mien_shard *shards;
    mien_loss_plan loss;
    float *y, *scores;       /* of the whole batch */
    float *rounded;          /* the effective weights in 16 bits, or NULL */
    const mien_batch *batch; /* of the run in progress */
    bool backward;
    bool watch, watched; /* the steps to come, the last one */
    mien_arena probe_arena;
    mien_layer_probe *probes; /* of each step, over the shards */
    uint8_t *alive;           /* of all steps */
    size_t n_units;           /* of all steps */
} mien_runner_state;

/* Before a shard of a watched step, and after all of them. */
void mien_runner_start_probes(const mien_runner *run, mien_shard *shard);
void mien_runner_merge_probes(mien_runner *run);

/* Totals as means and shares. */
mien_probe mien_probe_of_totals(const mien_kernel_totals *totals,
                                const mien_rounding *rounding);

/* What 16 bits need: the weights that layers read; the gradient that the loss
 * gave, times the scale; a shard's gradient rounded and divided by it. */
void mien_runner_round_weights(mien_runner *run);
void mien_runner_scale_loss(const mien_runner *run, mien_loss_pass *pass);
void mien_runner_finish_gradient(const mien_runner *run, mien_shard *shard);

#endif
