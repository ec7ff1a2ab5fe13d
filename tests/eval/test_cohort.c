/* SPDX-License-Identifier: Apache-2.0 */
/* test_cohort.c - det and cohorts from a table of scores: files in, figures
 * and files out. */
#include <stdio.h>
#include <string.h>

#include "eval_test.h"
#include "eval/cohort_labels.h"
#include "mien/eval.h"
#include "mien/image.h"
#include "scratch.h"

/* Two groups of three people: in the first all is easy, in the second
 * impostors are alike. */
static const char scores[] =
    "a,b,score\n"
    "a1,a1,.9\na2,a2,.8\na3,a3,.85\n"
    "a1,a2,.1\na1,a3,.2\na2,a3,.15\n"
    "b1,b1,.7\nb2,b2,.3\nb3,b3,failed\n"
    "b1,b2,.5\nb1,b3,.6\nb2,b3,.05\n"
    "a1,b1,.0\na2,b2,.1\na3,b3,.05\na1,b2,.02\n";

static const char labels[] =
    "person,group,town\na1,A,x\na2,A,y\na3,A,x\nb1,B,y\nb2,B,\nb3,B,x\n";

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    scratch_text("scores.csv", scores);
    scratch_text("labels.csv", labels);
    return 0;
}

static mien_cohort_options options_of(void) {
    static char from[512], of[512];
    mien_cohort_options o;
    mien_cohort_defaults(&o);
    snprintf(from, sizeof from, "%s", scratch("scores.csv"));
    snprintf(of, sizeof of, "%s", scratch("labels.csv"));
    o.from.scores = from;
    o.labels = of;
    o.fmr = .1; /* of ten impostors: one */
    return o;
}

static const mien_figure *cell(const mien_table *t, int row, const char *key) {
    for (int c = 0; c < t->columns; c++)
        if (!strcmp(t->cell[row * t->columns + c].key, key))
            return &t->cell[row * t->columns + c];
    fail_msg("no column %s", key);
    return NULL;
}

static const mien_figure *figure(const mien_report_facts *f, const char *key) {
    for (int i = 0; i < f->figures; i++)
        if (!strcmp(f->figure[i].key, key)) return &f->figure[i];
    fail_msg("no figure %s", key);
    return NULL;
}

static void cohort__by_hand(void **state) {
    (void)state;
    mien_cohort_options o = options_of();
    mien_report *r;
    assert_ok(mien_cohort_run(&r, &o));
    const mien_report_facts *f = mien_report_facts_of(r);
    /* One impostor may be accepted: .6; the next would be .5. */
    assert_near(figure(f, "threshold")->value, .6, 1e-12);
    assert_near(figure(f, "fmr")->value, .1, 1e-12);
    assert_near(figure(f, "fnmr")->value, 2.0 / 6, 1e-12);
    const mien_table *t = &f->table[0];
    assert_int_equal(t->rows, 4); /* A, B, x, y */
    assert_string_equal(cell(t, 1, "cohort")->text, "B");
    assert_near(cell(t, 0, "fmr")->value, 0, 0);
    assert_near(cell(t, 0, "fmr")->high, 1 - cbrt(.05), 1e-9);
    assert_near(cell(t, 1, "fmr")->value, 1.0 / 3, 1e-12);
    assert_near(cell(t, 1, "fmr_ratio")->value, 10.0 / 3, 1e-12);
    assert_near(cell(t, 1, "fnmr")->value, 2.0 / 3, 1e-12);
    assert_near(cell(t, 2, "people")->value, 3, 0); /* a1 a3 b3 */
    assert_near(cell(t, 2, "impostors")->value, 2, 0);
    assert_near(cell(t, 2, "fnmr")->value, 1.0 / 3, 1e-12);
    assert_null(f->model);
    assert_int_equal(strlen(f->data_hash), 64);
    assert_non_null(strstr(f->interval, "by person"));
    mien_report_free(r);
}

