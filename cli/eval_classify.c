/* SPDX-License-Identifier: Apache-2.0 */
/* eval_classify.c - mien eval classify MODEL. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/eval.h"

typedef struct config {
    cli_texts set;
    const char *data, *reader, *split, *confusion, *plot;
    int threads, batch;
    bool names, json;
} config;

static const config defaults = {.threads = 2, .batch = 32};

static const cli_option options[] = {
    {"data", "PATH", "what to test on; replaces the recipe's data.path",
     offsetof(config, data), CLI_TEXT},
    {"reader", "NAME", "how to read it [the recipe's, or folder]",
     offsetof(config, reader), CLI_TEXT},
    {"split", "WHICH", "test, val or all [test with a run folder, else all]",
     offsetof(config, split), CLI_TEXT},
    {"set", "KEY=VALUE", "override a key of the recipe, as data.seed=1",
     offsetof(config, set), CLI_TEXTS},
    {"confusion", "FILE", "write the confusion matrix as CSV",
     offsetof(config, confusion), CLI_TEXT},
    {"plot", "FILE", "draw it, .png or .svg", offsetof(config, plot), CLI_TEXT},
    {"names", NULL, "name classes; they may be people", offsetof(config, names),
     CLI_FLAG},
    {"threads", "N", "to work on [2]", offsetof(config, threads), CLI_INT, 1,
     256},
    {"batch", "N", "pictures at once [32]", offsetof(config, batch), CLI_INT, 1,
     4096},
    {"json", NULL, "print the figures as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static double share(int64_t part, int64_t whole) {
    return whole ? (double)part / (double)whole : NAN;
}

static json_t *class_list(const mien_classify_summary *s, bool names) {
    json_t *list = json_array();
    for (int i = 0; i < s->classes; i++) {
        const mien_class_figures *f = &s->per_class[i];
        json_t *item = json_pack(
            "{s:i, s:I, s:o, s:o}", "class", i, "n", (json_int_t)f->n, "recall",
            cli_json_number(share(f->hits, f->n)), "precision",
            cli_json_number(share(f->hits, f->answered)));
        if (names && f->name)
            json_object_set_new(item, "name", json_string(f->name));
        json_array_append_new(list, item);
    }
    return list;
}

static mien_status print_json(const mien_classify_summary *s, bool names) {
    return cli_json_print(json_pack(
        "{s:s, s:o, s:o, s:[oo], s:o, s:o, s:I, s:I, s:i, s:o, s:s, s:s, "
        "s:s}",
        "split", s->split, "loss", cli_json_number(s->loss), "accuracy",
        cli_json_number(s->accuracy), "accuracy_interval",
        cli_json_number(s->low), cli_json_number(s->high), "top5",
        cli_json_number(s->top5), "auc", cli_json_number(s->auc), "samples",
        (json_int_t)s->samples, "unanswered", (json_int_t)s->unanswered,
        "classes", s->classes, "per_class", class_list(s, names), "data_hash",
        s->data_hash, "model", s->model, "weights_hash", s->weights_hash));
}

static void print_share(double x) {
    if (isnan(x))
        printf("%10s", "-");
    else
        printf("%9.1f%%", 100 * x);
}

static void print_classes(const mien_classify_summary *s, bool names) {
    printf("\n%8s %8s %10s%10s\n", "class", "n", "recall", "precision");
    for (int i = 0; i < s->classes; i++) {
        const mien_class_figures *f = &s->per_class[i];
        printf("%8d %8lld ", i, (long long)f->n);
        print_share(share(f->hits, f->n));
        print_share(share(f->hits, f->answered));
        printf("%s%s\n", names && f->name ? "  " : "",
               names && f->name ? f->name : "");
    }
}

static void print_text(const mien_classify_summary *s, bool names) {
    printf("%-10s %lld (%s), %d classes; data %.16s\n", "samples",
           (long long)s->samples, s->split, s->classes, s->data_hash);
    printf("%-10s %.6g\n", "loss", s->loss);
    printf("%-10s %.2f %%, 95 %% interval %.2f to %.2f %%\n", "accuracy",
           100 * s->accuracy, 100 * s->low, 100 * s->high);
    if (!isnan(s->top5)) printf("%-10s %.2f %%\n", "top 5", 100 * s->top5);
    if (!isnan(s->auc)) printf("%-10s %.5f\n", "AUC", s->auc);
    if (s->unanswered)
        printf("%-10s %lld scores that were not numbers: no hit\n",
               "unanswered", (long long)s->unanswered);
    printf("%-10s %.16s (weights %.16s)\n", "model", s->model, s->weights_hash);
    print_classes(s, names);
}

static mien_status write_files(const mien_classify *k, const config *c) {
    mien_status status = MIEN_OK;
    if (c->confusion)
        status = mien_classify_write_confusion(k, c->confusion, c->names);
    if (c->plot && status == MIEN_OK)
        status = mien_classify_plot(k, c->plot, c->names);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_classify_options o;
    mien_classify *k;
    mien_classify_defaults(&o);
    o.model = words->items[0];
    o.data = c->data, o.reader = c->reader, o.split = c->split;
    o.set = c->set.items, o.n_set = c->set.count;
    o.threads = c->threads, o.batch = c->batch;
    mien_status status = mien_classify_run(&k, &o);
    if (status != MIEN_OK) return status;
    const mien_classify_summary *s = mien_classify_summary_of(k);
    if (c->json)
        status = print_json(s, c->names);
    else
        print_text(s, c->names);
    if (status == MIEN_OK) status = write_files(k, c);
    mien_classify_free(k);
    return status;
}

const cli_command cli_eval_classify = {
    .name = "eval classify",
    .summary = "loss, accuracy and who was taken for whom",
    .words = "MODEL|RUN",
    .min_words = 1,
    .max_words = 1,
    .more =
        "With a run folder the data and the split are its recipe's: the "
        "test samples\nwere never trained on. With a model file alone say "
        "--data.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
