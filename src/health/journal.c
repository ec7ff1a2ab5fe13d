/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c - write health.jsonl. */
#include "health/journal.h"

#include <stddef.h>

mien_status mien_journal_open(mien_journal *j, const char *path, int64_t keep) {
    *j = (mien_journal){0};
    return mien_jsonl_open(&j->line, path, keep);
}

static mien_jsonl *begin(mien_journal *j, const char *kind, int64_t step) {
    mien_jsonl_begin(&j->line, kind);
    mien_jsonl_int(&j->line, "attempt", j->attempt);
    mien_jsonl_int(&j->line, "step", step);
    return &j->line;
}

static void reals(mien_jsonl *l, const char *key, const double *x, int n) {
    mien_jsonl_list(l, key);
    for (int i = 0; i < n; i++) mien_jsonl_real(l, NULL, x[i]);
    mien_jsonl_list_end(l);
}

static void counts(mien_jsonl *l, const char *key, const int64_t *x, int n) {
    mien_jsonl_list(l, key);
    for (int i = 0; i < n; i++) mien_jsonl_int(l, NULL, x[i]);
    mien_jsonl_list_end(l);
}

/* ---- lists of a member of all layers or tensors ----------------------- */

typedef struct column {
    const char *key;
    size_t offset; /* of the member */
} column;

/* `items` are n structs of `size` bytes. */
typedef struct table {
    const void *items;
    size_t size;
    int n;
} table;

static const void *cell(const table *t, int i, size_t offset) {
    return (const char *)t->items + (size_t)i * t->size + offset;
}

static void real_column(mien_jsonl *l, const table *t, const column *c) {
    mien_jsonl_list(l, c->key);
    for (int i = 0; i < t->n; i++)
        mien_jsonl_real(l, NULL, *(const double *)cell(t, i, c->offset));
    mien_jsonl_list_end(l);
}

static void count_column(mien_jsonl *l, const table *t, const column *c) {
    mien_jsonl_list(l, c->key);
    for (int i = 0; i < t->n; i++)
        mien_jsonl_int(l, NULL, *(const int64_t *)cell(t, i, c->offset));
    mien_jsonl_list_end(l);
}

static void text_column(mien_jsonl *l, const table *t, const column *c) {
    mien_jsonl_list(l, c->key);
    for (int i = 0; i < t->n; i++)
        mien_jsonl_text(l, NULL, *(const char *const *)cell(t, i, c->offset));
    mien_jsonl_list_end(l);
}

static table layers_of(const mien_frame *f) {
    return (table){f->layers, sizeof *f->layers, f->n_layers};
}

static table tensors_of(const mien_frame *f) {
    return (table){f->tensors, sizeof *f->tensors, f->n_tensors};
}

/* ---- lines ------------------------------------------------------------ */

static const char *role_name(mien_weight_role role) {
    static const char *const names[] = {
        [MIEN_ROLE_WEIGHT] = "weight", [MIEN_ROLE_BIAS] = "bias",
        [MIEN_ROLE_GAIN] = "gain",     [MIEN_ROLE_SHIFT] = "shift",
        [MIEN_ROLE_SLOPE] = "slope",   [MIEN_ROLE_RUNNING] = "running"};
    return names[role];
}

void mien_journal_rows(mien_journal *j, const mien_frame *f) {
    mien_jsonl *l = begin(j, "rows", f->step);
    const table layers = layers_of(f), tensors = tensors_of(f);
    text_column(l, &layers,
                &(column){"layers", offsetof(mien_layer_state, name)});
    text_column(l, &layers,
                &(column){"kinds", offsetof(mien_layer_state, kind)});
    mien_jsonl_list(l, "activation");
    for (int i = 0; i < f->n_layers; i++)
        mien_jsonl_bool(l, NULL, f->layers[i].activation);
    mien_jsonl_list_end(l);
    text_column(l, &tensors,
                &(column){"tensors", offsetof(mien_tensor_state, name)});
    mien_jsonl_list(l, "roles");
    for (int i = 0; i < f->n_tensors; i++)
        mien_jsonl_text(l, NULL, role_name(f->tensors[i].role));
    mien_jsonl_list_end(l);
    mien_jsonl_list(l, "layer_of");
    for (int i = 0; i < f->n_tensors; i++)
        mien_jsonl_int(l, NULL, f->tensors[i].layer);
    mien_jsonl_list_end(l);
    mien_jsonl_end(l);
}

#define LAYER(key, member) \
    { key, offsetof(mien_layer_state, member) }
