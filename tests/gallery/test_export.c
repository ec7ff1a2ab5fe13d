/* SPDX-License-Identifier: Apache-2.0 */
/* test_export.c - out as JSON lines and in again; texts that were changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "gallery_fixture.h"

static mien_status collect(void *context, const char *line, size_t size) {
    assert_int_equal(line[size - 1], '\n');
    assert_null(memchr(line, '\n', size - 1));
    return mien_buf_append(context, line, size);
}

static mien_buf text_of(mien_gallery *g) {
    mien_buf text = {.cap = 1 << 24};
    assert_ok(mien_gallery_export(g, collect, &text));
    return text;
}

static mien_gallery *fill(const char *path) {
    mien_gallery *g = open_to(path, to_write());
    enrol_all(g, 5, 2);
    float x[WIDTH];
    face_vector(x, WIDTH, 50, 0, 0.5);
    const mien_template t = {x, "with \"quotes\" and \xc3\xab", NAN};
    assert_ok(mien_gallery_enrol(g, NULL, "Zo\xc3\xab \\ \"Z\"", &t, 1));
    return g;
}

/* The lines of an export but for the first and the last. */
static char *body_of(const mien_buf *text) {
    char *copy = strdup(strchr((char *)text->data, '\n'));
    *strstr(copy, "{\"kind\":\"end\"") = 0;
    return copy;
}

static void export__comes_in_again(void **state) {
    (void)state;
    mien_gallery *g = fill(scratch("a.mien"));
    mien_buf first = text_of(g);
    mien_gallery *h = open_to(scratch("b.mien"), to_write());
    assert_ok(mien_gallery_import(h, (char *)first.data, first.size));
    mien_buf second = text_of(h);
    char *want = body_of(&first), *got = body_of(&second);
    assert_string_equal(got, want);
    assert_int_equal(facts_of(h).people, 6);
    assert_string_equal(who_is(h, 3), "Person 3");
    assert_string_equal(who_is(h, 50), "Zo\xc3\xab \\ \"Z\"");
    assert_ok(mien_gallery_verify(h, NULL, NULL));
    free(want);
    free(got);
    mien_buf_close(&first);
    mien_buf_close(&second);
    mien_gallery_close(g);
    mien_gallery_close(h);
}

static void import__joins_people_of_the_same_name(void **state) {
    (void)state;
    mien_gallery *g = fill(scratch("c.mien"));
    mien_buf text = text_of(g);
    assert_ok(mien_gallery_rename(g, "Person 1", "Other"));
    assert_ok(mien_gallery_import(g, (char *)text.data, text.size));
    assert_int_equal(facts_of(g).people, 7);
    assert_int_equal(facts_of(g).templates, 22);
    mien_template_notes notes;
    assert_ok(mien_gallery_templates(&notes, g, "Person 2"));
    assert_int_equal(notes.count, 4);
    mien_templates_free(&notes);
    mien_buf_close(&text);
    mien_gallery_close(g);
}

static void import__refuses_every_text_that_was_changed(void **state) {
    (void)state;
    mien_gallery *g = fill(scratch("d.mien"));
    mien_buf text = text_of(g);
    mien_gallery *h = open_to(scratch("e.mien"), to_write());
    char *copy = malloc(text.size);
    for (size_t i = 0; i < text.size; i++) {
        memcpy(copy, text.data, text.size);
        copy[i] ^= (char)(1 << i % 7);
        assert_true(mien_gallery_import(h, copy, text.size) < 0);
    }
    for (size_t i = 0; i < text.size; i++)
        assert_true(mien_gallery_import(h, (char *)text.data, i) < 0 ||
                    i == text.size - 1);
    free(copy);
    mien_buf_close(&text);
    mien_gallery_close(g);
    mien_gallery_close(h);
}

/* With an end that fits, so that the lines themselves are looked at. */
static mien_status import_lines(mien_gallery *g, const char *lines) {
    char hex[MIEN_HASH_HEX], text[4096];
    mien_hash_once(hex, lines, strlen(lines));
    const int n =
        snprintf(text, sizeof text, "%s{\"kind\":\"end\",\"blake2b\":\"%s\"}\n",
                 lines, hex);
    return mien_gallery_import(g, text, (size_t)n);
}

