/* SPDX-License-Identifier: Apache-2.0 */
/* test_search.c - FNIR and FPIR by hand and against a slow count. */
#include <string.h>

#include "eval_test.h"
#include "eval/search.h"

/* ---- one search ------------------------------------------------------- */

static void search__ranks_people_by_their_best_template(void **state) {
    (void)state;
    const float values[] = {1, 0, 0, 1, .6f, .8f, 0, -1};
    const bool failed[] = {false, false, false, true};
    const int person[] = {0, 1, 0, 2};
    const mien_search_gallery g = {values, failed, person, 4, 2, 4};
    const float probe[] = {.8f, .6f};
    double best[4];
    mien_search s = mien_search_one(&g, probe, 0, best);
    assert_true(s.mated);
    assert_near(s.mate, .96, 1e-6); /* by the third template */
    assert_int_equal(s.rank, 1);
    assert_near(s.top, .96, 1e-6);
    s = mien_search_one(&g, probe, 1, best);
    assert_near(s.mate, .6, 1e-6);
    assert_int_equal(s.rank, 2);
    s = mien_search_one(&g, probe, 3, best); /* a stranger */
    assert_false(s.mated);
    assert_int_equal(s.rank, 0);
    assert_near(s.top, .96, 1e-6);
}

static void search__of_a_failed_template_finds_nobody(void **state) {
    (void)state;
    const float values[] = {1, 0, 0, 1};
    const bool failed[] = {false, true};
    const int person[] = {0, 1};
    const mien_search_gallery g = {values, failed, person, 2, 2, 2};
    double best[2];
    mien_search s = mien_search_one(&g, NULL, 0, best);
    assert_near(s.mate, -1, 0);
    assert_near(s.top, -1, 0);
    assert_int_equal(s.rank, 2); /* behind all who are as far away */
    s = mien_search_one(&g, values, 1, best); /* the mate failed */
    assert_near(s.mate, -1, 0);
    assert_int_equal(s.rank, 2);
}

/* ---- many ------------------------------------------------------------- */

static mien_search mated(int person, double score, int rank) {
    return (mien_search){person, true, score, rank, score};
}

static mien_search stranger(int person, double top) {
    return (mien_search){person, false, -1, 0, top};
}

static void errors__by_hand(void **state) {
    (void)state;
    mien_search list[] = {stranger(4, .3), mated(0, .9, 1),  mated(1, .5, 2),
                          stranger(5, .7), mated(2, -.2, 1), stranger(4, .6),
                          mated(3, .6, 1), stranger(6, .1)};
    mien_searches s = {list, 8, 0, 0};
    assert_int_equal(mien_searches_sort(&s), MIEN_OK);
    assert_int_equal(s.mated, 4);
    assert_int_equal(s.people, 7);
    assert_near(mien_fnir(&s, 1, 0, NULL), .5, 1e-12); /* rank 2; below 0 */
    assert_near(mien_fnir(&s, 2, 0, NULL), .25, 1e-12);
    assert_near(mien_fnir(&s, 0, .55, NULL), .5, 1e-12);
    assert_near(mien_fpir(&s, .6, NULL), .5, 1e-12);
    const double t = mien_fpir_threshold(&s, .25, NULL);
    assert_true(t > .6 && t < .6 + 1e-9);
    assert_near(mien_fpir(&s, t, NULL), .25, 1e-12);
    assert_near(mien_fnir(&s, 0, t, NULL), .75, 1e-12); /* .6 is below it */
    assert_near(mien_fpir_threshold(&s, 1, NULL), -1, 0);
    const int times[] = {0, 2, 0, 1, 0, 1, 3};
    assert_near(mien_fnir(&s, 1, 0, times), 2.0 / 3, 1e-12);
    assert_near(mien_fpir(&s, .6, times), .25, 1e-12);
}

static void sort__needs_both_kinds(void **state) {
    (void)state;
    mien_search list[] = {mated(0, .9, 1)};
    mien_searches s = {list, 1, 0, 0};
    assert_fails(mien_searches_sort(&s), MIEN_EDATA, "both");
}

/* ---- against a slow count --------------------------------------------- */

enum { PEOPLE = 20, ENROLLED = 12, PROBES = 120, WIDTH = 6 };

typedef struct world {
    float gallery[2 * ENROLLED][WIDTH], probe[PROBES][WIDTH];
    bool failed[2 * ENROLLED], probe_failed[PROBES];
    int person[2 * ENROLLED], probe_person[PROBES];
} world;

static void unit(float *x, const float *centre, mien_rng *rng, double noise) {
    double square = 0;
    for (int i = 0; i < WIDTH; i++) {
        x[i] = (float)(centre[i] + noise * mien_rng_normal(rng));
        square += (double)x[i] * x[i];
    }
    for (int i = 0; i < WIDTH; i++) x[i] = (float)(x[i] / sqrt(square));
}

