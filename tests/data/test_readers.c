/* SPDX-License-Identifier: Apache-2.0 */
/* test_readers.c - samples that are photo files: folders, lists, the LFW
 * layout, faces against patches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "readers.h"

/* people/{ann,bob}/{a,b,c}.pgm with pixels 10 class + photo. */
static int setup(void **state) {
    if (scratch_open(state)) return -1;
    scratch_folder("people");
    static const char *const who[] = {"people/ann", "people/bob"};
    for (int k = 0; k < 2; k++) {
        scratch_folder(who[k]);
        for (int i = 0; i < 3; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s/%c.pgm", who[k], 'a' + i);
            write_pgm(name, 8, 8, 10 * k + i);
        }
    }
    scratch_text("people/README", "no photo");
    scratch_text("people/ann/notes.txt", "no photo either");
    return 0;
}

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

static void folder__classes_and_photos_come_sorted(void **state) {
    (void)state;
    mien_dataset *d;
    assert_int_equal(
        open_data(&d, "{reader: folder, path: %s}", scratch("people")),
        MIEN_OK);
    assert_int_equal(d->reader->count, 6);
    assert_int_equal(d->reader->classes, 2);
    assert_string_equal(d->reader->class_names[1], "bob");
    for (int i = 0; i < 6; i++) {
        assert_int_equal(d->reader->labels[i], i / 3);
        assert_int_equal(first_pixel(d->reader, i), 10 * (i / 3) + i % 3);
    }
    mien_dataset_close(d);
}

static void folder__bad_folders_are_named(void **state) {
    (void)state;
    mien_dataset *d;
    said(open_data(&d, "{reader: folder, path: %s}", scratch("nowhere")),
         MIEN_ENOTFOUND, "current folder");
    said(open_data(&d, "{reader: folder, path: %s}", scratch("people/ann")),
         MIEN_EDATA, "one folder a class");
    scratch_folder("people/zoe");
    said(open_data(&d, "{reader: folder, path: %s}", scratch("people")),
         MIEN_EDATA, "zoe holds no photo");
    assert_int_equal(open_data(&d, "{reader: folder, path: %s, min_photos: 1}",
                               scratch("people")),
                     MIEN_OK);
    assert_int_equal(d->reader->classes, 2);
    mien_dataset_close(d);
    scratch_text("people/zoe/e.jpg", "");
    said(open_data(&d, "{reader: folder, path: %s}", scratch("people")),
         MIEN_EDATA, "e.jpg is an empty file");
    remove(scratch("people/zoe/e.jpg"));
    remove(scratch("people/zoe"));
}

static void folder__min_photos_drops_small_classes(void **state) {
    (void)state;
    mien_dataset *d;
    scratch_folder("people/cat");
    write_pgm("people/cat/a.pgm", 8, 8, 50);
    said(open_data(&d, "{reader: folder, path: %s, test: 0.3}",
                   scratch("people")),
         MIEN_EDATA, "class 2 has one photo");
    assert_int_equal(open_data(&d,
                               "{reader: folder, path: %s, test: 0.3, "
                               "min_photos: 2}",
                               scratch("people")),
                     MIEN_OK);
    assert_int_equal(d->reader->classes, 2);
    assert_int_equal(d->reader->count, 6);
    mien_dataset_close(d);
    remove(scratch("people/cat/a.pgm"));
    remove(scratch("people/cat"));
}

