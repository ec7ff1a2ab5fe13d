/* SPDX-License-Identifier: Apache-2.0 */
/* bench_search.c - mien bench search. */
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/bench.h"

typedef struct config {
    int size, width, threads, rounds;
    double seconds;
    bool json;
} config;

static const config defaults = {
    .size = 100000, .width = 512, .threads = 1, .seconds = 3};

static const cli_option options[] = {
    {"size", "N", "templates in the gallery [100000]", offsetof(config, size),
     CLI_INT, 1, 10000000},
    {"width", "D", "values of a template [512]", offsetof(config, width),
     CLI_INT, 1, 4096},
    {"threads", "T", "worker threads of a search [1]",
     offsetof(config, threads), CLI_INT, 1, 256},
    {"seconds", "N", "to go on for, five rounds at least [3]",
     offsetof(config, seconds), CLI_REAL, 0, 86400},
    {"rounds", "N", "searches to time, instead of seconds",
     offsetof(config, rounds), CLI_INT, 1, 100000},
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status print_json(const mien_bench_search_times *t) {
    return cli_json_print(json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:i, "
        "s:i, s:i, s:s, s:o}",
        "ms", t->ms, "min_ms", t->min_ms, "max_ms", t->max_ms, "batch_ms",
        t->batch_ms, "plain_ms", t->plain_ms, "ratio", t->ratio, "agreement",
        t->agreement, "open_ms", t->open_ms, "first_ms", t->first_ms,
        "enrol_ms", t->enrol_ms, "prepare_ms", t->prepare_ms, "size", t->size,
        "width", t->width, "threads", t->threads, "rounds", t->rounds, "scan",
        t->scan, "peak_mb", cli_json_number(t->peak_mb)));
}

static mien_status print(const mien_bench_search_times *t) {
    printf(
        "%.3f ms for one probe among %d x %d (%.3f to %.3f in %d rounds), "
        "%.3f ms each for eight; %d thread%s, %s\n",
        t->ms, t->size, t->width, t->min_ms, t->max_ms, t->rounds, t->batch_ms,
        t->threads, t->threads == 1 ? "" : "s", t->scan);
    printf(
        "a plain float32 scan takes %.3f ms, %.1f times as long; the nearest "
        "is the same in %.2f %%\n",
        t->plain_ms, t->ratio, 100 * t->agreement);
    printf(
        "opened in %.2f ms, first search %.1f ms; %.0f ms to enrol, %.0f ms "
        "to prepare; %.0f MB at most\n",
        t->open_ms, t->first_ms, t->enrol_ms, t->prepare_ms, t->peak_mb);
    return MIEN_OK;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_bench_search_options o;
    mien_bench_search_times times;
    (void)words;
    mien_bench_search_defaults(&o);
    o.size = c->size, o.width = c->width, o.threads = c->threads;
    o.rounds = c->rounds, o.seconds = c->seconds;
    const mien_status status = mien_bench_search(&times, &o);
    if (status != MIEN_OK) return status;
    return c->json ? print_json(&times) : print(&times);
}

const cli_command cli_bench_search = {
    .name = "bench search",
    .summary = "time searches of a gallery",
    .words = "",
    .more =
        "The gallery is made of random people in a temporary folder and\n"
        "removed afterwards; it takes about six bytes a value on the disk.\n"
        "bench/search_faiss.py sets this against FAISS.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
