/* SPDX-License-Identifier: Apache-2.0 */
/* locate.c - where a step first becomes infinite or no number. */
#include "train/locate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/finite.h"
#include "nn/twin.h"
#include "train/locate_few.h"

/* The largest number of 16 bits, as IEEE 754 has them. */
#define LARGEST_HALF 65504.0

/* The largest so far of something, and whose. */
typedef struct record {
    double value;
    const char *name;
} record;

typedef struct search {
    mien_arena arena;
    mien_located *out;
    mien_net *net;
    const mien_batch *batch;
    mien_twin *twin;
    mien_few few;  /* samples that are looked at together */
    float *before; /* a gradient before more is added to it */
    record forward, backward, largest, ratio;
    double loss;
    bool found;
} search;

static void say(mien_located *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(mien_located *out, const char *format, ...) {
    const size_t used = strlen(out->text);
    va_list args;
    va_start(args, format);
    vsnprintf(out->text + used, sizeof out->text - used, format, args);
    va_end(args);
}

static void found(search *s, const char *pass, const char *layer,
                  const char *tensor, int sample) {
    s->found = true;
    s->out->pass = pass;
    s->out->layer = layer;
    s->out->tensor = tensor;
    s->out->sample = sample;
}

static double norm_of(const float *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

static void note(record *r, double value, const char *name) {
    if (mien_bad_f64(value) || (r->name && value <= r->value)) return;
    *r = (record){value, name};
}

/* ---- what comes in ---------------------------------------------------- */

static void look_at_rows(search *s, const float *x, size_t row,
                         const char *what) {
    const size_t count = (size_t)s->batch->n * row;
    const size_t bad = x ? mien_first_bad(x, count) : count;
    if (s->found || bad == count) return;
    const int sample = (int)(bad / row);
    size_t more = 0;
    for (size_t i = bad; i < count; i++) more += mien_bad_f32(x[i]);
    found(s, "input", "", "", sample);
    say(s->out,
        "The %s is not finite: %s at value %zu of sample %d, and %zu bad "
        "values in the batch.",
        what, isnan(x[bad]) ? "no number" : "infinite", bad % row, sample,
        more);
}

static void look_at_weights(search *s) {
    const mien_weights *w = &s->net->weights;
    for (int i = 0; i < w->n && !s->found; i++) {
        const mien_weight *t = &w->items[i];
        size_t bad = mien_first_bad(w->values + t->offset, t->count);
        if (bad == t->count)
            bad = mien_first_bad(w->effective + t->offset, t->count);
        if (bad == t->count) continue;
        found(s, "forward",
              t->node == MIEN_OF_LOSS ? "loss"
                                      : s->net->graph.nodes[t->node].name,
              t->name, -1);
        say(s->out,
            "The weights were not finite before the step: value %zu "
            "of %s.",
            bad, t->name);
    }
}

/* ---- forward and loss ------------------------------------------------- */

/* Values of what node `i`, or the input, gives for the part. */
static size_t count_of(const search *s, int i) {
    return mien_shape_count(mien_graph_shape(&s->twin->graph, i));
}

static float *value_of(const search *s, int i) {
    return i < 0 ? s->twin->input : s->twin->y[i];
}

static float *gradient_of(const search *s, int i) {
    return i < 0 ? s->twin->d_input : s->twin->dy[i];
}

/* The largest value, and the root mean square, of all that a node takes. */
static double inputs_of(const search *s, int node, double *rms) {
    const mien_graph_node *g = &s->twin->graph.nodes[node];
    double most = 0, sum = 0;
    size_t n = 0;
    for (int k = 0; k < g->plan.n_in; k++) {
        const size_t count = count_of(s, g->in[k]);
        const double norm = norm_of(value_of(s, g->in[k]), count);
        const double largest = mien_few_largest(value_of(s, g->in[k]), count);
        if (largest > most) most = largest;
        sum += norm * norm;
        n += count;
    }
    *rms = sqrt(sum / (double)n);
    return most;
}

static void go_forward(search *s, int node) {
    const char *name = s->twin->graph.nodes[node].name;
    const size_t count = count_of(s, node);
    double rms;
    mien_twin_forward_node(s->twin, node, &s->few.batch);
    const float *y = s->twin->y[node];
    const size_t bad = mien_first_bad(y, count);
    const double most = inputs_of(s, node, &rms);
    if (bad == count) {
        note(&s->largest, mien_few_largest(y, count), name);
        if (rms > 0)
            note(&s->forward, norm_of(y, count) / sqrt((double)count) / rms,
                 name);
        return;
    }
    const size_t row = count / (size_t)s->few.batch.n;
    found(s, "forward", name, "", s->few.sample[bad / row]);
    say(s->out,
        "Forward, %s is the first layer that gives something that is not "
        "finite (sample %d): what it takes is finite, at most %.3g, and so "
        "are its weights.",
        name, s->out->sample, most);
}

static void look_at_loss(search *s) {
    const int last = s->twin->graph.n_nodes - 1;
    if (!mien_bad_f64(s->twin->loss)) return;
    found(s, "loss", "loss", "", -1);
    for (int i = 0; i < s->few.batch.n && s->out->sample < 0; i++)
        if (mien_bad_f64(mien_twin_sample_loss(s->twin, &s->few.batch,
                                               s->few.batch.target, i)))
            s->out->sample = s->few.sample[i];
    say(s->out,
        "The loss is not finite, though the answers of the network are, at "
        "most %.3g.",
        mien_few_largest(s->twin->y[last], count_of(s, last)));
    if (s->out->sample >= 0)
        say(s->out, " It is so for sample %d alone.", s->out->sample);
}

/* ---- backward --------------------------------------------------------- */

/* The gradients of the weights of a node, or of the loss: which is bad, which
 * is largest for its size? */
static void look_at_gradients(search *s, int row, const char *layer,
                              double above) {
    const mien_weights *w = &s->net->weights;
    for (int k = 0; k < MIEN_MAX_WEIGHTS && !s->found; k++) {
        if (w->of_node[row][k] < 0) continue;
        const mien_weight *t = &w->items[w->of_node[row][k]];
        if (t->spec.role == MIEN_ROLE_RUNNING) continue;
        const float *g = s->twin->gradient + t->offset;
        const double weight = norm_of(s->twin->weights + t->offset, t->count);
        if (mien_first_bad(g, t->count) == t->count) {
            if (weight > 0)
                note(&s->ratio, norm_of(g, t->count) / weight, t->name);
            continue;
        }
        found(s, "backward", layer, t->name, -1);
        say(s->out,
            "Backward, the gradient of %s is the first that is not finite: "
            "what reaches %s from above is finite, at most %.3g.",
            t->name, layer, above);
    }
}

static void look_at_handed_on(search *s, int from, const char *layer,
                              double above) {
    const size_t count = count_of(s, from);
    const size_t bad = mien_first_bad(gradient_of(s, from), count);
    if (s->found || bad == count) return;
    found(s, "backward", layer, "",
          s->few.sample[bad / (count / (size_t)s->few.batch.n)]);
    say(s->out,
        "Backward, %s is the first layer that hands on a gradient that is "
        "not finite (sample %d): what reaches it from above is finite, at "
        "most %.3g.",
        layer, s->out->sample, above);
}

/* |x - before| */
static double distance(const float *x, const float *before, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = (double)x[i] - (double)before[i];
        sum += d * d;
    }
    return sqrt(sum);
}

/* What feeds several layers gets the sum of what they hand back, so a layer's
 * own share is what it adds to its first input. */
static void go_backward(search *s, int node) {
    const mien_graph_node *g = &s->twin->graph.nodes[node];
    const size_t reached = count_of(s, node);
    const size_t handed = count_of(s, g->in[0]);
    const double above = mien_few_largest(s->twin->dy[node], reached);
    const double norm = norm_of(s->twin->dy[node], reached);
    float *first = gradient_of(s, g->in[0]);
    memcpy(s->before, first, handed * sizeof(float));
    mien_twin_backward_node(s->twin, node, &s->few.batch);
    look_at_gradients(s, node, g->name, above);
    for (int k = 0; k < g->plan.n_in; k++)
        look_at_handed_on(s, g->in[k], g->name, above);
    if (!s->found && norm > 0)
        note(&s->backward, distance(first, s->before, handed) / norm, g->name);
}

static void examine_few(search *s) {
    mien_twin *t = s->twin;
    const int n = t->graph.n_nodes;
    for (int i = 0; i < n && !s->found; i++) go_forward(s, i);
    if (s->found) return;
    mien_twin_forward_loss(t, &s->few.batch, s->few.batch.target);
    look_at_loss(s);
    if (s->found) return;
    mien_twin_backward_loss(t, &s->few.batch, s->few.batch.target);
    look_at_gradients(s, s->net->weights.n_nodes, "loss", 1);
    look_at_handed_on(s, n - 1, "loss", 1);
    for (int i = n - 1; i >= 0 && !s->found; i--) go_backward(s, i);
    for (int i = 0; i < s->few.batch.n && !s->found; i++) {
        const double loss =
            mien_twin_sample_loss(t, &s->few.batch, s->few.batch.target, i);
        if (mien_bad_f64(loss) || loss <= s->loss) continue;
        s->loss = loss;
        s->out->sample = s->few.sample[i];
    }
}

/* ---- all of it -------------------------------------------------------- */

static void say_healthy(search *s) {
    mien_located *out = s->out;
    const bool ahead =
        s->forward.name &&
        (!s->backward.name || s->forward.value >= s->backward.value);
    const record *gain = ahead ? &s->forward : &s->backward;
    out->layer = gain->name ? gain->name : "";
    out->tensor = s->ratio.name ? s->ratio.name : "";
    say(out, "Everything is finite, forward and backward.");
    if (s->few.n_order < s->batch->n)
        say(out, " Of %d samples the %d with the largest input were looked at.",
            s->batch->n, s->few.n_order);
    if (s->forward.name)
        say(out, " %s gains most forward (x %.3g).", s->forward.name,
            s->forward.value);
    if (s->backward.name)
        say(out, " %s gains most backward (x %.3g).", s->backward.name,
            s->backward.value);
    if (s->ratio.name)
        say(out,
            " The gradient of %s is the largest for its size "
            "(|g|/|W| %.3g).",
            s->ratio.name, s->ratio.value);
    if (out->sample >= 0)
        say(out, " Sample %d has the largest loss, %.4g.", out->sample,
            s->loss);
    if (s->largest.value > LARGEST_HALF)
        say(out, " %s reaches %.3g: more than 16 bits hold (65504).",
            s->largest.name, s->largest.value);
}

/* Room for the largest gradient that a layer hands on. */
static mien_status open_before(search *s) {
    size_t widest = mien_shape_count(s->twin->graph.input);
    for (int i = 0; i < s->twin->graph.n_nodes; i++)
        if (count_of(s, i) > widest) widest = count_of(s, i);
    s->before = mien_arena_alloc(&s->arena, widest, sizeof(float));
    return s->before ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status examine(search *s) {
    MIEN_TRY(mien_few_open(&s->few, s->net, s->batch, &s->arena));
    mien_weights_apply(&s->net->weights);
    MIEN_TRY(mien_twin_open(&s->twin, s->net, s->few.n, true));
    MIEN_TRY(open_before(s));
    while (!s->found && mien_few_next(&s->few, s->twin->input)) examine_few(s);
    if (!s->found) say_healthy(s);
    return MIEN_OK;
}

mien_status mien_locate(mien_located *out, mien_net *net,
                        const mien_batch *batch) {
    search s = {
        .out = out,
        .net = net,
        .batch = batch,
    };
    mien_status status = MIEN_OK;
    *out = (mien_located){
        .pass = "healthy", .layer = "", .tensor = "", .sample = -1};
    if (!net->loss || batch->n < 1)
        return mien_fail(MIEN_EINVAL,
                         "a batch of %d samples and a net %s loss: there is "
                         "no step to examine",
                         batch->n, net->loss ? "with a" : "without a");
    look_at_rows(&s, batch->x, mien_few_size(net), "input");
    look_at_rows(&s, batch->target, (size_t)net->spec.vector, "target");
    look_at_weights(&s);
    if (!s.found) status = examine(&s);
    mien_twin_close(s.twin);
    mien_arena_close(&s.arena);
    return status;
}
