/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - mien verify A B: one person or two? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faces.h"
#include "json.h"
#include "photos.h"
#include "threshold.h"

typedef struct config {
    const char *model;
    cli_search search;
    cli_wanted wanted;
    bool all, json;
} config;

static const config defaults = {.search = CLI_DETECT_DEFAULTS,
                                .wanted = CLI_WANTED_DEFAULTS};

static const cli_option options[] = {
    CLI_WANTED_OPTIONS(config, wanted),
    {"all", NULL, "compare all faces, not only the largest of each photo",
     offsetof(config, all), CLI_FLAG},
    {"model", "FILE", "model that compares [models/embedder.safetensors]",
     offsetof(config, model), CLI_TEXT},
    CLI_DETECT_OPTIONS(config, search, "detector"),
    {"json", NULL, "print the result as one JSON object",
     offsetof(config, json), CLI_FLAG},
    {0}};

/* The faces of a photo that are compared. */
typedef struct side {
    mien_faces faces;
    int first, count;      /* of those, which are used */
    mien_image **aligned;  /* the faces used, */
    mien_quality *quality; /* their quality */
    float *embedding;      /* and what they are compared by */
} side;

typedef struct work {
    const config *c;
    mien_detector *detector;
    mien_embedder *embedder;
    int width;
    cli_photos photos;
    side side[2];
    cli_threshold threshold;
    float similarity;
    int best[2]; /* the pair that it is of */
} work;

/* ---- the two photos --------------------------------------------------- */

static mien_status choose_faces(work *w, int i, const mien_image *photo) {
    side *s = &w->side[i];
    const char *path = w->photos.item[i].path;
    if (!s->faces.count)
        return cli_complain("%s: no face was found in this photo", path);
    s->first = w->c->all ? 0 : mien_faces_main(&s->faces, photo);
    s->count = w->c->all ? s->faces.count : 1;
    if (s->faces.count > s->count)
        fprintf(stderr,
                "mien: %s: %d faces; taken is the one at %.0f, %.0f (--all "
                "compares all)\n",
                path, s->faces.count, (double)s->faces.face[s->first].x,
                (double)s->faces.face[s->first].y);
    return MIEN_OK;
}

static mien_status align_faces(work *w, int i, const mien_image *photo) {
    side *s = &w->side[i];
    const mien_face *face = s->faces.face + s->first;
    const size_t n = (size_t)s->count;
    mien_status status = MIEN_OK;
    s->aligned = calloc(n, sizeof(mien_image *));
    s->quality = calloc(n, sizeof *s->quality);
    if (!s->aligned || !s->quality) return cli_complain("out of memory");
    for (int k = 0; k < s->count && status == MIEN_OK; k++) {
        status = cli_face_quality(&s->quality[k], photo, &face[k]);
        if (status == MIEN_OK)
            status = mien_face_align(&s->aligned[k], photo, &face[k]);
    }
    if (status != MIEN_OK) cli_photo_failed(&w->photos, i);
    return status;
}

static mien_status read_side(work *w, int i) {
    mien_image *photo;
    mien_status status = cli_photo_load(&photo, &w->photos, i);
    if (status != MIEN_OK) return status;
    status =
        cli_detect_faces(w->detector, &w->side[i].faces, photo, &w->c->search);
    if (status != MIEN_OK) cli_photo_failed(&w->photos, i);
    if (status == MIEN_OK) status = choose_faces(w, i, photo);
    if (status == MIEN_OK) status = align_faces(w, i, photo);
    mien_image_free(photo);
    return status;
}

static mien_status embed_side(work *w, int i) {
    side *s = &w->side[i];
    s->embedding =
        calloc((size_t)s->count * (size_t)w->width, sizeof *s->embedding);
    if (!s->embedding) return cli_complain("out of memory");
    const mien_status status = mien_embedder_embed_aligned(
        w->embedder, s->embedding, (const mien_image *const *)s->aligned,
        s->count);
    if (status != MIEN_OK) cli_photo_failed(&w->photos, i);
    return status;
}

static void compare(work *w) {
    const side *a = &w->side[0], *b = &w->side[1];
    w->similarity = -2;
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < b->count; k++) {
            const float s = mien_face_similarity(
                a->embedding + (size_t)i * (size_t)w->width,
                b->embedding + (size_t)k * (size_t)w->width, w->width);
            if (s <= w->similarity) continue;
            w->similarity = s;
            w->best[0] = i;
            w->best[1] = k;
        }
}

/* ---- the answer ------------------------------------------------------- */

static json_t *side_json(const work *w, int i) {
    const side *s = &w->side[i];
    json_t *face = cli_face_json(&s->faces.face[s->first + w->best[i]]);
    if (face)
        json_object_set_new(face, "quality",
                            cli_quality_json(&s->quality[w->best[i]]));
    return json_pack("{s:s, s:i, s:o}", "file", w->photos.item[i].path, "faces",
                     s->faces.count, "face", face);
}

