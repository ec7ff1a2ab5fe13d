/* SPDX-License-Identifier: Apache-2.0 */
/* eval_ijb.c - mien eval ijb. */
#include "command.h"
#include "eval_print.h"
#include "mien/eval.h"

typedef struct config {
    mien_ijb_options o;
    bool no_score;
    cli_eval_output output;
} config;

static const config defaults = {
    .o = {.score = true, .threads = 2, .batch = 32}};

static const cli_option options[] = {
    {"meta", "DIR", "lists: *_face_tid_mid.txt and the others",
     offsetof(config, o.meta), CLI_TEXT},
    {"model", "FILE", "model file or run folder", offsetof(config, o.model),
     CLI_TEXT},
    {"data", "DIR", "pictures (loose_crop)", offsetof(config, o.data),
     CLI_TEXT},
    {"features", "FILE", "npy instead of both: a float32 row a picture",
     offsetof(config, o.features), CLI_TEXT},
    {"no-detector-score", NULL, "do not weigh pictures by it",
     offsetof(config, no_score), CLI_FLAG},
    {"threads", "N", "to work on [2]", offsetof(config, o.threads), CLI_INT, 1,
     256},
    {"batch", "N", "pictures at once [32]", offsetof(config, o.batch), CLI_INT,
     1, 4096},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    config c = *(const config *)given;
    mien_report *report;
    (void)words;
    if (!c.o.meta || (!c.o.features && !(c.o.model && c.o.data)))
        return cli_complain(
            "mien eval ijb needs --meta, and --model and --data, or "
            "--features");
    c.o.score = !c.no_score;
    const mien_status status = mien_ijb_run(&report, &c.o);
    return status == MIEN_OK ? cli_eval_show(report, &c.output) : status;
}

const cli_command cli_eval_ijb = {
    .name = "eval ijb",
    .summary = "templates of many pictures, 1:1 and 1:N",
    .words = "",
    .more =
        "1:1 needs *_template_pair_label.txt in --meta, 1:N "
        "*_1N_gallery_G1.csv,\n*_1N_gallery_G2.csv and "
        "*_1N_probe_mixed.csv.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
