/* SPDX-License-Identifier: Apache-2.0 */
/* eval_lfw.c - mien eval lfw. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/eval.h"

typedef struct config {
    const char *model, *data, *pairs, *protocol, *align, *points, *detector;
    const char *roc, *plot;
    double far;
    int threads, batch;
    bool json;
} config;

static const config defaults = {.protocol = "lfw", .threads = 2, .batch = 32};

static const cli_option options[] = {
    {"model", "FILE", "model file or run folder", offsetof(config, model),
     CLI_TEXT},
    {"data", "DIR", "folder with name/name_0001.jpg", offsetof(config, data),
     CLI_TEXT},
    {"pairs", "FILE", "pairs.txt, or view 1's pairsDevTest.txt",
     offsetof(config, pairs), CLI_TEXT},
    {"protocol", "NAME", "lfw, or lfw-common: mirrored too, sd [lfw]",
     offsetof(config, protocol), CLI_TEXT},
    {"align", "HOW", "funneled, none, points, detector or auto [auto]",
     offsetof(config, align), CLI_TEXT},
    {"points", "FILE", "CSV: path,x1,y1,...,x5,y5", offsetof(config, points),
     CLI_TEXT},
    {"detector", "FILE", "model that finds the face to align",
     offsetof(config, detector), CLI_TEXT},
    {"far", "X", "where to read VAL [0.001 if the pairs can show it]",
     offsetof(config, far), CLI_REAL, 1e-12, 1},
    {"roc", "FILE", "write the curve as CSV", offsetof(config, roc), CLI_TEXT},
    {"plot", "FILE", "draw curve and scores, .png or .svg",
     offsetof(config, plot), CLI_TEXT},
    {"threads", "N", "to work on [2]", offsetof(config, threads), CLI_INT, 1,
     256},
    {"batch", "N", "pictures at once [32]", offsetof(config, batch), CLI_INT, 1,
     4096},
    {"json", NULL, "print the figures as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static json_t *number_list(const double *x, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, cli_json_number(x[i]));
    return list;
}

static mien_status print_json(const mien_lfw_summary *s) {
    return cli_json_print(json_pack(
        "{s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:s, s:s, s:o, s:o, "
        "s:{s:o, s:o, s:o}, s:i, s:i, s:s, s:s, s:s}",
        "protocol", s->protocol, "accuracy", cli_json_number(s->accuracy), "se",
        cli_json_number(s->se), "sd", cli_json_number(s->sd), "folds", s->folds,
        "pairs", s->pairs, "fold_accuracy",
        number_list(s->fold_accuracy, s->folds), "fold_threshold",
        number_list(s->fold_threshold, s->folds), "threshold_of", s->measure,
        "align", s->align, "auc", cli_json_number(s->auc), "eer",
        cli_json_number(s->eer), "val_at_far", "far", cli_json_number(s->far),
        "val", cli_json_number(s->val), "threshold",
        cli_json_number(s->val_threshold), "pictures", s->pictures, "failed",
        s->failed, "data_hash", s->data_hash, "model", s->model, "weights_hash",
        s->weights_hash));
}

static void print_text(const mien_lfw_summary *s) {
    double low = INFINITY, high = -INFINITY;
    for (int f = 0; f < s->folds; f++) {
        low = fmin(low, s->fold_threshold[f]);
        high = fmax(high, s->fold_threshold[f]);
    }
    printf("%-10s %s\n", "protocol", s->protocol);
    if (s->dealt)
        printf(
            "%-10s the file has none: pair k of each side is in fold k mod "
            "%d\n",
            "folds", s->folds);
    printf("%-10s %.2f %% +- %.2f (%s over %d folds)\n", "accuracy",
           100 * s->accuracy, 100 * (s->prints_sd ? s->sd : s->se),
           s->prints_sd ? "sd" : "standard error", s->folds);
    printf("%-10s %.4f to %.4f (%s)\n", "threshold", low, high, s->measure);
    printf("%-10s AUC %.5f, EER %.2f %%\n", "curve", s->auc, 100 * s->eer);
    if (isnan(s->val))
        printf(
            "%-10s not given: %d pairs of different people cannot show a "
            "FAR of %g\n",
            "VAL", s->impostors, s->far);
    else
        printf("%-10s %.2f %% at FAR %g, all folds together (cosine >= %.4f)\n",
               "VAL", 100 * s->val, s->far, s->val_threshold);
    printf("%-10s %d pairs of %d pictures, %s; data %.16s\n", "pairs", s->pairs,
           s->pictures, s->align, s->data_hash);
    if (s->failed)
        printf("%-10s %d pictures without a usable embedding: no match\n",
               "failed", s->failed);
    printf("%-10s %.16s (weights %.16s)\n", "model", s->model, s->weights_hash);
}

static mien_status write_files(const mien_lfw *lfw, const config *c) {
    mien_status status = MIEN_OK;
    if (c->roc) status = mien_lfw_write_roc(lfw, c->roc);
    if (c->plot && status == MIEN_OK) status = mien_lfw_plot(lfw, c->plot);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_lfw_options o;
    mien_lfw *lfw;
    (void)words;
    if (!c->model || !c->data || !c->pairs)
        return cli_complain("mien eval lfw needs --model, --data and --pairs");
    mien_lfw_defaults(&o);
    o.model = c->model, o.data = c->data, o.pairs = c->pairs;
    o.protocol = c->protocol, o.align = c->align, o.points = c->points;
    o.detector = c->detector;
    o.far = c->far, o.threads = c->threads, o.batch = c->batch;
    mien_status status = mien_lfw_run(&lfw, &o);
    if (status != MIEN_OK) return status;
    const mien_lfw_summary *s = mien_lfw_summary_of(lfw);
    if (c->json)
        status = print_json(s);
    else
        print_text(s);
    if (status == MIEN_OK) status = write_files(lfw, c);
    mien_lfw_free(lfw);
    return status;
}

const cli_command cli_eval_lfw = {
    .name = "eval lfw",
    .summary = "test a model on pairs of faces",
    .words = "",
    .more =
        "Pictures of 250x250 are taken as deep-funneled and aligned by one "
        "fixed\nsimilarity, those of 112x112 as aligned; else say --align, "
        "--points or --detector.\ndocs/evaluation.md says what each figure "
        "means.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