static mien_status print_json(const work *w, const mien_fmr *fmr, bool match) {
    json_t *answer = json_pack(
        "{s:f, s:o, s:f, s:b, s:o, s:o, s:s}", "similarity",
        (double)w->similarity, "fmr",
        fmr ? cli_json_number(fmr->fmr) : json_null(), "threshold",
        w->threshold.similarity, "match", match, "a", side_json(w, 0), "b",
        side_json(w, 1), "model", mien_embedder_contract(w->embedder));
    if (answer && fmr) {
        json_object_set_new(answer, "fmr_interval",
                            json_pack("[f, f]", fmr->low, fmr->high));
        json_object_set_new(answer, "fmr_extrapolated",
                            json_boolean(fmr->extrapolated));
        json_object_set_new(answer, "threshold_fmr",
                            cli_json_number(w->threshold.at.fmr));
    }
    return cli_json_print(answer);
}

static void print_text(const work *w, const mien_fmr *fmr, bool match) {
    printf("%s: similarity %.4f, %s %.4f\n", match ? "match" : "no match",
           (double)w->similarity, match ? "at least" : "below",
           w->threshold.similarity);
    if (fmr) {
        printf("FMR %.2g (%.2g to %.2g)%s", fmr->fmr, fmr->low, fmr->high,
               fmr->extrapolated ? ", extrapolated" : "");
        printf("; the threshold's is %.2g%s\n", w->threshold.at.fmr,
               w->threshold.at.extrapolated ? ", extrapolated" : "");
    } else {
        puts("FMR unknown: the model was never calibrated");
    }
    for (int i = 0; i < 2; i++) {
        char reasons[256];
        const mien_quality *q = &w->side[i].quality[w->best[i]];
        cli_quality_text(reasons, sizeof reasons, q);
        printf("%s: quality %.0f%s%s\n", w->photos.item[i].path,
               (double)q->overall, *reasons ? ", " : "", reasons);
    }
}

static mien_status answer(const work *w) {
    const mien_calibration *known = w->threshold.known;
    const bool match = (double)w->similarity >= w->threshold.similarity;
    mien_fmr fmr = {0};
    mien_status status = MIEN_OK;
    if (known) fmr = mien_calibration_fmr(known, (double)w->similarity);
    if (w->c->json)
        status = print_json(w, known ? &fmr : NULL, match);
    else
        print_text(w, known ? &fmr : NULL, match);
    return status != MIEN_OK || match ? status : MIEN_NOMATCH;
}

/* One model after the other, so that the memory is that of one. */
static mien_status find_faces(work *w, const cli_texts *words) {
    mien_status status = cli_photos_open(&w->photos, words);
    if (status != MIEN_OK || w->photos.failed)
        return status != MIEN_OK ? status : MIEN_EINVAL;
    if (w->photos.count != 2)
        return cli_complain("%d photos; two are compared", w->photos.count);
    status = cli_detector_open(&w->detector, &w->c->search, "detector");
    for (int i = 0; i < 2 && status == MIEN_OK; i++) status = read_side(w, i);
    mien_detector_close(w->detector);
    return status;
}

static mien_status compare_faces(work *w) {
    mien_status status = cli_embedder_open(&w->embedder, w->c->model, "model");
    if (status != MIEN_OK) return status;
    w->width = mien_embedder_width(w->embedder);
    status = cli_threshold_choose(&w->threshold, &w->c->wanted, w->embedder);
    for (int i = 0; i < 2 && status == MIEN_OK; i++) status = embed_side(w, i);
    if (status == MIEN_OK) compare(w);
    return status;
}

static void free_side(side *s) {
    for (int k = 0; s->aligned && k < s->count; k++)
        mien_image_free(s->aligned[k]);
    free(s->aligned);
    free(s->embedding);
    free(s->quality);
    mien_faces_free(&s->faces);
}

static mien_status run(const void *given, const cli_texts *words) {
    work w = {.c = given};
    mien_status status = find_faces(&w, words);
    if (status == MIEN_OK) status = compare_faces(&w);
    if (status == MIEN_OK) status = answer(&w);
    for (int i = 0; i < 2; i++) free_side(&w.side[i]);
    cli_photos_close(&w.photos);
    mien_embedder_close(w.embedder);
    return status;
}

const cli_command cli_verify = {
    .name = "verify",
    .summary = "one person or two? compare the faces of two photos",
    .words = "PHOTO PHOTO",
    .min_words = 2,
    .max_words = 2,
    .more =
        "Of several faces in a photo the largest is taken, of those nearly "
        "as large the\none nearest to the middle. Without --fmr and "
        "--threshold the FMR is 1e-4, or\nthe least that the model's "
        "calibration shows. A photo without a face is an\nerror.\n"
        "exit: 0 match, 1 no match, 2 error\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
