/* SPDX-License-Identifier: Apache-2.0 */
/* care.c - open, feed and close what watches a training. */
#include "train/care.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "health/remedy.h"
#include "train/care_frame.h"
#include "train/care_notes.h"
#include "train/sharpness.h"

enum {
    EARLY = 4,
    RING_EVERY = 50,
    RING_SNAPSHOTS = 4,
    MOST_SAID = 3,
    LEAST_INPUTS = 5,
    FIRST_SNAPSHOT = 10 /* steps */,
    MOST_SHARP = 10 /* times in an attempt */
};

/* ---- what is watched -------------------------------------------------- */

/* Rows that only change the layout of a value are nobody's layer. */
static int count_layers(const mien_runner *run) {
    int n = 0;
    for (int i = 0; i < mien_runner_rows(run); i++)
        n += mien_runner_row(run, i).name[0] != 0;
    return n;
}

static bool is_activation(const char *kind) {
    static const char *const names[] = {"relu", "prelu",   "leaky_relu",
                                        "elu",  "sigmoid", "tanh",
                                        "gelu", "silu"};
    const char *last = strrchr(kind, ' ');
    last = last ? last + 1 : kind;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(last, names[i])) return true;
    return strstr(kind, "relu + maxpool") != NULL;
}

/* Units of all activations: channels, or values of a vector. */
static size_t count_units(const mien_runner *run) {
    size_t n = 0;
    for (int i = 0; i < mien_runner_rows(run); i++) {
        const mien_plan_row row = mien_runner_row(run, i);
        if (row.name[0] && is_activation(row.group)) n += (size_t)row.out.c;
    }
    return n;
}

/* In the order in which nodes run, an edge that begins before a node and ends
 * behind it is a way past it. */
static bool is_branch(const mien_graph *g, const char *name) {
    int at = 0;
    while (at < g->n_nodes && strcmp(g->nodes[at].name, name)) at++;
    for (int i = at + 1; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i].plan.n_in; k++)
            if (g->nodes[i].in[k] < at) return true;
    return false;
}

static mien_status list_layers(mien_care *c, const mien_runner *run) {
    const int n = count_layers(run);
    const size_t room = (size_t)n + 1;
    c->n_idle = count_units(run);
    c->idle = mien_arena_alloc(&c->arena, c->n_idle + 1, sizeof *c->idle);
    c->layers = mien_arena_alloc(&c->arena, room, sizeof *c->layers);
    c->row_of = mien_arena_alloc(&c->arena, room, sizeof *c->row_of);
    c->idle_for = mien_arena_alloc(&c->arena, room, sizeof *c->idle_for);
    c->batches_probed = mien_arena_alloc(&c->arena, room, sizeof(int));
    if (!c->layers || !c->row_of || !c->idle || !c->idle_for ||
        !c->batches_probed)
        return MIEN_ENOMEM;
    uint16_t *idle = c->idle;
    for (int i = 0, k = 0; i < mien_runner_rows(run); i++) {
        const mien_plan_row row = mien_runner_row(run, i);
        if (!row.name[0]) continue;
        mien_layer_state *layer = &c->layers[k];
        layer->name = row.name;
        layer->kind = mien_arena_strdup(&c->arena, row.group);
        if (!layer->kind) return MIEN_ENOMEM;
        layer->activation = is_activation(layer->kind);
        layer->branch = is_branch(&run->net->graph, layer->name);
        if (layer->activation) {
            c->idle_for[k] = idle;
            idle += row.out.c;
        }
        c->row_of[k++] = i;
    }
    c->frame.n_layers = n;
    c->frame.layers = c->layers;
    return MIEN_OK;
}

/* "conv1.weight" belongs to the layer whose group holds conv1: the first row
 * at or behind the node's. */
static int layer_of(const mien_care *c, const mien_trainer *t, int tensor) {
    const mien_weight *w = &t->net->weights.items[tensor];
    if (w->node < 0) return -1;
    const mien_graph *g = &t->net->graph;
    for (int node = w->node; node < g->n_nodes; node++)
        for (int i = 0; i < c->frame.n_layers; i++)
            if (!strcmp(c->layers[i].name, g->nodes[node].name)) return i;
    return -1;
}

