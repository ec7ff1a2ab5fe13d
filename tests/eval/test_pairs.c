/* SPDX-License-Identifier: Apache-2.0 */
/* test_pairs.c - lists of pairs, good and bad, and points. */
#include <string.h>

#include "eval_test.h"
#include "eval/pairs.h"
#include "eval/points.h"
#include "scratch.h"
#include "shared_data.h"

static const char two_folds[] =
    "2 1\n"
    "ada\t1\t2\n"
    "ada\t1\tbob\t3\n"
    "bob 3 4\r\n"
    "cy\t10\tada\t2\n";

static void pairs__reads_folds_in_order(void **state) {
    (void)state;
    mien_pairs p;
    char title[64];
    assert_ok(mien_pairs_read(&p, scratch_text("p.txt", two_folds)));
    assert_int_equal(p.n, 4);
    assert_int_equal(p.folds, 2);
    assert_false(p.dealt);
    const bool same[] = {true, false, true, false};
    const int fold[] = {0, 0, 1, 1};
    for (int i = 0; i < 4; i++) {
        assert_true(p.items[i].same == same[i]);
        assert_int_equal(p.items[i].fold, fold[i]);
        assert_int_equal(p.items[i].line, i + 2);
    }
    /* ada 1, ada 2, bob 3, bob 4, cy 10: each once, by path. */
    assert_int_equal(p.n_pictures, 5);
    assert_string_equal(p.pictures[0].path, "ada/ada_0001.jpg");
    assert_string_equal(p.pictures[4].path, "cy/cy_0010.jpg");
    assert_int_equal(p.pictures[1].line, 2);
    assert_int_equal(p.pictures[4].line, 5);
    assert_int_equal(p.items[1].picture[0], 0);
    assert_int_equal(p.items[1].picture[1], 2);
    assert_int_equal(p.items[3].picture[0], 4);
    assert_int_equal(p.items[3].picture[1], 1);
    mien_pairs_title(title, sizeof title, &p);
    assert_string_equal(title, "4 pairs, 2 given folds");
    mien_pairs_close(&p);
}

/* A list with a header and n pairs a side (a fold). */
static const char *generated(const char *header, int folds, int n) {
    static char text[200000];
    size_t at = (size_t)sprintf(text, "%s\n", header);
    for (int f = 0; f < folds; f++) {
        for (int i = 0; i < n; i++)
            at += (size_t)sprintf(text + at, "p%d 1 2\n", f * n + i);
        for (int i = 0; i < n; i++)
            at += (size_t)sprintf(text + at, "p%d 1 q%d 1\n", f * n + i, i);
    }
    return scratch_text("g.txt", text);
}

static void pairs__knows_the_lists_of_lfw(void **state) {
    (void)state;
    mien_pairs p;
    char title[64];
    assert_ok(mien_pairs_read(&p, generated("10\t300", 10, 300)));
    mien_pairs_title(title, sizeof title, &p);
    assert_string_equal(title, "lfw view 2");
    assert_int_equal(p.n, 6000);
    mien_pairs_close(&p);
    assert_ok(mien_pairs_read(&p, generated("500", 1, 500)));
    mien_pairs_title(title, sizeof title, &p);
    assert_string_equal(title, "lfw-dev 10-fold");
    mien_pairs_close(&p);
}

static void pairs__deals_folds_where_there_are_none(void **state) {
    (void)state;
    int count[10][2] = {{0}};
    mien_pairs p;
    assert_ok(mien_pairs_read(&p, generated("25", 1, 25)));
    assert_true(p.dealt);
    assert_int_equal(p.folds, 10);
    assert_int_equal(p.items[13].fold, 3);
    assert_int_equal(p.items[25 + 13].fold, 3);
    for (int i = 0; i < p.n; i++) count[p.items[i].fold][p.items[i].same]++;
    for (int f = 0; f < 10; f++) {
        assert_int_equal(count[f][0], f < 5 ? 3 : 2);
        assert_int_equal(count[f][1], count[f][0]);
    }
    mien_pairs_close(&p);
}

typedef struct bad {
    const char *text, *says;
} bad;

static void pairs__reads_view_1_itself(void **state) {
    (void)state;
    mien_pairs p;
    const char *path = shared("lfw-dev/pairsDevTest.txt");
    assert_ok(mien_pairs_read(&p, path));
    assert_int_equal(p.n, 1000);
    assert_int_equal(p.n_pictures, 1549);
    assert_int_equal(p.folds, 10);
    mien_pairs_close(&p);
}

