/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - add what export.c wrote.
 *
 * The text is looked at as a whole first, up to its hash; only then does the
 * gallery change, in one transaction. */
#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/parts.h"

enum { VERSION = 1 };

typedef struct person_pair {
    int64_t theirs, ours;
} person_pair;

typedef struct importing {
    mien_gallery *g;
    const char *text;
    size_t size, at;
    int line;
    json_t *object; /* of the line */
    float *x;
    person_pair *people;
    size_t n, room;
} importing;

static mien_status wrong(const importing *in, const char *what) {
    return mien_fail(MIEN_EFORMAT, "line %d: %s", in->line, what);
}

/* The next line as an object; NULL at the end. */
static mien_status next_line(importing *in) {
    json_error_t error;
    json_decref(in->object);
    in->object = NULL;
    if (in->at == in->size) return MIEN_OK;
    const char *from = in->text + in->at;
    const char *end = memchr(from, '\n', in->size - in->at);
    in->line++;
    if (!end) return wrong(in, "it has no end: the text was cut");
    in->at = (size_t)(end - in->text) + 1;
    in->object =
        json_loadb(from, (size_t)(end - from), JSON_REJECT_DUPLICATES, &error);
    if (!in->object) return wrong(in, error.text);
    return json_is_object(in->object) ? MIEN_OK : wrong(in, "no object");
}

static const char *text_of(const importing *in, const char *key) {
    return json_string_value(json_object_get(in->object, key));
}

static bool number_of(int64_t *out, const importing *in, const char *key) {
    const json_t *value = json_object_get(in->object, key);
    *out = json_is_integer(value) ? (int64_t)json_integer_value(value) : 0;
    return json_is_integer(value);
}

static bool is_kind(const importing *in, const char *kind) {
    const char *is = text_of(in, "kind");
    return is && strcmp(is, kind) == 0;
}

/* ---- the whole, before anything is changed ---- */

/* The last line says what all before it hash to. */
static mien_status check_whole(importing *in) {
    char hex[MIEN_HASH_HEX];
    size_t last = in->size;
    if (last && in->text[last - 1] == '\n') last--;
    while (last && in->text[last - 1] != '\n') last--;
    mien_hash_once(hex, in->text, last);
    in->at = last;
    const mien_status status = next_line(in);
    const char *want =
        status == MIEN_OK && is_kind(in, "end") ? text_of(in, "blake2b") : NULL;
    const bool sound = want && strcmp(want, hex) == 0;
    in->at = 0;
    in->line = 0;
    if (sound) return MIEN_OK;
    return mien_fail(MIEN_ECORRUPT,
                     "this is no export of a gallery, or it was cut or "
                     "changed: its last line does not fit the others");
}

static mien_status check_first(importing *in) {
    int64_t version, width;
    MIEN_TRY(next_line(in));
    const char *contract = text_of(in, "contract");
    if (!is_kind(in, "mien-gallery") || !contract ||
        !number_of(&version, in, "version") || !number_of(&width, in, "width"))
        return wrong(in, "a gallery's first line is missing");
    if (version != VERSION)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "an export of version %lld; this mien reads %d",
                         (long long)version, VERSION);
    if (strcmp(contract, in->g->head.contract) != 0)
        return mien_fail(MIEN_EINVAL,
                         "the export is of contract %.64s, %s of contract %s",
                         contract, in->g->path, in->g->head.contract);
    return width == in->g->width ? MIEN_OK : wrong(in, "another width");
}

/* ---- people and templates ---- */

static mien_status add_person(importing *in) {
    int64_t theirs, added, ours;
    const char *name = text_of(in, "name");
    if (!number_of(&theirs, in, "person") || !number_of(&added, in, "added") ||
        !name || !*name)
        return wrong(in, "a person has a number, a name and a time");
    if (mien_check_text(name, MIEN_GALLERY_NAME, "the name") != MIEN_OK)
        return mien_fail_in(MIEN_EINVAL, "line %d", in->line);
    if (in->n && theirs <= in->people[in->n - 1].theirs)
        return wrong(in, "people come by number");
    if (in->n == in->room) {
        const size_t room = in->room ? 2 * in->room : 64;
        person_pair *more = mien_realloc(in->people, room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        in->people = more;
        in->room = room;
    }
    MIEN_TRY(mien_enrol_person(&ours, in->g, name, added));
    in->people[in->n++] = (person_pair){theirs, ours};
    return MIEN_OK;
}

static int by_theirs(const void *x, const void *y) {
    const person_pair *a = x, *b = y;
    return a->theirs < b->theirs ? -1 : a->theirs > b->theirs;
}

/* The vector in base64, and nothing but it. */
static bool read_vector(importing *in) {
    const char *text = text_of(in, "values"), *end = NULL;
    const size_t want = 4 * (size_t)in->g->width;
    size_t size = 0;
    return text &&
           sodium_base642bin((uint8_t *)in->x, want, text, strlen(text), NULL,
                             &size, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           size == want && !*end &&
           mien_vector_kind(in->x, in->g->width) == MIEN_VECTOR_UNIT;
}

static mien_status add_template(importing *in) {
    person_pair key = {0};
    int64_t added, id;
    const char *source = text_of(in, "source");
    const json_t *quality = json_object_get(in->object, "quality");
    if (!number_of(&key.theirs, in, "person") ||
        !number_of(&added, in, "added") || !source ||
        !(json_is_number(quality) || json_is_null(quality)))
        return wrong(in, "a template has person, source, quality and time");
    if (mien_check_text(source, MIEN_GALLERY_SOURCE, "the source") != MIEN_OK)
        return mien_fail_in(MIEN_EINVAL, "line %d", in->line);
    if (!read_vector(in)) return wrong(in, "its values are no template");
    const person_pair *of =
        in->n ? bsearch(&key, in->people, in->n, sizeof key, by_theirs) : NULL;
    if (!of) return wrong(in, "its person does not come before it");
    const mien_new_template fresh = {
        {in->x, source,
         json_is_null(quality) ? (double)NAN : json_number_value(quality)},
        added};
    return mien_enrol_template(&id, in->g, of->ours, &fresh);
}

static mien_status add_all(importing *in) {
    MIEN_TRY(check_first(in));
    for (;;) {
        MIEN_TRY(next_line(in));
        if (!in->object || is_kind(in, "end")) break;
        if (is_kind(in, "person"))
            MIEN_TRY(add_person(in));
        else if (is_kind(in, "template"))
            MIEN_TRY(add_template(in));
        else
            return wrong(in, "neither a person nor a template");
    }
    return in->at == in->size ? MIEN_OK : wrong(in, "the end is not the last");
}

static mien_status import_locked(importing *in) {
    MIEN_TRY(mien_change_begin(in->g));
    return mien_change_end(in->g, add_all(in));
}

mien_status mien_gallery_import(mien_gallery *gallery, const char *text,
                                size_t size) {
    const size_t width = (size_t)gallery->width;
    importing in = {.g = gallery, .text = text, .size = size};
    in.x = mien_alloc(width, sizeof *in.x);
    mien_status status = in.x ? check_whole(&in) : MIEN_ENOMEM;
    if (status == MIEN_OK) {
        pthread_mutex_lock(&gallery->lock);
        status = import_locked(&in);
        pthread_mutex_unlock(&gallery->lock);
    }
    json_decref(in.object);
    if (in.x) sodium_memzero(in.x, width * sizeof *in.x);
    mien_free(in.x);
    mien_free(in.people);
    return status;
}