static void cohort__refuses_what_makes_no_sense(void **state) {
    (void)state;
    mien_cohort_options o = options_of();
    mien_report *r;
    o.fmr = .01;
    assert_fails(mien_cohort_run(&r, &o), MIEN_EINVAL,
                 "FMR 0.01 cannot be shown by 10 impostor");
    assert_null(r);
    o = options_of();
    o.column = "shoes";
    assert_fails(mien_cohort_run(&r, &o), MIEN_EINVAL, "no attribute 'shoes'");
    o = options_of();
    o.labels = scratch_text("l2.csv", "person,group\nz,A\n");
    assert_fails(mien_cohort_run(&r, &o), MIEN_EDATA, "none of the 6 people");
    o = options_of();
    o.from.photos.model = "x";
    assert_fails(mien_cohort_run(&r, &o), MIEN_EINVAL, "either");
    o.from.scores = NULL;
    o.from.photos.model = NULL;
    assert_fails(mien_cohort_run(&r, &o), MIEN_EINVAL, "either");
    o = options_of();
    o.labels = NULL;
    assert_int_equal(mien_cohort_run(&r, &o), MIEN_EINVAL);
}

static void labels__name_the_line_at_fault(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "l.csv:1"},
        {"name,a\n", "l.csv:1"},
        {"person\n", "l.csv:1"},
        {"person,a\np,1,2\n", "l.csv:2: want a person and 1"},
        {"person,a\n\n,1\n", "l.csv:3"},
        {"person,a\np,1\np,2\n", "two rows"},
        {"person,a\n\"p,1\n", "not closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_cohort_labels l;
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i].text);
        assert_fails(mien_cohort_labels_parse(&l, text, "l.csv"), MIEN_EFORMAT,
                     cases[i].says);
        assert_null(l.row);
    }
}

static void det__of_a_table(void **state) {
    (void)state;
    mien_det_options o;
    mien_report *r;
    mien_det_defaults(&o);
    o.from.scores = scratch("scores.csv");
    assert_ok(mien_det_run(&r, &o));
    const mien_report_facts *f = mien_report_facts_of(r);
    assert_string_equal(f->protocol, "det, given scores");
    assert_int_equal(f->table[0].rows, 1); /* ten impostors: .1 */
    assert_near(cell(&f->table[0], 0, "fnmr")->value, 2.0 / 6, 1e-12);
    assert_true(cell(&f->table[0], 0, "fnmr")->low <= 2.0 / 6);
    assert_true(cell(&f->table[0], 0, "fnmr")->high >= 2.0 / 6);
    assert_int_equal(f->notes, 1);
    assert_non_null(strstr(f->note[0], "below 0.1"));
    mien_report_free(r);
    o.from.scores = scratch("scores.csv");
    o.fmr = .05;
    assert_fails(mien_det_run(&r, &o), MIEN_EINVAL, "cannot be shown");
}

static void report__is_written_and_drawn(void **state) {
    (void)state;
    mien_det_options o;
    mien_report *r;
    mien_image *image;
    size_t size;
    mien_det_defaults(&o);
    o.from.scores = scratch("scores.csv");
    assert_ok(mien_det_run(&r, &o));
    assert_ok(mien_report_write_csv(r, scratch("r.csv")));
    char *text = (char *)scratch_read(scratch("r.csv"), &size);
    text[size] = 0;
    assert_memory_equal(text, "part,name,row,key,value,low,high,text\n", 38);
    assert_non_null(
        strstr(text, "\nfigure,,,protocol,,,,\"det, given scores\""));
    assert_non_null(strstr(text, "\ntable,levels,0,fmr,0.1,,,\n"));
    assert_non_null(strstr(text, "\nchart,det,0,x,0,,,DET\n"));
    free(text);
    assert_ok(mien_report_plot(r, scratch("r.png")));
    assert_ok(mien_image_load(&image, scratch("r.png"), NULL));
    assert_true(image->width > 1000);
    mien_image_free(image);
    assert_ok(mien_report_plot(r, scratch("r.svg")));
    assert_int_equal(mien_report_plot(r, scratch("r.txt")), MIEN_EINVAL);
    assert_int_equal(mien_report_write_csv(r, scratch("no/r.csv")),
                     MIEN_ENOTFOUND);
    mien_report_free(r);
}

static void cohort__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_cohort_options o = options_of();
    mien_report *r = NULL;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 2000; n++) {
        mien_mem_fail_after(n);
        status = mien_cohort_run(&r, &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(r);
    }
    assert_ok(status);
    mien_report_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cohort__by_hand),
        cmocka_unit_test(cohort__refuses_what_makes_no_sense),
        cmocka_unit_test(labels__name_the_line_at_fault),
        cmocka_unit_test(det__of_a_table),
        cmocka_unit_test(report__is_written_and_drawn),
        cmocka_unit_test(cohort__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
