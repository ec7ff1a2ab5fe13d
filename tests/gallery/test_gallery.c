/* SPDX-License-Identifier: Apache-2.0 */
/* test_gallery.c - enrol, find, rename, merge, remove; refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "gallery_fixture.h"

static void gallery__finds_whom_it_knows(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("a.mien"), to_write());
    assert_string_equal(who_is(g, 3), "");
    enrol_all(g, 20, 3);
    for (int i = 0; i < 20; i++)
        assert_string_equal(who_is(g, i), person_name(i));
    assert_string_equal(who_is(g, 77), "");
    assert_int_equal(facts_of(g).people, 20);
    assert_int_equal(facts_of(g).templates, 60);
    enrol(g, 77, 0, 2);
    assert_string_equal(who_is(g, 77), "Person 77");
    mien_gallery_close(g);
    g = open_to(scratch("a.mien"), to_read());
    assert_string_equal(who_is(g, 77), "Person 77");
    assert_string_equal(facts_of(g).model, "test net");
    assert_string_equal(facts_of(g).contract, CONTRACT);
    assert_int_equal(facts_of(g).width, WIDTH);
    mien_gallery_close(g);
}

static void gallery__has_private_files(void **state) {
    (void)state;
    struct stat info;
    mien_gallery *g = open_to(scratch("b.mien"), to_write());
    mien_gallery_close(g);
    assert_int_equal(stat(scratch("b.mien"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(scratch("b.mien.key"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(chmod(scratch("b.mien.key"), 0640), 0);
    mien_gallery_options o = to_read();
    assert_int_equal(mien_gallery_open(&g, scratch("b.mien"), &o), MIEN_EINVAL);
    assert_said("chmod 600");
    assert_null(g);
}

static void gallery__refuses_another_contract_and_names_both(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("c.mien"), to_write());
    mien_gallery_close(g);
    char other[65] = CONTRACT;
    other[0] = 'f';
    mien_gallery_options o = to_read();
    o.contract = other;
    o.model = "other net";
    assert_int_equal(mien_gallery_open(&g, scratch("c.mien"), &o), MIEN_EINVAL);
    assert_said(other);
    assert_said(CONTRACT);
    assert_said("test net");
    assert_said("other net");
    o = to_read();
    o.width = WIDTH + 1;
    assert_int_equal(mien_gallery_open(&g, scratch("c.mien"), &o), MIEN_EINVAL);
    assert_said("64 values, not of 65");
}

static void gallery__opens_with_its_key_only(void **state) {
    (void)state;
    uint8_t key[MIEN_GALLERY_KEY] = {1, 2, 3};
    mien_gallery_options o = to_write();
    o.key = key;
    mien_gallery *g = open_to(scratch("d.mien"), o);
    enrol(g, 1, 0, 2);
    mien_gallery_close(g);
    assert_int_equal(access(scratch("d.mien.key"), F_OK), -1);
    g = open_to(scratch("d.mien"), o);
    assert_string_equal(who_is(g, 1), "Person 1");
    mien_gallery_close(g);
    key[31] = 1;
    assert_int_equal(mien_gallery_open(&g, scratch("d.mien"), &o),
                     MIEN_ECORRUPT);
    assert_said("does not open with this key");
    o = to_read();
    assert_int_equal(mien_gallery_open(&g, scratch("d.mien"), &o),
                     MIEN_ENOTFOUND);
    assert_said("d.mien.key");
}

static void gallery__refuses_what_is_none(void **state) {
    (void)state;
    mien_gallery *g;
    mien_gallery_options o = to_read();
    assert_int_equal(mien_gallery_open(&g, scratch("none"), &o),
                     MIEN_ENOTFOUND);
    scratch_text("text", "this is not a gallery, and long enough to be read");
    assert_true(mien_gallery_open(&g, scratch("text"), &o) < 0);
    scratch_text("empty", "");
    assert_int_equal(mien_gallery_open(&g, scratch("empty"), &o),
                     MIEN_EUNSUPPORTED);
    o = to_write();
    o.contract = "12";
    assert_int_equal(mien_gallery_open(&g, scratch("new"), &o), MIEN_EINVAL);
    o = to_write();
    o.width = 0;
    assert_int_equal(mien_gallery_open(&g, scratch("new"), &o), MIEN_EINVAL);
    o.width = MIEN_GALLERY_WIDTH + 1;
    assert_int_equal(mien_gallery_open(&g, scratch("new"), &o), MIEN_EINVAL);
    o = to_write();
    o.threads = 0;
    assert_int_equal(mien_gallery_open(&g, scratch("new"), &o), MIEN_EINVAL);
    o = to_write();
    o.wait = NAN;
    assert_int_equal(mien_gallery_open(&g, scratch("new"), &o), MIEN_EINVAL);
    assert_int_equal(access(scratch("new"), F_OK), -1);
    assert_int_equal(access(scratch("new.key"), F_OK), -1);
}

static void gallery__has_one_writer(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("e.mien"), to_write()), *second;
    const mien_gallery_options o = to_write();
    assert_int_equal(mien_gallery_open(&second, scratch("e.mien"), &o),
                     MIEN_EIO);
    assert_said("e.mien.lock");
    mien_gallery *reader = open_to(scratch("e.mien"), to_read());
    assert_int_equal(mien_gallery_rename(reader, "a", "b"), MIEN_EINVAL);
    assert_said("read only");
    assert_int_equal(mien_gallery_wipe(reader), MIEN_EINVAL);
    assert_int_equal(mien_gallery_begin(reader), MIEN_EINVAL);
    mien_gallery_close(reader);
    mien_gallery_close(g);
    g = open_to(scratch("e.mien"), to_write());
    mien_gallery_close(g);
}

static void enrol__refuses_what_is_no_face(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("f.mien"), to_write());
    float good[WIDTH], bad[WIDTH];
    face_vector(good, WIDTH, 1, 1, 0.5);
    mien_template t[2] = {{good, "a", 1}, {bad, "b", 2}};
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    memset(bad, 0, sizeof bad);
    assert_int_equal(mien_gallery_enrol(g, NULL, "A", t, 2), MIEN_EDATA);
    assert_said("template 2 of 'A' is blank");
    for (int i = 0; i < 3; i++) {
        memcpy(bad, good, sizeof bad);
        bad[i * 31] = wrong[i];
        assert_int_equal(mien_gallery_enrol(g, NULL, "A", t, 2), MIEN_EDATA);
    }
    for (int i = 0; i < WIDTH; i++) bad[i] = 1.01f * good[i];
    assert_int_equal(mien_gallery_enrol(g, NULL, "A", t, 2), MIEN_EDATA);
    assert_said("unit length");
    assert_int_equal(mien_gallery_enrol(g, NULL, "A", t, 0), MIEN_EINVAL);
    assert_int_equal(facts_of(g).people, 0);
    assert_int_equal(facts_of(g).templates, 0);
    mien_gallery_close(g);
}

static void enrol__refuses_names_that_cannot_be_shown(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("g.mien"), to_write());
    float x[WIDTH];
    face_vector(x, WIDTH, 1, 1, 0.5);
    char longest[MIEN_GALLERY_NAME + 2], source[MIEN_GALLERY_SOURCE + 2];
    memset(longest, 'a', sizeof longest);
    longest[MIEN_GALLERY_NAME + 1] = 0;
    memset(source, 'a', sizeof source);
    source[MIEN_GALLERY_SOURCE + 1] = 0;
    mien_template t = {x, NULL, NAN};
    const char *const bad[] = {
        "",         "a\nb",         "\x7f",         "a\xff",
        "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xc3",     longest};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(mien_gallery_enrol(g, NULL, bad[i], &t, 1),
                         MIEN_EINVAL);
    t.source = source;
    assert_int_equal(mien_gallery_enrol(g, NULL, "A", &t, 1), MIEN_EINVAL);
    longest[MIEN_GALLERY_NAME] = 0;
    source[MIEN_GALLERY_SOURCE] = 0;
    assert_ok(mien_gallery_enrol(g, NULL, longest, &t, 1));
    const char *const good[] = {"Zo\xc3\xab", "\xe5\xbc\xa0\xe4\xbc\x9f",
                                "\xf0\x9f\x99\x82", "' OR 1=1 --"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ok(mien_gallery_enrol(g, NULL, good[i], &t, 1));
    mien_people people;
    assert_ok(mien_gallery_list(&people, g, 0, 100));
    assert_int_equal(people.count, 5);
    assert_string_equal(people.items[0].name, longest);
    assert_string_equal(people.items[4].name, "' OR 1=1 --");
    mien_people_free(&people);
    mien_gallery_close(g);
}

static void probes__of_nothing_match_nobody(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("h.mien"), to_write());
    enrol_all(g, 5, 2);
    float x[4][WIDTH] = {{0}};
    const mien_query query = {.top = 3, .least = -1};
    face_vector(x[1], WIDTH, 2, 50, 0.5);
    memcpy(x[2], x[1], sizeof x[1]);
    x[2][7] = NAN;
    face_vector(x[3], WIDTH, 4, 50, 0.5);
    mien_matches *m;
    assert_ok(mien_gallery_search(&m, g, x[0], 4, &query));
    assert_true(m->failed[0] && !m->failed[1] && m->failed[2]);
    assert_int_equal(m->count[0], 0);
    assert_int_equal(m->count[1], 3);
    assert_int_equal(m->count[2], 0);
    assert_string_equal(m->items[3].name, "Person 2");
    assert_string_equal(m->items[9].name, "Person 4");
    mien_matches_free(m);
    for (int i = 0; i < WIDTH; i++) x[0][i] = 2 * x[1][i];
    assert_int_equal(mien_gallery_search(&m, g, x[0], 1, &query), MIEN_EDATA);
    assert_null(m);
    const mien_query none = {.top = 0}, many = {.top = MIEN_GALLERY_TOP + 1};
    const mien_query odd = {.top = 1, .least = NAN};
    assert_int_equal(mien_gallery_search(&m, g, x[1], 1, &none), MIEN_EINVAL);
    assert_int_equal(mien_gallery_search(&m, g, x[1], 1, &many), MIEN_EINVAL);
    assert_int_equal(mien_gallery_search(&m, g, x[1], 1, &odd), MIEN_EINVAL);
    assert_ok(mien_gallery_search(&m, g, x[1], 0, &query));
    mien_matches_free(m);
    mien_gallery_close(g);
}

static void people__are_listed_renamed_and_merged(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("i.mien"), to_write());
    enrol_all(g, 6, 2);
    assert_ok(mien_gallery_rename(g, "Person 3", "Ada"));
    assert_ok(mien_gallery_rename(g, "Ada", "Ada"));
    assert_string_equal(who_is(g, 3), "Ada");
    assert_int_equal(mien_gallery_rename(g, "Ada", "Person 4"), MIEN_EINVAL);
    assert_said("merge");
    assert_int_equal(mien_gallery_rename(g, "nobody", "x"), MIEN_ENOTFOUND);
    assert_said("'nobody'");
    assert_int_equal(mien_gallery_rename(g, "Ada", ""), MIEN_EINVAL);
    assert_ok(mien_gallery_merge(g, "Person 5", "Ada"));
    assert_string_equal(who_is(g, 5), "Ada");
    assert_string_equal(who_is(g, 3), "Ada");
    assert_int_equal(mien_gallery_merge(g, "Ada", "Ada"), MIEN_EINVAL);
    assert_int_equal(mien_gallery_merge(g, "Ada", "Person 5"), MIEN_ENOTFOUND);
    mien_people p;
    assert_ok(mien_gallery_list(&p, g, 0, 2));
    assert_int_equal(p.count, 2);
    const int64_t last = p.items[1].id;
    mien_people_free(&p);
    assert_ok(mien_gallery_list(&p, g, last, 100));
    assert_int_equal(p.count, 3);
    assert_string_equal(p.items[1].name, "Ada");
    assert_int_equal(p.items[1].templates, 4);
    assert_true(p.items[1].added > 1600000000);
    mien_people_free(&p);
    assert_int_equal(facts_of(g).people, 5);
    assert_int_equal(facts_of(g).templates, 12);
    assert_ok(mien_gallery_verify(g, NULL, NULL));
    mien_gallery_close(g);
}

static void templates__are_listed_and_removed(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("j.mien"), to_write());
    enrol_all(g, 4, 3);
    mien_template_notes notes;
    assert_ok(mien_gallery_templates(&notes, g, "Person 2"));
    assert_int_equal(notes.count, 3);
    assert_string_equal(notes.items[1].source, "2/1.jpg");
    assert_true(notes.items[1].quality == 51);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(who_is(g, 2), "Person 2");
        assert_ok(mien_gallery_remove_template(g, notes.items[i].id));
    }
    assert_int_equal(mien_gallery_remove_template(g, notes.items[0].id),
                     MIEN_ENOTFOUND);
    mien_templates_free(&notes);
    assert_string_equal(who_is(g, 2), "");
    assert_int_equal(facts_of(g).people, 4);
    assert_ok(mien_gallery_remove(g, "Person 2"));
    assert_ok(mien_gallery_remove(g, "Person 1"));
    assert_int_equal(mien_gallery_remove(g, "Person 1"), MIEN_ENOTFOUND);
    assert_string_equal(who_is(g, 1), "");
    assert_string_equal(who_is(g, 0), "Person 0");
    assert_int_equal(facts_of(g).people, 2);
    assert_int_equal(facts_of(g).templates, 6);
    assert_int_equal(mien_gallery_templates(&notes, g, "Person 1"),
                     MIEN_ENOTFOUND);
    enrol(g, 1, 0, 1); /* numbers are not used again */
    assert_ok(mien_gallery_templates(&notes, g, "Person 1"));
    assert_int_equal(notes.items[0].id, 13);
    mien_templates_free(&notes);
    assert_ok(mien_gallery_verify(g, NULL, NULL));
    mien_gallery_close(g);
}