#define TENSOR(member) \
    { #member, offsetof(mien_tensor_state, member) }

static void put_probes(mien_jsonl *l, const mien_frame *f) {
    static const column of_layers[] = {LAYER("y_mean", y.mean),
                                       LAYER("y_rms", y.rms),
                                       LAYER("y_max", y.max),
                                       LAYER("y_zeros", y.zeros),
                                       LAYER("y_saturated", y.saturated),
                                       LAYER("dy_mean", dy.mean),
                                       LAYER("dy_rms", dy.rms),
                                       LAYER("dy_max", dy.max),
                                       LAYER("dead", dead),
                                       LAYER("idle", idle),
                                       LAYER("forward_gain", forward_gain),
                                       LAYER("backward_gain", backward_gain),
                                       {NULL, 0}};
    static const column of_tensors[] = {
        TENSOR(weight), TENSOR(gradient), TENSOR(update), {NULL, 0}};
    const table layers = layers_of(f), tensors = tensors_of(f);
    count_column(l, &layers, &(column)LAYER("y_bad", y.non_finite));
    count_column(l, &layers, &(column)LAYER("dy_bad", dy.non_finite));
    for (const column *c = of_layers; c->key; c++) real_column(l, &layers, c);
    for (const column *c = of_tensors; c->key; c++) real_column(l, &tensors, c);
}

void mien_journal_frame(mien_journal *j, const mien_frame *f) {
    mien_jsonl *l = begin(j, "frame", f->step);
    mien_jsonl_exact(l, "loss", f->loss);
    mien_jsonl_real(l, "accuracy", f->accuracy);
    mien_jsonl_real(l, "lr", f->lr);
    mien_jsonl_exact(l, "norm", f->norm);
    mien_jsonl_real(l, "backbone", f->backbone);
    mien_jsonl_real(l, "head", f->head);
    mien_jsonl_real(l, "threshold", f->threshold);
    mien_jsonl_bool(l, "clipped", f->clipped);
    mien_jsonl_bool(l, "skipped", f->skipped);
    mien_jsonl_text(l, "bad", f->bad);
    mien_jsonl_real(l, "input_rms", f->input.rms);
    mien_jsonl_real(l, "input_max", f->input.max);
    mien_jsonl_real(l, "cosine", f->cosine);
    mien_jsonl_real(l, "theta", f->theta);
    if (f->probed) put_probes(l, f);
    mien_jsonl_end(l);
}

void mien_journal_histogram(mien_journal *j, int64_t step, int tensor,
                            const char *what, const mien_histogram *h) {
    mien_jsonl *l = begin(j, "histogram", step);
    mien_jsonl_int(l, "tensor", tensor);
    mien_jsonl_text(l, "what", what);
    mien_jsonl_int(l, "zeros", h->zeros);
    mien_jsonl_int(l, "bad", h->non_finite);
    mien_jsonl_real(l, "min", h->min);
    mien_jsonl_real(l, "max", h->max);
    mien_jsonl_real(l, "sum", h->sum);
    mien_jsonl_real(l, "squares", h->squares);
    counts(l, "positive", h->positive, MIEN_BINS);
    counts(l, "negative", h->negative, MIEN_BINS);
    mien_jsonl_end(l);
}

void mien_journal_angles(mien_journal *j, int64_t step,
                         const int64_t bins[36]) {
    mien_jsonl *l = begin(j, "angles", step);
    counts(l, "bins", bins, 36);
    mien_jsonl_end(l);
}

void mien_journal_finding(mien_journal *j, const mien_finding *finding) {
    static const char *const severities[] = {
        [MIEN_NOTE] = "note", [MIEN_WARN] = "warn", [MIEN_FAIL] = "fail"};
    mien_jsonl *l = begin(j, "finding", finding->step);
    mien_jsonl_text(l, "detector", finding->detector);
    mien_jsonl_text(l, "severity", severities[finding->severity]);
    mien_jsonl_text(l, "cause", mien_cause_name(finding->cause));
    mien_jsonl_int(l, "since", finding->since);
    mien_jsonl_real(l, "value", finding->value);
    mien_jsonl_real(l, "limit", finding->limit);
    mien_jsonl_text(l, "where", finding->where);
    mien_jsonl_text(l, "text", finding->text);
    mien_jsonl_end(l);
}

void mien_journal_act(mien_journal *j, const mien_act *act) {
    mien_jsonl *l = begin(j, "act", act->step);
    mien_jsonl_text(l, "remedy", act->remedy);
    mien_jsonl_text(l, "cause", mien_cause_name(act->cause));
    mien_jsonl_list(l, "changes");
    for (int i = 0; i < act->n_changes; i++)
        mien_jsonl_text(l, NULL, act->changes[i]);
    mien_jsonl_list_end(l);
    mien_jsonl_bool(l, "kept", act->kept);
    mien_jsonl_text(l, "why", act->why);
    reals(l, "with", act->with, act->n_with);
    reals(l, "without", act->without, act->n_without);
    mien_jsonl_int(l, "from", act->from);
    mien_jsonl_end(l);
}

void mien_journal_quarantine(mien_journal *j, int64_t step, int64_t epoch,
                             int64_t batch, int sample, const char *reason) {
    mien_jsonl *l = begin(j, "quarantine", step);
    mien_jsonl_int(l, "epoch", epoch);
    mien_jsonl_int(l, "batch", batch);
    mien_jsonl_int(l, "sample", sample);
    mien_jsonl_text(l, "reason", reason);
    mien_jsonl_end(l);
}

void mien_journal_sweep(mien_journal *j, int64_t step,
                        const mien_sweep_curve *curve) {
    mien_jsonl *l = begin(j, "sweep", step);
    reals(l, "lr", curve->lr, curve->n);
    reals(l, "loss", curve->loss, curve->n);
    mien_jsonl_real(l, "diverged", curve->diverged);
    mien_jsonl_real(l, "suggested", curve->suggested);
    mien_jsonl_end(l);
}

void mien_journal_verdict(mien_journal *j, int64_t step, const char *text) {
    mien_jsonl *l = begin(j, "verdict", step);
    mien_jsonl_text(l, "text", text);
    mien_jsonl_end(l);
}

void mien_journal_flush(mien_journal *j) { mien_jsonl_flush(&j->line); }

void mien_journal_close(mien_journal *j) { mien_jsonl_close(&j->line); }
