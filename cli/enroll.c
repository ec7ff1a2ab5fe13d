/* SPDX-License-Identifier: Apache-2.0 */
/* enroll.c - mien enroll GALLERY PERSON PHOTO... */
#include <stdio.h>

#include "enrolment.h"
#include "json.h"

typedef struct config {
    const char *model, *people;
    cli_search search;
    double min_quality;
    bool json;
} config;

static const config defaults = {.search = CLI_DETECT_DEFAULTS,
                                .min_quality = 20};

static const cli_option options[] = {
    {"people", "FOLDER",
     "enrol all people of a folder: a folder or a picture named after each",
     offsetof(config, people), CLI_TEXT},
    {"min-quality", "Q", "refuse worse photos, 0 to 100 [20]",
     offsetof(config, min_quality), CLI_REAL, 0, 100},
    {"model", "FILE", "model that compares [models/embedder.safetensors]",
     offsetof(config, model), CLI_TEXT},
    CLI_DETECT_OPTIONS(config, search, "detector"),
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

static mien_status enroll(const config *c, cli_eyes *eyes,
                          const cli_texts *words) {
    const cli_texts photos = {words->items + 2, words->count - 2};
    cli_enrolment e = {.eyes = eyes, .min_quality = c->min_quality};
    mien_status status = cli_gallery_open(&e.gallery, words->items[0], true,
                                          true, eyes->embedder);
    if (status != MIEN_OK) return status;
    e.list = c->json ? json_array() : NULL;
    status = c->people ? cli_enrol_people(&e, c->people)
                       : cli_enrol_photos(&e, words->items[1], &photos);
    mien_gallery_close(e.gallery);
    if (c->json) {
        const mien_status printed = cli_json_print(json_pack(
            "{s:s, s:o, s:i, s:i}", "gallery", words->items[0], "enrolled",
            e.list, "added", e.added, "refused", e.refused));
        if (status == MIEN_OK) status = printed;
    }
    return status == MIEN_OK && e.refused ? MIEN_EINVAL : status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    cli_eyes eyes;
    if (c->people ? words->count > 1 : words->count < 3)
        return cli_complain(
            "mien enroll GALLERY PERSON PHOTO..., or mien enroll GALLERY "
            "--people FOLDER");
    mien_status status = cli_eyes_open(&eyes, &c->search, c->model);
    if (status == MIEN_OK) status = enroll(c, &eyes, words);
    cli_eyes_close(&eyes);
    return status;
}

const cli_command cli_enroll = {
    .name = "enroll",
    .summary = "put a person into a gallery",
    .words = "GALLERY [PERSON PHOTO|FOLDER...]",
    .min_words = 1,
    .max_words = 1 << 20,
    .more =
        "A gallery that is not there is made, bound to the model. Of "
        "several faces in a photo\nthe largest is taken. What is refused "
        "is named, with the reason; the exit code is\nthen 2.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