static mien_status list_tensors(mien_care *c, const mien_trainer *t) {
    const int n = t->update.n;
    c->tensors = mien_arena_alloc(&c->arena, (size_t)n + 1, sizeof *c->tensors);
    if (!c->tensors) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        c->tensors[i].name = t->update.tensors[i].name;
        c->tensors[i].role = t->update.tensors[i].role;
        c->tensors[i].layer = layer_of(c, t, i);
    }
    c->frame.n_tensors = n;
    c->frame.tensors = c->tensors;
    return MIEN_OK;
}

/* ---- files ------------------------------------------------------------ */

static mien_status open_files(mien_trainer *t) {
    mien_care *c = t->care;
    char path[MIEN_PATH_ROOM + 64];
    snprintf(path, sizeof path, "%s/health.jsonl", t->folder);
    MIEN_TRY(mien_journal_open(&c->journal, path, t->at.health_bytes));
    c->journal.attempt = t->mode.attempt;
    mien_journal_rows(&c->journal, &c->frame);
    snprintf(path, sizeof path, "%s/events.out.tfevents.%lld.mien.%d",
             t->folder, (long long)time(NULL), t->mode.attempt);
    return mien_tfevents_open(&c->events, path);
}

static mien_status open_care(mien_trainer *t) {
    mien_care *c = t->care;
    mien_limits limits;
    MIEN_TRY(mien_params_read(&limits, mien_limit_params,
                              t->recipe.health.limits, NULL, &t->recipe.arena,
                              "health.limits"));
    MIEN_TRY(list_layers(c, t->run));
    MIEN_TRY(list_tensors(c, t));
    MIEN_TRY(mien_watch_open(&c->watch, &limits));
    mien_care_learn_setup(t);
    if (t->recipe.health.mode == MIEN_HEALTH_DOCTOR)
        MIEN_TRY(mien_ring_open(&c->ring, t, RING_SNAPSHOTS, RING_EVERY));
    return MIEN_OK;
}

mien_status mien_care_open(mien_trainer *t) {
    if (t->recipe.health.mode == MIEN_HEALTH_OFF || t->mode.quiet)
        return MIEN_OK;
    t->care = mien_alloc(1, sizeof *t->care);
    if (!t->care) return MIEN_ENOMEM;
    mien_status status = open_care(t);
    if (status != MIEN_OK) mien_care_close(t);
    return status;
}

mien_status mien_care_begin(mien_trainer *t) {
    return t->care ? open_files(t) : MIEN_OK;
}

void mien_care_close(mien_trainer *t) {
    mien_care *c = t->care;
    if (!c) return;
    mien_watch_close(&c->watch);
    mien_journal_close(&c->journal);
    mien_tfevents_close(c->events);
    mien_ring_close(c->ring);
    mien_arena_close(&c->arena);
    mien_free(c);
    t->care = NULL;
}

void mien_care_flush(mien_trainer *t) {
    if (!t->care) return;
    mien_journal_flush(&t->care->journal);
    t->at.health_bytes = t->care->journal.line.bytes;
}

/* ---- the steps -------------------------------------------------------- */

/* Often at first, when most of what goes wrong begins; then every k-th. */
static bool is_due(const mien_trainer *t) {
    const int64_t step = t->at.step;
    if (step < EARLY || t->care->suspicious) return true;
    if (step < 32 && t->recipe.precision.type) return true;
    if (step < 32 && !(step & (step - 1))) return true;
    return step % t->recipe.health.every == 0;
}

mien_status mien_care_before(mien_trainer *t) {
    if (!t->care) return MIEN_OK;
    t->care->probe = t->update.measure = is_due(t);
    return mien_runner_watch(t->run, t->care->probe);
}

bool mien_care_outlier(mien_trainer *t, const mien_batch *batch) {
    mien_care *c = t->care;
    if (!c) return false;
    mien_shape shape = t->net->graph.input;
    shape.n = batch->n;
    mien_probe_plain(&c->frame.input, batch->x, shape, NULL, NULL);
    const mien_history *h = &c->watch.history;
    if (t->recipe.health.mode != MIEN_HEALTH_DOCTOR || h->n < LEAST_INPUTS ||
        mien_remedy_listed(t->recipe.health.without, "quarantine"))
        return false;
    const double usual = mien_history_median(h, h->input, LEAST_INPUTS);
    return usual > 0 && c->frame.input.rms > 10 * usual;
}

static const char *when(char *out, size_t room, const mien_finding *f) {
    if (f->since < f->step)
        snprintf(out, room, " (since step %lld)", (long long)f->since);
    else
        *out = 0;
    return out;
}

/* The journal has them all; a person hears of each detector MOST_SAID times
 * in an attempt. */
