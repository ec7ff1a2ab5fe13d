/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_fixture.h - a small gallery of vectors that stand for faces. Include
 * after cmocka.h. */
#ifndef MIEN_TESTS_GALLERY_FIXTURE_H
#define MIEN_TESTS_GALLERY_FIXTURE_H

#include "base/mem.h"
#include "mien/gallery.h"
#include "scratch.h"
#include "vectors.h"

enum { WIDTH = 64 };

#define CONTRACT                       \
    "0123456789abcdef0123456789abcdef" \
    "0123456789abcdef0123456789abcdef"

#define assert_ok(call)                                      \
    do {                                                     \
        if ((call) != MIEN_OK) fail_msg("%s", mien_error()); \
    } while (0)

/* The sentence of the last failure says so. */
#define assert_said(text) assert_non_null(strstr(mien_error(), text))

static inline mien_gallery_options to_write(void) {
    mien_gallery_options o;
    mien_gallery_defaults(&o);
    o.write = o.create = true;
    o.contract = CONTRACT;
    o.model = "test net";
    o.width = WIDTH;
    o.wait = 0;
    return o;
}

static inline mien_gallery_options to_read(void) {
    mien_gallery_options o;
    mien_gallery_defaults(&o);
    o.wait = 0;
    return o;
}

static inline mien_gallery *open_to(const char *path, mien_gallery_options o) {
    mien_gallery *g;
    assert_ok(mien_gallery_open(&g, path, &o));
    return g;
}

static inline const char *person_name(int i) {
    static char names[8][32];
    static int next;
    char *name = names[next++ % 8];
    snprintf(name, sizeof names[0], "Person %d", i);
    return name;
}

/* Photos first .. first + n - 1 of a person. */
static inline void enrol(mien_gallery *g, int person, int first, int n) {
    float x[16][WIDTH];
    mien_template t[16];
    char source[16][32];
    for (int i = 0; i < n; i++) {
        face_vector(x[i], WIDTH, (uint32_t)person, (uint32_t)(first + i), 0.5);
        snprintf(source[i], sizeof source[i], "%d/%d.jpg", person, first + i);
        t[i] = (mien_template){x[i], source[i], 50 + i};
    }
    assert_ok(mien_gallery_enrol(g, NULL, person_name(person), t, n));
}

/* People 0 .. people - 1 with so many photos each, at once. */
static inline void enrol_all(mien_gallery *g, int people, int photos) {
    assert_ok(mien_gallery_begin(g));
    for (int i = 0; i < people; i++) enrol(g, i, 0, photos);
    assert_ok(mien_gallery_commit(g));
}

/* Whom a new photo of a person finds; "" for nobody. */
static inline const char *who_is(mien_gallery *g, int person) {
    static char name[MIEN_GALLERY_NAME + 1];
    const mien_query query = {.top = 1, .least = 0.4f};
    float x[WIDTH];
    mien_matches *m;
    face_vector(x, WIDTH, (uint32_t)person, 999, 0.5);
    assert_ok(mien_gallery_search(&m, g, x, 1, &query));
    snprintf(name, sizeof name, "%s", m->count[0] ? m->items[0].name : "");
    mien_matches_free(m);
    return name;
}

static inline mien_gallery_facts facts_of(mien_gallery *g) {
    mien_gallery_facts facts;
    assert_ok(mien_gallery_info(&facts, g));
    return facts;
}

#endif
