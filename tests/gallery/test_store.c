/* SPDX-License-Identifier: Apache-2.0 */
/* test_store.c - every store keeps rows; and records that were changed, taken
 * away or put back behind the gallery's back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "gallery/store.h"
#include "gallery_fixture.h"

/* A row that outlives its visit. */
typedef struct copy {
    mien_template_row row;
    uint8_t sealed[24 + 4 * WIDTH + 16];
    char source[64];
    mien_person_row person;
    char name[64];
    int visits;
} copy;

static mien_status copy_template(void *context, const mien_template_row *row) {
    copy *c = context;
    assert_true(row->size <= sizeof c->sealed);
    c->row = *row;
    memcpy(c->sealed, row->sealed, row->size);
    snprintf(c->source, sizeof c->source, "%s", row->source);
    c->row.sealed = c->sealed;
    c->row.source = c->source;
    c->visits++;
    return MIEN_OK;
}

static mien_status copy_person(void *context, const mien_person_row *row) {
    copy *c = context;
    c->person = *row;
    snprintf(c->name, sizeof c->name, "%s", row->name);
    c->person.name = c->name;
    c->visits++;
    return MIEN_OK;
}

static mien_status stop(void *context, const mien_template_row *row) {
    copy *c = context;
    (void)row;
    return ++c->visits == 2 ? MIEN_NOMATCH : MIEN_OK;
}

static mien_store *open_store(const char *path, bool create) {
    mien_store *s;
    const mien_store_how how = {path, true, create, 0};
    assert_ok(mien_store_open(&s, &how));
    return s;
}

/* Ada has templates 7 and 9; that they were removed is undone. */
static void fill_store(const char *path) {
    mien_store *s = open_store(path, true);
    const mien_store_ops *ops = s->ops;
    mien_person_row p = {.id = 3, .added = 5, .name = "Ada"};
    mien_template_row t = {.id = 7,
                           .person = 3,
                           .added = 6,
                           .quality = NAN,
                           .source = "a.jpg",
                           .sealed = (const uint8_t *)"0123456789",
                           .size = 10};
    memset(p.seal, 1, sizeof p.seal);
    memset(t.seal, 2, sizeof t.seal);
    assert_ok(ops->begin(s, true));
    assert_ok(ops->person_put(s, &p));
    assert_ok(ops->template_put(s, &t));
    t.id = 9, t.quality = 0.5;
    assert_ok(ops->template_put(s, &t));
    assert_ok(ops->head_put(s, (const uint8_t *)"head", 4));
    assert_ok(ops->commit(s));
    assert_ok(ops->begin(s, true));
    assert_ok(ops->template_remove(s, 7));
    assert_ok(ops->person_remove(s, 3));
    ops->undo(s);
    ops->undo(s);
    ops->close(s);
}

static void store__keeps_what_was_committed(void **state) {
    (void)state;
    fill_store(scratch("a.db"));
    mien_store *s = open_store(scratch("a.db"), false);
    const mien_store_ops *ops = s->ops;
    const mien_person_row taken = {.id = 4, .name = "Ada"};
    copy c = {0};
    assert_ok(ops->template_get(s, 7, copy_template, &c));
    assert_int_equal(c.visits, 1);
    assert_int_equal(c.row.person, 3);
    assert_true(isnan(c.row.quality));
    assert_memory_equal(c.sealed, "0123456789", 10);
    assert_int_equal(c.row.seal[31], 2);
    assert_ok(ops->template_get(s, 8, copy_template, &c));
    assert_int_equal(c.visits, 1);
    assert_ok(ops->template_each(s, 7, copy_template, &c));
    assert_int_equal(c.visits, 2);
    assert_true(c.row.quality == 0.5);
    assert_ok(ops->person_find(s, "Ada", copy_person, &c));
    assert_int_equal(c.person.id, 3);
    assert_int_equal(c.person.templates, 2);
    assert_ok(ops->person_find(s, "ada", copy_person, &c));
    assert_ok(ops->person_get(s, 4, copy_person, &c));
    assert_int_equal(c.visits, 3);
    c.visits = 0;
    assert_int_equal(ops->template_each_of(s, 3, stop, &c), MIEN_NOMATCH);
    assert_int_equal(c.visits, 2);
    uint8_t head[4];
    size_t size = 2;
    assert_ok(ops->head_get(s, head, &size));
    assert_int_equal(size, 4); /* what there is; the room was too small */
    assert_ok(ops->head_get(s, head, &size));
    assert_memory_equal(head, "head", 4);
    assert_int_equal(ops->person_put(s, &taken), MIEN_EINVAL);
    assert_ok(ops->check(s));
    assert_ok(ops->wipe(s));
    ops->close(s);
}

