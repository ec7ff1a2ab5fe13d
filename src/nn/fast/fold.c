/* SPDX-License-Identifier: Apache-2.0 */
/* fold.c - what follows a convolution, as numbers of each channel. */
#include "nn/fast/fold.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/layers/options.h"

static mien_kernel_unit unit_of(const mien_graph *g, int node) {
    if (mien_step_is(g, node, "relu")) return MIEN_UNIT_RELU;
    if (mien_step_is(g, node, "leaky_relu")) return MIEN_UNIT_LEAKY;
    if (mien_step_is(g, node, "prelu")) return MIEN_UNIT_PRELU;
    if (mien_step_is(g, node, "clip")) return MIEN_UNIT_CLIP;
    return MIEN_UNIT_NONE;
}

static bool adds_two(const mien_graph *g, int node) {
    return mien_step_is(g, node, "add") && g->nodes[node].plan.n_in == 2;
}

/* What comes after the n nodes taken so far, or -1. */
static int after(const mien_step *s, int n) {
    return mien_step_next(s, s->nodes[n - 1]);
}

int mien_fold_match(mien_step *s, bool residual) {
    int n = 1;
    if (mien_step_is(s->graph, after(s, n), "bn")) {
        s->nodes[n] = after(s, n);
        n++;
    }
    if (residual && adds_two(s->graph, after(s, n))) {
        s->nodes[n] = after(s, n);
        n++;
    }
    if (unit_of(s->graph, after(s, n)) != MIEN_UNIT_NONE) {
        s->nodes[n] = after(s, n);
        n++;
    }
    return n;
}

/* The other side of the addition that is the step's k-th node. */
static void take_residual(mien_fold *f, mien_step *s, int k) {
    const int *in = s->graph->nodes[s->nodes[k]].in;
    f->residual = true;
    s->from[1] = in[0] == s->nodes[k - 1] ? in[1] : in[0];
    s->in[1] = s->out;
    s->n_in = 2;
}

mien_status mien_fold_open(mien_fold *f, mien_step *s) {
    const size_t c = (size_t)s->out.c;
    *f = (mien_fold){.unit = MIEN_UNIT_NONE};
    f->scale = mien_alloc(3 * c + 1, sizeof(float)); /* clip has two slopes */
    if (!f->scale) return MIEN_ENOMEM;
    f->bias = f->scale + c;
    f->slope = f->bias + c;
    s->held += 3 * c * sizeof(float);
    for (int k = 1; k < s->n_nodes; k++) {
        if (adds_two(s->graph, s->nodes[k])) take_residual(f, s, k);
        const mien_kernel_unit unit = unit_of(s->graph, s->nodes[k]);
        if (unit != MIEN_UNIT_NONE) f->unit = unit;
    }
    return MIEN_OK;
}

/* w: the bn's gain and shift, if it has them, then mean and variance. */
static void fold_bn(mien_fold *f, const mien_bn_options *o,
                    const float *const *w, int channels) {
    const float *gain = o->affine ? w[0] : NULL;
    const float *shift = o->affine ? w[1] : NULL;
    const float *mean = w[o->affine ? 2 : 0], *var = w[o->affine ? 3 : 1];
    for (int c = 0; c < channels; c++) {
        const double scale = (gain ? (double)gain[c] : 1) /
                             sqrt((double)var[c] + (double)o->eps);
        f->scale[c] = (float)scale;
        f->bias[c] = (float)((shift ? (double)shift[c] : 0) +
                             ((double)f->bias[c] - (double)mean[c]) * scale);
    }
}

static void set_slope(mien_fold *f, const void *config, const float *w,
                      int channels) {
    if (f->unit == MIEN_UNIT_LEAKY)
        f->slope[0] = ((const mien_leaky_relu_options *)config)->slope;
    if (f->unit == MIEN_UNIT_PRELU)
        memcpy(f->slope, w, (size_t)channels * sizeof *w);
    if (f->unit != MIEN_UNIT_CLIP) return;
    f->slope[0] = ((const mien_clip_options *)config)->min;
    f->slope[1] = ((const mien_clip_options *)config)->max;
}

void mien_fold_refresh(mien_fold *f, const mien_step *s,
                       const mien_step_pass *p) {
    for (int c = 0; c < s->out.c; c++) {
        f->scale[c] = 1;
        f->bias[c] = p->w[0][1] ? p->w[0][1][c] : 0;
        f->slope[c] = 0;
    }
    for (int k = 1; k < s->n_nodes; k++) {
        const void *config = s->graph->nodes[s->nodes[k]].config;
        if (mien_step_is(s->graph, s->nodes[k], "bn"))
            fold_bn(f, config, p->w[k], s->out.c);
        else if (!adds_two(s->graph, s->nodes[k]))
            set_slope(f, config, p->w[k][0], s->out.c);
    }
}

void mien_fold_close(mien_fold *f) { mien_free(f->scale); }
