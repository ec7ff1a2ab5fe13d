/* SPDX-License-Identifier: Apache-2.0 */
/* bench_embed.c - mien bench embed. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/bench.h"

typedef struct config {
    const char *model;
    int batch, threads, rounds;
    double seconds;
    bool int8, json;
} config;

static const config defaults = {.batch = 1, .threads = 1, .seconds = 3};

static const cli_option options[] = {
    {"model", "FILE", "the model to time", offsetof(config, model), CLI_TEXT},
    {"batch", "B", "photos at a time [1]", offsetof(config, batch), CLI_INT, 1,
     65536},
    {"threads", "T", "worker threads [1]", offsetof(config, threads), CLI_INT,
     1, 256},
    {"seconds", "N", "to go on for, five rounds at least [3]",
     offsetof(config, seconds), CLI_REAL, 0, 86400},
    {"rounds", "N", "times to ask, instead of seconds",
     offsetof(config, rounds), CLI_INT, 1, 100000},
    {"int8", NULL, "quantise a model of float32 in memory first",
     offsetof(config, int8), CLI_FLAG},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status print(const mien_bench_times *t, bool json) {
    if (json)
        return cli_json_print(json_pack(
            "{s:f, s:f, s:f, s:i, s:i, s:i, s:b, s:s, s:f, s:f, s:o}", "ms",
            t->ms, "min_ms", t->min_ms, "max_ms", t->max_ms, "batch", t->batch,
            "threads", t->threads, "rounds", t->rounds, "int8", t->int8, "isa",
            t->isa, "images_per_s", t->images_per_s, "load_ms", t->load_ms,
            "peak_mb", cli_json_number(t->peak_mb)));
    printf(
        "%.3f ms for %d photo%s (%.3f to %.3f in %d rounds), %.0f a second; "
        "%d thread%s, %s%s\n",
        t->ms, t->batch, t->batch == 1 ? "" : "s", t->min_ms, t->max_ms,
        t->rounds, t->images_per_s, t->threads, t->threads == 1 ? "" : "s",
        t->isa, t->int8 ? ", int8" : "");
    printf("loaded in %.1f ms; %.0f MB at most\n", t->load_ms, t->peak_mb);
    return MIEN_OK;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_bench_options o;
    mien_bench_times times;
    (void)words;
    if (!c->model) return cli_complain("bench embed needs --model FILE");
    mien_bench_defaults(&o);
    o.batch = c->batch, o.threads = c->threads;
    o.rounds = c->rounds, o.seconds = c->seconds, o.int8 = c->int8;
    const mien_status status = mien_bench_embed(&times, c->model, &o);
    return status == MIEN_OK ? print(&times, c->json) : status;
}

const cli_command cli_bench_embed = {
    .name = "bench embed",
    .summary = "time how long a model takes to answer",
    .words = "",
    .more =
        "The photos are random and prepared: what is timed is the network "
        "alone.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
