/* SPDX-License-Identifier: Apache-2.0 */
/* data_show.c - mien data show RECIPE. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/data.h"

typedef struct config {
    cli_texts set;
    const char *data, *out;
    int rows, columns, epoch;
    bool plain, json;
} config;

static const cli_option options[] = {
    {"set", "KEY=VALUE", "override a key of the recipe", offsetof(config, set),
     CLI_TEXTS},
    {"data", "PATH", "replaces the recipe's data.path", offsetof(config, data),
     CLI_TEXT},
    {"out", "FILE", "the image to write [contact-sheet.png]",
     offsetof(config, out), CLI_TEXT},
    {"rows", "N", "of the sheet [8]", offsetof(config, rows), CLI_INT, 1, 64},
    {"columns", "N", "of the sheet [8]", offsetof(config, columns), CLI_INT, 1,
     64},
    {"epoch", "N", "whose augmentation [0]", offsetof(config, epoch), CLI_INT,
     0, 1e6},
    {"plain", NULL, "without augmentation", offsetof(config, plain), CLI_FLAG},
    {"json", NULL, "print the facts as one JSON object", offsetof(config, json),
     CLI_FLAG},
    {0}};

static mien_status print_json(const mien_data_facts *f, const char *out) {
    return cli_json_print(
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:i, s:[iii], s:i}", "sheet", out,
                  "samples", (json_int_t)f->samples, "train",
                  (json_int_t)f->train, "validation", (json_int_t)f->validation,
                  "test", (json_int_t)f->test, "classes", f->classes, "input",
                  f->rows, f->columns, f->channels, "shown", f->shown));
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_data_show_options o;
    mien_data_facts f;
    mien_data_show_defaults(&o);
    o.set = c->set.items, o.n_set = c->set.count;
    o.data = c->data, o.out = c->out;
    o.rows = c->rows, o.columns = c->columns, o.epoch = c->epoch;
    o.plain = c->plain;
    const mien_status status = mien_data_show(&f, words->items[0], &o);
    if (status != MIEN_OK) return status;
    const char *out = c->out ? c->out : "contact-sheet.png";
    if (c->json) return print_json(&f, out);
    printf(
        "%lld samples of %d classes: %lld train, %lld validation, %lld "
        "test; input %dx%dx%d\n%s shows %d\n",
        (long long)f.samples, f.classes, (long long)f.train,
        (long long)f.validation, (long long)f.test, f.rows, f.columns,
        f.channels, out, f.shown);
    return MIEN_OK;
}

const cli_command cli_data_show = {
    .name = "data show",
    .summary = "write a picture of what the network sees",
    .words = "RECIPE",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
