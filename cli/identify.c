/* SPDX-License-Identifier: Apache-2.0 */
/* identify.c - mien identify GALLERY PHOTO...: who is it, if anybody? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draw.h"
#include "enrolment.h"
#include "json.h"
#include "threshold.h"

typedef struct config {
    const char *model, *draw;
    cli_search search;
    cli_wanted wanted;
    cli_format print;
    int top;
    bool repeats;
} config;

static const config defaults = {
    .search = CLI_DETECT_DEFAULTS, .wanted = CLI_WANTED_DEFAULTS, .top = 1};

static const cli_option options[] = {
    {"top", "K", "people to list for each face [1]", offsetof(config, top),
     CLI_INT, 1, MIEN_GALLERY_TOP},
    CLI_WANTED_OPTIONS(config, wanted),
    {"repeats", NULL, "a person may be in a photo more than once",
     offsetof(config, repeats), CLI_FLAG},
    {"draw", "OUT",
     "save the photo with names: a file, or a folder for several",
     offsetof(config, draw), CLI_TEXT},
    {"model", "FILE", "model that compares [models/embedder.safetensors]",
     offsetof(config, model), CLI_TEXT},
    CLI_DETECT_OPTIONS(config, search, "detector"),
    CLI_FORMAT_OPTIONS(config, print),
    {0}};

typedef struct work {
    const config *c;
    cli_eyes eyes;
    cli_threshold threshold;
    mien_gallery *gallery;
    int64_t people;
    cli_photos photos;
    json_t *faces, *all; /* of --json */
    int known;           /* faces that were named */
} work;

/* What is known of the faces of a photo. */
typedef struct answer {
    const char *path;
    const cli_sight *sight;
    const mien_matches *matches;
    const int *chosen; /* of each face: which match it is, -1: a stranger */
} answer;

static const mien_match *match_of(const answer *a, int face, int k) {
    return &a->matches->items[face * a->matches->top + k];
}

/* ---- JSON ------------------------------------------------------------- */

/* How often a stranger is taken for somebody, were people independent. */
static json_t *fpir_json(const work *w, float similarity) {
    if (!w->threshold.known) return json_null();
    const double fmr =
        mien_calibration_fmr(w->threshold.known, (double)similarity).fmr;
    return cli_json_number(-expm1((double)w->people * log1p(-fmin(fmr, 1))));
}

static const char *decision_of(const work *w, const answer *a, int face,
                               int k) {
    if (a->chosen[face] == k) return "match";
    return (double)match_of(a, face, k)->similarity >= w->threshold.similarity
               ? "other_face"
               : "below_threshold";
}

static json_t *face_json(const work *w, const answer *a, int i) {
    json_t *matches = json_array();
    for (int k = 0; k < a->matches->count[i]; k++) {
        const mien_match *m = match_of(a, i, k);
        if (k >= w->c->top && k != a->chosen[i]) continue;
        json_array_append_new(
            matches, json_pack("{s:s, s:f, s:o, s:o, s:s}", "person", m->name,
                               "similarity", (double)m->similarity, "fmr",
                               cli_fmr_json(&w->threshold, m->similarity),
                               "fpir", fpir_json(w, m->similarity), "decision",
                               decision_of(w, a, i, k)));
    }
    json_t *face = cli_face_json(&a->sight->faces.face[i]);
    const int chosen = a->chosen[i];
    if (!face) return NULL;
    json_object_set_new(face, "file", json_string(a->path));
    json_object_set_new(face, "quality",
                        cli_quality_json(&a->sight->quality[i]));
    json_object_set_new(
        face, "person",
        chosen >= 0 ? json_string(match_of(a, i, chosen)->name) : json_null());
    json_object_set_new(face, "decision",
                        json_string(chosen >= 0 ? "known" : "stranger"));
    json_object_set_new(face, "matches", matches);
    return face;
}

/* ---- text ------------------------------------------------------------- */

static void print_csv(const work *w, const answer *a, int i) {
    const mien_face *f = &a->sight->faces.face[i];
    const int k = a->chosen[i];
    cli_csv_put(a->path, ",");
    printf("%.1f,%.1f,%.1f,%.1f,", (double)f->x, (double)f->y, (double)f->width,
           (double)f->height);
    cli_csv_put(k >= 0 ? match_of(a, i, k)->name : "", ",");
    if (a->matches->count[i]) {
        const float s = match_of(a, i, k >= 0 ? k : 0)->similarity;
        printf("%.4f,", (double)s);
        if (w->threshold.known)
            printf("%.3g",
                   mien_calibration_fmr(w->threshold.known, (double)s).fmr);
    } else {
        putchar(',');
    }
    printf(",%s\n", k >= 0 ? "known" : "stranger");
}

