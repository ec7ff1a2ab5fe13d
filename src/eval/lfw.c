/* SPDX-License-Identifier: Apache-2.0 */
/* lfw.c - pairs of faces to a figure with a name. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "face/contract.h"
#include "eval/embed.h"
#include "eval/lfw_result.h"
#include "eval/protocol.h"

enum { MAX_PATH = 4096 };

static const double default_far = 1e-3;

void mien_lfw_defaults(mien_lfw_options *options) {
    *options = (mien_lfw_options){.protocol = "lfw", .threads = 1, .batch = 32};
}

/* What the run needs beside its result. */
typedef struct run {
    const mien_lfw_options *options;
    const mien_protocol *protocol;
    mien_pairs pairs;
    mien_points points;
    mien_model *model;
    mien_embeddings embeddings;
    mien_embed_plan plan;
    char detector[MAX_PATH];
} run;

static mien_status check(run *r) {
    const mien_lfw_options *o = r->options;
    if (!o->model || !o->data || !o->pairs)
        return mien_fail(MIEN_EINVAL,
                         "a model, a folder of pictures and a "
                         "list of pairs are needed");
    if (o->threads < 1 || o->batch < 1 || o->batch > 65536)
        return mien_fail(MIEN_EINVAL,
                         "threads and batch must be at least 1, "
                         "batch at most 65536");
    MIEN_TRY(mien_protocol_find(&r->protocol, o->protocol));
    r->plan = (mien_embed_plan){.folder = o->data,
                                .mirror = r->protocol->mirror,
                                .threads = o->threads,
                                .batch = o->batch};
    if (o->detector)
        MIEN_TRY(mien_model_path(r->detector, sizeof r->detector, o->detector));
    r->plan.detector = o->detector ? r->detector : NULL;
    return mien_align_mode_find(&r->plan.align, o->align);
}

/* FAR that cannot be shown is refused before any picture is read. */
static mien_status check_far(const run *r) {
    const double far = r->options->far;
    const int impostors = r->pairs.n / 2;
    if (far == 0 || (far * impostors >= 1 - 1e-9 && far <= 1)) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "a FAR of %g cannot be shown by %d pairs of "
                     "different people; from 1/%d to 1 can",
                     far, impostors, impostors);
}

static mien_status open_all(run *r) {
    char path[MAX_PATH];
    const mien_lfw_options *o = r->options;
    MIEN_TRY(mien_pairs_read(&r->pairs, o->pairs));
    MIEN_TRY(check_far(r));
    if (o->points) {
        MIEN_TRY(mien_points_read(&r->points, o->points));
        r->plan.points = &r->points;
    }
    MIEN_TRY(mien_model_path(path, sizeof path, o->model));
    return mien_model_load(&r->model, path, o->threads);
}

static mien_status make_trials(mien_lfw *lfw, const run *r) {
    const size_t n = (size_t)r->pairs.n;
    double *score = mien_arena_alloc(&lfw->arena, n, sizeof *score);
    bool *same = mien_arena_alloc(&lfw->arena, n, sizeof *same);
    int *fold = mien_arena_alloc(&lfw->arena, n, sizeof *fold);
    if (!score || !same || !fold) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const mien_pair *p = &r->pairs.items[i];
        score[i] = mien_embeddings_cosine(&r->embeddings, p->picture[0],
                                          p->picture[1]);
        same[i] = p->same;
        fold[i] = p->fold;
    }
    lfw->trials = (mien_trials){score, same, fold, r->pairs.n, r->pairs.folds};
    return MIEN_OK;
}

static mien_status state_val(mien_lfw *lfw, double far) {
    mien_lfw_summary *s = &lfw->summary;
    mien_roc_point at;
    s->val = s->val_threshold = NAN;
    s->far = far == 0 ? default_far : far;
    s->impostors = lfw->roc.impostors;
    if (far == 0 && default_far * s->impostors < 1) return MIEN_OK;
    MIEN_TRY(mien_roc_at(&at, &lfw->roc, s->far));
    s->val = at.tmr;
    s->val_threshold = at.threshold;
    return MIEN_OK;
}

