/* SPDX-License-Identifier: Apache-2.0 */
/* bench_train.c - mien bench train. */
#include "bench_print.h"
#include "command.h"

typedef struct config {
    const char *net;
    int batch, threads, shards, rounds;
    double seconds;
    bool profile, watch, json;
} config;

static const config defaults = {.threads = 1, .seconds = 10};

static const cli_option options[] = {
    {"net", "NAME", "mobilefacenet, iresnet18 or s64", offsetof(config, net),
     CLI_TEXT},
    {"batch", "B", "images a step [64, of s64 32]", offsetof(config, batch),
     CLI_INT, 1, 65536},
    {"threads", "T", "worker threads [1]", offsetof(config, threads), CLI_INT,
     1, 256},
    {"shards", "S", "parts of the batch [the recipe's, at least threads]",
     offsetof(config, shards), CLI_INT, 1, 64},
    {"seconds", "N", "to go on for, three steps at least [10]",
     offsetof(config, seconds), CLI_REAL, 0, 86400},
    {"rounds", "N", "steps to time, instead of seconds",
     offsetof(config, rounds), CLI_INT, 1, 10000},
    {"profile", NULL, "time each part of the network",
     offsetof(config, profile), CLI_FLAG},
    {"watch", NULL, "measure all outputs and gradients in every step",
     offsetof(config, watch), CLI_FLAG},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_bench_options o;
    mien_bench *bench;
    (void)words;
    if (!c->net)
        return cli_complain(
            "bench train needs --net mobilefacenet, iresnet18 "
            "or s64");
    mien_bench_defaults(&o);
    o.batch = c->batch, o.threads = c->threads, o.shards = c->shards;
    o.rounds = c->rounds, o.seconds = c->seconds, o.profile = c->profile;
    o.watch = c->watch;
    const mien_status status = mien_bench_train(&bench, c->net, &o);
    if (status != MIEN_OK) return status;
    return cli_bench_print(bench, c->json);
}

const cli_command cli_bench_train = {
    .name = "bench train",
    .summary = "time a training step, and where the time goes",
    .words = "",
    .more =
        "A step is forward, backward, optimiser and statistics, on a random\n"
        "batch in memory. The network's layers come from its recipe in\n"
        "$MIEN_RECIPES, ./recipes or where mien was installed.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