static void print_text(const work *w, const answer *a, int i) {
    const mien_face *f = &a->sight->faces.face[i];
    const int chosen = a->chosen[i];
    printf("  %5.0f %5.0f  %4.0f x %-4.0f  %s", (double)f->x, (double)f->y,
           (double)f->width, (double)f->height,
           chosen >= 0 ? match_of(a, i, chosen)->name : "stranger");
    for (int k = 0; k < a->matches->count[i]; k++) {
        const mien_match *m = match_of(a, i, k);
        char fmr[48];
        if (k >= w->c->top && k != chosen) continue;
        cli_fmr_text(fmr, sizeof fmr, &w->threshold, m->similarity);
        if (w->c->top > 1 || chosen < 0)
            printf("%s%s %.4f (%s)", k ? ", " : "; nearest ", m->name,
                   (double)m->similarity, fmr);
        else if (k == chosen)
            printf("  %.4f  %s", (double)m->similarity, fmr);
    }
    putchar('\n');
}

static mien_status print(work *w, const answer *a) {
    const cli_format *f = &w->c->print;
    const int n = a->sight->faces.count;
    json_t *list = json_array();
    if (!f->json && !f->jsonl && !f->csv)
        printf("%s: %d face%s\n", a->path, n, n == 1 ? "" : "s");
    for (int i = 0; i < n; i++) {
        w->known += a->chosen[i] >= 0;
        if (f->json)
            json_array_append_new(w->faces, face_json(w, a, i));
        else if (f->jsonl)
            json_array_append_new(list, face_json(w, a, i));
        else if (f->csv)
            print_csv(w, a, i);
        else
            print_text(w, a, i);
    }
    if (f->csv && !n) {
        cli_csv_put(a->path, ",");
        puts(",,,,,,,no_face");
    }
    if (f->jsonl)
        return cli_json_line(
            json_pack("{s:s, s:o}", "file", a->path, "faces", list));
    json_array_append_new(w->all,
                          json_pack("{s:s, s:i}", "file", a->path, "faces", n));
    json_decref(list);
    return MIEN_OK;
}

/* ---- drawing ---------------------------------------------------------- */

static mien_status draw(const work *w, int i, const mien_image *photo,
                        const answer *a) {
    char path[4096];
    cli_drawing d;
    mien_status status =
        cli_photo_drawing(path, sizeof path, w->c->draw, &w->photos, i);
    if (status != MIEN_OK) return status;
    status = cli_drawing_open(&d, photo);
    for (int k = 0; status == MIEN_OK && k < a->sight->faces.count; k++) {
        char label[320];
        const int chosen = a->chosen[k];
        if (chosen >= 0)
            snprintf(label, sizeof label, "%s %.2f",
                     match_of(a, k, chosen)->name,
                     (double)match_of(a, k, chosen)->similarity);
        cli_draw_face(&d, &a->sight->faces.face[k],
                      chosen >= 0 ? label : "stranger",
                      chosen >= 0 ? CLI_GREEN : CLI_AMBER);
    }
    if (status == MIEN_OK) status = cli_drawing_save(&d, path);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    cli_drawing_close(&d);
    return status;
}

/* ---- a photo ---------------------------------------------------------- */

/* Who of the matches each face is: nobody twice, unless asked. */
static mien_status choose(const work *w, int *chosen,
                          const mien_matches *matches) {
    const float least = (float)w->threshold.similarity;
    if (!w->c->repeats) return mien_matches_assign(chosen, matches, least);
    for (int i = 0; i < matches->n; i++)
        chosen[i] = matches->count[i] &&
                            matches->items[i * matches->top].similarity >= least
                        ? 0
                        : -1;
    return MIEN_OK;
}

static mien_status name_faces(work *w, int i, const mien_image *photo,
                              const cli_sight *sight) {
    const int n = sight->faces.count;
    mien_matches *matches = NULL;
    int top = w->c->top > n ? w->c->top : n;
    if (top > MIEN_GALLERY_TOP) top = MIEN_GALLERY_TOP;
    if (top < 1) top = 1;
    const mien_query query = {.top = top, .least = -1};
    int *chosen = calloc((size_t)n + 1, sizeof *chosen);
    mien_status status = chosen ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK && n)
        status = mien_gallery_search(&matches, w->gallery, sight->embedding, n,
                                     &query);
    if (status == MIEN_OK && n) status = choose(w, chosen, matches);
    if (status != MIEN_OK) cli_photo_failed(&w->photos, i);
    const answer a = {w->photos.item[i].path, sight, matches, chosen};
    if (status == MIEN_OK) status = print(w, &a);
    if (status == MIEN_OK && w->c->draw && draw(w, i, photo, &a) != MIEN_OK)
        w->photos.failed++;
    mien_matches_free(matches);
    free(chosen);
    return status;
}

