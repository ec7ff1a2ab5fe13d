/* SPDX-License-Identifier: Apache-2.0 */
/* model_info.c - mien model info MODEL. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/model.h"
#include "model_outputs.h"

typedef struct config {
    bool json;
} config;

static const cli_option options[] = {
    {"json", NULL, "print the facts as one JSON object", offsetof(config, json),
     CLI_FLAG},
    {0}};

static const char *const kinds[] = {"classes", "binary", "embedding", "values"};

static mien_status print_json(const mien_model *model) {
    const mien_model_facts *f = mien_model_info(model);
    return cli_json_print(json_pack(
        "{s:s, s:i, s:i, s:[iii], s:f, s:[fff], s:[fff], s:s, s:s, s:s, s:s, "
        "s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:o}",
        "kind", kinds[f->kind], "width", f->width, "classes", f->classes,
        "input", f->rows, f->columns, f->channels, "scale", (double)f->scale,
        "mean", (double)f->mean[0], (double)f->mean[1], (double)f->mean[2],
        "deviation", (double)f->deviation[0], (double)f->deviation[1],
        (double)f->deviation[2], "alignment", f->alignment, "colour_order",
        f->colour_order, "recipe", f->recipe, "loss", f->loss, "weights_hash",
        f->weights_hash, "recipe_hash", f->recipe_hash, "data_hash",
        f->data_hash, "teacher_hash", f->teacher_hash, "start_hash",
        f->start_hash, "seed", f->seed, "made_by", f->made_by, "weights",
        (json_int_t)f->weights, "int8", f->int8, "outputs",
        cli_outputs_json(model)));
}

static void print_text(const mien_model *model) {
    const mien_model_facts *f = mien_model_info(model);
    printf("%-14s %s, %d values", "answers", kinds[f->kind], f->width);
    if (f->classes) printf(" (%d classes in training)", f->classes);
    printf("\n%-14s %dx%dx%d, %s, alignment %s\n", "input", f->rows, f->columns,
           f->channels, f->colour_order, f->alignment);
    printf("%-14s (pixel / %g - mean %g %g %g) / deviation %g %g %g\n",
           "pixels", (double)f->scale, (double)f->mean[0], (double)f->mean[1],
           (double)f->mean[2], (double)f->deviation[0], (double)f->deviation[1],
           (double)f->deviation[2]);
    printf("%-14s %lld%s, BLAKE2b %s\n", "weights", (long long)f->weights,
           f->int8 ? " in bytes" : "", f->weights_hash);
    printf("%-14s mien %s, seed %s, recipe %.16s, data %.16s\n", "made by",
           f->made_by, f->seed, f->recipe_hash, f->data_hash);
    if (*f->teacher_hash)
        printf("%-14s BLAKE2b %s\n", "teacher", f->teacher_hash);
    if (*f->start_hash)
        printf("%-14s BLAKE2b %s\n", "started from", f->start_hash);
    cli_outputs_print(model);
    printf("model:\n%s", f->recipe);
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_model *model;
    mien_status status = mien_model_load(&model, words->items[0], 1);
    if (status != MIEN_OK) return status;
    if (c->json)
        status = print_json(model);
    else
        print_text(model);
    mien_model_free(model);
    return status;
}

const cli_command cli_model_info = {
    .name = "model info",
    .summary = "print what a model file holds",
    .words = "MODEL",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
