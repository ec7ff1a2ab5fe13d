/* SPDX-License-Identifier: Apache-2.0 */
/* test_megaface.c - feature files, and ranks among strangers against a slow
 * count. */
#include <stdio.h>
#include <string.h>

#include "eval_test.h"
#include "eval/feature_files.h"
#include "eval/mega.h"
#include "mien/eval.h"
#include "scratch.h"

enum {
    PEOPLE = 5,
    EACH = 4,
    PROBES = PEOPLE * EACH,
    STRANGERS = 137,
    LENGTH = 6
};

static float probe[PROBES][LENGTH], stranger[STRANGERS][LENGTH];

static void write_feature(const char *name, const float *x, int length) {
    uint8_t file[16 + 4 * LENGTH] = {
        (uint8_t)length, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0};
    memcpy(file + 16, x, 4 * (size_t)length);
    scratch_write(name, file, 16 + 4 * (size_t)length);
}

static void unit(float *x) {
    double square = 0;
    for (int c = 0; c < LENGTH; c++) square += (double)x[c] * x[c];
    for (int c = 0; c < LENGTH; c++) x[c] = (float)(x[c] / sqrt(square));
}

/* Probe 7 and stranger 11 are not finite. */
static int setup(void **state) {
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    float centre[LENGTH];
    char name[64];
    if (scratch_open(state)) return -1;
    scratch_folder("probes");
    scratch_folder("strangers");
    for (int i = 0; i < PROBES; i++) {
        if (i % EACH == 0)
            for (int c = 0; c < LENGTH; c++)
                centre[c] = (float)mien_rng_normal(&rng);
        for (int c = 0; c < LENGTH; c++)
            probe[i][c] = centre[c] + .4f * (float)mien_rng_normal(&rng);
        if (i == 7) probe[i][2] = NAN;
        snprintf(name, sizeof name, "probes/p%d", i / EACH);
        if (i % EACH == 0) scratch_folder(name);
        snprintf(name, sizeof name, "probes/p%d/%d.jpg_mien.bin", i / EACH,
                 i % EACH);
        write_feature(name, probe[i], LENGTH);
    }
    for (int i = 0; i < STRANGERS; i++) {
        for (int c = 0; c < LENGTH; c++)
            stranger[i][c] = (float)mien_rng_normal(&rng);
        if (i == 11) stranger[i][0] = INFINITY;
        snprintf(name, sizeof name, "strangers/%04d.bin", i);
        write_feature(name, stranger[i], LENGTH);
    }
    for (int i = 0; i < PROBES; i++) unit(probe[i]);
    for (int i = 0; i < STRANGERS; i++) unit(stranger[i]);
    return 0;
}

static double slow_cosine(const float *a, const float *b) {
    double dot = 0;
    for (int c = 0; c < LENGTH; c++) dot += (double)a[c] * b[c];
    return isfinite(dot) ? dot : -1;
}

static double slow_rank1(int strangers) {
    double hits = 0, pairs = 0;
    for (int i = 0; i < PROBES; i++)
        for (int j = 0; j < PROBES; j++) {
            bool hit = true;
            if (i == j || i / EACH != j / EACH) continue;
            const double mate = slow_cosine(probe[i], probe[j]);
            for (int k = 0; k < strangers; k++)
                hit &= mate > slow_cosine(probe[i], stranger[k]);
            hits += hit && mate > -1;
            pairs++;
        }
    return hits / pairs;
}

/* The largest share above a threshold that lets through no more than far. */
static double slow_tar(double far) {
    double best = 0;
    for (int i = 0; i < PROBES; i++)
        for (int j = 0; j < PROBES; j++) {
            double false_ones = 0, true_ones = 0, pairs = 0;
            if (i == j || i / EACH != j / EACH) continue;
            const double t = slow_cosine(probe[i], probe[j]);
            for (int a = 0; a < PROBES; a++) {
                for (int k = 0; k < STRANGERS; k++)
                    false_ones += slow_cosine(probe[a], stranger[k]) >= t;
                for (int b = 0; b < PROBES; b++) {
                    if (a == b || a / EACH != b / EACH) continue;
                    true_ones += slow_cosine(probe[a], probe[b]) >= t;
                    pairs++;
                }
            }
            if (t > -1 && false_ones <= far * PROBES * STRANGERS)
                best = fmax(best, true_ones / pairs);
        }
    return best;
}

static mien_megaface_options options_of(void) {
    static char probes[256], strangers[256];
    mien_megaface_options o;
    mien_megaface_defaults(&o);
    snprintf(probes, sizeof probes, "%s", scratch("probes"));
    snprintf(strangers, sizeof strangers, "%s/", scratch("strangers"));
    o.probes = probes;
    o.distractors = strangers;
    return o;
}