static void identify_photo(work *w, int i) {
    mien_image *photo;
    cli_sight sight;
    if (cli_photo_load(&photo, &w->photos, i) != MIEN_OK) return;
    if (cli_eyes_look(&w->eyes, &sight, photo) == MIEN_OK)
        name_faces(w, i, photo, &sight);
    else
        cli_photo_failed(&w->photos, i);
    cli_sight_free(&sight);
    mien_image_free(photo);
}

/* ---- the gallery ------------------------------------------------------ */

static bool is_folder(const char *path) {
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

/* A gallery for this run alone, of a folder of known people. */
static mien_status make_gallery(work *w, char *path, size_t room,
                                const char *people) {
    const char *base = getenv("TMPDIR");
    snprintf(path, room, "%s/mien-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path)) {
        cli_complain("%s: a folder cannot be made there", path);
        *path = 0;
        return MIEN_EIO;
    }
    strncat(path, "/gallery", room - strlen(path) - 1);
    cli_enrolment e = {.eyes = &w->eyes, .quiet = true};
    mien_status status =
        cli_gallery_open(&e.gallery, path, true, true, w->eyes.embedder);
    if (status != MIEN_OK) return status;
    w->gallery = e.gallery;
    status = cli_enrol_people(&e, people);
    w->photos.failed += e.refused;
    if (status == MIEN_OK && !e.added)
        return cli_complain("%s: no face of anybody is known there", people);
    return status;
}

static void drop_gallery(char *path) {
    mien_gallery_destroy(path);
    char *slash = strrchr(path, '/');
    if (slash) *slash = 0;
    rmdir(path);
}

static mien_status identify_all(work *w, const cli_texts *words) {
    const cli_texts photos = {words->items + 1, words->count - 1};
    const int failed = w->photos.failed; /* of the known people */
    mien_gallery_facts facts;
    mien_status status = mien_gallery_info(&facts, w->gallery);
    if (status != MIEN_OK) return cli_complain("%s", mien_error());
    w->people = facts.people;
    status = cli_photos_open(&w->photos, &photos);
    if (status != MIEN_OK) return status;
    w->photos.failed += failed;
    if (w->c->print.csv) puts("file,x,y,w,h,person,similarity,fmr,decision");
    for (int i = 0; i < w->photos.count; i++) identify_photo(w, i);
    status = cli_photos_status(&w->photos);
    if (w->c->print.json) {
        const mien_status printed = cli_json_print(json_pack(
            "{s:O, s:O, s:f, s:o, s:I, s:i, s:s}", "faces", w->faces, "photos",
            w->all, "threshold", w->threshold.similarity, "threshold_fmr",
            w->threshold.known ? cli_json_number(w->threshold.at.fmr)
                               : json_null(),
            "people", (json_int_t)w->people, "failed", w->photos.failed,
            "model", mien_embedder_contract(w->eyes.embedder)));
        if (status == MIEN_OK) status = printed;
    }
    return status == MIEN_OK && !w->known ? MIEN_NOMATCH : status;
}

static mien_status identify(work *w, const cli_texts *words) {
    char made[4096] = "";
    mien_status status =
        cli_threshold_choose(&w->threshold, &w->c->wanted, w->eyes.embedder);
    if (status != MIEN_OK) return status;
    if (is_folder(words->items[0]))
        status = make_gallery(w, made, sizeof made, words->items[0]);
    else
        status = cli_gallery_open(&w->gallery, words->items[0], false, false,
                                  w->eyes.embedder);
    if (status == MIEN_OK) status = identify_all(w, words);
    mien_gallery_close(w->gallery);
    if (*made) drop_gallery(made);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    work w = {.c = given};
    mien_status status = cli_format_check(&w.c->print);
    if (status != MIEN_OK) return status;
    w.faces = json_array();
    w.all = json_array();
    status = cli_eyes_open(&w.eyes, &w.c->search, w.c->model);
    if (status == MIEN_OK) status = identify(&w, words);
    json_decref(w.faces);
    json_decref(w.all);
    cli_photos_close(&w.photos);
    cli_eyes_close(&w.eyes);
    return status;
}

const cli_command cli_identify = {
    .name = "identify",
    .summary = "name the people in photos, or say that they are strangers",
    .words = "GALLERY|KNOWN/ PHOTO|FOLDER|-...",
    .min_words = 2,
    .max_words = 1 << 20,
    .more =
        "GALLERY is what `mien enroll` made, or a folder of known people: a "
        "folder or a picture\nnamed after each. Nobody is named twice in a "
        "photo. FMR is that of one comparison;\nfpir in the JSON is the chance "
        "that a stranger is taken for any of the people.\n"
        "exit: 0 somebody was named, 1 nobody, 2 error\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
