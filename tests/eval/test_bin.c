/* SPDX-License-Identifier: Apache-2.0 */
/* test_bin.c - pickles byte by byte, and the figures of one against those of
 * the same pairs read as files. */
#include <string.h>

#include "eval/pickle.h"
#include "people_fixture.h"

/* ---- pickles ---------------------------------------------------------- */

typedef struct bytes {
    uint8_t data[1 << 20];
    size_t n;
} bytes;

static void put(bytes *b, const void *from, size_t n) {
    assert_true(b->n + n <= sizeof b->data);
    memcpy(b->data + b->n, from, n);
    b->n += n;
}

#define PUT(b, text) put(b, text, sizeof(text) - 1)

/* Two pairs as Python 2 wrote them: memo after each string. */
static void python2(bytes *b) {
    b->n = 0;
    PUT(b, "\x80\x02]q\x00(");
    PUT(b,
        "U\x02"
        "aaq\x01T\x03\x00\x00\x00"
        "bbbq\x02U\x00q\x03h\x01"
        "e");
    PUT(b,
        "]q\x04(\x88\x89"
        "e\x86q\x05.");
}

static void pickle__of_python_2(void **state) {
    (void)state;
    static bytes b;
    mien_pickle p;
    python2(&b);
    assert_ok(mien_pickle_parse(&p, b.data, b.n, "t.bin"));
    assert_int_equal(p.pictures, 4);
    assert_int_equal(p.pairs, 2);
    assert_int_equal(p.picture[0].size, 2);
    assert_memory_equal(p.picture[1].data, "bbb", 3);
    assert_int_equal(p.picture[2].size, 0);
    assert_ptr_equal(p.picture[3].data, p.picture[0].data);
    assert_true(p.same[0]);
    assert_false(p.same[1]);
    mien_pickle_close(&p);
}

static void pickle__of_python_3(void **state) {
    (void)state;
    static const char four[] =
        "\x80\x04\x95\x20\x00\x00\x00\x00\x00\x00\x00]\x94(C\x01x\x94"
        "B\x02\x00\x00\x00yz\x94"
        "e]\x94\x88"
        "a\x86\x94.";
    mien_pickle p;
    assert_ok(
        mien_pickle_parse(&p, (const uint8_t *)four, sizeof four - 1, "t.bin"));
    assert_int_equal(p.pairs, 1);
    assert_memory_equal(p.picture[1].data, "yz", 2);
    mien_pickle_close(&p);
}

static const struct {
    const char *text;
    size_t size;
    mien_status status;
    const char *says;
} refused[] = {
#define CASE(text, status, says) \
    { text, sizeof(text) - 1, status, says }
    CASE("", MIEN_EFORMAT, "not a pickle"),
    CASE("\xff\xd8\xff", MIEN_EFORMAT, "not a pickle"),
    CASE("\x80\x05.", MIEN_EUNSUPPORTED, "protocol 5"),
    CASE("\x80\x02"
         "cos\nsystem\n(U\x02lstR.",
         MIEN_EUNSUPPORTED, "at byte 2: opcode 0x63"),
    CASE("\x80\x02"
         "}.",
         MIEN_EUNSUPPORTED, "0x7d"),
    CASE("\x80\x02"
         "U\x02"
         "aa.",
         MIEN_EFORMAT, "not one pair"),
    CASE("\x80\x02.", MIEN_EFORMAT, "not one pair"),
    CASE("\x80\x02]]\x86.", MIEN_EFORMAT, "0 files for 0 pairs"),
    CASE("\x80\x02](C\x01"
         "ae](\x88"
         "e\x86.",
         MIEN_EFORMAT, "1 files for 1 pairs"),
    CASE("\x80\x02](\x88\x88"
         "e](\x88"
         "e\x86.",
         MIEN_EFORMAT, "not of files alone"),
    CASE("\x80\x02](U\x00U\x00"
         "e](U\x00"
         "e\x86.",
         MIEN_EFORMAT, "not of truth values alone"),
    CASE("\x80\x02(e.", MIEN_EFORMAT, "appended to no list"),
    CASE("\x80\x02"
         "e.",
         MIEN_EFORMAT, "appended to no list"),
    CASE("\x80\x02"
         "a.",
         MIEN_EFORMAT, "appended to no list"),
    CASE("\x80\x02](]e.", MIEN_EFORMAT, "neither files"),
    CASE("\x80\x02q\x00.", MIEN_EFORMAT, "nothing is there"),
    CASE("\x80\x02]q\x05.", MIEN_EFORMAT, "gap"),
    CASE("\x80\x02h\x00.", MIEN_EFORMAT, "never remembered"),
    CASE("\x80\x02\x88\x89\x86.", MIEN_EFORMAT, "one pair of two lists"),
    CASE("\x80\x02T\xff\xff\xff\x7f", MIEN_EFORMAT, "behind the file's"),
    CASE("\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff", MIEN_EFORMAT,
         "behind the file's"),
    CASE("\x80\x02]]]]]]]]].", MIEN_EFORMAT, "two lists are expected"),
};