#define FIRST(contract)                                                   \
    "{\"kind\":\"mien-gallery\",\"version\":1,\"width\":64,\"contract\":" \
    "\"" contract "\"}\n"
#define PERSON(id, name)                                      \
    "{\"kind\":\"person\",\"person\":" id ",\"name\":\"" name \
    "\","                                                     \
    "\"added\":1}\n"
#define TEMPLATE(id, values)                \
    "{\"kind\":\"template\",\"person\":" id \
    ",\"source\":\"\",\"quality\":"         \
    "null,\"added\":1,\"values\":\"" values "\"}\n"

static void import__refuses_wrong_lines_and_adds_nothing(void **state) {
    (void)state;
    mien_gallery *g = open_to(scratch("f.mien"), to_write());
    static const struct {
        const char *lines, *said;
    } cases[] = {
        {"", "first line"},
        {"{}\n", "first line"},
        {"[]\n", "line 1"},
        {"{\n", "line 1"},
        {FIRST("ab"), "contract ab"},
        {FIRST(CONTRACT) PERSON("1", ""), "line 2"},
        {FIRST(CONTRACT) PERSON("1", "a\\nb"), "control"},
        {FIRST(CONTRACT) PERSON("1", "a") PERSON("1", "b"), "by number"},
        {FIRST(CONTRACT) PERSON("1", "a") TEMPLATE("1", ""), "values"},
        {FIRST(CONTRACT) PERSON("1", "a") TEMPLATE("1", "AAAA"), "values"},
        {FIRST(CONTRACT) PERSON("1", "a") TEMPLATE("x", ""), "line 3"},
        {FIRST(CONTRACT) PERSON("1", "a") "{\"kind\":\"odd\"}\n", "line 3"},
        {FIRST(CONTRACT) "{\"kind\":\"end\"}\n" PERSON("1", "a"), "end"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(import_lines(g, cases[i].lines) < 0);
        if (!strstr(mien_error(), cases[i].said))
            fail_msg("'%s' does not say '%s'", mien_error(), cases[i].said);
        assert_int_equal(facts_of(g).people, 0);
    }
    assert_ok(import_lines(g, FIRST(CONTRACT) PERSON("4", "a")));
    assert_int_equal(facts_of(g).people, 1);
    mien_gallery_close(g);
}

static mien_status refuse(void *context, const char *line, size_t size) {
    (void)line;
    (void)size;
    return --*(int *)context < 0 ? MIEN_ENOSPACE : MIEN_OK;
}

static void export__ends_where_its_sink_says(void **state) {
    (void)state;
    mien_gallery *g = fill(scratch("g.mien"));
    for (int n = 0; n < 19; n++) {
        int left = n;
        assert_int_equal(mien_gallery_export(g, refuse, &left), MIEN_ENOSPACE);
    }
    assert_string_equal(who_is(g, 1), "Person 1");
    mien_gallery_close(g);
}

static void export_and_import__without_memory(void **state) {
    (void)state;
    mien_gallery *g = fill(scratch("h.mien"));
    mien_buf text = text_of(g);
    mien_gallery *h = open_to(scratch("i.mien"), to_write());
    for (int n = 0, done = 0; !done; n++) {
        mien_mem_fail_after(n);
        const mien_status status =
            mien_gallery_import(h, (char *)text.data, text.size);
        mien_mem_fail_after(-1);
        done = status == MIEN_OK;
        if (!done) assert_int_equal(status, MIEN_ENOMEM);
        assert_int_equal(facts_of(h).people, done ? 6 : 0);
    }
    for (int n = 0;; n++) {
        int left = 1000;
        mien_mem_fail_after(n);
        const mien_status status = mien_gallery_export(h, refuse, &left);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
    }
    assert_ok(mien_gallery_verify(h, NULL, NULL));
    mien_buf_close(&text);
    mien_gallery_close(g);
    mien_gallery_close(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export__comes_in_again),
        cmocka_unit_test(import__joins_people_of_the_same_name),
        cmocka_unit_test(import__refuses_every_text_that_was_changed),
        cmocka_unit_test(import__refuses_wrong_lines_and_adds_nothing),
        cmocka_unit_test(export__ends_where_its_sink_says),
        cmocka_unit_test(export_and_import__without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
