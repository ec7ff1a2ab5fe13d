/* SPDX-License-Identifier: Apache-2.0 */
/* clip.h - bounds of the gradient, and the refusal of one that is not finite.
 *
 * A file in clips/ defines one and a line in clips.def lists it.
 *
 *   mien_clip_report report;
 *   mien_clip_run(&(mien_clip_pass){.tensors = tensors, .n = n,
 *       .norms = norms, .state = state}, &choice, &report);
 *   if (report.skip) ...count it, note the batch, leave everything as it was
 *
 * State is that of healthy steps: what is not finite never reaches a clip.
 *
 * All norms are measured, in double, before anything changes. If one is not
 * finite nothing is clipped and the step must be skipped: PyTorch's
 * clip_grad_norm_ would make every gradient NaN, or zero. */
#ifndef MIEN_OPTIM_CLIP_H
#define MIEN_OPTIM_CLIP_H

#include <stdint.h>

#include "optim/pick.h"
#include "optim/trained.h"

/* All trained tensors, the network's and the loss's, clipped together. */
typedef struct mien_clip_pass {
    const void *config; /* set by mien_clip_run() */
    const mien_trained *tensors;
    int n;
    double *norms; /* n: |g| of each tensor before clipping, written */
    double total;  /* of all, written */
    double *state; /* n_state() doubles, zero at first, in checkpoints */
    int64_t step;  /* from 1 */
} mien_clip_pass;

typedef struct mien_clip_report {
    double norm;      /* |g| of all tensors before clipping */
    double factor;    /* |g| after / |g| before; 1 when nothing was clipped */
    int clipped;      /* tensors that were changed */
    double threshold; /* what was, or would have been, cut: norms or elements
                         above it, as the clip has it; NaN: there is none */
    bool skip;        /* not finite: make no step */
    int bad;          /* the first tensor that is not finite, or -1 */
} mien_clip_report;

typedef struct mien_clip_ops {
    mien_row row;
    size_t (*n_state)(const void *config); /* NULL: none */
    /* May look at p->norms, p->total, all finite, and the weights; returns how
     * many tensors it changed. Sets report->threshold, if it has one; may set
     * report->skip, to refuse a step of its own. */
    int (*apply)(const mien_clip_pass *p, mien_clip_report *report);
} mien_clip_ops;

const mien_table *mien_clips(void);

/* Doubles of state that this choice keeps; 0 for none and for a NULL row. */
size_t mien_clip_state(const mien_choice *choice);

/* Measure, refuse or clip. A choice whose row is NULL only measures. */
void mien_clip_run(mien_clip_pass *p, const mien_choice *choice,
                   mien_clip_report *report);

/* ---- for clips -------------------------------------------------------- */

/* g *= factor. */
void mien_scale(float *g, size_t n, double factor);

/* Each element to [-max, max]; returns whether one was outside. */
bool mien_clamp(float *g, size_t n, float max);

/* The whole gradient to a length of at most max, by PyTorch's factor
 * max / (|g| + 1e-6); returns how many tensors were changed: all or none. */
int mien_clip_to(const mien_clip_pass *p, double max);

#endif