static void batch__is_kept_or_not_as_a_whole(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("k.mien"), to_write());
    enrol_all(g, 3, 1);
    assert_ok(mien_gallery_begin(g));
    assert_int_equal(mien_gallery_begin(g), MIEN_EINVAL);
    enrol(g, 10, 0, 1);
    assert_ok(mien_gallery_remove(g, "Person 1"));
    assert_string_equal(who_is(g, 10), "Person 10");
    assert_string_equal(who_is(g, 1), "");
    assert_int_equal(mien_gallery_rename(g, "nobody", "x"), MIEN_ENOTFOUND);
    assert_int_equal(mien_gallery_wipe(g), MIEN_EINVAL);
    assert_int_equal(mien_gallery_erase(g, "Person 0"), MIEN_EINVAL);
    mien_gallery_cancel(g);
    assert_string_equal(who_is(g, 10), "");
    assert_string_equal(who_is(g, 1), "Person 1");
    assert_int_equal(mien_gallery_commit(g), MIEN_EINVAL);
    mien_gallery_cancel(g);
    assert_ok(mien_gallery_begin(g));
    enrol(g, 11, 0, 1);
    assert_int_equal(mien_gallery_rename(g, "nobody", "x"), MIEN_ENOTFOUND);
    assert_ok(mien_gallery_commit(g));
    assert_string_equal(who_is(g, 11), "Person 11");
    assert_ok(mien_gallery_begin(g));
    enrol(g, 12, 0, 1);
    mien_gallery_close(g); /* undoes */
    g = open_to(scratch("k.mien"), to_write());
    assert_string_equal(who_is(g, 12), "");
    assert_int_equal(facts_of(g).people, 4);
    mien_gallery_close(g);
}

