/* SPDX-License-Identifier: Apache-2.0 */
/* eval_megaface.c - mien eval megaface. */
#include "command.h"
#include "eval_print.h"
#include "mien/eval.h"

typedef struct config {
    mien_megaface_options o;
    cli_eval_output output;
} config;

static const cli_option options[] = {
    {"probes", "DIR", "feature files (.bin), a folder a person",
     offsetof(config, o.probes), CLI_TEXT},
    {"distractors", "DIR", "feature files of strangers",
     offsetof(config, o.distractors), CLI_TEXT},
    {"list", "FILE", "which of them, in which order: a path a line",
     offsetof(config, o.list), CLI_TEXT},
    {"far", "X", "where to read TAR [1e-6 if it can be shown]",
     offsetof(config, o.far), CLI_REAL, 1e-12, 1},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_report *report;
    (void)words;
    if (!c->o.probes || !c->o.distractors)
        return cli_complain(
            "mien eval megaface needs --probes and --distractors");
    const mien_status status = mien_megaface_run(&report, &c->o);
    return status == MIEN_OK ? cli_eval_show(report, &c->output) : status;
}

const cli_command cli_eval_megaface = {
    .name = "eval megaface",
    .summary = "one mate among up to a million strangers",
    .words = "",
    .more =
        "A feature file is four int32 (length, 1, 4, 5), then float32 "
        "values.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
