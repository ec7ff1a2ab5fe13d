/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck.c - mien gradcheck RECIPE. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/health.h"

typedef struct config {
    cli_texts set;
    const char *data;
    int samples, values;
    double tolerance;
    bool json;
} config;

static const config defaults = {.samples = 4, .values = 16, .tolerance = 1e-6};

static const cli_option options[] = {
    {"set", "KEY=VALUE", "override a key of the recipe: loss.arcface.m=0.3",
     offsetof(config, set), CLI_TEXTS},
    {"data", "PATH",
     "photos (a folder per person), or whatever its reader reads",
     offsetof(config, data), CLI_TEXT},
    {"samples", "N", "of the first batch [4]", offsetof(config, samples),
     CLI_INT, 1, 4096},
    {"values", "N", "checked alone, of each tensor [16]",
     offsetof(config, values), CLI_INT, 1, 1e6},
    {"tolerance", "X", "greatest relative error [1e-6]",
     offsetof(config, tolerance), CLI_REAL, 1e-12, 1},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

/* The one nearest to the loss: what is not a number there spoils all before
 * it. The whole network, which is the last row, only if nothing else is. */
static const mien_gradcheck_row *culprit(const mien_gradcheck_summary *s) {
    for (int i = s->n - 2; i >= 0; i--)
        if (!s->rows[i].pass) return &s->rows[i];
    return s->pass ? NULL : &s->rows[s->n - 1];
}

static mien_status print_json(const mien_gradcheck_summary *s) {
    json_t *rows = json_array();
    for (int i = 0; i < s->n; i++) {
        const mien_gradcheck_row *r = &s->rows[i];
        json_array_append_new(
            rows,
            json_pack("{s:s, s:i, s:o, s:o, s:o, s:b}", "tensor", r->tensor,
                      "checked", r->checked, "worst", cli_json_number(r->worst),
                      "analytic", cli_json_number(r->analytic), "numeric",
                      cli_json_number(r->numeric), "pass", r->pass));
    }
    return cli_json_print(json_pack("{s:b, s:o, s:o, s:i, s:o}", "pass",
                                    s->pass, "loss", cli_json_number(s->loss),
                                    "seconds", cli_json_number(s->seconds),
                                    "kinks", s->kinks, "tensors", rows));
}

static void print_text(const mien_gradcheck_summary *s) {
    printf("%-28s %7s %10s %14s %14s\n", "tensor", "values", "error",
           "backward", "differences");
    for (int i = 0; i < s->n; i++) {
        const mien_gradcheck_row *r = &s->rows[i];
        printf("%-28s %7d %10.1e %14.6e %14.6e%s\n", r->tensor, r->checked,
               r->worst, r->analytic, r->numeric, r->pass ? "" : "  WRONG");
    }
    printf("\n%-10s %s\n", "gradient",
           s->pass ? "right, to the tolerance, everywhere" : "WRONG");
    printf("%-10s %.6g\n", "loss", s->loss);
    printf("%-10s %d values on a kink left out\n", "kinks", s->kinks);
    printf("%-10s %.1f s\n", "time", s->seconds);
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_gradcheck *check;
    mien_status status = mien_gradcheck_run(
        &check, words->items[0],
        &(mien_gradcheck_options){.set = c->set.items,
                                  .n_set = c->set.count,
                                  .data = c->data,
                                  .samples = c->samples,
                                  .values = c->values,
                                  .tolerance = c->tolerance});
    if (status != MIEN_OK) return status;
    const mien_gradcheck_summary *s = mien_gradcheck_summary_of(check);
    if (c->json)
        status = print_json(s);
    else
        print_text(s);
    const mien_gradcheck_row *wrong = culprit(s);
    if (status == MIEN_OK && wrong) {
        cli_complain("%s: backward says %g, differences %g (relative error %g)",
                     wrong->tensor, wrong->analytic, wrong->numeric,
                     wrong->worst);
        status = MIEN_EDIAGNOSIS;
    }
    mien_gradcheck_free(check);
    return status;
}

const cli_command cli_gradcheck = {
    .name = "gradcheck",
    .summary = "hold the gradients of a recipe's network against differences",
    .words = "RECIPE",
    .min_words = 1,
    .max_words = 1,
    .more =
        "Every weight tensor and every layer's input, in double, on the first\n"
        "samples of the data: along a random direction through all values, "
        "and for\nsome values alone. The row `network` moves all weights at "
        "once. Exit code 3\nwhen one is wrong.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