static void make_world(world *w, uint32_t seed) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 3, 0);
    float centre[PEOPLE][WIDTH];
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 0; i < WIDTH; i++)
            centre[p][i] = (float)mien_rng_normal(&rng);
    for (int i = 0; i < 2 * ENROLLED; i++) {
        w->person[i] = i / 2;
        w->failed[i] = mien_rng_below(&rng, 8) == 0;
        unit(w->gallery[i], centre[i / 2], &rng, .6);
    }
    for (int i = 0; i < PROBES; i++) {
        w->probe_person[i] = (int)mien_rng_below(&rng, PEOPLE);
        w->probe_failed[i] = mien_rng_below(&rng, 20) == 0;
        unit(w->probe[i], centre[w->probe_person[i]], &rng, .6);
    }
}

static double slow_score(const world *w, int probe, int person) {
    double best = -1;
    for (int i = 0; i < 2 * ENROLLED; i++) {
        double dot = 0;
        if (w->person[i] != person || w->failed[i] || w->probe_failed[probe])
            continue;
        for (int c = 0; c < WIDTH; c++)
            dot += (double)w->gallery[i][c] * w->probe[probe][c];
        if (dot > 1) dot = 1;
        if (dot > best) best = dot;
    }
    return best;
}

static void slow_errors(const world *w, int rank, double t, double *fnir,
                        double *fpir) {
    double mates = 0, missed = 0, strangers = 0, found = 0;
    for (int i = 0; i < PROBES; i++) {
        const int person = w->probe_person[i];
        if (person >= ENROLLED) {
            bool any = false;
            for (int p = 0; p < ENROLLED; p++) any |= slow_score(w, i, p) >= t;
            strangers++;
            found += any;
            continue;
        }
        const double mate = slow_score(w, i, person);
        int before = 0;
        for (int p = 0; p < ENROLLED; p++)
            before += p != person && slow_score(w, i, p) >= mate;
        mates++;
        missed += (rank && before >= rank) || mate < t;
    }
    *fnir = missed / mates;
    *fpir = found / strangers;
}

static void errors__agree_with_a_slow_count(void **state) {
    (void)state;
    static world w;
    for (uint32_t seed = 0; seed < 4; seed++) {
        mien_search list[PROBES];
        double best[ENROLLED];
        make_world(&w, seed);
        const mien_search_gallery g = {w.gallery[0], w.failed, w.person,
                                       2 * ENROLLED, WIDTH,    ENROLLED};
        for (int i = 0; i < PROBES; i++)
            list[i] = mien_search_one(&g, w.probe_failed[i] ? NULL : w.probe[i],
                                      w.probe_person[i], best);
        mien_searches s = {list, PROBES, 0, 0};
        assert_ok(mien_searches_sort(&s));
        for (int rank = 0; rank < 5; rank++)
            for (double t = -.2; t < 1; t += .1) {
                double fnir, fpir;
                slow_errors(&w, rank, t, &fnir, &fpir);
                assert_near(mien_fnir(&s, rank, t, NULL), fnir, 1e-12);
                assert_near(mien_fpir(&s, t, NULL), fpir, 1e-12);
            }
    }
}

static void report__refuses_what_searches_cannot_show(void **state) {
    (void)state;
    mien_search list[] = {mated(0, .9, 1), stranger(1, .3), stranger(2, .2)};
    mien_searches s = {list, 3, 0, 0};
    mien_report *r;
    assert_ok(mien_searches_sort(&s));
    assert_ok(mien_report_new(&r, "test"));
    assert_fails(mien_searches_report(&s, .1, 1, r), MIEN_EINVAL,
                 "FPIR 0.1 cannot be shown by 2 non-mated searches");
    assert_ok(mien_searches_report(&s, .5, 1, r));
    mien_report *done;
    assert_ok(mien_report_finish(&done, r));
    const mien_report_facts *f = mien_report_facts_of(done);
    assert_int_equal(f->tables, 2);
    assert_int_equal(f->table[0].rows, 1); /* a gallery of one has one rank */
    assert_int_equal(f->table[1].rows, 1);
    assert_string_equal(f->table[1].cell[3].key, "fnir");
    assert_near(f->table[1].cell[3].value, 0, 0);
    assert_true(f->table[1].cell[3].high > 0); /* one search shows little */
    mien_report_free(done);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search__ranks_people_by_their_best_template),
        cmocka_unit_test(search__of_a_failed_template_finds_nobody),
        cmocka_unit_test(errors__by_hand),
        cmocka_unit_test(sort__needs_both_kinds),
        cmocka_unit_test(errors__agree_with_a_slow_count),
        cmocka_unit_test(report__refuses_what_searches_cannot_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
