/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate.c - mien calibrate MODEL: which FMR has a similarity? */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "mien/calibrate.h"
#include "models.h"

typedef struct config {
    const char *detector, *people, *data, *pairs;
    int photos, threads;
    double comparisons;
    bool aligned, dry_run, json;
} config;

static const config defaults = {
    .photos = 10, .threads = 1, .comparisons = 2000000};

static const cli_option options[] = {
    {"people", "FOLDER", "a folder for each person", offsetof(config, people),
     CLI_TEXT},
    {"data", "FOLDER", "or: a folder with name/name_0001.jpg",
     offsetof(config, data), CLI_TEXT},
    {"pairs", "FILE", "and a list of pairs as LFW has it",
     offsetof(config, pairs), CLI_TEXT},
    {"detector", "FILE", "model that finds faces [models/detector.safetensors]",
     offsetof(config, detector), CLI_TEXT},
    {"aligned", NULL, "all photos are faces of 112x112 already",
     offsetof(config, aligned), CLI_FLAG},
    {"photos", "N", "of a person, at most [10]", offsetof(config, photos),
     CLI_INT, 1, 1000000},
    {"comparisons", "N", "at most; more are drawn by chance [2000000]",
     offsetof(config, comparisons), CLI_REAL, 300, 1e8},
    {"threads", "N", "photos at once [1]", offsetof(config, threads), CLI_INT,
     1, 256},
    {"dry-run", NULL, "print the curve, leave the model as it is",
     offsetof(config, dry_run), CLI_FLAG},
    {"json", NULL, "print the curve as one JSON object", offsetof(config, json),
     CLI_FLAG},
    {0}};

/* FMR that people ask for. */
static const double asked[] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
enum { ASKED = sizeof asked / sizeof *asked };

static json_t *threshold_json(const mien_calibration *c, double fmr) {
    double t;
    if (mien_calibration_threshold(&t, c, fmr, true) != MIEN_OK)
        return json_pack("{s:f, s:n}", "fmr", fmr, "threshold");
    const mien_fmr at = mien_calibration_fmr(c, t);
    return json_pack("{s:f, s:f, s:f, s:f, s:b}", "fmr", fmr, "threshold", t,
                     "low", at.low, "high", at.high, "extrapolated",
                     at.extrapolated);
}

static mien_status print_json(const mien_calibration *c,
                              const mien_calibrate_summary *s) {
    const mien_calibration_facts *f = mien_calibration_about(c);
    json_t *list = json_array();
    for (int i = 0; i < ASKED; i++)
        json_array_append_new(list, threshold_json(c, asked[i]));
    return cli_json_print(json_pack(
        "{s:o, s:f, s:I, s:i, s:i, s:i, s:f, s:f, s:s, s:s}", "thresholds",
        list, "least_fmr", f->least_fmr, "comparisons",
        (json_int_t)f->impostors, "people", f->people, "photos", s->photos,
        "without_face", s->without_face, "tail_shape", f->shape, "tail_scale",
        f->scale, "model", f->contract, "source", f->source));
}

static void print_text(const mien_calibration *c,
                       const mien_calibrate_summary *s) {
    const mien_calibration_facts *f = mien_calibration_about(c);
    printf("%lld comparisons of %d people, %d photos", (long long)f->impostors,
           f->people, s->photos);
    if (s->without_face) printf(" (%d more without a face)", s->without_face);
    printf("\ncounted down to an FMR of %.2g\n\n", f->least_fmr);
    printf("%-8s  %-10s  95 %% interval\n", "FMR", "similarity");
    for (int i = 0; i < ASKED; i++) {
        double t;
        if (mien_calibration_threshold(&t, c, asked[i], true) != MIEN_OK) {
            printf("%-8.0e  none\n", asked[i]);
            continue;
        }
        const mien_fmr at = mien_calibration_fmr(c, t);
        printf("%-8.0e  %-10.4f  %.1e to %.1e%s\n", asked[i], t, at.low,
               at.high, at.extrapolated ? ", extrapolated" : "");
    }
}

static mien_status calibrate(const config *c, const char *model,
                             const char *detector) {
    mien_calibrate_options o;
    mien_calibrate_summary summary;
    mien_calibration *calibration;
    mien_calibrate_defaults(&o);
    o.model = model, o.detector = detector;
    o.people = c->people, o.data = c->data, o.pairs = c->pairs;
    o.photos = c->photos, o.threads = c->threads;
    o.comparisons = (int64_t)c->comparisons;
    mien_status status = mien_calibrate(&calibration, &summary, &o);
    if (status == MIEN_OK && !c->dry_run)
        status = mien_calibration_store(model, calibration);
    if (status == MIEN_OK && c->json)
        status = print_json(calibration, &summary);
    else if (status == MIEN_OK)
        print_text(calibration, &summary);
    mien_calibration_free(calibration);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    char detector[4096];
    if (!c->people == !(c->data && c->pairs))
        return cli_complain(
            "mien calibrate needs --people FOLDER, or --data and --pairs");
    if (c->aligned) return calibrate(c, words->items[0], NULL);
    const mien_status status = cli_model_path(
        detector, sizeof detector, c->detector, CLI_DETECTOR, "detector");
    return status == MIEN_OK ? calibrate(c, words->items[0], detector) : status;
}

const cli_command cli_calibrate = {
    .name = "calibrate",
    .summary = "learn how often strangers look so alike, keep it in the model",
    .words = "MODEL",
    .min_words = 1,
    .max_words = 1,
    .more =
        "Use photos of people whom the model was not trained on, such as "
        "it will see. FMR,\nthe false match rate, is the share of pairs of "
        "two people that are at least so\nalike. Down to 30 such pairs it "
        "is counted, beyond that extrapolated and marked\nso. Pictures of "
        "112x112 are taken as aligned.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
