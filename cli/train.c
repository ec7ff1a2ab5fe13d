/* SPDX-License-Identifier: Apache-2.0 */
/* train.c - mien train RECIPE. */
#include "mien/train.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json.h"

typedef struct config {
    cli_texts set;
    const char *data, *teacher, *start, *out;
    int threads, epochs, overfit;
    bool resume, dry_run, show_gradients, json;
} config;

static const cli_option options[] = {
    {"set", "KEY=VALUE", "override a key of the recipe: optim.adam.lr=0.1",
     offsetof(config, set), CLI_TEXTS},
    {"data", "PATH",
     "photos (a folder per person), or whatever its reader reads",
     offsetof(config, data), CLI_TEXT},
    {"teacher", "FILE",
     "learn the embeddings of a model or of an .onnx file, by loss distill",
     offsetof(config, teacher), CLI_TEXT},
    {"start", "FILE", "begin with another model's weights, by name",
     offsetof(config, start), CLI_TEXT},
    {"out", "RUN", "the run folder [runs/<recipe>]", offsetof(config, out),
     CLI_TEXT},
    {"resume", NULL, "go on from the run folder's last checkpoint",
     offsetof(config, resume), CLI_FLAG},
    {"dry-run", NULL, "print layers, weights and memory; train nothing",
     offsetof(config, dry_run), CLI_FLAG},
    {"overfit", "N", "repeat N batches until they are known by heart",
     offsetof(config, overfit), CLI_INT, 1, 1e6},
    {"show-gradients", NULL, "mean, max and norm for every weight tensor",
     offsetof(config, show_gradients), CLI_FLAG},
    {"threads", "N", "worker threads [all processors]",
     offsetof(config, threads), CLI_INT, 1, 256},
    {"epochs", "N", "passes over the data [the recipe's]",
     offsetof(config, epochs), CLI_INT, 1, 1e6},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static void on_signal(int signal_number) {
    mien_train_interrupt();
    signal(signal_number, SIG_DFL); /* a second one ends at once */
}

static json_t *stages_json(const mien_train_summary *s) {
    json_t *list = json_array();
    for (int i = 0; i < s->n_stages; i++)
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o}", "name", s->stages[i].name, "loss",
                      cli_json_number(s->stages[i].loss), "accuracy",
                      cli_json_number(s->stages[i].accuracy)));
    return list;
}

static json_t *as_json(const mien_train_summary *s) {
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:I, s:I, s:I, "
        "s:f, s:o, s:o, s:o, s:b, s:s, s:o}",
        "run", s->run, "model", s->model, "split", s->split, "loss",
        cli_json_number(s->loss), "accuracy", cli_json_number(s->accuracy),
        "top5", cli_json_number(s->top5), "train_loss",
        cli_json_number(s->train_loss), "train_accuracy",
        cli_json_number(s->train_accuracy), "epochs", s->epochs, "best_epoch",
        s->best_epoch, "steps", (json_int_t)s->steps, "skipped",
        (json_int_t)s->skipped, "clipped", (json_int_t)s->clipped, "seconds",
        s->seconds, "images_per_s", cli_json_number(s->images_per_s),
        "wait_share", cli_json_number(s->wait_share), "teacher_share",
        cli_json_number(s->teacher_share), "stopped_early", s->stopped_early,
        "weights_hash", s->weights_hash, "stages", stages_json(s));
}

static void print_score(const char *what, double loss, double accuracy) {
    printf("%-12s loss %.4f", what, loss);
    if (!isnan(accuracy)) printf("   accuracy %.2f %%", 100 * accuracy);
    putchar('\n');
}

static void print_text(const mien_train_summary *s) {
    for (int i = 0; s->n_stages > 1 && i < s->n_stages; i++)
        print_score(s->stages[i].name, s->stages[i].loss,
                    s->stages[i].accuracy);
    if (!isnan(s->train_loss))
        print_score("train", s->train_loss, s->train_accuracy);
    if (!isnan(s->loss)) /* after --overfit: the same batches, no dropout */
        print_score(strcmp(s->split, "train") ? s->split : "by heart", s->loss,
                    s->accuracy);
    printf(
        "%-12s %d epochs, %lld steps (%lld skipped, %lld clipped), "
        "%.1f s, %.0f images/s, loader waited for %.1f %%",
        "training", s->epochs, (long long)s->steps, (long long)s->skipped,
        (long long)s->clipped, s->seconds, s->images_per_s,
        100 * s->wait_share);
    if (s->teacher_share > 0)
        printf(", teacher asked for %.1f %%", 100 * s->teacher_share);
    putchar('\n');
    printf("%-12s %s\n%-12s %s\n", "run", s->run, "model", s->model);
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_train_options o;
    mien_train_result *result;
    mien_train_defaults(&o);
    o.set = c->set.items, o.n_set = c->set.count;
    o.data = c->data, o.out = c->out;
    o.teacher = c->teacher, o.start = c->start;
    o.resume = c->resume, o.dry_run = c->dry_run;
    o.show_gradients = c->show_gradients;
    o.overfit = c->overfit, o.threads = c->threads, o.epochs = c->epochs;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    mien_status status = mien_train_run(&result, words->items[0], &o);
    if (status != MIEN_OK) return status;
    const mien_train_summary *s = mien_train_summary_of(result);
    if (c->json && !c->dry_run) {
        status = cli_json_print(as_json(s));
    } else {
        fputs(s->report, stdout);
        if (!c->dry_run) print_text(s);
    }
    mien_train_result_free(result);
    return status;
}

static mien_status help(void) {
    char *text;
    const mien_status status = mien_train_help(&text);
    if (status != MIEN_OK) return status;
    printf("\n%s", text);
    mien_train_help_free(text);
    return MIEN_OK;
}

const cli_command cli_train = {
    .name = "train",
    .summary = "train a network as a recipe says",
    .words = "RECIPE",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
    .help = help,
};