static const mien_figure *figure(const mien_report *r, const char *key) {
    const mien_report_facts *f = mien_report_facts_of(r);
    for (int i = 0; i < f->figures; i++)
        if (!strcmp(f->figure[i].key, key)) return &f->figure[i];
    fail_msg("no figure %s", key);
    return NULL;
}

static void megaface__agrees_with_a_slow_count(void **state) {
    (void)state;
    mien_megaface_options o = options_of();
    mien_report *r;
    static const double fars[] = {1e-3, 1e-2, .1, .5};
    for (int i = 0; i < 4; i++) {
        o.far = fars[i];
        assert_ok(mien_megaface_run(&r, &o));
        assert_near(figure(r, "tar")->value, slow_tar(o.far), 1e-12);
        assert_near(figure(r, "failed")->value, 2, 0);
        const mien_table *t = &mien_report_facts_of(r)->table[0];
        static const int sizes[] = {10, 100, STRANGERS};
        assert_int_equal(t->rows, 3);
        for (int k = 0; k < 3; k++) {
            assert_near(t->cell[2 * k].value, sizes[k], 0);
            assert_near(t->cell[2 * k + 1].value, slow_rank1(sizes[k]), 1e-12);
        }
        assert_near(figure(r, "rank1")->value, slow_rank1(STRANGERS), 1e-12);
        assert_true(figure(r, "rank1")->low <= figure(r, "rank1")->value);
        mien_report_free(r);
    }
}

static void megaface__takes_the_distractors_of_a_list(void **state) {
    (void)state;
    mien_megaface_options o = options_of();
    mien_report *r;
    o.list = scratch_text("list.txt", "0005.bin\n0002.bin\r\n0130.bin\n");
    assert_ok(mien_megaface_run(&r, &o));
    assert_near(figure(r, "distractors")->value, 3, 0);
    assert_int_equal(mien_report_facts_of(r)->table[0].rows, 1);
    assert_int_equal(mien_report_facts_of(r)->notes, 2); /* no TAR, no model */
    mien_report_free(r);
    o.list = scratch_text("list.txt", "../probes/p0/0.jpg_mien.bin\n");
    assert_fails(mien_megaface_run(&r, &o), MIEN_EFORMAT, "outside");
    o.list = scratch_text("list.txt", "9.bin\n");
    assert_int_equal(mien_megaface_run(&r, &o), MIEN_ENOTFOUND);
}

static void megaface__refuses_what_makes_no_sense(void **state) {
    (void)state;
    mien_megaface_options o = options_of();
    mien_report *r;
    o.far = 1e-4;
    assert_fails(mien_megaface_run(&r, &o), MIEN_EINVAL,
                 "FAR 0.0001 cannot be shown by 2740 scores");
    o = options_of();
    o.probes = o.distractors;
    assert_fails(mien_megaface_run(&r, &o), MIEN_EDATA, "no person's folder");
    scratch_folder("alone");
    scratch_folder("alone/a");
    write_feature("alone/a/1.bin", probe[0], LENGTH);
    o.probes = scratch("alone");
    assert_fails(mien_megaface_run(&r, &o), MIEN_EDATA, "two feature files");
    write_feature("alone/a/1.bin", probe[0], LENGTH - 1);
    assert_fails(mien_megaface_run(&r, &o), MIEN_ESHAPE, "5 values");
    o.probes = scratch_folder("empty");
    assert_fails(mien_megaface_run(&r, &o), MIEN_ENOTFOUND, "no feature files");
    o.probes = NULL;
    assert_int_equal(mien_megaface_run(&r, &o), MIEN_EINVAL);
    assert_null(r);
}

static void feature__of_another_form_is_refused(void **state) {
    (void)state;
    uint8_t file[16 + 8] = {2, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 5};
    const uint8_t *values;
    int length;
    assert_ok(mien_feature_parse(&values, &length, file, 24, "f"));
    assert_int_equal(length, 2);
    assert_ptr_equal(values, file + 16);
    for (size_t n = 0; n < 24; n++)
        assert_int_equal(mien_feature_parse(&values, &length, file, n, "f"),
                         MIEN_EFORMAT);
    for (int i = 0; i < 16; i++) {
        file[i] ^= 0x40;
        assert_int_equal(mien_feature_parse(&values, &length, file, 24, "f"),
                         MIEN_EFORMAT);
        file[i] ^= 0x40;
    }
}

static void megaface__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_megaface_options o = options_of();
    mien_report *r = NULL;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 3000; n += 1 + n / 10) {
        mien_mem_fail_after(n);
        status = mien_megaface_run(&r, &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(r);
    }
    assert_ok(status);
    mien_report_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(megaface__agrees_with_a_slow_count),
        cmocka_unit_test(megaface__takes_the_distractors_of_a_list),
        cmocka_unit_test(megaface__refuses_what_makes_no_sense),
        cmocka_unit_test(feature__of_another_form_is_refused),
        cmocka_unit_test(megaface__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