static bool is_news(mien_care *c, const mien_finding *f) {
    int i = 0;
    while (i < c->n_said && c->said[i].detector != f->detector) i++;
    if (i == MIEN_MOST_SPEAKERS) return true;
    if (i == c->n_said) c->said[c->n_said++].detector = f->detector;
    return ++c->said[i].times <= MOST_SAID;
}

void mien_care_say(mien_trainer *t, const mien_finding *f) {
    char since[48];
    mien_journal_finding(&t->care->journal, f);
    if (f->severity < MIEN_WARN || !is_news(t->care, f)) return;
    mien_warn("step %lld: %s%s; %s", (long long)f->step, f->text,
              when(since, sizeof since, f), mien_cause_text(f->cause));
}

/* Whether the optimiser's step is its rate times a gradient, or a mean of
 * gradients: then curvature can be held against the rate. */
static bool steps_by_rate(const mien_trainer *t) {
    static const char *const names[] = {"gd", "sgd", "momentum", "nesterov"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(t->update.optim.row->name, names[i])) return true;
    return false;
}

/* How sharp is it here? Asked when the loss rises; the next frame tells. */
static mien_status measure_sharpness(mien_trainer *t, const mien_seen *seen) {
    mien_care *c = t->care;
    bool rises = false;
    c->sharpness = NAN;
    for (int i = 0; i < c->watch.n; i++)
        rises |= !strcmp(c->watch.findings[i].detector, "spike");
    if (!rises || seen->skipped || c->n_sharp == MOST_SHARP ||
        !steps_by_rate(t))
        return MIEN_OK;
    c->n_sharp++;
    return mien_sharpness(&c->sharpness, t, seen->batch);
}

/* A state that cannot be kept has a value in it that is no number: beside the
 * weights, which every step looks at, in optimiser or running statistics. */
static mien_status take_snapshot(mien_trainer *t) {
    mien_care *c = t->care;
    c->state_is_bad = false;
    const bool due = c->ring && (t->at.step + 1 == FIRST_SNAPSHOT ||
                                 mien_ring_due(c->ring, t));
    if (!due || c->suspicious) return MIEN_OK;
    const mien_status status = mien_ring_take(c->ring, t);
    if (status != MIEN_EDIAGNOSIS) return status;
    mien_finding f = {.detector = "non_finite",
                      .severity = MIEN_FAIL,
                      .cause = MIEN_CAUSE_RATE,
                      .step = t->at.step,
                      .since = t->at.step};
    snprintf(f.text, sizeof f.text, "%.300s", mien_error());
    mien_care_say(t, &f);
    c->state_is_bad = true;
    return MIEN_OK;
}

mien_status mien_care_after(mien_trainer *t, const mien_seen *seen) {
    mien_care *c = t->care;
    if (!c) return MIEN_OK;
    mien_care_fill(t, seen);
    mien_watch_step(&c->watch, &c->frame);
    if (c->probe || c->frame.skipped || c->watch.n)
        mien_journal_frame(&c->journal, &c->frame);
    mien_care_note(t, seen);
    c->suspicious = c->frame.skipped;
    for (int i = 0; i < c->watch.n; i++) {
        mien_care_say(t, &c->watch.findings[i]);
        c->suspicious |= c->watch.findings[i].severity >= MIEN_WARN;
    }
    MIEN_TRY(measure_sharpness(t, seen));
    return take_snapshot(t);
}

static void add(mien_tensor *out, int *n, const char *name, mien_dtype type,
                void *data, size_t count) {
    if (!count) return;
    out[*n] = (mien_tensor){
        .name = name, .dtype = type, .rank = 1, .shape = {count}, .data = data};
    mien_tensor_measure(&out[(*n)++]);
}

int mien_care_state(mien_trainer *t, mien_tensor *out) {
    mien_care *c = t->care;
    int n = 0;
    if (!c) return 0;
    add(out, &n, "health/history", MIEN_F64, &c->watch.history,
        sizeof c->watch.history / sizeof(double));
    add(out, &n, "health/detectors", MIEN_F64, c->watch.state,
        c->watch.n_state);
    add(out, &n, "health/suspicious", MIEN_I64, &c->suspicious, 1);
    add(out, &n, "health/gentle_lr", MIEN_F64, &c->gentle_lr, 1);
    add(out, &n, "health/idle", MIEN_U16, c->idle, c->n_idle);
    add(out, &n, "health/looks", MIEN_I32, c->batches_probed,
        (size_t)c->frame.n_layers);
    return n;
}
