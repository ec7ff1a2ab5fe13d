/* SPDX-License-Identifier: Apache-2.0 */
/* bench_load.c - mien bench load RECIPE. */
#include "bench_print.h"
#include "command.h"

typedef struct config {
    const char *data;
    int batch, threads, shards, rounds;
    double seconds;
    bool profile, json;
} config;

static const config defaults = {.threads = 1, .seconds = 20};

static const cli_option options[] = {
    {"data", "PATH", "replaces the recipe's data.path", offsetof(config, data),
     CLI_TEXT},
    {"batch", "B", "images a step [the recipe's]", offsetof(config, batch),
     CLI_INT, 1, 65536},
    {"threads", "T", "that train [1]; data.threads load",
     offsetof(config, threads), CLI_INT, 1, 256},
    {"shards", "S", "parts of the batch [the recipe's]",
     offsetof(config, shards), CLI_INT, 1, 64},
    {"seconds", "N", "to train for, and half of it to load alone [20]",
     offsetof(config, seconds), CLI_REAL, 0, 86400},
    {"rounds", "N", "steps to train, instead of seconds",
     offsetof(config, rounds), CLI_INT, 1, 10000},
    {"profile", NULL, "time each part of the network",
     offsetof(config, profile), CLI_FLAG},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_bench_options o;
    mien_bench *bench;
    mien_bench_defaults(&o);
    o.batch = c->batch, o.threads = c->threads, o.shards = c->shards;
    o.rounds = c->rounds, o.seconds = c->seconds, o.profile = c->profile;
    o.data = c->data;
    const mien_status status = mien_bench_load(&bench, words->items[0], &o);
    if (status != MIEN_OK) return status;
    return cli_bench_print(bench, c->json);
}

const cli_command cli_bench_load = {
    .name = "bench load",
    .summary = "time the loader, and whether training waits for it",
    .words = "RECIPE",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
