/* SPDX-License-Identifier: Apache-2.0 */
/* model_quantize.c - mien model quantize MODEL --data PHOTOS --out FILE. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "mien/quantize.h"

typedef struct config {
    const char *data, *out, *pairs, *align, *points, *detector;
    double tolerance;
    int photos, threads;
    bool json;
} config;

static const config defaults = {.tolerance = 0.01, .photos = 200, .threads = 1};

static const cli_option options[] = {
    {"data", "PHOTOS", "a folder, or a file that lists photos (required)",
     offsetof(config, data), CLI_TEXT},
    {"out", "FILE", "the model file to write (required)", offsetof(config, out),
     CLI_TEXT},
    {"pairs", "FILE", "pairs of faces in the folder, as LFW lists them",
     offsetof(config, pairs), CLI_TEXT},
    {"tolerance", "X",
     "accuracy on the pairs, or cosine, that may be lost [0.01]",
     offsetof(config, tolerance), CLI_REAL, 0, 1},
    {"photos", "N", "to choose scales on; as many more judge [200]",
     offsetof(config, photos), CLI_INT, 1, 1000000},
    {"align", "HOW", "funneled, none, points, detector or auto [auto]",
     offsetof(config, align), CLI_TEXT},
    {"points", "FILE", "CSV: path,x1,y1,...,x5,y5", offsetof(config, points),
     CLI_TEXT},
    {"detector", "FILE", "model that finds the face to align",
     offsetof(config, detector), CLI_TEXT},
    {"threads", "N", "to work on [1]", offsetof(config, threads), CLI_INT, 1,
     256},
    {"json", NULL, "print the figures as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status print(const mien_quantize_summary *s, const config *c) {
    if (c->json)
        return cli_json_print(json_pack(
            "{s:s, s:f, s:f, s:o, s:o, s:i, s:i, s:i, s:I, s:I}", "model",
            c->out, "cosine", s->cosine, "least_cosine", s->least_cosine,
            "accuracy", cli_json_number(s->accuracy), "accuracy_int8",
            cli_json_number(s->accuracy_int8), "chosen_on", s->chosen_on,
            "judged_on", s->judged_on, "failed", s->failed, "bytes",
            (json_int_t)s->bytes, "bytes_int8", (json_int_t)s->bytes_int8));
    printf("%s: %.2f MB, before %.2f MB\n", c->out,
           1e-6 * (double)s->bytes_int8, 1e-6 * (double)s->bytes);
    printf("cosine to the model's answers %.4f, at least %.4f, on %d photos\n",
           s->cosine, s->least_cosine, s->judged_on);
    if (!isnan(s->accuracy))
        printf("accuracy %.2f %%, before %.2f %%\n", 100 * s->accuracy_int8,
               100 * s->accuracy);
    if (s->failed) printf("%d photos were left out\n", s->failed);
    return MIEN_OK;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_quantize_options o;
    mien_quantize_summary summary;
    if (!c->data || !c->out)
        return cli_complain(
            "model quantize needs --data PHOTOS and --out "
            "FILE");
    mien_quantize_defaults(&o);
    o.model = words->items[0], o.out = c->out, o.data = c->data;
    o.photos = c->photos, o.pairs = c->pairs, o.tolerance = c->tolerance;
    o.align = c->align, o.points = c->points, o.detector = c->detector;
    o.threads = c->threads;
    const mien_status status = mien_quantize(&summary, &o);
    return status == MIEN_OK ? print(&summary, c) : status;
}

const cli_command cli_model_quantize = {
    .name = "model quantize",
    .summary = "make a model of bytes: smaller, faster, nearly the same",
    .words = "MODEL",
    .min_words = 1,
    .max_words = 1,
    .more =
        "Half of the photos choose how bytes are spread over each layer's\n"
        "values, the others judge. Nothing is written where more is lost than\n"
        "--tolerance allows. The new model has a contract of its own: enrol\n"
        "and calibrate with it anew.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