static void photos__are_found_at_any_depth(void **state) {
    (void)state;
    mien_dataset *d;
    scratch_folder("heap");
    scratch_folder("heap/inner");
    scratch_folder("heap/inner/most");
    scratch_folder("heap/nothing");
    scratch_text("heap/notes.txt", "no photo");
    write_pgm("heap/z.pgm", 8, 8, 1);
    write_pgm("heap/inner/b.pgm", 8, 8, 2);
    write_pgm("heap/inner/most/a.pgm", 8, 8, 3);
    assert_int_equal(
        open_data(&d, "{reader: photos, path: %s}", scratch("heap")), MIEN_OK);
    assert_int_equal(d->reader->count, 3);
    assert_int_equal(d->reader->classes, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(first_pixel(d->reader, i), i + 1);
    mien_dataset_close(d);
    said(open_data(&d, "{reader: photos, path: %s}", scratch("heap/nothing")),
         MIEN_EDATA, "no photo");
    said(open_data(&d, "{reader: photos, path: %s}", scratch("nowhere")),
         MIEN_ENOTFOUND, "nowhere");
}

static void lfw__names_must_fit_the_layout(void **state) {
    (void)state;
    mien_dataset *d;
    scratch_folder("lfw");
    scratch_folder("lfw/a_b");
    write_pgm("lfw/a_b/a_b_0001.pgm", 4, 4, 1);
    assert_int_equal(open_data(&d, "{reader: lfw, path: %s}", scratch("lfw")),
                     MIEN_OK);
    mien_dataset_close(d);
    write_pgm("lfw/a_b/a_b_002.pgm", 4, 4, 1);
    said(open_data(&d, "{reader: lfw, path: %s}", scratch("lfw")), MIEN_EDATA,
         "a_b_002.pgm");
}

static void csv__names_and_numbers_are_labels(void **state) {
    (void)state;
    mien_dataset *d;
    scratch_text("l.csv",
                 "file,who,\"where\"\r\npeople/ann/a.pgm,\"x, y\",s1\r"
                 "\n\r\npeople/bob/b.pgm,a,s0\npeople/ann/c.pgm,\"x, y\",s1");
    assert_int_equal(open_data(&d,
                               "{reader: csv, path: %s, label: who, group: "
                               "where}",
                               scratch("l.csv")),
                     MIEN_OK);
    assert_int_equal(d->reader->count, 3);
    assert_string_equal(d->reader->class_names[1], "x, y");
    assert_int_equal(d->reader->labels[0], 1);
    assert_int_equal(d->reader->n_groups, 2);
    assert_int_equal(d->reader->groups[0], 1);
    assert_int_equal(first_pixel(d->reader, 1), 11);
    mien_dataset_close(d);
    scratch_text("n.csv",
                 "people/ann/a.pgm;2\npeople/bob/b.pgm;0\n"
                 "people/ann/c.pgm;2\n");
    assert_int_equal(open_data(&d, "{reader: csv, path: %s, separator: ;}",
                               scratch("n.csv")),
                     MIEN_OK);
    assert_int_equal(d->reader->classes, 3);
    assert_null(d->reader->class_names);
    mien_dataset_close(d);
}

static void csv_case(const char *text, mien_status status, const char *words) {
    mien_dataset *d;
    scratch_text("bad.csv", text);
    said(open_data(&d, "{reader: csv, path: %s, labels: number}",
                   scratch("bad.csv")),
         status, words);
}

static void csv__bad_lists_name_file_and_line(void **state) {
    (void)state;
    mien_dataset *d;
    csv_case("", MIEN_EDATA, "lists no photo");
    csv_case("file,label\n", MIEN_EDATA, "lists no photo");
    csv_case("people/ann/a.pgm\n", MIEN_EFORMAT, "bad.csv:1: 1 fields");
    csv_case("people/ann/a.pgm,0\nnone.pgm,1\n", MIEN_ENOTFOUND, "bad.csv:2");
    csv_case("people/ann/a.pgm,\"0\n", MIEN_EFORMAT, "quote is not closed");
    csv_case("people/ann/a.pgm,\"0\"x\n", MIEN_EFORMAT, "closing quote");
    csv_case("people/ann/a.pgm,x\n", MIEN_EDATA, "'x' is no class number");
    csv_case("people/ann/a.pgm,-1\n", MIEN_EDATA, "no class number");
    csv_case("people/ann/a.pgm,16777216\n", MIEN_EDATA, "no class number");
    csv_case("people/ann/a.pgm,7\n", MIEN_EDATA, "a label is 7");
    scratch_write("bad.csv", "a\0b", 3);
    said(open_data(&d, "{reader: csv, path: %s}", scratch("bad.csv")),
         MIEN_EFORMAT, "zero bytes");
    said(open_data(&d, "{reader: csv, path: %s, label: who}",
                   scratch("l.csv.none")),
         MIEN_ENOTFOUND, "l.csv.none");
    scratch_text("bad.csv", "file,label\npeople/ann/a.pgm,1\n");
    said(open_data(&d, "{reader: csv, path: %s, label: who}",
                   scratch("bad.csv")),
         MIEN_EDATA, "called 'who'");
}

static void write_scenes(void) {
    scratch_folder("scenes");
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "scenes/s%d.pgm", i);
        write_pgm(name, 40, 30, 100 + i);
    }
}