static void gallery__is_destroyed_with_all_its_files(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("l.mien"), to_write());
    enrol_all(g, 5, 2);
    assert_ok(mien_gallery_prepare(g));
    assert_int_equal(access(scratch("l.mien.vectors"), F_OK), 0);
    assert_int_equal(mien_gallery_destroy(scratch("l.mien")), MIEN_EIO);
    mien_gallery_close(g);
    assert_ok(mien_gallery_destroy(scratch("l.mien")));
    static const char *const names[] = {"l.mien", "l.mien.key", "l.mien.lock",
                                        "l.mien.vectors", "l.mien-wal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(access(scratch(names[i]), F_OK), -1);
    assert_int_equal(mien_gallery_destroy(scratch("l.mien")), MIEN_ENOTFOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gallery__finds_whom_it_knows),
        cmocka_unit_test(gallery__has_private_files),
        cmocka_unit_test(gallery__refuses_another_contract_and_names_both),
        cmocka_unit_test(gallery__opens_with_its_key_only),
        cmocka_unit_test(gallery__refuses_what_is_none),
        cmocka_unit_test(gallery__has_one_writer),
        cmocka_unit_test(enrol__refuses_what_is_no_face),
        cmocka_unit_test(enrol__refuses_names_that_cannot_be_shown),
        cmocka_unit_test(probes__of_nothing_match_nobody),
        cmocka_unit_test(people__are_listed_renamed_and_merged),
        cmocka_unit_test(templates__are_listed_and_removed),
        cmocka_unit_test(batch__is_kept_or_not_as_a_whole),
        cmocka_unit_test(gallery__is_destroyed_with_all_its_files),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
