/* SPDX-License-Identifier: Apache-2.0 */
/* gains.c - how much a network magnifies between any two of its layers.
 *
 *   forward   rms(y_b) / rms(y_a)    a before b
 *   backward  |dy_a| / |dy_b|        a before b: the gradient runs from b to a
 *
 * The extreme over all pairs takes one walk: the largest ratio that ends at a
 * layer is to the smallest one passed so far. A product over all layers would
 * miss a rise that a fall undoes; neighbours alone would miss 50 small steps.
 *
 * Only the trunk counts, the layers that every path goes through: a branch may
 * add as little as it likes. A layer of zeros counts when all after it are
 * zeros too: then nothing passes. Sizes
 * below 1e-30 are not divided by: a gradient that small is a loss of 0. */
#include <math.h>

#include "health/signs.h"

typedef struct walk {
    mien_gain *out;
    double low, high; /* the extremes passed so far */
    int low_at, high_at;
} walk;

static void pass(walk *w, int layer, double size) {
    mien_gain *g = w->out;
    if (size / w->low > g->most) {
        g->most = size / w->low;
        g->most_from = w->low_at;
        g->most_to = layer;
    }
    if (size / w->high < g->least) {
        g->least = size / w->high;
        g->least_from = w->high_at;
        g->least_to = layer;
    }
    if (size < 1e-30) return;
    if (size < w->low) {
        w->low = size;
        w->low_at = layer;
    }
    if (size > w->high) {
        w->high = size;
        w->high_at = layer;
    }
}

static walk start(mien_gain *out) {
    *out = (mien_gain){1, 1, -1, -1, -1, -1};
    return (walk){.out = out, .low = INFINITY, .high = 0};
}

void mien_gain_forward(mien_gain *out, const mien_frame *f) {
    walk w = start(out);
    int last = f->probed ? f->n_layers - 1 : -1;
    while (last >= 0 && f->layers[last].y.rms == 0) last--;
    if (f->input.rms > 0) pass(&w, -1, f->input.rms);
    for (int i = 0; f->probed && i < f->n_layers; i++)
        if (f->layers[i].y.count && !f->layers[i].branch &&
            (f->layers[i].y.rms > 0 || i > last))
            pass(&w, i, f->layers[i].y.rms);
}

void mien_gain_backward(mien_gain *out, const mien_frame *f) {
    walk w = start(out);
    int first = 0;
    while (f->probed && first < f->n_layers && f->layers[first].dy.rms == 0)
        first++;
    for (int i = f->probed ? f->n_layers - 1 : -1; i >= 0; i--) {
        const mien_probe *dy = &f->layers[i].dy;
        if (dy->count && !f->layers[i].branch && (dy->rms > 0 || i < first))
            pass(&w, i, dy->rms * sqrt((double)dy->count));
    }
}