static void pickle__of_anything_else_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        mien_pickle p;
        assert_fails(mien_pickle_parse(&p, (const uint8_t *)refused[i].text,
                                       refused[i].size, "t.bin"),
                     refused[i].status, refused[i].says);
        assert_null(p.picture);
    }
}

/* Whatever is cut off or changed: a status, and pictures within the file. */
static void pickle__survives_any_damage(void **state) {
    (void)state;
    static bytes good, b;
    python2(&good);
    for (size_t n = 0; n < good.n; n++) {
        mien_pickle p;
        assert_true(mien_pickle_parse(&p, good.data, n, "t") != MIEN_OK);
    }
    for (size_t i = 0; i < good.n; i++)
        for (int value = 0; value < 256; value++) {
            mien_pickle p;
            b = good;
            b.data[i] = (uint8_t)value;
            if (mien_pickle_parse(&p, b.data, b.n, "t") != MIEN_OK) continue;
            for (int k = 0; k < p.pictures; k++)
                assert_true(p.picture[k].data >= b.data &&
                            p.picture[k].data + p.picture[k].size <=
                                b.data + b.n);
            mien_pickle_close(&p);
        }
}

static void pickle__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    static bytes b;
    mien_pickle p;
    mien_status status = MIEN_ENOMEM;
    python2(&b);
    for (int n = 0; status != MIEN_OK && n < 50; n++) {
        mien_mem_fail_after(n);
        status = mien_pickle_parse(&p, b.data, b.n, "t");
        mien_mem_fail_after(-1);
    }
    assert_ok(status);
    mien_pickle_close(&p);
}

/* ---- figures ---------------------------------------------------------- */

/* Pair k of a fold: two pictures of one person, then of two. */
static void pictures_of(int fold, int k, int person[2], int number[2]) {
    const bool same = k < 2;
    person[0] = (2 * fold + k) % PEOPLE;
    person[1] = same ? person[0] : (person[0] + 3 + fold) % PEOPLE;
    number[0] = 1 + k % 2;
    number[1] = 3 + k % 2;
}

static void put_file(bytes *b, int person, int number) {
    char path[256];
    size_t n;
    snprintf(path, sizeof path, "%s/p%02d/p%02d_%04d.jpg", people, person,
             person, number);
    uint8_t *file = scratch_read(path, &n);
    const uint8_t head[] = {'B', (uint8_t)n, (uint8_t)(n >> 8),
                            (uint8_t)(n >> 16), 0};
    put(b, head, sizeof head);
    put(b, file, n);
    free(file);
}

