/* SPDX-License-Identifier: Apache-2.0 */
/* eval_wider.c - mien eval wider. */
#include "command.h"
#include "eval_print.h"
#include "mien/eval.h"

typedef struct config {
    const char *model, *against, *data, *photos, *scenes, *faces;
    double alarms, min_score;
    int min_size, size, threads;
    bool tiles;
    cli_eval_output output;
} config;

static const config defaults = {.alarms = 0.1,
                                .min_score = 0.02,
                                .min_size = 16,
                                .size = 640,
                                .threads = 2};

static const cli_option options[] = {
    {"model", "FILE", "a detector: model file or run folder",
     offsetof(config, model), CLI_TEXT},
    {"data", "LIST", "\"# path w h\" and boxes, or wider_face_val_bbx_gt.txt",
     offsetof(config, data), CLI_TEXT},
    {"against", "FILE", "another detector, to give the ratios to",
     offsetof(config, against), CLI_TEXT},
    {"photos", "DIR", "where the photos of WIDER's own list are",
     offsetof(config, photos), CLI_TEXT},
    {"scenes", "DIR", "photos without faces: recall at --alarms a photo",
     offsetof(config, scenes), CLI_TEXT},
    {"faces", "DIR", "deep-funneled LFW: recall there too, with --scenes",
     offsetof(config, faces), CLI_TEXT},
    {"alarms", "X", "false alarms a photo of --scenes [0.1]",
     offsetof(config, alarms), CLI_REAL, 1e-6, 1e6},
    {"min-size", "PIXELS", "smaller faces are ignored [16]",
     offsetof(config, min_size), CLI_INT, 0, 100000},
    {"min-score", "X", "of a detection [0.02]", offsetof(config, min_score),
     CLI_REAL, 0, 1},
    {"size", "PIXELS", "of a photo's longer side for the network [640]",
     offsetof(config, size), CLI_INT, 0, 16384},
    {"tiles", NULL, "look at parts of large photos too",
     offsetof(config, tiles), CLI_FLAG},
    {"threads", "N", "to work on [2]", offsetof(config, threads), CLI_INT, 1,
     256},
    CLI_EVAL_OUTPUT(config),
    {0}};

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_wider_options o;
    mien_report *report;
    (void)words;
    if (!c->model || !c->data)
        return cli_complain("mien eval wider needs --model and --data");
    if (c->faces && !c->scenes)
        return cli_complain("--faces needs --scenes, for the threshold");
    mien_wider_defaults(&o);
    o.model = c->model, o.against = c->against;
    o.data = c->data, o.photos = c->photos;
    o.scenes = c->scenes, o.faces = c->faces;
    o.alarms = c->alarms, o.min_score = (float)c->min_score;
    o.min_size = c->min_size, o.size = c->size;
    o.tiles = c->tiles, o.threads = c->threads;
    const mien_status status = mien_wider_run(&report, &o);
    return status == MIEN_OK ? cli_eval_show(report, &c->output) : status;
}

const cli_command cli_eval_wider = {
    .name = "eval wider",
    .summary = "average precision of a detector",
    .words = "",
    .more =
        "Lists wider_easy_val.txt, wider_medium_val.txt, wider_hard_val.txt "
        "beside WIDER's\nown list say which faces count at which level: "
        "docs/evaluation.md.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
