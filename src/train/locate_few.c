/* SPDX-License-Identifier: Apache-2.0 */
/* locate_few.c - a large batch, a few samples at a time. */
#include "train/locate_few.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"

/* What their values may take, unless they are two. */
#define MOST_BYTES ((size_t)256 << 20)

/* Multiply-adds of all that are looked at, forward: some seconds by the
 * reference kernels, backward included. */
#define MOST_WORK 2e9

enum { LEAST_SAMPLES = 4 };

size_t mien_few_size(const mien_net *net) {
    mien_shape one = net->graph.input;
    one.n = 1;
    return mien_shape_count(one);
}

double mien_few_largest(const float *x, size_t n) {
    float most = 0;
    for (size_t i = 0; i < n; i++)
        if (!mien_bad_f32(x[i]) && fabsf(x[i]) > most) most = fabsf(x[i]);
    return (double)most;
}

/* A sample's multiply-adds forward, nearly: each weight once for each place
 * of its layer's output. */
static double work(const mien_net *net) {
    double sum = 1;
    for (int i = 0; i < net->weights.n; i++) {
        const mien_weight *w = &net->weights.items[i];
        if (w->node == MIEN_OF_LOSS) continue;
        const mien_shape out = net->graph.nodes[w->node].plan.out;
        sum += (double)w->count * out.h * out.w;
    }
    return sum;
}

static int most_samples(const mien_few *f) {
    const double fit = MOST_WORK / work(f->net);
    int n = MIEN_LOCATE_SAMPLES;
    if (fit < n) n = fit < LEAST_SAMPLES ? LEAST_SAMPLES : (int)fit;
    return n < f->whole->n ? n : f->whole->n;
}

static mien_status sort(mien_few *f, mien_arena *arena) {
    const size_t n = (size_t)f->whole->n, row = mien_few_size(f->net);
    double *most = mien_arena_alloc(arena, n, sizeof *most);
    f->order = mien_arena_alloc(arena, n, sizeof *f->order);
    if (!most || !f->order) return MIEN_ENOMEM;
    for (int i = 0; i < f->whole->n; i++) {
        const double value =
            mien_few_largest(f->whole->x + (size_t)i * row, row);
        int at = i;
        for (; at > 0 && most[at - 1] < value; at--) {
            most[at] = most[at - 1];
            f->order[at] = f->order[at - 1];
        }
        most[at] = value;
        f->order[at] = i;
    }
    f->n_order = most_samples(f);
    return MIEN_OK;
}

static int count_that_fit(const mien_few *f) {
    const mien_graph *g = &f->net->graph;
    size_t values = mien_few_size(f->net);
    for (int i = 0; i < g->n_nodes; i++)
        values += 2 * mien_shape_count(g->nodes[i].plan.out) +
                  g->nodes[i].plan.n_kept;
    const size_t fit = MOST_BYTES / sizeof(float) / values;
    const int n = fit < (size_t)f->n_order ? (int)fit : f->n_order;
    if (n == f->whole->n || f->n_order < 2) return f->n_order;
    return n < 2 ? 2 : n - n % 2;
}

mien_status mien_few_open(mien_few *f, const mien_net *net,
                          const mien_batch *whole, mien_arena *arena) {
    *f = (mien_few){.net = net, .whole = whole};
    MIEN_TRY(sort(f, arena));
    f->n = count_that_fit(f);
    const size_t room = (size_t)f->n;
    const size_t vector = (size_t)net->spec.vector;
    f->sample = mien_arena_alloc(arena, room, sizeof *f->sample);
    f->label = mien_arena_alloc(arena, room, sizeof *f->label);
    f->mixed = mien_arena_alloc(arena, room, sizeof *f->mixed);
    f->share = mien_arena_alloc(arena, room, sizeof *f->share);
    f->target = mien_arena_alloc(arena, room * vector + 1, sizeof *f->target);
    const bool all = f->sample && f->label && f->mixed && f->share && f->target;
    return all ? MIEN_OK : MIEN_ENOMEM;
}

/* Those from order[first] on, in the order of the batch. */
static void choose(mien_few *f, int first) {
    for (int i = 0; i < f->n; i++) {
        int at = i;
        const int sample = f->order[first + i];
        for (; at > 0 && f->sample[at - 1] > sample; at--)
            f->sample[at] = f->sample[at - 1];
        f->sample[at] = sample;
    }
}

bool mien_few_next(mien_few *f, float *x) {
    const mien_batch *b = f->whole;
    const size_t row = mien_few_size(f->net), v = (size_t)f->net->spec.vector;
    const int last = f->n_order - f->n;
    if (f->done >= f->n_order) return false;
    choose(f, f->done < last ? f->done : last);
    f->done += f->n;
    for (int i = 0; i < f->n; i++) {
        const size_t from = (size_t)f->sample[i];
        memcpy(x + (size_t)i * row, b->x + from * row, row * sizeof *x);
        if (b->label) f->label[i] = b->label[from];
        if (b->mixed) f->mixed[i] = b->mixed[from];
        if (b->share) f->share[i] = b->share[from];
        if (b->target)
            memcpy(f->target + (size_t)i * v, b->target + from * v,
                   v * sizeof *x);
    }
    f->batch = *b;
    f->batch.n = f->n;
    f->batch.x = x;
    f->batch.label = b->label ? f->label : NULL;
    f->batch.mixed = b->mixed ? f->mixed : NULL;
    f->batch.share = b->share ? f->share : NULL;
    f->batch.target = b->target ? f->target : NULL;
    return true;
}
