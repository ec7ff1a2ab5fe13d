/* SPDX-License-Identifier: Apache-2.0 */
/* bin.c - pairs of aligned faces in one file, in ten folds as they come. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/compare.h"
#include "eval/embed.h"
#include "eval/match_set.h"
#include "eval/pickle.h"
#include "eval/protocol.h"
#include "face/contract.h"
#include "mien/eval.h"

enum { MAX_PATH = 4096, FOLDS = 10 };

static const double default_far = 1e-3;
static const double t_of_nine = 2.262157163; /* 97.5 %, Student's t */

void mien_bin_defaults(mien_bin_options *options) {
    *options = (mien_bin_options){.protocol = "lfw", .threads = 1, .batch = 32};
}

typedef struct run {
    const mien_bin_options *options;
    const mien_protocol *protocol;
    mien_map map;
    mien_pickle pickle;
    mien_picture *picture;
    mien_model *model;
    mien_embeddings e;
    double *score;
    int *fold;
    char hash[MIEN_HASH_HEX];
    mien_fold_report folds;
    mien_roc roc;
    mien_comparisons c; /* without people; for the charts */
} run;

static mien_status open_all(run *r) {
    const mien_bin_options *o = r->options;
    char path[MAX_PATH];
    if (!o->model || !o->data)
        return mien_fail(MIEN_EINVAL, "a model and a .bin file are needed");
    if (o->threads < 1 || o->batch < 1 || o->batch > 65536)
        return mien_fail(MIEN_EINVAL,
                         "threads and batch must be at least 1, "
                         "batch at most 65536");
    MIEN_TRY(mien_protocol_find(&r->protocol, o->protocol));
    MIEN_TRY(mien_map_open(&r->map, o->data));
    MIEN_TRY(mien_pickle_parse(&r->pickle, r->map.data, r->map.size, o->data));
    mien_hash_once(r->hash, r->map.data, r->map.size);
    if (r->pickle.pairs < 2 * FOLDS)
        return mien_fail(MIEN_EDATA, "%s: %d pairs cannot be ten folds",
                         o->data, r->pickle.pairs);
    MIEN_TRY(mien_model_path(path, sizeof path, o->model));
    return mien_model_load(&r->model, path, o->threads);
}

static mien_status embed(run *r) {
    const mien_bin_options *o = r->options;
    const mien_embed_plan plan = {.align = MIEN_ALIGN_NONE,
                                  .aligned = true,
                                  .mirror = r->protocol->mirror,
                                  .threads = o->threads,
                                  .batch = o->batch};
    r->picture = mien_alloc((size_t)r->pickle.pictures, sizeof *r->picture);
    if (!r->picture) return MIEN_ENOMEM;
    for (int i = 0; i < r->pickle.pictures; i++)
        r->picture[i] = (mien_picture){.path = "",
                                       .line = i + 1,
                                       .bytes = r->pickle.picture[i].data,
                                       .size = r->pickle.picture[i].size};
    const mien_picture_list list = {.name = o->data,
                                    .noun = "this picture",
                                    .items = r->picture,
                                    .n = r->pickle.pictures,
                                    .hash = r->hash};
    return mien_embed_pictures(&r->e, r->model, &list, &plan);
}

/* Folds are consecutive; the first of them have one pair more where ten do
 * not divide their number. */
static int fold_of(int pair, int pairs) {
    const int least = pairs / FOLDS, longer = pairs % FOLDS;
    const int in_longer = longer * (least + 1);
    return pair < in_longer ? pair / (least + 1)
                            : longer + (pair - in_longer) / least;
}

static mien_status judge(run *r) {
    const int n = r->pickle.pairs;
    r->score = mien_alloc((size_t)n, sizeof *r->score);
    r->fold = mien_alloc((size_t)n, sizeof *r->fold);
    if (!r->score || !r->fold) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        const bool same = r->pickle.same[i];
        r->score[i] = mien_embeddings_cosine(&r->e, 2 * i, 2 * i + 1);
        r->fold[i] = fold_of(i, n);
        MIEN_TRY(mien_comparisons_add(&r->c, r->score[i], 0, !same));
    }
    const mien_trials trials = {r->score, r->pickle.same, r->fold, n, FOLDS};
    MIEN_TRY(r->protocol->judge(&r->folds, &trials));
    MIEN_TRY(mien_roc_make(&r->roc, &trials));
    return mien_comparisons_sort(&r->c);
}

