/* SPDX-License-Identifier: Apache-2.0 */
/* runner.h - run a network: a batch in, loss and gradient out.
 *
 *   mien_runner *run;
 *   MIEN_TRY(mien_runner_open(&run, net, &(mien_runner_options){
 *            .batch = 64, .shards = 2, .threads = 2, .train = true}));
 *   MIEN_TRY(mien_runner_step(run, &batch, &result));
 *   ... run->gradient holds d loss / d weight, laid out as net->weights
 *
 * The batch is cut into `shards` equal parts, each run forward and backward
 * by one thread from start to end; their gradients are added in a fixed tree.
 * Bits therefore depend on the shards and never on the threads. Batch
 * normalisation and losses that compare samples see one shard.
 *
 * Opening plans everything; a step allocates nothing. */
#ifndef MIEN_NN_RUNNER_H
#define MIEN_NN_RUNNER_H

#include "base/threads.h"
#include "nn/net.h"
#include "nn/precision.h"
#include "nn/probe.h"

typedef struct mien_runner_options {
    int batch;   /* samples a run, a multiple of shards */
    int shards;  /* 1..64; 0 means 1 */
    int threads; /* 0 means 1; more than shards are not used */
    bool train;  /* keep what backward needs; else inference */
    bool frozen; /* the weights do not change while this runner lives: derive
                    what depends on them once, when it is opened */
    bool plain;  /* the scalar twins only, for tests and old machines */
    mien_precision precision; /* of weights as layers read them, activations
                                 and gradients; the net's own stay float32 */
} mien_runner_options;

/* Without the labels or targets that the loss asks for, inference computes no
 * loss and training is refused. */
typedef struct mien_batch {
    int n;          /* samples: exactly `batch` in training, else at most */
    const float *x; /* n x c x h x w */
    const int32_t *label;      /* n, or NULL */
    const int32_t *mixed;      /* n, mixup's second class, or NULL */
    const float *share;        /* n, the first class's share, or NULL */
    const float *target;       /* n x vector, or NULL */
    const float *class_weight; /* classes, or NULL */
    uint64_t seed;             /* of dropout */
    uint32_t step;             /* the optimiser step */
    float progress;            /* 0..1, how far training is */
    float loss_scale; /* the loss's gradient times this on its way back; those
                         of the weights are divided by it again. 0: 1 */
} mien_batch;

typedef struct mien_result {
    double loss;         /* mean over the batch */
    const float *y;      /* n x width, what the network answered */
    const float *scores; /* n x n_scores, for accuracy; the runner's */
    int width, n_scores;
} mien_result;

/* One row of the plan, for --dry-run, benches and reports. */
typedef struct mien_plan_row {
    const char *name;   /* of the layer (the last one, of a fused group) */
    const char *kernel; /* which implementation runs it */
    char group[64];     /* "bn + prelu": the layers it runs as one */
    mien_shape out;
    size_t weights; /* trained values */
    double macs;    /* multiply-adds an image, forward */
    bool wants_dx;  /* backward computes more than weight gradients */
    size_t bytes;   /* of its output, for one shard */
    /* one shard's activations that a pass must read or write, once each */
    double forward_bytes, backward_bytes;
    double forward_s, backward_s; /* spent so far, when profiling */
} mien_plan_row;

typedef struct mien_runner {
    mien_net *net;
    mien_runner_options options;
    mien_pool *pool;
    float *gradient; /* weights.size_trained values, or NULL: inference */
    struct mien_runner_state *state;
} mien_runner;

/* Plan a way of running `net`; it must outlive the runner.
 *
 * Errors: MIEN_EINVAL when shards do not divide the batch, MIEN_ESHAPE,
 *         MIEN_ENOMEM; *out is then NULL. */
mien_status mien_runner_open(mien_runner **out, mien_net *net,
                             const mien_runner_options *options);

/* Forward and backward: the loss, and the gradient into run->gradient. The
 * weights do not change, the running statistics neither.
 *
 * Errors: MIEN_EINVAL when the runner was not opened to train, the batch is
 *         not of the size planned, lacks what the loss asks for, has a label
 *         that is no class or a loss scale that is not above 0. */
mien_status mien_runner_step(mien_runner *run, const mien_batch *batch,
                             mien_result *result);

/* Accept the last step's batch: blend its statistics into the running ones.
 * A step whose loss or gradient is not finite must not be accepted.
 *
 * Errors: MIEN_EINVAL before the first step. */
mien_status mien_runner_commit(mien_runner *run);

/* Forward only, as in inference; loss only if the batch has labels. */
mien_status mien_runner_infer(mien_runner *run, const mien_batch *batch,
                              mien_result *result);

/* Layer-sequential unit variance: rescale each conv and dense until its
 * output has variance 1 on this batch's first 32 images. Weights with a norm
 * have a length of their own and stay as they are. */
mien_status mien_net_lsuv(mien_net *net, const mien_batch *batch);

int mien_runner_rows(const mien_runner *run);
mien_plan_row mien_runner_row(const mien_runner *run, int i);
void mien_runner_profile(mien_runner *run, bool on);

/* Measure what each row gives and receives in the steps from now on, or stop.
 * No other bit of a step changes, and it still allocates nothing.
 *
 * Errors: MIEN_ENOMEM, the first time; nothing is watched then. */
mien_status mien_runner_watch(mien_runner *run, bool on);

/* What the last step found at a row; NULL unless it was watched. A value is
 * measured over the whole batch, all shards. Of a row that reorders the
 * network's input nobody wants a gradient: its dy.count is 0. Gradients are as
 * the layers read them, times the batch's loss_scale.
 *
 * Owns: the runner's; it holds until the next step. */
const mien_layer_probe *mien_runner_probe(const mien_runner *run, int row);

/* Bytes that the plan holds: activations of all threads, gradients. */
size_t mien_runner_bytes(const mien_runner *run);
void mien_runner_close(mien_runner *run);

#endif
