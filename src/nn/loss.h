/* SPDX-License-Identifier: Apache-2.0 */
/* loss.h - what a loss is: targets in, a number and a gradient out.
 *
 * A file in losses/ defines one and a line in losses.def lists it. A loss may
 * own weights (the class centres of the margin heads); they are trained,
 * clipped and stored with the network's. Losses that compare samples with
 * each other see one shard of the batch. The batch is n samples of d values,
 * row-major; the loss is the mean over samples unless its page says else. */
#ifndef MIEN_NN_LOSS_H
#define MIEN_NN_LOSS_H

#include <stdint.h>

#include "base/fail.h"
#include "base/param.h"
#include "nn/weight.h"
#include "tensor/real.h"

typedef struct mien_loss_plan {
    /* given */
    int n, d;    /* samples of a shard, values a sample of the network's y */
    int classes; /* in the data; 0: none */
    int vector;  /* values a sample of target vector; 0: labels only */
    /* to be filled; all start at zero */
    int n_weights;
    mien_weight_spec weights[MIEN_MAX_WEIGHTS];
    int scores;       /* scores a sample for accuracy: classes, 1, or 0 */
    size_t n_kept;    /* reals forward leaves for backward */
    size_t n_scratch; /* reals of working space */
} mien_loss_plan;

typedef struct MIEN_R(mien_loss_pass) {
    const void *config;
    int n, d, classes;
    int batch;            /* samples in the whole batch: means divide by it,
                             so that the shards' losses and gradients add up */
    const real *x;        /* n x d: what the network answered */
    const int32_t *label; /* n; class index; 0 or 1 for a binary loss */
    const int32_t *mixed; /* n; the second class of mixup, or NULL */
    const float *share;   /* n; the first class's share 0..1, or NULL */
    int vector;           /* values a sample of `target` */
    const real *target;   /* n x vector, or NULL */
    const float *class_weight; /* classes, or NULL */
    const real *w[MIEN_MAX_WEIGHTS];
    real *dw[MIEN_MAX_WEIGHTS]; /* backward ADDS to it */
    real *scores;               /* n x scores: logits without margin, or NULL */
    real *dx;                   /* n x d: backward WRITES it */
    real *kept, *scratch;
    double loss;    /* forward writes the shard's part of the batch mean */
    float progress; /* 0..1, how far training is: for margin schedules */
    uint64_t seed;
    uint32_t step, sample;
} MIEN_R(mien_loss_pass);
#define mien_loss_pass MIEN_R(mien_loss_pass)

typedef struct MIEN_R(mien_loss_ops) {
    const char *name, *summary;
    const mien_param *params;
    size_t config_size;
    bool needs_labels, needs_vector;
    bool embedding; /* the network's y is an embedding, not class scores */
    bool mixes;     /* heeds `mixed` and `share`; the others ignore them */
    bool weighs;    /* heeds `class_weight`; the others ignore it */
    bool twins;     /* samples 2a and 2a + 1 are two views of one photo */
    /* After the options were read into `config`: read those that are trees,
     * into the arena, and say in *ops, a copy, what this loss then is. Of a
     * loss without such options NULL.
     *
     * Errors: MIEN_EINVAL with file and line, MIEN_ENOMEM. */
    mien_status (*open)(struct MIEN_R(mien_loss_ops) * ops, void *config,
                        mien_arena *arena);
    mien_status (*plan)(mien_loss_plan *plan, const void *config);
    void (*forward)(mien_loss_pass *p);
    void (*backward)(mien_loss_pass *p);
} MIEN_R(mien_loss_ops);
#define mien_loss_ops MIEN_R(mien_loss_ops)

#define MIEN_LOSS_NAME(name) MIEN_R(mien_loss_##name)

const mien_loss_ops *const *MIEN_R(mien_losses)(int *count);
#define mien_losses MIEN_R(mien_losses)

#endif
