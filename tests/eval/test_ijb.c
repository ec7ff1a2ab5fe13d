/* SPDX-License-Identifier: Apache-2.0 */
/* test_ijb.c - templates by hand, pairs and searches against a slow count,
 * lists that are wrong. */
#include <stdio.h>
#include <string.h>

#include "eval_test.h"
#include "eval/ijb_templates.h"
#include "eval/roc.h"
#include "mien/eval.h"
#include "scratch.h"
#include "tensor/npy.h"

/* ---- templates -------------------------------------------------------- */

static void template__by_hand(void **state) {
    (void)state;
    /* Template 5: media 1 of two pictures, media 2 of one; 9: one picture;
     * 7: one that failed. */
    mien_ijb_picture picture[] = {{"a", 5, 1, {{0}}, 1},
                                  {"b", 9, 1, {{0}}, .5f},
                                  {"c", 5, 2, {{0}}, 2},
                                  {"d", 5, 1, {{0}}, .5f},
                                  {"e", 7, 3, {{0}}, 1}};
    const float feature[] = {2, 0, 0, 3, 1, 1, 4, 0, 0, 0};
    const mien_ijb_lists lists = {.picture = picture, .pictures = 5};
    mien_ijb_templates t;
    assert_ok(mien_ijb_templates_make(&t, &lists, feature, 2, false));
    assert_int_equal(t.n, 3);
    assert_int_equal(t.id[0], 5);
    /* mean of (2 0) and (4 0), plus (1 1): (4 1) */
    assert_near(t.values[0], 4 / sqrt(17), 1e-6);
    assert_near(t.values[1], 1 / sqrt(17), 1e-6);
    assert_int_equal(mien_ijb_templates_find(&t, 9), 2);
    assert_int_equal(mien_ijb_templates_find(&t, 6), -1);
    assert_true(t.failed[1]);
    assert_int_equal(t.n_failed, 1);
    assert_near(mien_ijb_templates_cosine(&t, 0, 2), 1 / sqrt(17), 1e-6);
    assert_near(mien_ijb_templates_cosine(&t, 0, 1), MIEN_SCORE_FAILED, 0);
    mien_ijb_templates_close(&t);
    assert_ok(mien_ijb_templates_make(&t, &lists, feature, 2, true));
    /* mean of (2 0) and (2 0), plus (2 2): (4 2) */
    assert_near(t.values[0], 4 / sqrt(20), 1e-6);
    assert_near(t.values[1], 2 / sqrt(20), 1e-6);
    mien_ijb_templates_close(&t);
}

/* ---- a small set ------------------------------------------------------ */

enum {
    SUBJECTS = 12,
    TEMPLATES = 3 * SUBJECTS,
    PICTURES = 2 * TEMPLATES,
    WIDTH = 5
};

static float feature[PICTURES][WIDTH];

/* Templates 3s, 3s+1, 3s+2 are of subject s: one enrolled in gallery s % 2,
 * the others probes. Picture i is of template i / 2, each its own media. */
static void write_lists(void) {
    static char text[1 << 16];
    size_t n = 0;
    scratch_folder("meta");
    for (int i = 0; i < PICTURES; i++)
        n += (size_t)sprintf(text + n, "%d.jpg %d %d\n", i + 1, i / 2, i);
    scratch_text("meta/ijbx_face_tid_mid.txt", text);
    n = 0;
    for (int i = 0; i < PICTURES; i++)
        n += (size_t)sprintf(text + n, "%d.jpg 1 2 3 4 5 6 7 8 9 10.5 1.0\n",
                             i + 1);
    scratch_text("meta/ijbx_name_5pts_score.txt", text);
    n = 0;
    for (int a = 0; a < TEMPLATES; a++)
        for (int b = 0; b < a; b++)
            n += (size_t)sprintf(text + n, "%d %d %d\n", a, b, a / 3 == b / 3);
    scratch_text("meta/ijbx_template_pair_label.txt", text);
    for (int g = 0; g < 2; g++) {
        char name[64];
        n = (size_t)sprintf(text, "TEMPLATE_ID,SUBJECT_ID,FILENAME\n");
        for (int s = g; s < SUBJECTS; s += 2)
            n += (size_t)sprintf(text + n, "%d,%d,a.jpg\n%d,%d,b.jpg\n", 3 * s,
                                 100 + s, 3 * s, 100 + s);
        snprintf(name, sizeof name, "meta/ijbx_1N_gallery_G%d.csv", g + 1);
        scratch_text(name, text);
    }
    n = (size_t)sprintf(text, "TEMPLATE_ID,SUBJECT_ID\n");
    for (int s = 0; s < SUBJECTS; s++)
        n += (size_t)sprintf(text + n, "%d,%d\n%d,%d\n", 3 * s + 1, 100 + s,
                             3 * s + 2, 100 + s);
    scratch_text("meta/ijbx_1N_probe_mixed.csv", text);
}

