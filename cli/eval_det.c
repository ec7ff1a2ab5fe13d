/* SPDX-License-Identifier: Apache-2.0 */
/* eval_det.c - mien eval det. */
#include "command.h"
#include "eval_print.h"
#include "eval_source.h"
#include "mien/eval.h"

typedef struct config {
    mien_det_options o;
    cli_eval_output output;
} config;

static const config defaults = {
    .o = {.from = {.photos = CLI_EVAL_PEOPLE_DEFAULTS}}};

static const cli_option options[] = {
    CLI_EVAL_MATCHES(config, o.from),
    {"fmr", "X", "where to read FNMR [1e-6 to 0.1, what can be shown]",
     offsetof(config, o.fmr), CLI_REAL, 1e-12, 1},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_report *report;
    (void)words;
    if (!c->o.from.scores && !(c->o.from.photos.model && c->o.from.photos.data))
        return cli_complain(
            "mien eval det needs --model and --data, or --scores");
    const mien_status status = mien_det_run(&report, &c->o);
    return status == MIEN_OK ? cli_eval_show(report, &c->output) : status;
}

const cli_command cli_eval_det = {
    .name = "eval det",
    .summary = "false matches and non-matches, as NIST counts them",
    .words = "",
    .more =
        "Photos in which no face is found or aligned are failures to enrol: "
        "their\ncomparisons are non-matches.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
