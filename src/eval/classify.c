/* SPDX-License-Identifier: Apache-2.0 */
/* classify.c - score labelled samples and count who was taken for whom. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "eval/classify_result.h"
#include "face/contract.h"
#include "eval/roc.h"
#include "eval/samples.h"

enum { MAX_PATH = 4096 };

void mien_classify_defaults(mien_classify_options *options) {
    *options = (mien_classify_options){.threads = 1, .batch = 32};
}

typedef struct run {
    const mien_classify_options *options;
    mien_model *model;
    mien_samples samples;
    mien_classify *out;
    float *scores;  /* of a batch */
    double *score;  /* of all samples, of a binary model */
    bool *positive; /* their labels */
    double loss_sum;
    int64_t done, total;
} run;

static mien_status open_all(run *r) {
    char path[MAX_PATH];
    const mien_classify_options *o = r->options;
    if (!o->model)
        return mien_fail(MIEN_EINVAL, "a model or a run folder is needed");
    if (o->threads < 1 || o->batch < 1 || o->batch > 65536)
        return mien_fail(MIEN_EINVAL,
                         "threads and batch must be at least 1, "
                         "batch at most 65536");
    MIEN_TRY(mien_model_path(path, sizeof path, o->model));
    MIEN_TRY(mien_model_load(&r->model, path, o->threads));
    return mien_samples_open(&r->samples, o, r->model);
}

static mien_status make_room(run *r) {
    const size_t scores = (size_t)mien_model_scores(r->model);
    for (int p = 0; p < MIEN_PARTS; p++)
        if (r->samples.part[p]) r->total += r->samples.data->split.count[p];
    r->scores =
        mien_alloc((size_t)r->options->batch * scores, sizeof *r->scores);
    if (!r->scores) return MIEN_ENOMEM;
    if (scores > 1) return MIEN_OK;
    r->score = mien_alloc((size_t)r->total, sizeof *r->score);
    r->positive = mien_alloc((size_t)r->total, sizeof *r->positive);
    return r->score && r->positive ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status score_batch(run *r, const mien_loaded *batch) {
    const int n_scores = mien_model_scores(r->model);
    double loss;
    MIEN_TRY(mien_model_score(r->model, batch->x, batch->label, batch->count,
                              &loss, r->scores));
    r->loss_sum += loss * batch->count;
    for (int i = 0; i < batch->count; i++) {
        mien_confusion_add(&r->out->confusion,
                           r->scores + (size_t)i * (size_t)n_scores, n_scores,
                           batch->label[i]);
        if (!r->score) continue;
        r->score[r->done + i] = (double)r->scores[i];
        r->positive[r->done + i] = batch->label[i] == 1;
    }
    r->done += batch->count;
    mien_progress("score", r->done, r->total, NULL);
    return MIEN_OK;
}

static mien_status score_part(run *r, mien_part part) {
    mien_loader *loader;
    const mien_loaded *batch;
    const mien_feed feed = {.part = part,
                            .batch = r->options->batch,
                            .threads = r->options->threads};
    MIEN_TRY(mien_dataset_load(&loader, r->samples.data, &feed));
    mien_status status;
    while ((status = mien_loader_next(loader, &batch)) == MIEN_OK && batch) {
        status = score_batch(r, batch);
        if (status != MIEN_OK) break;
    }
    mien_loader_close(loader);
    return status;
}

/* The area under the curve of a binary model; NaN if scores are missing or
 * one of the classes is. */
static mien_status state_auc(const run *r) {
    mien_classify_summary *s = &r->out->summary;
    const int64_t *n = r->out->confusion.n;
    const mien_trials trials = {
        .score = r->score, .same = r->positive, .n = (int)r->total};
    mien_roc roc;
    s->auc = NAN;
    if (!r->score || s->unanswered || !n[0] || !n[1]) return MIEN_OK;
    MIEN_TRY(mien_roc_make(&roc, &trials));
    s->auc = mien_roc_auc(&roc);
    mien_roc_close(&roc);
    return MIEN_OK;
}

/* The samples' names go when their reader closes, so they are copied; a model
 * keeps the names of its training. */
static mien_status state_classes(const run *r) {
    mien_classify *c = r->out;
    const mien_confusion *k = &c->confusion;
    const char **names = r->samples.data->reader->class_names;
    mien_class_figures *list =
        mien_arena_alloc(&c->arena, (size_t)k->classes, sizeof *list);
    if (!list) return MIEN_ENOMEM;
    for (int i = 0; i < k->classes; i++) {
        const char *name = mien_model_class_name(r->model, i);
        if (!name && names) name = names[i];
        list[i] =
            (mien_class_figures){k->n[i], k->answered[i], k->hits[i], NULL};
        if (name && !(list[i].name = mien_arena_strdup(&c->arena, name)))
            return MIEN_ENOMEM;
    }
    c->summary.per_class = list;
    return MIEN_OK;
}

static mien_status state(const run *r) {
    mien_classify *c = r->out;
    mien_classify_summary *s = &c->summary;
    const mien_confusion *k = &c->confusion;
    s->split = r->samples.split;
    s->loss = r->loss_sum / (double)r->total;
    s->accuracy = mien_confusion_accuracy(k);
    mien_wilson(&s->low, &s->high, k->hits_all, k->samples);
    s->top5 = mien_confusion_top5(k);
    s->samples = k->samples;
    s->unanswered = k->unanswered;
    s->classes = k->classes;
    s->binary = r->score != NULL;
    mien_contract_hash(c->contract, r->model);
    snprintf(c->weights, sizeof c->weights, "%s",
             mien_model_info(r->model)->weights_hash);
    s->data_hash = c->data_hash;
    s->model = c->contract;
    s->weights_hash = c->weights;
    MIEN_TRY(mien_dataset_hash(c->data_hash, r->samples.data));
    if (!strcmp(s->split, "all") &&
        !strcmp(c->data_hash, mien_model_info(r->model)->data_hash))
        mien_warn(
            "the model was trained on some of these very samples: the "
            "figures flatter it");
    MIEN_TRY(state_classes(r));
    return state_auc(r);
}

static mien_status score_all(run *r) {
    MIEN_TRY(make_room(r));
    MIEN_TRY(mien_confusion_open(&r->out->confusion,
                                 r->samples.data->reader->classes));
    for (int p = 0; p < MIEN_PARTS; p++)
        if (r->samples.part[p]) MIEN_TRY(score_part(r, (mien_part)p));
    return state(r);
}

mien_status mien_classify_run(mien_classify **out,
                              const mien_classify_options *options) {
    run r = {.options = options};
    *out = NULL;
    r.out = mien_alloc(1, sizeof *r.out);
    mien_status status = r.out ? open_all(&r) : MIEN_ENOMEM;
    if (status == MIEN_OK) status = score_all(&r);
    mien_free(r.scores);
    mien_free(r.score);
    mien_free(r.positive);
    mien_samples_close(&r.samples);
    mien_model_free(r.model);
    if (status != MIEN_OK) {
        mien_classify_free(r.out);
        return status;
    }
    *out = r.out;
    return MIEN_OK;
}

const mien_classify_summary *mien_classify_summary_of(const mien_classify *c) {
    return &c->summary;
}

void mien_classify_free(mien_classify *c) {
    if (!c) return;
    mien_confusion_close(&c->confusion);
    mien_arena_close(&c->arena);
    mien_free(c);
}
