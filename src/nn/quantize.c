/* SPDX-License-Identifier: Apache-2.0 */
/* quantize.c - what a network gives on photos, and bytes that hold it.
 *
 * The error of a range [a, b], with s = (b - a) / 255, over a histogram:
 *
 *   sum over x inside of s^2 / 12 + sum over x outside of (x - nearest end)^2
 */
#include "nn/quantize.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"
#include "nn/dnnl/conv.h"
#include "nn/fast/program.h"
#include "nn/int8/int8.h"

enum { BINS = 1024, TRIES = 24 };

/* What is known of one activation. */
typedef struct activation {
    double least, most;
    uint32_t bins[BINS]; /* from least to most */
    bool bad;
} activation;

struct mien_quantizer {
    mien_program *program;
    activation *activations; /* the input, then each node */
    int n, images;
    bool turned;
};

mien_status mien_quantizer_open(mien_quantizer **out, mien_net *net) {
    *out = NULL;
    if (net->ranges)
        return mien_fail(MIEN_EINVAL, "this model is quantised already");
    mien_quantizer *q = mien_alloc(1, sizeof *q);
    if (!q) return MIEN_ENOMEM;
    q->n = net->graph.n_nodes + 1;
    q->activations = mien_alloc((size_t)q->n, sizeof *q->activations);
    mien_status status = q->activations ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_program_open_frozen(&q->program, net, 1);
    if (status != MIEN_OK) {
        mien_quantizer_close(q);
        return status;
    }
    mien_weights_apply(&net->weights);
    mien_dnnl_enter();
    mien_program_refresh(q->program);
    *out = q;
    return MIEN_OK;
}

void mien_quantizer_close(mien_quantizer *q) {
    if (!q) return;
    mien_program_close(q->program);
    mien_free(q->activations);
    mien_free(q);
}

/* ---- seeing ---- */

/* What one image gives counts as much as what another does. */
static void reach(activation *a, const float *x, size_t count) {
    if (mien_first_bad(x, count) < count) a->bad = true;
    for (size_t i = 0; i < count && !a->bad; i++) {
        a->least = fmin(a->least, (double)x[i]);
        a->most = fmax(a->most, (double)x[i]);
    }
}

static void lie(activation *a, const float *x, size_t count) {
    const double width = a->most - a->least;
    const double factor = width > 0 ? BINS / width : 0;
    for (size_t i = 0; i < count; i++) {
        const int bin = (int)(((double)x[i] - a->least) * factor);
        const int inside = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
        if (a->bins[inside] < UINT32_MAX) a->bins[inside]++;
    }
}

static void see(void *context, int node, const float *x, size_t count) {
    mien_quantizer *q = context;
    activation *a = &q->activations[node + 1];
    if (q->turned)
        lie(a, x, count);
    else
        reach(a, x, count);
}

void mien_quantizer_see(mien_quantizer *q, const float *x) {
    const mien_observer observer = {see, q};
    const mien_shard_run run = {.x = x, .observer = &observer};
    mien_dnnl_enter();
    mien_program_forward(q->program, &run);
    q->images += !q->turned;
}

mien_status mien_quantizer_turn(mien_quantizer *q) {
    if (!q->images)
        return mien_fail(MIEN_EDATA, "there are no images to quantise by");
    for (int i = 0; i < q->n; i++)
        if (q->activations[i].bad)
            return mien_fail(MIEN_EDATA,
                             "what '%s' gives is not finite on these images",
                             i ? q->program->graph.nodes[i - 1].name : "input");
    q->turned = true;
    return MIEN_OK;
}

/* ---- choosing ---- */

/* The squares that the range low..high costs. */
static double cost(const activation *a, double low, double high) {
    const double width = (a->most - a->least) / BINS;
    const double step = (high - low) / 255;
    double sum = 0;
    for (int i = 0; i < BINS; i++) {
        const double x = a->least + (i + 0.5) * width;
        const double off = x < low ? low - x : x > high ? x - high : 0;
        sum += a->bins[i] * (off > 0 ? off * off : step * step / 12);
    }
    return sum;
}

/* least and most reach from 0, so that 0 stays inside. */
static void choose(float range[2], const activation *a) {
    double best = INFINITY;
    for (int i = 0; i < TRIES; i++)
        for (int j = 0; j < TRIES; j++) {
            const double low = a->least * (1 - i / (1.5 * TRIES));
            const double high = a->most * (1 - j / (1.5 * TRIES));
            const double c = cost(a, low, high);
            if (c >= best) continue;
            best = c;
            range[0] = (float)low;
            range[1] = (float)high;
        }
}

bool mien_weight_is_rounded(const mien_net *net, const mien_weight *w) {
    if (w->node < 0 || w->spec.role != MIEN_ROLE_WEIGHT) return false;
    return mien_step_is(&net->graph, w->node, "conv") ||
           mien_step_is(&net->graph, w->node, "dense");
}

size_t mien_weight_row(const mien_weight *w) {
    return w->count / (size_t)w->spec.dims.d[0];
}

static void round_weight(float *values, const mien_weight *w) {
    const size_t row = mien_weight_row(w);
    for (size_t at = 0; at < w->count; at += row) {
        float *x = values + at;
        const mien_int8_scale s = mien_int8_scale_of(x, row);
        for (size_t i = 0; i < row; i++)
            x[i] = (float)mien_int8_weight(x[i], s) * s.step;
    }
}

mien_status mien_quantizer_finish(mien_quantizer *q, mien_net *net) {
    const size_t n = (size_t)q->n;
    float *ranges = mien_arena_alloc(&net->graph.arena, 2 * n, sizeof *ranges);
    if (!ranges) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) choose(ranges + 2 * i, &q->activations[i]);
    for (int i = 0; i < net->weights.n; i++) {
        const mien_weight *w = &net->weights.items[i];
        if (mien_weight_is_rounded(net, w))
            round_weight(net->weights.values + w->offset, w);
    }
    net->ranges = ranges;
    mien_weights_apply(&net->weights);
    return MIEN_OK;
}

mien_status mien_net_quantize(mien_net *net, const float *x, int n) {
    const size_t image = mien_shape_count(net->graph.input);
    mien_quantizer *q;
    MIEN_TRY(mien_quantizer_open(&q, net));
    mien_status status = MIEN_OK;
    for (int pass = 0; pass < 2 && status == MIEN_OK; pass++) {
        for (int i = 0; i < n; i++)
            mien_quantizer_see(q, x + (size_t)i * image);
        if (!pass) status = mien_quantizer_turn(q);
    }
    if (status == MIEN_OK) status = mien_quantizer_finish(q, net);
    mien_quantizer_close(q);
    return status;
}