static int setup(void **state) {
    mien_rng rng = mien_rng_at(9, MIEN_RNG_TEST, 0, 0);
    float centre[WIDTH] = {0};
    if (scratch_open(state)) return -1;
    for (int i = 0; i < PICTURES; i++) {
        for (int c = 0; c < WIDTH && i % 6 == 0; c++)
            centre[c] = (float)mien_rng_normal(&rng);
        for (int c = 0; c < WIDTH; c++)
            feature[i][c] = centre[c] + .8f * (float)mien_rng_normal(&rng);
    }
    for (int c = 0; c < WIDTH; c++) /* both pictures of template 10 */
        feature[20][c] = feature[21][c] = NAN;
    write_lists();
    const mien_tensor t = {.name = "f",
                           .dtype = MIEN_F32,
                           .rank = 2,
                           .shape = {PICTURES, WIDTH},
                           .bytes = sizeof feature,
                           .data = feature};
    return mien_npy_write(scratch("f.npy"), &t) != MIEN_OK;
}

static double slow_cosine(int a, int b) {
    double dot = 0, x = 0, y = 0;
    for (int c = 0; c < WIDTH; c++) {
        const double u = (double)feature[2 * a][c] + feature[2 * a + 1][c];
        const double v = (double)feature[2 * b][c] + feature[2 * b + 1][c];
        dot += u * v, x += u * u, y += v * v;
    }
    dot /= sqrt(x * y);
    return isfinite(dot) ? dot : -1;
}

static mien_ijb_options options_of(void) {
    static char meta[256], features[256];
    mien_ijb_options o;
    mien_ijb_defaults(&o);
    snprintf(meta, sizeof meta, "%s", scratch("meta"));
    snprintf(features, sizeof features, "%s", scratch("f.npy"));
    o.meta = meta;
    o.features = features;
    return o;
}

static const mien_table *table(const mien_report *r, const char *key) {
    const mien_report_facts *f = mien_report_facts_of(r);
    for (int i = 0; i < f->tables; i++)
        if (!strcmp(f->table[i].key, key)) return &f->table[i];
    fail_msg("no table %s", key);
    return NULL;
}

static double slow_tar(double far) {
    double best = 0;
    for (int i = 0; i < TEMPLATES * TEMPLATES; i++) {
        const double t = slow_cosine(i / TEMPLATES, i % TEMPLATES);
        double n[2] = {0}, above[2] = {0};
        for (int a = 0; a < TEMPLATES; a++)
            for (int b = 0; b < a; b++) {
                n[a / 3 == b / 3]++;
                above[a / 3 == b / 3] += slow_cosine(a, b) >= t - 1e-9;
            }
        if (above[0] <= far * n[0]) best = fmax(best, above[1] / n[1]);
    }
    return best;
}

static void pairs__agree_with_a_slow_count(void **state) {
    (void)state;
    mien_ijb_options o = options_of();
    mien_report *r;
    assert_ok(mien_ijb_run(&r, &o));
    const mien_table *t = table(r, "tar");
    assert_int_equal(t->rows, 2); /* 594 impostors: .01, .1 */
    for (int k = 0; k < 2; k++) {
        const mien_figure *tar = &t->cell[k * t->columns + 2];
        assert_near(tar->value, slow_tar(t->cell[k * t->columns].value), 1e-12);
        assert_true(tar->low <= tar->value && tar->value <= tar->high);
    }
    mien_report_free(r);
}

static void slow_search(int rank, double t, double *fnir, double *fpir) {
    double mates = 0, missed = 0, strangers = 0, found = 0;
    for (int g = 0; g < 2; g++)
        for (int p = 0; p < TEMPLATES; p++) {
            const int own = p / 3;
            int before = 0;
            bool any = false;
            if (p % 3 == 0) continue;
            const double mate = slow_cosine(p, 3 * own);
            for (int s = g; s < SUBJECTS; s += 2) {
                before += s != own && slow_cosine(p, 3 * s) >= mate;
                any |= slow_cosine(p, 3 * s) >= t;
            }
            if (own % 2 == g) {
                mates++;
                missed += (rank && before >= rank) || mate < t;
            } else {
                strangers++;
                found += any;
            }
        }
    *fnir = missed / mates;
    *fpir = found / strangers;
}

static void searches__agree_with_a_slow_count(void **state) {
    (void)state;
    mien_ijb_options o = options_of();
    mien_report *r;
    double fnir, fpir;
    assert_ok(mien_ijb_run(&r, &o));
    const mien_table *ranks = table(r, "ranks"), *levels = table(r, "levels");
    assert_int_equal(ranks->rows, 3); /* galleries of six: 1, 2, 5 */
    for (int k = 0; k < ranks->rows; k++) {
        slow_search((int)ranks->cell[2 * k].value, 0, &fnir, &fpir);
        assert_near(ranks->cell[2 * k + 1].value, fnir, 1e-12);
    }
    assert_int_equal(levels->rows, 1); /* 24 non-mated searches: .1 */
    slow_search(0, levels->cell[1].value + 1e-9, &fnir, &fpir);
    assert_near(levels->cell[2].value, fpir, 1e-12);
    assert_near(levels->cell[3].value, fnir, 1e-12);
    assert_true(fpir <= .1);
    assert_int_equal(mien_report_facts_of(r)->notes, 3);
    mien_report_free(r);
}

