/* SPDX-License-Identifier: Apache-2.0 */
/* test_people.c - photos of people, all with all and as an open set. */
#include <string.h>

#include "face/align.h"
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

/* Each picture is a template; the points are where an aligned face of the
 * pictures' size has them. */
static void write_ijb_lists(const char *folder) {
    static char text[1 << 16];
    char name[64];
    size_t n = 0, m = 0;
    static char points[1 << 16];
    scratch_folder(folder);
    for (int i = 0; i < PEOPLE * PICTURES; i++) {
        char path[64];
        snprintf(path, sizeof path, "p%02d/p%02d_%04d.jpg", i / PICTURES,
                 i / PICTURES, 1 + i % PICTURES);
        n += (size_t)sprintf(text + n, "%s %d %d\n", path, i, i);
        m += (size_t)sprintf(points + m, "%s", path);
        for (int k = 0; k < 5; k++)
            m += (size_t)sprintf(points + m, " %.3f %.3f",
                                 mien_align_reference[k].x * SIDE / 112,
                                 mien_align_reference[k].y * SIDE / 112);
        m += (size_t)sprintf(points + m, " 0.9\n");
    }
    snprintf(name, sizeof name, "%s/x_face_tid_mid.txt", folder);
    scratch_text(name, text);
    snprintf(name, sizeof name, "%s/x_name_5pts_score.txt", folder);
    scratch_text(name, points);
    n = 0;
    for (int i = 0; i < PEOPLE * PICTURES; i += 2)
        for (int k = 1; k < 7; k += 2)
            n += (size_t)sprintf(
                text + n, "%d %d %d\n", i, (i + k) % (PEOPLE * PICTURES),
                i / PICTURES == (i + k) % (PEOPLE * PICTURES) / PICTURES);
    snprintf(name, sizeof name, "%s/x_template_pair_label.txt", folder);
    scratch_text(name, text);
}

static void ijb__of_photos_aligns_them_by_their_points(void **state) {
    (void)state;
    mien_ijb_options o;
    mien_report *r;
    write_ijb_lists("meta");
    mien_ijb_defaults(&o);
    o.meta = scratch("meta");
    o.model = model_file;
    o.data = people;
    o.batch = 5;
    assert_ok(mien_ijb_run(&r, &o));
    assert_near(figure(r, "templates"), PEOPLE * PICTURES, 0);
    assert_near(figure(r, "failed"), 0, 0);
    const mien_table *t = &mien_report_facts_of(r)->table[0];
    const mien_figure *tar = &t->cell[t->rows * t->columns - 1];
    assert_string_equal(tar->key, "tar");
    assert_true(tar->value > 0.5); /* at FAR .1 */
    assert_int_equal(strlen(mien_report_facts_of(r)->model), 64);
    mien_report_free(r);
    o.data = scratch("some"); /* 18 of the 96 are there */
    assert_fails(mien_ijb_run(&r, &o), MIEN_ENOTFOUND, "this picture");
    unlink(scratch("meta/x_name_5pts_score.txt"));
    assert_fails(mien_ijb_run(&r, &o), MIEN_ENOTFOUND, "be aligned");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(det__of_photos_counts_failures_as_non_matches),
        cmocka_unit_test(identify__deals_people_into_gallery_and_strangers),
        cmocka_unit_test(ijb__of_photos_aligns_them_by_their_points),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
