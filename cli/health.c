/* SPDX-License-Identifier: Apache-2.0 */
/* health.c - mien health RUN, and several side by side. */
#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/health.h"

typedef struct config {
    const char *html, *pictures, *compare;
    int replay;
    bool json;
} config;

static const config defaults = {.replay = -1};

static const cli_option options[] = {
    {"html", "FILE", "write the report with its pictures there",
     offsetof(config, html), CLI_TEXT},
    {"pictures", "DIR", "write each of its pictures there as PNG",
     offsetof(config, pictures), CLI_TEXT},
    {"compare", "FILE",
     "draw the losses of up to 8 runs in one chart, .png or .svg",
     offsetof(config, compare), CLI_TEXT},
    {"replay", "STEP", "run one step again and look into it",
     offsetof(config, replay), CLI_INT, 0, INT_MAX},
    {"json", NULL, "print one JSON object", offsetof(config, json), CLI_FLAG},
    {0}};

/* ---- what happened ---------------------------------------------------- */

static mien_status explain(const char *run, const config *c) {
    const mien_health_options o = {
        .html = c->html, .pictures = c->pictures, .json = c->json};
    mien_health_text *text;
    const mien_status status = mien_health_explain(&text, run, &o);
    if (status != MIEN_OK) return status;
    fputs(mien_health_text_of(text), stdout);
    mien_health_text_free(text);
    return MIEN_OK;
}

/* ---- one step again --------------------------------------------------- */

static json_t *replay_json(const mien_replay_summary *s) {
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:s?, s:s?, s:s?, s:i, s:I, s:s}",
        "step", (json_int_t)s->step, "from", (json_int_t)s->from, "loss",
        cli_json_number(s->loss), "norm", cli_json_number(s->norm),
        "logged_loss", cli_json_number(s->logged_loss), "logged_norm",
        cli_json_number(s->logged_norm), "same", s->same, "layer", s->layer,
        "tensor", s->tensor, "pass", s->pass, "sample", s->sample, "index",
        (json_int_t)s->index, "text", s->text);
}

static mien_status replay(const char *run, const config *c) {
    mien_replay *again;
    mien_status status = mien_health_replay(&again, run, c->replay);
    if (status != MIEN_OK) return status;
    const mien_replay_summary *s = mien_replay_summary_of(again);
    if (c->json)
        status = cli_json_print(replay_json(s));
    else
        puts(s->text);
    mien_replay_free(again);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    const char *folder = words->items[0];
    if (c->compare) {
        if (c->replay >= 0 || c->html || c->pictures || c->json)
            return cli_complain("--compare goes with no other option");
        return mien_health_compare(c->compare, words->items, words->count);
    }
    if (words->count > 1)
        return cli_complain("one run at a time, but for --compare");
    if (c->replay < 0) return explain(folder, c);
    if (c->html || c->pictures)
        return cli_complain(
            "--html, --pictures and --replay do not go "
            "together");
    return replay(folder, c);
}

const cli_command cli_health = {
    .name = "health",
    .summary = "explain a finished, stopped or broken training",
    .words = "RUN...",
    .min_words = 1,
    .max_words = MIEN_COMPARE_RUNS,
    .more =
        "RUN is a run folder. The text says what was found, what the doctor "
        "did\nabout it, and what you can do. --compare takes several, and "
        "such as had health\noff too.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