static void patches__people_and_scenes_are_groups(void **state) {
    (void)state;
    mien_dataset *d;
    write_scenes();
    write_pgm("people/loose.pgm", 8, 8, 77);
    assert_int_equal(open_data(&d,
                               "{reader: patches, path: %s, scenes: %s, "
                               "patches: 3, test: 0.4}",
                               scratch("people"), scratch("scenes")),
                     MIEN_OK);
    const mien_reader *r = d->reader;
    assert_int_equal(r->count, 7 + 12);
    assert_int_equal(r->n_groups, 3 + 4);
    int part[19];
    for (int p = 0; p < MIEN_PARTS; p++)
        for (int i = 0; i < d->split.count[p]; i++)
            part[d->split.items[p][i]] = p;
    for (int i = 0; i < r->count; i++) {
        assert_int_equal(r->labels[i], i < 7);
        for (int k = 0; k < i; k++)
            if (r->groups[i] == r->groups[k])
                assert_int_equal(part[i], part[k]);
    }
    assert_true(d->split.count[MIEN_TEST] > 0);
    assert_int_equal(first_pixel(r, 6), 77);
    assert_int_equal(first_pixel(r, 7 + 3 * 3), 103);
    mien_dataset_close(d);
    remove(scratch("people/loose.pgm"));
}

static void patches__the_same_patch_is_cut_again(void **state) {
    (void)state;
    mien_dataset *d;
    write_scenes();
    assert_int_equal(open_data(&d,
                               "{reader: patches, path: %s, scenes: %s, "
                               "patches: 50, side: [0.2, 0.9]}",
                               scratch("people"), scratch("scenes")),
                     MIEN_OK);
    int least = 1000, most = 0;
    for (int i = 6; i < 56; i++) {
        mien_sample a, b;
        assert_int_equal(
            d->reader->ops->decode(&a, d->reader, i, (mien_want){0}), MIEN_OK);
        assert_int_equal(
            d->reader->ops->decode(&b, d->reader, i, (mien_want){0}), MIEN_OK);
        assert_int_equal(a.image->width, b.image->width);
        assert_int_equal(a.image->width, a.image->height);
        if (a.image->width < least) least = a.image->width;
        if (a.image->width > most) most = a.image->width;
        mien_sample_close(&a);
        mien_sample_close(&b);
    }
    assert_in_range(least, 6, 12);
    assert_in_range(most, 20, 27);
    mien_dataset_close(d);
    said(open_data(&d,
                   "{reader: patches, path: %s, scenes: %s, side: [0.9, "
                   "0.2]}",
                   scratch("people"), scratch("scenes")),
         MIEN_EINVAL, "[least, most]");
}

static void readers__failing_allocations_are_reported(void **state) {
    (void)state;
    write_scenes();
    scratch_text("l.csv", "f,l,g\npeople/ann/a.pgm,x,s\npeople/bob/a.pgm,y,t");
    char folder[512], patches[1024], csv[512], photos[512];
    snprintf(photos, sizeof photos, "{reader: photos, path: %s, val: 0.3}",
             scratch("people"));
    snprintf(folder, sizeof folder, "{reader: folder, path: %s, test: 0.3}",
             scratch("people"));
    snprintf(patches, sizeof patches, "{reader: patches, path: %s, scenes: %s}",
             scratch("people"), scratch("scenes"));
    snprintf(csv, sizeof csv, "{reader: csv, path: %s, group: g}",
             scratch("l.csv"));
    const char *const cases[] = {folder, patches, csv, photos};
    for (int k = 0; k < 4; k++) {
        const mien_tree *data = yaml(cases[k]), *input = yaml(yaml_input);
        mien_status status = MIEN_ENOMEM;
        for (int i = 0; status != MIEN_OK; i++) {
            mien_dataset *d;
            mien_mem_fail_after(i);
            status = mien_dataset_open(&d, data, input, NULL);
            mien_mem_fail_after(-1);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
            mien_dataset_close(d);
            assert_true(i < 1000);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder__classes_and_photos_come_sorted),
        cmocka_unit_test(folder__bad_folders_are_named),
        cmocka_unit_test(folder__min_photos_drops_small_classes),
        cmocka_unit_test(photos__are_found_at_any_depth),
        cmocka_unit_test(lfw__names_must_fit_the_layout),
        cmocka_unit_test(csv__names_and_numbers_are_labels),
        cmocka_unit_test(csv__bad_lists_name_file_and_line),
        cmocka_unit_test(patches__people_and_scenes_are_groups),
        cmocka_unit_test(patches__the_same_patch_is_cut_again),
        cmocka_unit_test(readers__failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
