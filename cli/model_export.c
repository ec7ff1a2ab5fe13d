/* SPDX-License-Identifier: Apache-2.0 */
/* model_export.c - mien model export MODEL --out FILE.onnx. */
#include <stdio.h>

#include "command.h"
#include "mien/model.h"

typedef struct config {
    const char *out;
} config;

static const cli_option options[] = {
    {"out", "FILE.onnx", "the file to write (required)", offsetof(config, out),
     CLI_TEXT},
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    if (!c->out) return cli_complain("--out FILE.onnx is missing");
    return mien_model_export(c->out, words->items[0]);
}

const cli_command cli_model_export = {
    .name = "model export",
    .summary = "make an ONNX file of a model file",
    .words = "MODEL",
    .min_words = 1,
    .max_words = 1,
    .more = "Opset 13, any batch; docs/onnx.md says what becomes of layers.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