static void pairs__names_the_line_of_an_error(void **state) {
    (void)state;
    const bad list[] = {
        {"", ":1: the first line must be"},
        {"\n", ":1: the first line must be"},
        {"ten 300\n", ":1: the first line must be"},
        {"10 0\n", ":1: the first line must be"},
        {"1 5\n", ":1: the first line must be"},
        {"101 5\n", ":1: the first line must be"},
        {"2 1 1\n", ":1: the first line must be"},
        {"-3\n", ":1: the first line must be"},
        {"99999999999\n", ":1: the first line must be"},
        {"9\n", ":1: 9 pairs cannot be dealt"},
        {"100 1000000\n", ":1: 200000000 pairs are too many"},
        {"2 1\nada 1 2\n", ":2: the file ends after 1 of 4"},
        {"2 1\nada 1 bob 2\n", ":2: \"name i j\" is expected"},
        {"2 1\nada 1 2\nada 1 2\n", ":3: \"name1 i name2 j\" is expected"},
        {"2 1\nada 1 2\n\n", ":3: \"name1 i name2 j\" is expected"},
        {"2 1\nada 1 2\na 1 b 2 c\n", ":3: \"name1 i name2 j\" is expected"},
        {"2 1\nada 1 1\n", ":2: a picture is compared with itself"},
        {"2 1\nada 1 2\nada 1 ada 2\n", ":3: different people have one name"},
        {"2 1\nada 0 2\n", ":2: a picture's number"},
        {"2 1\nada 1 10000\n", ":2: a picture's number"},
        {"2 1\nada x 2\n", ":2: a picture's number"},
        {"2 1\n../ada 1 2\n", ":2: a picture's number"},
        {"2 1\n/ada 1 2\n", ":2: a picture's number"},
        {"2 1\nada 1 2\na 1 b 2\nb 1 2\na 1 b 2\n\nc 1 2\n",
         ":7: more lines than the 4"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        mien_pairs p;
        const mien_status status =
            mien_pairs_read(&p, scratch_text("bad.txt", list[i].text));
        assert_true(status == MIEN_EFORMAT || status == MIEN_ELIMIT);
        if (!strstr(mien_error(), list[i].says))
            fail_msg("\"%s\" does not say \"%s\"", mien_error(), list[i].says);
        assert_null(strstr(mien_error(), "ada"));
        assert_null(p.items);
    }
}

static void pairs__refuses_what_is_no_text(void **state) {
    (void)state;
    mien_pairs p;
    const char bytes[] = "2 1\nada\0 1 2\n";
    const char *path = scratch_write("z.txt", bytes, sizeof bytes - 1);
    assert_fails(mien_pairs_read(&p, path), MIEN_EFORMAT, "not a text file");
    assert_int_equal(mien_pairs_read(&p, scratch("none.txt")), MIEN_ENOTFOUND);
}

static void pairs__survives_every_truncation(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof two_folds - 2; n++) {
        mien_pairs p;
        const char *path = scratch_write("cut.txt", two_folds, n);
        if (mien_pairs_read(&p, path) == MIEN_OK)
            mien_pairs_close(&p);
        else
            assert_null(p.items);
    }
}

static void pairs__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    const char *path = scratch_text("p.txt", two_folds);
    mien_pairs p = {0};
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status == MIEN_ENOMEM && n < 100; n++) {
        mien_mem_fail_after(n);
        status = mien_pairs_read(&p, path);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(p.items);
    }
    assert_ok(status);
    mien_pairs_close(&p);
}

static void points__reads_rows_in_any_order(void **state) {
    (void)state;
    mien_points p;
    assert_ok(mien_points_read(
        &p, scratch_text("p.csv",
                         "path,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5\n"
                         "b/b_0001.jpg,1,2,3,4,5,6,7,8,9,10\n"
                         "\"a, b\",1.5,2,3,4,5,6,7,8,9,-1e1\n")));
    assert_int_equal(p.n, 2);
    const mien_point *b = mien_points_find(&p, "b/b_0001.jpg");
    assert_non_null(b);
    assert_near(b[2].y, 6, 0);
    const mien_point *a = mien_points_find(&p, "a, b");
    assert_non_null(a);
    assert_near(a[4].y, -10, 0);
    assert_null(mien_points_find(&p, "c"));
    mien_points_close(&p);
}

static void points__name_the_line_of_an_error(void **state) {
    (void)state;
    const bad list[] = {
        {"a,1,2,3,4,5,6,7,8,9\n", ":1: a path and five"},
        {"a,1,2,3,4,5,6,7,8,9,10\nb,1,2,3,4,5,6,7,8,9,x\n", ":2: a path"},
        {"a,1,2,3,4,5,6,7,8,9,nan\n", ":1: a path"},
        {",1,2,3,4,5,6,7,8,9,10\n", ":1: a path"},
        {"a,1,2,3,4,5,6,7,8,9,10,11\n", ":1: a path"},
        {"a,1,2,3,4,5,6,7,8,9,10\na,1,2,3,4,5,6,7,8,9,10\n", "two rows"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        mien_points p;
        assert_fails(mien_points_read(&p, scratch_text("b.csv", list[i].text)),
                     MIEN_EFORMAT, list[i].says);
        assert_null(p.rows);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs__reads_folds_in_order),
        cmocka_unit_test(pairs__knows_the_lists_of_lfw),
        cmocka_unit_test(pairs__deals_folds_where_there_are_none),
        cmocka_unit_test(pairs__reads_view_1_itself),
        cmocka_unit_test(pairs__names_the_line_of_an_error),
        cmocka_unit_test(pairs__refuses_what_is_no_text),
        cmocka_unit_test(pairs__survives_every_truncation),
        cmocka_unit_test(pairs__frees_all_when_memory_runs_out),
        cmocka_unit_test(points__reads_rows_in_any_order),
        cmocka_unit_test(points__name_the_line_of_an_error),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
