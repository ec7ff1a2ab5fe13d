/* SPDX-License-Identifier: Apache-2.0 */
/* test_people.c - photos of people, all with all and as an open set. */
#include <string.h>

#include "people_fixture.h"

static double figure(const mien_report *r, const char *key) {
    const mien_report_facts *f = mien_report_facts_of(r);
    for (int i = 0; i < f->figures; i++)
        if (!strcmp(f->figure[i].key, key)) return f->figure[i].value;
    fail_msg("no figure %s", key);
    return 0;
}

static mien_people_source source_of(const char *folder) {
    mien_people_source s;
    mien_people_defaults(&s);
    s.model = model_file;
    s.data = folder;
    s.align = "none";
    s.batch = 7;
    return s;
}

static void det__of_photos_counts_failures_as_non_matches(void **state) {
    (void)state;
    mien_det_options o;
    mien_report *r;
    mien_det_defaults(&o);
    o.from.photos = source_of(scratch_folder("some"));
    for (int p = 0; p < 6; p++)
        for (int i = 1; i <= 3; i++)
            save_picture(o.from.photos.data, p, i, SIDE);
    scratch_text("some/p05/p05_0003.jpg", "no picture");
    assert_ok(mien_det_run(&r, &o));
    assert_near(figure(r, "genuines"), 6 * 3, 0);
    assert_near(figure(r, "impostors"), 153 - 18, 0);
    assert_near(figure(r, "people"), 6, 0);
    assert_near(figure(r, "failed"), 1, 0);
    assert_near(figure(r, "fte"), 1 / 18.0, 1e-12);
    const mien_table *t = &mien_report_facts_of(r)->table[0];
    for (int i = 0; i < t->rows; i++) /* two of 18 are with it */
        assert_true(t->cell[i * t->columns + 3].value >= 2 / 18.0 - 1e-12);
    assert_string_equal(mien_report_facts_of(r)->protocol, "det, all with all");
    mien_report_free(r);
    o.from.pairs = pairs_file;
    o.from.photos.data = people;
    assert_ok(mien_det_run(&r, &o));
    assert_near(figure(r, "genuines"), 20, 0);
    assert_near(figure(r, "impostors"), 20, 0);
    mien_report_free(r);
}

static void identify__deals_people_into_gallery_and_strangers(void **state) {
    (void)state;
    mien_identify_options o;
    mien_report *r, *again;
    mien_identify_defaults(&o);
    o.photos = source_of(people);
    o.strangers = 0.25;
    o.enrol = 2;
    assert_ok(mien_identify_run(&r, &o));
    assert_near(figure(r, "gallery"), 18, 0);
    assert_near(figure(r, "mated"), 18 * 2, 0);
    assert_near(figure(r, "non_mated"), 6 * 4, 0);
    const mien_table *t = mien_report_facts_of(r)->table;
    assert_true(t[0].cell[1].value < 0.5); /* FNIR of rank 1 */
    assert_ok(mien_identify_run(&again, &o));
    assert_near(mien_report_facts_of(again)->table[1].cell[3].value,
                t[1].cell[3].value, 0);
    mien_report_free(again);
    mien_report_free(r);
    o.enrol = 4;
    assert_fails(mien_identify_run(&r, &o), MIEN_EDATA, "0 of 24 people");
    o.enrol = 1;
    o.fpir = 0.001;
    assert_fails(mien_identify_run(&r, &o), MIEN_EINVAL, "cannot be shown");
    o.strangers = 1;
    assert_int_equal(mien_identify_run(&r, &o), MIEN_EINVAL);
    assert_null(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(det__of_photos_counts_failures_as_non_matches),
        cmocka_unit_test(identify__deals_people_into_gallery_and_strangers),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
