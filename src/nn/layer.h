/* SPDX-License-Identifier: Apache-2.0 */
/* layer.h - what a layer is: a plan, a forward, a backward, and its options.
 *
 * A file in layers/ defines one and a line in layers.def lists it. These are
 * the reference kernels ("scalar twins"): plain loops on NCHW, compiled as
 * float and as double. The faster forms live in kernels/, dnnl/ and fast/.
 *
 * Which buffers a backward reads is declared (`reads_x`, `reads_y`), so that
 * the planner can reuse the others. */
#ifndef MIEN_NN_LAYER_H
#define MIEN_NN_LAYER_H

#include <stdint.h>

#include "base/fail.h"
#include "base/param.h"
#include "base/rng.h"
#include "nn/weight.h"
#include "tensor/real.h"
#include "tensor/shape.h"

enum { MIEN_MAX_INPUTS = 8 };

/* Filled by a layer's plan() from its config and the shapes coming in. */
typedef struct mien_layer_plan {
    /* given */
    const char *name; /* of this layer in its network, for messages */
    bool train;       /* false: this plan will only infer */
    int n_in;
    mien_shape in[MIEN_MAX_INPUTS];
    /* to be filled; all start at zero */
    mien_shape out;
    int n_weights;
    mien_weight_spec weights[MIEN_MAX_WEIGHTS];
    size_t n_kept;    /* reals saved by forward for backward */
    size_t n_scratch; /* reals of working space in each of the two passes */
    size_t n_stats;   /* reals of batch statistics, see mien_pass.stats */
    float stats_rate; /* running += rate * (stats - running) */
    /* Of weights[0]: 0, or 1 + an index into reparams.def. */
    int reparam;
} mien_layer_plan;

/* One run of one layer over one shard of the batch. */
typedef struct MIEN_R(mien_pass) {
    const void *config;
    int n_in;
    mien_shape in[MIEN_MAX_INPUTS], out;
    const real *x[MIEN_MAX_INPUTS]; /* each NCHW */
    real *y;
    real *dx[MIEN_MAX_INPUTS]; /* backward ADDS to it; NULL: not wanted */
    const real *dy;
    const real *w[MIEN_MAX_WEIGHTS]; /* running statistics are among them */
    real *dw[MIEN_MAX_WEIGHTS];      /* backward ADDS to it; NULL: frozen */
    real *kept, *scratch;
    /* Batch statistics that forward leaves in training. They are averaged
     * over the shards in order and then blended into the RUNNING weights, in
     * the order in which plan() listed those. */
    real *stats;
    bool train;
    uint64_t seed;         /* of dropout: key of this run, */
    uint32_t step, sample; /* the optimiser step, first sample in the batch */
    uint32_t layer;        /* and index of the layer in the network */
} MIEN_R(mien_pass);
#define mien_pass MIEN_R(mien_pass)

typedef struct MIEN_R(mien_layer_ops) {
    const char *name, *summary;
    const mien_param *params; /* ends with {0}; NULL: no options */
    size_t config_size;
    int min_inputs, max_inputs; /* 0, 0 means exactly one */
    bool reads_x, reads_y;      /* backward looks at x, at y */
    bool elementwise;           /* y[i] depends on x[i] alone: any layout */
    mien_status (*plan)(mien_layer_plan *plan, const void *config);
    void (*forward)(const mien_pass *p);
    void (*backward)(const mien_pass *p);
} MIEN_R(mien_layer_ops);
#define mien_layer_ops MIEN_R(mien_layer_ops)

/* `const mien_layer_ops MIEN_LAYER_NAME(relu) = {...};` ends a layer's file. */
#define MIEN_LAYER_NAME(name) MIEN_R(mien_layer_##name)

/* All layers of layers.def, in order; *count says how many. The same index is
 * the same layer in float and in double. */
const mien_layer_ops *const *MIEN_R(mien_layers)(int *count);
#define mien_layers MIEN_R(mien_layers)

#endif
