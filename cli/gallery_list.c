/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_list.c - mien gallery list GALLERY [PERSON]. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "enrolment.h"
#include "json.h"

enum { PAGE = 1000 };

typedef struct config {
    bool json;
} config;

static const cli_option options[] = {
    {"json", NULL, "print the list as one JSON object", offsetof(config, json),
     CLI_FLAG},
    {0}};

/* 2026-01-31T12:00:00Z */
static void format_time(char out[32], int64_t seconds) {
    const time_t t = (time_t)seconds;
    struct tm utc;
    if (!gmtime_r(&t, &utc) || !strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc))
        snprintf(out, 32, "?");
}

/* ---- people ----------------------------------------------------------- */

static void list_person(const mien_person *p, json_t *list) {
    char added[32];
    format_time(added, p->added);
    if (list)
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:I, s:s}", "id", (json_int_t)p->id,
                            "person", p->name, "templates",
                            (json_int_t)p->templates, "added", added));
    else
        printf("%-30s %4lld  %s\n", p->name, (long long)p->templates, added);
}

static mien_status list_people(mien_gallery *gallery, json_t *list) {
    mien_people page;
    int64_t after = 0;
    mien_status status;
    do {
        status = mien_gallery_list(&page, gallery, after, PAGE);
        if (status != MIEN_OK) return status;
        for (int i = 0; i < page.count; i++) list_person(&page.items[i], list);
        if (page.count) after = page.items[page.count - 1].id;
        mien_people_free(&page);
    } while (page.count == PAGE);
    return MIEN_OK;
}

/* ---- templates of one ------------------------------------------------- */

static mien_status list_templates(mien_gallery *gallery, const char *person,
                                  json_t *list) {
    mien_template_notes notes;
    const mien_status status = mien_gallery_templates(&notes, gallery, person);
    if (status != MIEN_OK) return status;
    for (int i = 0; i < notes.count; i++) {
        const mien_template_note *n = &notes.items[i];
        char added[32];
        format_time(added, n->added);
        if (list)
            json_array_append_new(
                list, json_pack("{s:I, s:o, s:s, s:s}", "id", (json_int_t)n->id,
                                "quality", cli_json_number(n->quality),
                                "source", n->source, "added", added));
        else
            printf("%-6lld quality %3.0f  %s  %s\n", (long long)n->id,
                   n->quality, added, n->source);
    }
    mien_templates_free(&notes);
    return MIEN_OK;
}

/* ---- command ---------------------------------------------------------- */

static mien_status print(mien_gallery *gallery, const cli_texts *words,
                         bool json) {
    mien_gallery_facts f;
    const bool one = words->count > 1;
    json_t *list = json ? json_array() : NULL;
    mien_status status = mien_gallery_info(&f, gallery);
    if (status == MIEN_OK && !json && !one)
        printf("%lld people, %lld templates of %d values; model %.16s\n",
               (long long)f.people, (long long)f.templates, f.width,
               f.contract);
    if (status == MIEN_OK)
        status = one ? list_templates(gallery, words->items[1], list)
                     : list_people(gallery, list);
    if (status != MIEN_OK || !json) {
        json_decref(list);
        return status;
    }
    return cli_json_print(
        json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:o}", "gallery",
                  words->items[0], "id", f.id, "model", f.contract, "width",
                  f.width, "people", (json_int_t)f.people, "templates",
                  (json_int_t)f.templates, one ? "of_person" : "list", list));
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_gallery *gallery;
    mien_status status =
        cli_gallery_open(&gallery, words->items[0], false, false, NULL);
    if (status != MIEN_OK) return status;
    status = print(gallery, words, c->json);
    mien_gallery_close(gallery);
    return status;
}

const cli_command cli_gallery_list = {
    .name = "gallery list",
    .summary = "list the people of a gallery, or the templates of one",
    .words = "GALLERY [PERSON]",
    .min_words = 1,
    .max_words = 2,
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
