/* SPDX-License-Identifier: Apache-2.0 */
/* model_import.c - mien model import FILE.onnx --out MODEL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "mien/model.h"
#include "model_outputs.h"

typedef struct config {
    const char *out, *size, *mean, *deviation, *alignment, *as;
    double scale;
    bool bgr, json;
} config;

static const cli_option options[] = {
    {"out", "MODEL", "the model file to write (required)",
     offsetof(config, out), CLI_TEXT},
    {"size", "HxW",
     "rows and columns of its input, where the file leaves them "
     "open",
     offsetof(config, size), CLI_TEXT},
    {"input-scale", "X", "pixels are divided by it [1]",
     offsetof(config, scale), CLI_REAL, 1e-6, 1e6},
    {"input-mean", "A,B,C", "then this is taken off, channel by channel [0]",
     offsetof(config, mean), CLI_TEXT},
    {"input-std", "A,B,C", "then they are divided by this [1]",
     offsetof(config, deviation), CLI_TEXT},
    {"bgr", NULL, "its channels are blue, green, red", offsetof(config, bgr),
     CLI_FLAG},
    {"alignment", "WORD", "of the photos it expects: none or umeyama112",
     offsetof(config, alignment), CLI_TEXT},
    {"as", "WORD", "what its answer is: embedding or values",
     offsetof(config, as), CLI_TEXT},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static const config defaults = {.scale = 1};

/* "a" for all three, or "a,b,c". */
static mien_status three(float out[3], const char *text, const char *option) {
    char *end = NULL;
    if (!text) return MIEN_OK;
    for (int i = 0; i < 3; i++) {
        out[i] = strtof(text, &end);
        if (end == text) break;
        if (i == 0 && !*end) {
            out[1] = out[2] = out[0];
            return MIEN_OK;
        }
        if (*end != (i < 2 ? ',' : 0)) break;
        if (i == 2) return MIEN_OK;
        text = end + 1;
    }
    return cli_complain("--%s wants one number, or three as 0.5,0.5,0.5",
                        option);
}

static mien_status size_of(mien_import_options *o, const char *text) {
    char rest;
    if (!text) return MIEN_OK;
    if (sscanf(text, "%5dx%5d%c", &o->rows, &o->columns, &rest) == 2 &&
        o->rows > 0 && o->columns > 0)
        return MIEN_OK;
    return cli_complain("--size wants rows and columns, as 640x640");
}

static mien_status read_config(mien_import_options *o, const config *c) {
    mien_status status = size_of(o, c->size);
    if (!c->out) return cli_complain("--out MODEL is missing");
    if (status == MIEN_OK) status = three(o->mean, c->mean, "input-mean");
    if (status == MIEN_OK)
        status = three(o->deviation, c->deviation, "input-std");
    if (status != MIEN_OK) return status;
    o->scale = (float)c->scale;
    o->bgr = c->bgr;
    o->alignment = c->alignment;
    if (!c->as) return MIEN_OK;
    o->embedding = strcmp(c->as, "values") != 0;
    if (o->embedding && strcmp(c->as, "embedding") != 0)
        return cli_complain("--as wants embedding or values");
    return MIEN_OK;
}

/* Load what was written: that asks its known question once more. */
static mien_status report(const char *path, bool json) {
    mien_model *model;
    mien_status status = mien_model_load(&model, path, 1);
    if (status != MIEN_OK) return status;
    const mien_model_facts *f = mien_model_info(model);
    if (json) {
        status = cli_json_print(
            json_pack("{s:s, s:[iii], s:I, s:s, s:o}", "model", path, "input",
                      f->rows, f->columns, f->channels, "weights",
                      (json_int_t)f->weights, "weights_hash", f->weights_hash,
                      "outputs", cli_outputs_json(model)));
    } else {
        printf("%s: input %dx%dx%d, %lld weights\n", path, f->rows, f->columns,
               f->channels, (long long)f->weights);
        cli_outputs_print(model);
    }
    mien_model_free(model);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_import_options o;
    mien_import_defaults(&o);
    mien_status status = read_config(&o, c);
    if (status == MIEN_OK)
        status = mien_model_import(c->out, words->items[0], &o);
    return status == MIEN_OK ? report(c->out, c->json) : status;
}

const cli_command cli_model_import = {
    .name = "model import",
    .summary = "make a model file of an ONNX file",
    .words = "FILE.onnx",
    .min_words = 1,
    .max_words = 1,
    .more = "Opsets 9 to 17; docs/onnx.md lists the operators.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