static void state_facts(mien_lfw *lfw, const run *r) {
    mien_lfw_summary *s = &lfw->summary;
    char title[64];
    mien_pairs_title(title, sizeof title, &r->pairs);
    snprintf(lfw->protocol, sizeof lfw->protocol, "%s%s", title,
             r->protocol->suffix);
    memcpy(lfw->data_hash, r->embeddings.hash, sizeof lfw->data_hash);
    mien_contract_hash(lfw->contract, r->model);
    snprintf(lfw->weights, sizeof lfw->weights, "%s",
             mien_model_info(r->model)->weights_hash);
    s->protocol = lfw->protocol;
    lfw->distance = r->protocol->distance;
    s->measure = lfw->distance ? "squared distance" : "cosine";
    s->align = mien_align_mode_name(r->embeddings.align);
    s->prints_sd = r->protocol->prints_sd;
    s->dealt = r->pairs.dealt;
    s->folds = r->pairs.folds;
    s->pairs = r->pairs.n;
    s->pictures = r->embeddings.n;
    s->failed = r->embeddings.n_failed;
    s->data_hash = lfw->data_hash;
    s->model = lfw->contract;
    s->weights_hash = lfw->weights;
}

static mien_status judge(mien_lfw *lfw, const run *r) {
    mien_lfw_summary *s = &lfw->summary;
    MIEN_TRY(r->protocol->judge(&lfw->folds, &lfw->trials));
    MIEN_TRY(mien_roc_make(&lfw->roc, &lfw->trials));
    s->accuracy = lfw->folds.mean;
    s->se = lfw->folds.se;
    s->sd = lfw->folds.sd;
    s->fold_accuracy = lfw->folds.accuracy;
    s->fold_threshold = lfw->folds.threshold;
    s->auc = mien_roc_auc(&lfw->roc);
    s->eer = mien_roc_eer(&lfw->roc);
    if (s->failed)
        mien_warn(
            "%d of %d pictures gave no usable embedding; their pairs "
            "count as no match",
            s->failed, s->pictures);
    return state_val(lfw, r->options->far);
}

mien_status mien_lfw_run(mien_lfw **out, const mien_lfw_options *options) {
    run r = {.options = options};
    *out = NULL;
    mien_lfw *lfw = mien_alloc(1, sizeof *lfw);
    mien_status status = lfw ? check(&r) : MIEN_ENOMEM;
    if (status == MIEN_OK) status = open_all(&r);
    if (status == MIEN_OK)
        status = mien_embed_pairs(&r.embeddings, r.model, &r.pairs, &r.plan);
    if (status == MIEN_OK) {
        state_facts(lfw, &r);
        status = make_trials(lfw, &r);
    }
    if (status == MIEN_OK) status = judge(lfw, &r);
    mien_embeddings_close(&r.embeddings);
    mien_model_free(r.model);
    mien_points_close(&r.points);
    mien_pairs_close(&r.pairs);
    if (status != MIEN_OK) {
        mien_lfw_free(lfw);
        return status;
    }
    *out = lfw;
    return MIEN_OK;
}

const mien_lfw_summary *mien_lfw_summary_of(const mien_lfw *lfw) {
    return &lfw->summary;
}

void mien_lfw_free(mien_lfw *lfw) {
    if (!lfw) return;
    mien_roc_close(&lfw->roc);
    mien_arena_close(&lfw->arena);
    mien_free(lfw);
}

mien_status mien_lfw_write_roc(const mien_lfw *lfw, const char *path) {
    const mien_roc *roc = &lfw->roc;
    mien_buf text = {.cap = (size_t)1 << 30};
    mien_status status = mien_buf_printf(&text, "threshold,far,val\n");
    for (int i = 0; i < roc->n && status == MIEN_OK; i++)
        status =
            mien_buf_printf(&text, "%.9g,%.9g,%.9g\n", roc->points[i].threshold,
                            roc->points[i].fmr, roc->points[i].tmr);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}
