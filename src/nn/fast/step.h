/* SPDX-License-Identifier: Apache-2.0 */
/* step.h - one step of a planned network: a layer, or several run as one.
 *
 * A file in steps/ defines a kind of step and a line in steps.def lists it.
 * The kinds are asked in that order whether they can run a layer, alone or
 * with those that follow it; the last one, `twin`, runs any layer by its
 * reference kernel, so that a new layer works before anybody makes it fast. */
#ifndef MIEN_NN_FAST_STEP_H
#define MIEN_NN_FAST_STEP_H

#include "nn/graph.h"
#include "nn/kernels/kernels.h"
#include "nn/weights.h"

enum { MIEN_MAX_FUSED = 4 };

/* Which layout a step wants an activation in. Vectors are in the
 * first two at once. */
typedef enum mien_layout {
    MIEN_PLAIN,   /* NCHW */
    MIEN_BLOCKED, /* nChw16c */
    MIEN_BYTES,   /* nChw16c of bytes, each a number of a code (nn/int8) */
    MIEN_ANY      /* the layout of its first input */
} mien_layout;

typedef struct mien_step_ops mien_step_ops;

typedef struct mien_step {
    /* given */
    const mien_step_ops *ops;
    const mien_graph *graph;
    const bool *taken;           /* nodes that earlier steps run */
    const mien_kernels *kernels; /* NULL: the reference kernels only */
    bool train;
    bool frozen;         /* inference, and the weights do not change */
    const float *ranges; /* least and most of the network's input, then of
                            what each node gives: compute in bytes. NULL: in
                            floats. Of a reorder: those of its value */
    bool wants_dx;       /* input 0 is not the network's input */
    int n_nodes, nodes[MIEN_MAX_FUSED]; /* of the graph, first to last */
    int n_in;
    mien_shape in[MIEN_MAX_INPUTS], out;
    /* filled by plan(); all start at zero */
    int from[MIEN_MAX_INPUTS]; /* nodes that feed it; preset to those of the
                                  first node */
    mien_layout in_layout, out_layout;
    bool reads_x, reads_y;           /* backward looks at x, at y */
    bool in_place_y;                 /* y may be x[0] */
    bool in_place_dx;                /* dx[0] may be dy */
    bool adds_dx;                    /* can add to dx instead of writing it */
    bool passes_dy[MIEN_MAX_INPUTS]; /* that input's gradient is dy itself */
    size_t kept, scratch; /* bytes, from forward to backward; in a pass */
    size_t held;          /* bytes of its own: packed weights */
    void *state;          /* freed by close() */
    const char *kernel;   /* for the table of the plan */
} mien_step;

/* One run of one step over one shard. */
typedef struct mien_step_pass {
    const float *x[MIEN_MAX_INPUTS];
    float *y;
    const float *dy;
    float *dx[MIEN_MAX_INPUTS]; /* NULL: not wanted, or dy is passed on */
    bool add[MIEN_MAX_INPUTS];  /* dx += instead of dx =; only if adds_dx */
    const float *w[MIEN_MAX_FUSED][MIEN_MAX_WEIGHTS];
    float *dw[MIEN_MAX_FUSED][MIEN_MAX_WEIGHTS]; /* backward WRITES it */
    float *stats[MIEN_MAX_FUSED];                /* see mien_pass.stats */
    void *kept, *scratch;
    uint64_t seed;
    uint32_t step, sample;
} mien_step_pass;

struct mien_step_ops {
    const char *name;
    /* How many nodes from nodes[0] on it takes (it may set nodes[1] and
     * those after it by mien_step_next()); 0: none. */
    int (*match)(mien_step *step);
    mien_status (*plan)(mien_step *step);
    /* The weights have changed; NULL: nothing is derived from them. */
    void (*refresh)(mien_step *step, const mien_step_pass *pass);
    void (*forward)(mien_step *step, const mien_step_pass *pass);
    void (*backward)(mien_step *step, const mien_step_pass *pass);
    void (*close)(mien_step *step); /* NULL: nothing to free */
};

const mien_step_ops *const *mien_steps(int *count);

/* The one node fed by `node` that no step has taken yet, or -1. */
int mien_step_next(const mien_step *step, int node);

/* Whether `node` is a layer of that name. */
bool mien_step_is(const mien_graph *graph, int node, const char *layer);

/* Whether an activation has both layouts (C a multiple of 16). */
static inline bool mien_can_block(mien_shape s) {
    return s.c % MIEN_BLOCK == 0;
}

#endif