/* ---- behind the gallery's back ---- */

typedef void (*meddling)(mien_store *s, copy *kept);

static void take_away(mien_store *s, copy *kept) {
    (void)kept;
    assert_ok(s->ops->template_remove(s, 3));
}

static void exchange_vectors(mien_store *s, copy *kept) {
    copy other = {0};
    assert_ok(s->ops->template_get(s, 3, copy_template, kept));
    assert_ok(s->ops->template_get(s, 5, copy_template, &other));
    other.row.sealed = kept->sealed;
    assert_ok(s->ops->template_put(s, &other.row));
}

static void copy_to_another_number(mien_store *s, copy *kept) {
    assert_ok(s->ops->template_get(s, 3, copy_template, kept));
    kept->row.id = 4;
    assert_ok(s->ops->template_put(s, &kept->row));
}

static void give_to_another(mien_store *s, copy *kept) {
    assert_ok(s->ops->template_get(s, 3, copy_template, kept));
    kept->row.person = 1;
    assert_ok(s->ops->template_put(s, &kept->row));
}

static void better(mien_store *s, copy *kept) {
    assert_ok(s->ops->template_get(s, 3, copy_template, kept));
    kept->row.quality = 99;
    assert_ok(s->ops->template_put(s, &kept->row));
}

static void rename_person(mien_store *s, copy *kept) {
    assert_ok(s->ops->person_get(s, 2, copy_person, kept));
    kept->person.name = "Somebody else";
    assert_ok(s->ops->person_put(s, &kept->person));
}

static void empty_vector(mien_store *s, copy *kept) {
    assert_ok(s->ops->template_get(s, 3, copy_template, kept));
    kept->row.size = 40;
    assert_ok(s->ops->template_put(s, &kept->row));
}

static void verify__names_what_was_meddled_with(void **state) {
    (void)state;
    static const struct {
        meddling how;
        const char *said;
    } cases[] = {{take_away, "5 templates"},
                 {exchange_vectors, "template 5 of person 3"},
                 {copy_to_another_number, "template 4 of person 2"},
                 {give_to_another, "template 3 of person 1"},
                 {better, "template 3 of person 2"},
                 {empty_vector, "template 3 of person 2"},
                 {rename_person, "person 2 ('Somebody else')"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[512], name[32];
        copy kept = {0};
        snprintf(name, sizeof name, "m%zu.mien", i);
        snprintf(path, sizeof path, "%s", scratch(name));
        mien_gallery *g = open_to(path, to_write());
        enrol_all(g, 3, 2);
        mien_gallery_close(g);
        mien_store *s = open_store(path, false);
        cases[i].how(s, &kept);
        s->ops->close(s);
        g = open_to(path, to_read());
        assert_int_equal(mien_gallery_verify(g, NULL, NULL), MIEN_ECORRUPT);
        assert_said(cases[i].said);
        float x[WIDTH];
        const mien_query query = {.top = 3, .least = -1};
        mien_matches *m;
        face_vector(x, WIDTH, 1, 0, 0.5);
        assert_int_equal(mien_gallery_search(&m, g, x, 1, &query),
                         MIEN_ECORRUPT);
        mien_gallery_close(g);
    }
}

static void verify__notices_an_older_row_put_back(void **state) {
    (void)state;
    char path[512];
    copy kept = {0};
    snprintf(path, sizeof path, "%s", scratch("old.mien"));
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 3, 2);
    mien_gallery_close(g);
    mien_store *s = open_store(path, false);
    assert_ok(s->ops->person_get(s, 2, copy_person, &kept));
    s->ops->close(s);
    g = open_to(path, to_write());
    assert_ok(mien_gallery_rename(g, "Person 1", "New"));
    mien_gallery_close(g);
    s = open_store(path, false);
    assert_ok(s->ops->person_put(s, &kept.person));
    s->ops->close(s);
    g = open_to(path, to_read());
    assert_int_equal(mien_gallery_verify(g, NULL, NULL), MIEN_ECORRUPT);
    assert_said("older");
    mien_gallery_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store__keeps_what_was_committed),
        cmocka_unit_test(verify__names_what_was_meddled_with),
        cmocka_unit_test(verify__notices_an_older_row_put_back),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