/* ---- what is wrong ---------------------------------------------------- */

static void lists__must_fit_together(void **state) {
    (void)state;
    mien_ijb_lists l;
    mien_ijb_options o = options_of();
    mien_report *r;
    scratch_folder("m2");
    assert_fails(mien_ijb_lists_read(&l, scratch("m2")), MIEN_ENOTFOUND,
                 "_face_tid_mid.txt");
    scratch_text("m2/x_face_tid_mid.txt", "1.jpg 1 1\n2.jpg 2 2\n");
    assert_fails(mien_ijb_lists_read(&l, scratch("m2")), MIEN_ENOTFOUND,
                 "neither");
    scratch_text("m2/x_template_pair_label.txt", "1 2 0\n1 3 1\n");
    o.meta = scratch("m2");
    assert_fails(mien_ijb_run(&r, &o), MIEN_ESHAPE, "want F32 [2, width]");
    const float two[] = {1, 0, 0, 1};
    const mien_tensor t = {.name = "f",
                           .dtype = MIEN_F32,
                           .rank = 2,
                           .shape = {2, 2},
                           .bytes = sizeof two,
                           .data = two};
    assert_ok(mien_npy_write(scratch("two.npy"), &t));
    o.features = scratch("two.npy");
    assert_fails(mien_ijb_run(&r, &o), MIEN_EDATA,
                 "pair 2: template 3 has no picture");
    scratch_text("m2/x_template_pair_label.txt", "1 2 0\n1 2 1\n");
    assert_fails(mien_ijb_run(&r, &o), MIEN_EDATA, "pair 1 is of two people");
    o.model = "x";
    assert_fails(mien_ijb_run(&r, &o), MIEN_EINVAL, "or else");
    assert_null(r);
}

static void lists__name_the_line_at_fault(void **state) {
    (void)state;
    static const struct {
        const char *file, *text, *says;
    } cases[] = {
        {"b_face_tid_mid.txt", "1.jpg 1\n", ".txt:1"},
        {"b_face_tid_mid.txt", "1.jpg 1 2\n2.jpg -1 2\n", ".txt:2"},
        {"b_face_tid_mid.txt", "1.jpg 1 99999999999\n", ".txt:1"},
        {"b_face_tid_mid.txt", "../1.jpg 1 2\n", ".txt:1"},
        {"b_face_tid_mid.txt", "\n\n", "no pictures"},
        {"b_name_5pts_score.txt", "1.jpg 1 2 3 4 5 6 7 8 9 10\n", ".txt:1"},
        {"b_name_5pts_score.txt", "2.jpg 1 2 3 4 5 6 7 8 9 10 1\n", ".txt:1"},
        {"b_name_5pts_score.txt", "1.jpg 1 2 3 4 x 6 7 8 9 10 1\n", ".txt:1"},
        {"b_name_5pts_score.txt", "\n", "points of 0 of 1"},
        {"b_template_pair_label.txt", "1 2\n", ".txt:1"},
        {"b_template_pair_label.txt", "1 2 2\n", ".txt:1"},
        {"b_1N_gallery_G1.csv", "T,S\nx,1\n", ".csv:2"},
        {"b_1N_gallery_G1.csv", "T,S\n1,1\n1,2\n", "two subjects"},
        {"b_1N_probe_mixed.csv", "T,S\n", "no templates"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_ijb_lists l;
        char name[64];
        scratch_folder("bad");
        scratch_text("bad/b_face_tid_mid.txt", "1.jpg 1 1\n");
        snprintf(name, sizeof name, "bad/%s", cases[i].file);
        scratch_text(name, cases[i].text);
        assert_fails(mien_ijb_lists_read(&l, scratch("bad")), MIEN_EFORMAT,
                     cases[i].says);
        assert_null(l.picture);
        unlink(scratch(name));
    }
}

static void ijb__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_ijb_options o = options_of();
    mien_report *r = NULL;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 5000; n += 1 + n / 10) {
        mien_mem_fail_after(n);
        status = mien_ijb_run(&r, &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(r);
    }
    assert_ok(status);
    mien_report_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(template__by_hand),
        cmocka_unit_test(pairs__agree_with_a_slow_count),
        cmocka_unit_test(searches__agree_with_a_slow_count),
        cmocka_unit_test(lists__must_fit_together),
        cmocka_unit_test(lists__name_the_line_at_fault),
        cmocka_unit_test(ijb__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
