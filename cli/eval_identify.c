/* SPDX-License-Identifier: Apache-2.0 */
/* eval_identify.c - mien eval identify. */
#include "command.h"
#include "eval_print.h"
#include "eval_source.h"
#include "mien/eval.h"

typedef struct config {
    mien_identify_options o;
    int seed;
    cli_eval_output output;
} config;

static const config defaults = {
    .o = {.photos = CLI_EVAL_PEOPLE_DEFAULTS, .enrol = 1, .strangers = 0.5}};

static const cli_option options[] = {
    CLI_EVAL_PEOPLE(config, o.photos),
    {"enrol", "N", "photos of a person in the gallery [1]",
     offsetof(config, o.enrol), CLI_INT, 1, 1000},
    {"strangers", "X", "share of the people who are not in it [0.5]",
     offsetof(config, o.strangers), CLI_REAL, 0, 1},
    {"seed", "N", "draws the strangers [0]", offsetof(config, seed), CLI_INT, 0,
     1e9},
    {"fpir", "X", "where to read FNIR [1e-6 to 0.1, what can be shown]",
     offsetof(config, o.fpir), CLI_REAL, 1e-12, 1},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    config c = *(const config *)given;
    mien_report *report;
    (void)words;
    if (!c.o.photos.model || !c.o.photos.data)
        return cli_complain("mien eval identify needs --model and --data");
    c.o.seed = (uint64_t)c.seed;
    const mien_status status = mien_identify_run(&report, &c.o);
    return status == MIEN_OK ? cli_eval_show(report, &c.output) : status;
}

const cli_command cli_eval_identify = {
    .name = "eval identify",
    .summary = "searches of an open set: who is missed, who mistaken",
    .words = "",
    .more =
        "The first photos of some people are enrolled; all others are "
        "searched for, those\nof strangers too.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
