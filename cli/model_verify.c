/* SPDX-License-Identifier: Apache-2.0 */
/* model_verify.c - mien model verify MODEL: loading checks everything. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/model.h"

typedef struct config {
    bool json;
} config;

static const cli_option options[] = {
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_model *model;
    mien_status status = mien_model_load(&model, words->items[0], 1);
    if (status != MIEN_OK) return status;
    const char *hash = mien_model_info(model)->weights_hash;
    if (c->json)
        status = cli_json_print(
            json_pack("{s:b, s:s}", "ok", 1, "weights_hash", hash));
    else
        printf("%s: intact (extents, hash, finite weights, known answer)\n",
               words->items[0]);
    mien_model_free(model);
    return status;
}

const cli_command cli_model_verify = {
    .name = "model verify",
    .summary = "check that a model file is intact and answers as it did",
    .words = "MODEL",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
