/* SPDX-License-Identifier: Apache-2.0 */
/* test_report.c - the page: well-formed, whole, and nothing gets through
 * unescaped. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "health/report.h"
#include "past_fixture.h"
#include "scratch.h"

static const fixture_plan troubled = {
    .layers = 6, .steps = 200, .every = 10, .troubled = true, .verdict = true};

/* The page of a run; the caller frees it. */
static char *page_of(const fixture_plan *plan) {
    size_t size;
    scratch_folder("run");
    assert_int_equal(fixture_write(scratch("run/health.jsonl"), plan), 0);
    assert_int_equal(
        mien_health_report(scratch("run/report.html"), scratch("run")),
        MIEN_OK);
    char *page = (char *)scratch_read(scratch("run/report.html"), &size);
    page[size] = 0;
    assert_int_equal(strlen(page), size);
    return page;
}

/* ---- a small parser: tags nest, attributes are quoted, & is an entity --- */

enum { DEPTH = 64, NAME = 32 };

static const char *skip_attributes(const char *at) {
    while (*at && *at != '>' && *at != '/') {
        while (isspace((unsigned char)*at)) at++;
        if (*at == '>' || *at == '/') break;
        while (isalnum((unsigned char)*at) || strchr("-_:", *at)) at++;
        if (at[0] != '=' || at[1] != '"')
            fail_msg("no quoted value at %.40s", at);
        at = strchr(at + 2, '"');
        assert_non_null(at);
        at++;
        while (isspace((unsigned char)*at)) at++;
    }
    return at;
}

static void check_entity(const char *at) {
    const char *end = strchr(at, ';');
    if (!end || end - at > 8) fail_msg("a bare & at %.40s", at);
}

static void check_page(const char *page) {
    static char open[DEPTH][NAME];
    int depth = 0;
    const char *at = page;
    assert_int_equal(strncmp(at, "<!DOCTYPE html>", 15), 0);
    for (at += 15; *at; at++) {
        if (*at == '&') check_entity(at);
        if (*at != '<') continue;
        const bool closing = at[1] == '/';
        const char *name = at + 1 + closing;
        const size_t n = strcspn(name, " \n/>");
        assert_true(n > 0 && n < NAME);
        at = skip_attributes(name + n);
        if (closing) {
            if (!depth || strlen(open[depth - 1]) != n ||
                strncmp(open[depth - 1], name, n))
                fail_msg("</%.*s> closes <%s>", (int)n, name,
                         depth ? open[depth - 1] : "nothing");
            depth--;
        } else if (*at != '/') {
            assert_true(depth < DEPTH);
            snprintf(open[depth++], NAME, "%.*s", (int)n, name);
            if (!strncmp(name, "style", n)) at = strstr(at, "</style>") - 1;
        }
        if (*at == '/') at++;
        assert_true(closing || *at == '>' || !strncmp(at, "</style>", 8) ||
                    at[1] == '<');
    }
    assert_int_equal(depth, 0);
}

/* Each id is there once, and what is referred to is there. */
static void check_ids(const char *page) {
    for (const char *at = page; (at = strstr(at, " id=\"")); at++) {
        char id[96];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 5, "\""),
                 at + 5);
        if (strstr(at + 1, id)) fail_msg("twice: %s", id);
    }
    for (const char *at = page; (at = strstr(at, "href=\"#")); at++) {
        char id[96];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 7, "\""),
                 at + 7);
        if (!strstr(page, id)) fail_msg("nothing has %s", id);
    }
}

static void report__is_well_formed(void **state) {
    (void)state;
    char *page = page_of(&troubled);
    check_page(page);
    check_ids(page);
    free(page);
}

