/* SPDX-License-Identifier: Apache-2.0 */
/* test_boxes.c - lists of photos with the faces in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/boxes.h"

static mien_status parse(mien_boxes *out, const char *list) {
    char text[512];
    assert_true(strlen(list) < sizeof text);
    strcpy(text, list);
    *out = (mien_boxes){0};
    return mien_boxes_parse(out, text, "list.txt", "album");
}

static void list__holds_photos_and_their_faces(void **state) {
    (void)state;
    mien_boxes b;
    assert_int_equal(parse(&b,
                           "# one.jpg 512 342\n10 20 30.5 50\r\n1 2 3 4\n"
                           "\n# two words.jpg 8 9"),
                     MIEN_OK);
    assert_int_equal(b.photos, 2);
    assert_int_equal(b.faces, 2);
    assert_int_equal(b.photo[0].width, 512);
    assert_int_equal(b.photo[0].height, 342);
    assert_int_equal(b.photo[0].count, 2);
    assert_int_equal(b.photo[1].count, 0);
    assert_non_null(strstr(b.photo[1].path, "two words.jpg"));
    assert_float_equal(b.face[0].x, 10, 0);
    assert_float_equal(b.face[0].width, 20.5f, 1e-6);
    assert_float_equal(b.face[0].height, 30, 0);
    assert_false(b.face[0].points);
    mien_boxes_close(&b);
}

static void list__holds_points_unless_one_is_unknown(void **state) {
    (void)state;
    mien_boxes b;
    assert_int_equal(
        parse(&b,
              "# a.jpg 9 9\n1 2 8 9 1 2 1 3 4 0 5 6 1 7 8 1 9 10 1\n"
              "1 2 8 9 1 2 1 3 4 0 -1 -1 -1 7 8 1 9 10 1\n"),
        MIEN_OK);
    assert_true(b.face[0].points);
    for (int k = 0; k < 10; k++)
        assert_float_equal(b.face[0].point[k], k + 1, 0);
    assert_false(b.face[1].points);
    mien_boxes_close(&b);
}

static void list__that_is_wrong_is_refused_by_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"1 2 3 4\n", "list.txt:1: a face before"},
        {"# a.jpg 9 9\n1 2 3\n", "list.txt:2"},
        {"# a.jpg 9 9\n\n1 2 3 4 5\n", "list.txt:3"},
        {"# a.jpg 9 9\n3 2 1 4\n", "list.txt:2"},
        {"# a.jpg 9 9\n1 2 nan 4\n", "list.txt:2"},
        {"# a.jpg 9 9\n1 2 3 x\n", "list.txt:2"},
        {"# a.jpg 9\n", "list.txt:1"},
        {"# 9 9\n", "list.txt:1"},
        {"# a.jpg 0 9\n", "list.txt:1"},
        {"# a.jpg 9 99999999\n", "list.txt:1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mien_boxes b;
        assert_int_equal(parse(&b, rows[i].text), MIEN_EFORMAT);
        assert_non_null(strstr(mien_error(), rows[i].said));
        mien_boxes_close(&b);
    }
}

static void list__survives_failing_allocations(void **state) {
    (void)state;
    int failed = 0;
    for (int n = 0; n < 20; n++) {
        mien_boxes b;
        mien_mem_fail_after(n);
        const mien_status status = parse(&b, "# a.jpg 9 9\n1 2 3 4\n");
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
        failed += status != MIEN_OK;
        mien_boxes_close(&b);
    }
    assert_true(failed > 0 && failed < 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list__holds_photos_and_their_faces),
        cmocka_unit_test(list__holds_points_unless_one_is_unknown),
        cmocka_unit_test(list__that_is_wrong_is_refused_by_line),
        cmocka_unit_test(list__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
