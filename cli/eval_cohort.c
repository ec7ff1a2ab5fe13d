/* SPDX-License-Identifier: Apache-2.0 */
/* eval_cohort.c - mien eval cohort. */
#include "command.h"
#include "eval_print.h"
#include "eval_source.h"
#include "mien/eval.h"

typedef struct config {
    mien_cohort_options o;
    cli_eval_output output;
} config;

static const config defaults = {
    .o = {.from = {.photos = CLI_EVAL_PEOPLE_DEFAULTS}, .fmr = 1e-3}};

static const cli_option options[] = {
    CLI_EVAL_MATCHES(config, o.from),
    {"labels", "FILE", "CSV: person, then attributes, with a header",
     offsetof(config, o.labels), CLI_TEXT},
    {"column", "NAME", "only this attribute", offsetof(config, o.column),
     CLI_TEXT},
    {"fmr", "X", "of all together, which sets the threshold [0.001]",
     offsetof(config, o.fmr), CLI_REAL, 1e-12, 1},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_report *report;
    (void)words;
    if (!c->o.labels || (!c->o.from.scores &&
                         !(c->o.from.photos.model && c->o.from.photos.data)))
        return cli_complain(
            "mien eval cohort needs --labels, and --model and --data, or "
            "--scores");
    const mien_status status = mien_cohort_run(&report, &c->o);
    return status == MIEN_OK ? cli_eval_show(report, &c->output) : status;
}

const cli_command cli_eval_cohort = {
    .name = "eval cohort",
    .summary = "errors by group of people, at one threshold",
    .words = "",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
