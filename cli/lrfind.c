/* SPDX-License-Identifier: Apache-2.0 */
/* lrfind.c - mien lrfind RECIPE. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/health.h"

enum { ROWS = 16, BAR = 30 };

typedef struct config {
    cli_texts set;
    const char *data, *plot;
    double from, to;
    int steps;
    bool json;
} config;

static const config defaults = {.from = 1e-7, .to = 10, .steps = 100};

static const cli_option options[] = {
    {"data", "PATH", "train on this; replaces the recipe's data.path",
     offsetof(config, data), CLI_TEXT},
    {"set", "KEY=VALUE", "override a key of the recipe, as train.batch=64",
     offsetof(config, set), CLI_TEXTS},
    {"from", "LR", "the first rate [1e-7]", offsetof(config, from), CLI_REAL,
     1e-30, 1e30},
    {"to", "LR", "the last one [10]", offsetof(config, to), CLI_REAL, 1e-30,
     1e30},
    {"steps", "N", "from the first to the last [100]", offsetof(config, steps),
     CLI_INT, 2, 2000},
    {"plot", "FILE", "draw the curve, .png or .svg", offsetof(config, plot),
     CLI_TEXT},
    {"json", NULL, "print curve and rates as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static json_t *numbers(const double *x, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, cli_json_number(x[i]));
    return list;
}

static mien_status print_json(const mien_lrfind_summary *s) {
    return cli_json_print(json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "suggested",
        cli_json_number(s->suggested), "steepest", cli_json_number(s->steepest),
        "best", cli_json_number(s->best), "diverged",
        cli_json_number(s->diverged), "recipe", cli_json_number(s->recipe),
        "start", cli_json_number(s->start), "steps", json_integer(s->n), "why",
        s->why, "lr", numbers(s->lr, s->n), "loss", numbers(s->loss, s->n),
        "smooth", numbers(s->smooth, s->n)));
}

/* As long as the loss is high, from the least of the curve to its start. */
static void print_bar(const mien_lrfind_summary *s, double loss) {
    double least = s->smooth[0];
    for (int i = 1; i < s->n; i++) least = fmin(least, s->smooth[i]);
    const double range = fmax(s->start - least, 0.05 * fabs(s->start));
    const double share = (loss - least) / range;
    const int most = BAR * 3 / 2;
    const int n = (int)lround(BAR * fmin(fmax(share, 0), 1.5));
    for (int i = 0; i < n; i++) putchar('#');
    if (n == most) putchar('>');
}

/* What was found between two rates. */
static void print_marks(const mien_lrfind_summary *s, double from, double to) {
    const struct {
        double lr;
        const char *what;
    } marks[] = {{s->suggested, "suggested"},
                 {s->steepest, "steepest"},
                 {s->best, isnan(s->steepest) ? NULL : "best"},
                 {s->diverged, "diverges"}};
    const char *before = "  <- ";
    for (int i = 0; i < 4; i++) {
        if (!marks[i].what || !(marks[i].lr >= from && marks[i].lr < to))
            continue;
        printf("%s%s", before, marks[i].what);
        before = ", ";
    }
}

static void print_text(const mien_lrfind_summary *s) {
    const int rows = s->n < ROWS ? s->n : ROWS;
    printf("%10s %11s %11s\n", "rate", "loss", "smooth");
    for (int r = 0; r < rows; r++) {
        const int i = r * (s->n - 1) / (rows > 1 ? rows - 1 : 1);
        const int next = (r + 1) * (s->n - 1) / (rows > 1 ? rows - 1 : 1);
        printf("%10.2g %11.5g %11.5g  ", s->lr[i], s->loss[i], s->smooth[i]);
        print_bar(s, s->smooth[i]);
        print_marks(s, r ? s->lr[i] : 0, r + 1 < rows ? s->lr[next] : HUGE_VAL);
        putchar('\n');
    }
    if (isnan(s->suggested))
        printf("\nno rate to suggest: %s\n", s->why);
    else
        printf("\n%-10s %.2g: %s\n", "suggested", s->suggested, s->why);
    printf("%-10s %.2g\n", "recipe", s->recipe);
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_lrfind *find;
    const mien_lrfind_options o = {.set = c->set.items,
                                   .n_set = c->set.count,
                                   .data = c->data,
                                   .from = c->from,
                                   .to = c->to,
                                   .steps = c->steps,
                                   .plot = c->plot};
    mien_status status = mien_lrfind_run(&find, words->items[0], &o);
    if (status != MIEN_OK) return status;
    if (c->json)
        status = print_json(mien_lrfind_summary_of(find));
    else
        print_text(mien_lrfind_summary_of(find));
    mien_lrfind_free(find);
    return status;
}

const cli_command cli_lrfind = {
    .name = "lrfind",
    .summary = "find a learning rate: train with one that grows",
    .words = "RECIPE",
    .min_words = 1,
    .max_words = 1,
    .more =
        "Training starts anew with the recipe's optimiser, batches and clip,\n"
        "and ends when the loss has lost what it won. The rate suggested is\n"
        "for a constant schedule, or for the top of one that warms up.\n"
        "Nothing is written but the curve.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
