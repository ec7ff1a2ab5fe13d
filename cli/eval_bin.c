/* SPDX-License-Identifier: Apache-2.0 */
/* eval_bin.c - mien eval bin. */
#include "command.h"
#include "eval_print.h"
#include "mien/eval.h"

typedef struct config {
    mien_bin_options o;
    cli_eval_output output;
} config;

static const config defaults = {
    .o = {.protocol = "lfw", .threads = 2, .batch = 32}};

static const cli_option options[] = {
    {"model", "FILE", "model file or run folder", offsetof(config, o.model),
     CLI_TEXT},
    {"data", "FILE", "lfw.bin, cfp_fp.bin, agedb_30.bin, ...",
     offsetof(config, o.data), CLI_TEXT},
    {"protocol", "NAME", "lfw, or lfw-common: mirrored too, sd [lfw]",
     offsetof(config, o.protocol), CLI_TEXT},
    {"far", "X", "where to read VAL [0.001 if the pairs can show it]",
     offsetof(config, o.far), CLI_REAL, 1e-12, 1},
    {"threads", "N", "to work on [2]", offsetof(config, o.threads), CLI_INT, 1,
     256},
    {"batch", "N", "pictures at once [32]", offsetof(config, o.batch), CLI_INT,
     1, 4096},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_report *report;
    (void)words;
    if (!c->o.model || !c->o.data)
        return cli_complain("mien eval bin needs --model and --data");
    const mien_status status = mien_bin_run(&report, &c->o);
    return status == MIEN_OK ? cli_eval_show(report, &c->output) : status;
}

const cli_command cli_eval_bin = {
    .name = "eval bin",
    .summary = "pairs of aligned faces in one file, as ArcFace has them",
    .words = "",
    .more =
        "The file is a Python pickle of a list of JPEG files and a list of "
        "truth values;\none that holds anything else is refused, and nothing "
        "in it is executed.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