static void report__has_every_section(void **state) {
    (void)state;
    static const char *const parts[] = {
        "id=\"verdict\"",        "id=\"advice\"",
        "id=\"interventions\"",  "id=\"course\"",
        "id=\"findings\"",       "id=\"quarantine\"",
        "id=\"inside\"",         "id=\"layers\"",
        "id=\"strip-2\"",        "id=\"gains-2\"",
        "id=\"gains-1\"",        "id=\"updates-2\"",
        "id=\"dead-2\"",         "id=\"ridges-2\"",
        "id=\"angles-2\"",       "id=\"sweep-2\"",
        "id=\"act-3\"",          "class=\"fork\"",
        "not a number",          "stage1.block2.conv",
        "prefers-color-scheme",  "weights start too large",
        "init.kind=lsuv",        "The training reached its end",
        "id=\"gradient_flow-2\""};
    char *page = page_of(&troubled);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(page, parts[i])) fail_msg("no %s", parts[i]);
    free(page);
}

static void report__lets_nothing_through(void **state) {
    (void)state;
    char *page = page_of(&troubled);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "<b>"));
    assert_non_null(strstr(page, "&#60;script&#62;"));
    assert_non_null(strstr(page, "&#60;b&#62; &#38; &#34;so&#34;"));
    free(page);
}

static void report__wants_nothing_from_elsewhere(void **state) {
    (void)state;
    char *page = page_of(&troubled);
    for (const char *at = page; (at = strstr(at, "http")); at++)
        if (strncmp(at, "http://www.w3.org/", 18))
            fail_msg("an address: %.40s", at);
    assert_null(strstr(page, scratch_root)); /* nor says where it lies */
    free(page);
}

static void report__of_odd_runs_is_well_formed(void **state) {
    (void)state;
    const fixture_plan plans[] = {
        {0},
        {.layers = 2, .steps = 1, .every = 1},
        {.layers = 3, .steps = 20, .every = 100},
        {.layers = 3, .steps = 40, .every = 5, .nulls = true, .troubled = true},
        {.layers = 100, .steps = 20, .every = 10}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        char *page = page_of(&plans[i]);
        check_page(page);
        check_ids(page);
        assert_null(strstr(page, ">nan<"));
        assert_null(strstr(page, ">inf<"));
        free(page);
    }
}

static void report__escapes_the_name(void **state) {
    (void)state;
    size_t size;
    mien_past *past;
    scratch_text("empty.jsonl", "");
    assert_int_equal(mien_past_read(&past, scratch("empty.jsonl")), MIEN_OK);
    assert_int_equal(
        mien_report_write(scratch("x.html"), past, "a<b>&\"c'\x01"), MIEN_OK);
    char *page = (char *)scratch_read(scratch("x.html"), &size);
    page[size] = 0;
    check_page(page);
    assert_non_null(strstr(page, "a&#60;b&#62;&#38;&#34;c&#39; </h1>"));
    free(page);
    mien_past_free(past);
}

static void report__needs_a_journal(void **state) {
    (void)state;
    assert_int_equal(mien_health_report(scratch("x.html"), scratch("no")),
                     MIEN_ENOTFOUND);
    scratch_folder("bad");
    scratch_text("bad/health.jsonl", "{}\n");
    assert_int_equal(mien_health_report(scratch("y.html"), scratch("bad")),
                     MIEN_EFORMAT);
}

static void report__survives_failing_allocations(void **state) {
    (void)state;
    const fixture_plan small = {
        .layers = 2, .steps = 12, .every = 6, .troubled = true};
    mien_past *past;
    assert_int_equal(fixture_write(scratch("small.jsonl"), &small), 0);
    assert_int_equal(mien_past_read(&past, scratch("small.jsonl")), MIEN_OK);
    for (int n = 0, done = 0; !done; n++) {
        mien_mem_fail_after(n);
        done = mien_report_write(scratch("z.html"), past, "small") == MIEN_OK;
        mien_mem_fail_after(-1);
        assert_true(n < 2000);
    }
    mien_past_free(past);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__is_well_formed),
        cmocka_unit_test(report__has_every_section),
        cmocka_unit_test(report__lets_nothing_through),
        cmocka_unit_test(report__wants_nothing_from_elsewhere),
        cmocka_unit_test(report__of_odd_runs_is_well_formed),
        cmocka_unit_test(report__escapes_the_name),
        cmocka_unit_test(report__needs_a_journal),
        cmocka_unit_test(report__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
