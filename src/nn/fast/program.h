/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - a network planned for one thread: steps, layouts, buffers.
 *
 *   mien_program *program;
 *   MIEN_TRY(mien_program_open(&program, net, 32, true, false));
 *   mien_program_refresh(program);             (after the weights changed)
 *   const float *y = mien_program_forward(program, &run);
 *   ... the loss fills mien_program_dy(program) ...
 *   mien_program_backward(program, &run);
 *
 * Time runs 0..F-1 through the steps forward, F is the loss, 2F - i the
 * backward of step i. Each buffer lives from one moment to another, and all
 * share one block of memory, so that two buffers overlap in space only if
 * they do not overlap in time. */
#ifndef MIEN_NN_FAST_PROGRAM_H
#define MIEN_NN_FAST_PROGRAM_H

#include "nn/fast/step.h"
#include "nn/net.h"
#include "nn/precision.h"

/* A value on its way: what one step gives, in one layout. */
typedef struct mien_value {
    mien_shape shape;
    mien_layout layout;
    int producer; /* a step, or -1 for the network's input */
    int node;     /* the graph node it is the output of, or -1 */
    int buffer;   /* index of its buffer, -1 for the network's input */
    int gradient; /* index of its gradient's buffer, -1: none */
} mien_value;

/* How a step's backward delivers one input's gradient. */
typedef enum mien_delivery {
    MIEN_DELIVER_NONE,  /* nobody wants it */
    MIEN_DELIVER_WRITE, /* dx = ... */
    MIEN_DELIVER_ADD,   /* dx += ..., by the step itself */
    MIEN_DELIVER_TEMP,  /* into a temporary buffer, then added */
    MIEN_DELIVER_ALIAS, /* dx is dy: nothing to do */
    MIEN_DELIVER_COPY,  /* dx = dy */
    MIEN_DELIVER_ADD_DY /* dx += dy */
} mien_delivery;

typedef struct mien_planned_step {
    mien_step step;
    int in[MIEN_MAX_INPUTS], out; /* values */
    mien_delivery deliver[MIEN_MAX_INPUTS];
    int temp[MIEN_MAX_INPUTS];       /* buffers of MIEN_DELIVER_TEMP */
    int kept, scratch, back_scratch; /* buffers, -1: none */
    double forward_s, backward_s;    /* time spent, when profiling */
} mien_planned_step;

typedef struct mien_buffer {
    size_t bytes, offset;
    int first, last; /* moments, inclusive */
} mien_buffer;

typedef struct mien_program {
    const mien_net *net;
    const float *weights; /* what the layers read: the net's effective ones,
                             or what a runner has rounded */
    mien_graph graph;     /* planned for a shard */
    bool train, profile;
    bool frozen; /* refreshed once: steps may fold weights into others */
    const float *ranges; /* see net.h; NULL: no bytes */
    const mien_kernels *kernels;
    mien_arena arena; /* of the tables below */
    int n_steps, n_values, n_buffers;
    mien_planned_step *steps;
    mien_value *values;
    mien_buffer *buffers;
    size_t *stats_at; /* of each node, in a shard's statistics */
    size_t n_stats;
    char *memory; /* all buffers */
    size_t memory_size, held;
} mien_program;

/* What one shard found at one step: see mien_layer_probe in nn/probe.h. */
typedef struct mien_measured {
    mien_kernel_totals y, dy;
    mien_rounding y_rounding, dy_rounding;
    uint8_t *alive; /* of each channel of the output */
} mien_measured;

/* Sees what each step gives, and the input (as MIEN_GRAPH_INPUT), before
 * anything writes over it. */
typedef struct mien_observer {
    void (*see)(void *context, int node, const float *x, size_t count);
    void *context;
} mien_observer;

/* What one shard brings along. */
typedef struct mien_shard_run {
    const float *x;  /* n x c x h x w, plain */
    float *dweights; /* laid out as the net's weights; NULL in inference */
    float *stats;    /* n_stats values, or NULL */
    mien_measured *measured;       /* of each step, or NULL: measure nothing */
    const mien_observer *observer; /* or NULL */
    mien_precision precision; /* that outputs and gradients are rounded to */
    uint64_t seed;
    uint32_t step, sample;
} mien_shard_run;

/* Plan `n` images. `plain` uses the reference kernels alone.
 *
 * Owns:   *out is the caller's; mien_program_close() frees it.
 * Thread: one thread at a time; several programs may share a net.
 * Errors: MIEN_ESHAPE, MIEN_EINVAL (an output that nothing uses), MIEN_ENOMEM;
 *         *out is then NULL. */
mien_status mien_program_open(mien_program **out, const mien_net *net, int n,
                              bool train, bool plain);

/* For inference with weights that do not change after one refresh: fast
 * kernels, batch norm folded into convolutions; in bytes if net->ranges. */
mien_status mien_program_open_frozen(mien_program **out, const mien_net *net,
                                     int n);
void mien_program_refresh(mien_program *program);
const float *mien_program_forward(mien_program *program,
                                  const mien_shard_run *run);
float *mien_program_dy(mien_program *program);
void mien_program_backward(mien_program *program, const mien_shard_run *run);
void mien_program_close(mien_program *program);

/* Round to the run's precision, then measure, if that is wanted: what step i
 * has just given; the gradient that it is about to read. */
void mien_program_finish_y(const mien_program *program, int i,
                           const mien_shard_run *run);
void mien_program_finish_dy(const mien_program *program, int i,
                            const mien_shard_run *run);

/* Whether anybody computes the gradient of step i's output: not where it only
 * lays out the network's input anew. */
static inline bool mien_program_wants_dy(const mien_program *program, int i) {
    const mien_planned_step *ps = &program->steps[i];
    return ps->step.n_nodes || program->values[ps->in[0]].producer >= 0;
}

/* Where a value or a gradient lies; NULL for buffer -1. */
static inline void *mien_program_at(const mien_program *program, int buffer) {
    return buffer < 0 ? NULL
                      : program->memory + program->buffers[buffer].offset;
}

/* The parts of planning, in the order in which they happen. */
mien_status mien_program_plan_steps(mien_program *program);
mien_status mien_program_plan_gradients(mien_program *program);
mien_status mien_program_plan_memory(mien_program *program);

/* A new buffer that lives from `first` to `last`; -1 when bytes is 0. */
int mien_program_buffer(mien_program *program, size_t bytes, int first,
                        int last);

/* Reorders a value between the two layouts; see steps/reorder.c. */
extern const mien_step_ops mien_step_reorder;

#endif