/* The same pairs as a .bin and as a pairs.txt with ten folds. */
static void write_both(void) {
    static bytes b;
    char text[4096] = "10 2\n";
    size_t at = strlen(text);
    b.n = 0;
    PUT(&b, "\x80\x03](");
    for (int fold = 0; fold < 10; fold++)
        for (int k = 0; k < 4; k++) {
            int p[2], i[2];
            pictures_of(fold, k, p, i);
            put_file(&b, p[0], i[0]);
            put_file(&b, p[1], i[1]);
            at += (size_t)(k < 2 ? snprintf(text + at, sizeof text - at,
                                            "p%02d %d %d\n", p[0], i[0], i[1])
                                 : snprintf(text + at, sizeof text - at,
                                            "p%02d %d p%02d %d\n", p[0], i[0],
                                            p[1], i[1]));
        }
    PUT(&b, "e](");
    for (int i = 0; i < 40; i++) put(&b, i % 4 < 2 ? "\x88" : "\x89", 1);
    PUT(&b, "e\x86.");
    scratch_write("set.bin", b.data, b.n);
    scratch_text("set.txt", text);
}

static double figure(const mien_report *r, const char *key) {
    const mien_report_facts *f = mien_report_facts_of(r);
    for (int i = 0; i < f->figures; i++)
        if (!strcmp(f->figure[i].key, key)) return f->figure[i].value;
    fail_msg("no figure %s", key);
    return 0;
}

static void bin__agrees_with_the_same_pairs_as_files(void **state) {
    (void)state;
    static const char *const protocols[] = {"lfw", "lfw-common"};
    write_both();
    for (int i = 0; i < 2; i++) {
        mien_bin_options o;
        mien_lfw_options files;
        mien_report *r;
        mien_lfw *lfw;
        mien_bin_defaults(&o);
        mien_lfw_defaults(&files);
        o.model = files.model = model_file;
        o.protocol = files.protocol = protocols[i];
        o.data = scratch("set.bin");
        o.far = files.far = 0.05;
        files.data = people;
        files.pairs = scratch("set.txt");
        files.align = "none";
        assert_ok(mien_bin_run(&r, &o));
        assert_ok(mien_lfw_run(&lfw, &files));
        const mien_lfw_summary *s = mien_lfw_summary_of(lfw);
        assert_near(figure(r, "accuracy"), s->accuracy, 1e-12);
        assert_near(figure(r, "se"), s->se, 1e-12);
        assert_near(figure(r, "sd"), s->sd, 1e-12);
        assert_near(figure(r, "auc"), s->auc, 1e-9);
        assert_near(figure(r, "val"), s->val, 1e-12);
        assert_non_null(
            strstr(mien_report_facts_of(r)->protocol, "bin, 40 pairs"));
        assert_string_equal(mien_report_facts_of(r)->model, s->model);
        mien_lfw_free(lfw);
        mien_report_free(r);
    }
}

static void bin__refuses_what_cannot_be(void **state) {
    (void)state;
    static bytes b;
    mien_bin_options o;
    mien_report *r;
    mien_bin_defaults(&o);
    o.model = model_file;
    o.data = scratch("set.bin");
    o.far = 0.01;
    assert_fails(mien_bin_run(&r, &o), MIEN_EINVAL,
                 "FAR 0.01 cannot be shown by 20 pairs");
    o.far = 0;
    python2(&b);
    o.data = scratch_write("two.bin", b.data, b.n);
    assert_fails(mien_bin_run(&r, &o), MIEN_EDATA, "cannot be ten folds");
    o.protocol = "best";
    assert_fails(mien_bin_run(&r, &o), MIEN_EINVAL, "'best'");
    assert_null(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pickle__of_python_2),
        cmocka_unit_test(pickle__of_python_3),
        cmocka_unit_test(pickle__of_anything_else_is_refused),
        cmocka_unit_test(pickle__survives_any_damage),
        cmocka_unit_test(pickle__frees_all_when_memory_runs_out),
        cmocka_unit_test(bin__agrees_with_the_same_pairs_as_files),
        cmocka_unit_test(bin__refuses_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