static mien_status add_val(run *r, mien_report *report) {
    const double asked = r->options->far;
    const double far = asked > 0 ? asked : default_far;
    mien_roc_point at;
    if (asked == 0 && far * r->roc.impostors < 1) {
        mien_report_note(report,
                         "%d pairs of different people cannot show a FAR of "
                         "%g: no VAL",
                         r->roc.impostors, far);
        return MIEN_OK;
    }
    MIEN_TRY(mien_roc_at(&at, &r->roc, far));
    mien_report_add(report, mien_figure_number("far", "FAR", far));
    mien_report_add(report,
                    mien_figure_share("val", "VAL", at.tmr, mien_no_interval));
    mien_report_add(
        report, mien_figure_number("val_threshold", "threshold", at.threshold));
    return MIEN_OK;
}

static void add_folds(run *r, mien_report *report) {
    const char *of = r->protocol->distance ? "squared distance" : "cosine";
    mien_report_add(report, mien_figure_text("threshold_of", "thresholds", of));
    mien_report_table(report, "folds", "folds");
    for (int f = 0; f < FOLDS; f++) {
        mien_report_row(report);
        mien_report_cell(report, mien_figure_count("fold", "fold", f + 1));
        mien_report_cell(
            report, mien_figure_share("accuracy", "accuracy",
                                      r->folds.accuracy[f], mien_no_interval));
        mien_report_cell(report, mien_figure_number("threshold", "threshold",
                                                    r->folds.threshold[f]));
    }
}

static mien_status fill(run *r, mien_report *report) {
    const double half = t_of_nine * r->folds.se;
    const mien_interval interval = {fmax(0, r->folds.mean - half),
                                    fmin(1, r->folds.mean + half)};
    mien_report_add(report, mien_figure_share("accuracy", "accuracy",
                                              r->folds.mean, interval));
    mien_report_add(report, mien_figure_share("se", "standard error",
                                              r->folds.se, mien_no_interval));
    mien_report_add(report, mien_figure_share("sd", "sd of folds", r->folds.sd,
                                              mien_no_interval));
    mien_report_add(report,
                    mien_figure_number("auc", "AUC", mien_roc_auc(&r->roc)));
    mien_report_add(report,
                    mien_figure_share("eer", "EER", mien_roc_eer(&r->roc),
                                      mien_no_interval));
    MIEN_TRY(add_val(r, report));
    mien_report_add(report,
                    mien_figure_count("pairs", "pairs", r->pickle.pairs));
    mien_report_add(report,
                    mien_figure_count("failed", "failed", r->e.n_failed));
    mien_report_data(report, r->hash);
    mien_report_model(report, r->model);
    mien_report_interval(report,
                         "95 %, the ten folds, Student's t; pairs of one "
                         "person may be in several folds");
    add_folds(r, report);
    return MIEN_OK;
}

static void close_all(run *r) {
    mien_roc_close(&r->roc);
    mien_comparisons_close(&r->c);
    mien_free(r->score);
    mien_free(r->fold);
    mien_free(r->picture);
    mien_embeddings_close(&r->e);
    mien_model_free(r->model);
    mien_pickle_close(&r->pickle);
    mien_map_close(&r->map);
}

mien_status mien_bin_run(mien_report **out, const mien_bin_options *options) {
    run r = {.options = options};
    mien_report *report = NULL;
    char title[96];
    *out = NULL;
    mien_status status = open_all(&r);
    if (status == MIEN_OK && options->far != 0) {
        int impostors = 0;
        for (int i = 0; i < r.pickle.pairs; i++) impostors += !r.pickle.same[i];
        status = mien_rate_check(options->far, impostors, "FAR",
                                 "pairs of different people");
    }
    if (status == MIEN_OK) status = embed(&r);
    if (status == MIEN_OK) status = judge(&r);
    if (status == MIEN_OK) {
        snprintf(title, sizeof title, "bin, %d pairs, 10 folds%s",
                 r.pickle.pairs, r.protocol->suffix);
        status = mien_report_new(&report, title);
    }
    if (status == MIEN_OK) status = fill(&r, report);
    if (status == MIEN_OK) status = mien_det_charts(&r.c, report);
    if (status == MIEN_OK)
        status = mien_report_finish(out, report);
    else
        mien_report_free(report);
    close_all(&r);
    return status;
}
