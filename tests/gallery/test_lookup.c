/* SPDX-License-Identifier: Apache-2.0 */
/* test_lookup.c - a search by codes against a search in float32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "gallery/code.h"
#include "gallery/lookup.h"
#include "vectors.h"

enum { WIDTH = 128, MOST = 12, ROWS = 3000 };

/* A gallery in memory: `each` templates a person, cut into two segments. */
typedef struct stand {
    float *x;
    int n, width, each;
    mien_segment parts[2];
    const mien_segment *list[2];
    int gone; /* this row is not there; -1: all are */
    int fetched;
} stand;

static void open_stand(stand *s, int n, int width, int each, double spread) {
    *s = (stand){.n = n, .width = width, .each = each, .gone = -1};
    s->x = face_vectors(n, width, each, spread);
    const int cut = n * 2 / 3;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(mien_segment_open(&s->parts[k], (size_t)n, width), 0);
        s->list[k] = &s->parts[k];
    }
    for (int i = 0; i < n; i++)
        mien_segment_put(&s->parts[i >= cut], i, i / each,
                         s->x + (size_t)i * (size_t)width);
}

static void close_stand(stand *s) {
    for (int k = 0; k < 2; k++) mien_segment_close(&s->parts[k]);
    free(s->x);
}

static mien_status fetch(void *context, float *x, bool *there,
                         const mien_candidate *of) {
    stand *s = context;
    const mien_segment *part = &s->parts[of->segment];
    assert_int_equal(part->ids[of->row], of->id);
    assert_int_equal(part->persons[of->row], of->person);
    s->fetched++;
    *there = of->id != s->gone;
    memcpy(x, s->x + of->id * s->width, (size_t)s->width * sizeof *x);
    return MIEN_OK;
}

static int best_first(const void *x, const void *y) {
    const mien_candidate *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The slow way: the score of each person, then a sort. */
static int slowly(mien_candidate *out, const stand *s, const float *probe,
                  int top, float floor) {
    mien_candidate *all = calloc((size_t)s->n, sizeof *all);
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        const float *x = s->x + (size_t)i * (size_t)s->width;
        const float score = mien_code_cosine(x, probe, s->width);
        if (i % s->each == 0)
            all[n++] = (mien_candidate){
                .id = i, .person = i / s->each, .score = score};
        else if (score > all[n - 1].score)
            all[n - 1].score = score, all[n - 1].id = i;
    }
    qsort(all, (size_t)n, sizeof *all, best_first);
    while (n > top || (n > 0 && all[n - 1].score < floor)) n--;
    memcpy(out, all, (size_t)n * sizeof *out);
    free(all);
    return n;
}

static mien_lookup lookup_of(stand *s, const float *const *probes, int n,
                             int top) {
    return (mien_lookup){.segments = s->list,
                         .n_segments = 2,
                         .probes = probes,
                         .n = n,
                         .top = top,
                         .floor = -2,
                         .scan = mien_scan_best(),
                         .fetch = fetch,
                         .context = s};
}

/* Whether all answers are those of the slow way, in scores, people and ids. */
static void check(stand *s, const mien_lookup *how) {
    mien_candidate *got = calloc((size_t)(how->n * how->top), sizeof *got);
    mien_candidate *want = calloc((size_t)how->top, sizeof *want);
    int counts[64];
    assert_true(how->n <= 64);
    assert_int_equal(mien_lookup_run(got, counts, how), MIEN_OK);
    for (int p = 0; p < how->n; p++) {
        const int n = slowly(want, s, how->probes[p], how->top, how->floor);
        assert_int_equal(counts[p], n);
        for (int i = 0; i < n; i++) {
            const mien_candidate *g = got + p * how->top + i;
            assert_int_equal(g->person, want[i].person);
            assert_int_equal(g->id, want[i].id);
            assert_true(g->score == want[i].score);
        }
    }
    free(got);
    free(want);
}

/* Probes: new photos of some people, and strangers. */
static void make_probes(float *x, const float **list, int n, int width,
                        double spread) {
    for (int i = 0; i < n; i++) {
        list[i] = x + (size_t)i * (size_t)width;
        face_vector(x + (size_t)i * (size_t)width, width,
                    (uint32_t)(i % 2 ? 100000 + i : i * 17),
                    (uint32_t)(1000 + i), spread);
    }
}

static void lookup__is_exact(void **state) {
    (void)state;
    static const struct {
        int n, width, each, top;
        double spread;
    } cases[] = {{ROWS, WIDTH, 1, 1, 0.8},   {ROWS, WIDTH, 3, 10, 0.8},
                 {ROWS, 512, 5, 5, 0.6},     {ROWS, 64, 600, 12, 0.3},
                 {ROWS, WIDTH, 30, 1, 0.02}, {7, 100, 2, 10, 0.5},
                 {1, 512, 1, 3, 0.5},        {ROWS, 16, 1, 10, 0.5}};
    float x[20 * 512];
    const float *probes[20];
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        stand s;
        open_stand(&s, cases[k].n, cases[k].width, cases[k].each,
                   cases[k].spread);
        make_probes(x, probes, 20, cases[k].width, cases[k].spread);
        for (int n = 0; n <= 20; n += n < 9 ? 3 : 11) {
            const mien_lookup how = lookup_of(&s, probes, n, cases[k].top);
            check(&s, &how);
        }
        close_stand(&s);
    }
}

static void lookup__is_exact_with_every_scan_and_threads(void **state) {
    (void)state;
    stand s;
    float x[9 * WIDTH];
    const float *probes[9];
    open_stand(&s, ROWS, WIDTH, 4, 0.8);
    make_probes(x, probes, 9, WIDTH, 0.8);
    mien_lookup how = lookup_of(&s, probes, 9, 7);
    for (const mien_scan *const *scan = mien_scans(); *scan; scan++)
        for (int threads = 1; threads <= 5; threads += 2) {
            assert_int_equal(mien_pool_open(&how.pool, threads), MIEN_OK);
            how.scan = *scan;
            check(&s, &how);
            mien_pool_close(how.pool);
        }
    close_stand(&s);
}

static void lookup__looks_twice_at_few(void **state) {
    (void)state;
    stand s;
    float x[WIDTH * 4];
    const float *probes[4];
    open_stand(&s, 9000, WIDTH, 3, 0.8);
    make_probes(x, probes, 4, WIDTH, 0.8);
    const mien_lookup how = lookup_of(&s, probes, 4, 1);
    check(&s, &how);
    assert_true(s.fetched < 4 * 100);
    close_stand(&s);
}

static void lookup__names_nobody_below_the_floor(void **state) {
    (void)state;
    stand s;
    float x[6 * WIDTH];
    const float *probes[6];
    open_stand(&s, ROWS, WIDTH, 2, 0.8);
    make_probes(x, probes, 6, WIDTH, 0.8);
    mien_lookup how = lookup_of(&s, probes, 6, 10);
    for (float floor = -1; floor < 1; floor += 0.1f) {
        how.floor = floor;
        check(&s, &how);
    }
    close_stand(&s);
}

static void lookup__passes_over_what_is_gone(void **state) {
    (void)state;
    stand s;
    open_stand(&s, 50, WIDTH, 1, 0.8);
    s.gone = 20;
    const float *probe = s.x + 20 * WIDTH;
    mien_candidate got;
    int count;
    const mien_lookup how = lookup_of(&s, &probe, 1, 1);
    assert_int_equal(mien_lookup_run(&got, &count, &how), MIEN_OK);
    assert_true(count == 0 || got.id != 20);
    close_stand(&s);
}

static void lookup__equal_templates_come_by_id(void **state) {
    (void)state;
    stand s;
    open_stand(&s, 300, WIDTH, 1, 0.8);
    for (int k = 0; k < 2; k++) s.parts[k].n = 0;
    for (int i = 0; i < 300; i++) {
        memcpy(s.x + i * WIDTH, s.x, WIDTH * sizeof *s.x);
        mien_segment_put(&s.parts[i > 100], i, i, s.x);
    }
    const float *probe = s.x;
    mien_candidate got[5];
    int count;
    const mien_lookup how = lookup_of(&s, &probe, 1, 5);
    assert_int_equal(mien_lookup_run(got, &count, &how), MIEN_OK);
    assert_int_equal(count, 5);
    for (int i = 0; i < 5; i++) assert_int_equal(got[i].id, i);
    close_stand(&s);
}

static void lookup__without_memory_fails_and_leaks_nothing(void **state) {
    (void)state;
    stand s;
    float x[9 * WIDTH];
    const float *probes[9];
    mien_candidate got[9 * 3];
    int counts[9], failures = 0;
    open_stand(&s, ROWS, WIDTH, 600, 0.3);
    make_probes(x, probes, 9, WIDTH, 0.3);
    const mien_lookup how = lookup_of(&s, probes, 9, 3);
    for (int n = 0;; n++) {
        mien_mem_fail_after(n);
        const mien_status status = mien_lookup_run(got, counts, &how);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        failures++;
    }
    assert_true(failures > 20);
    close_stand(&s);
}

static void segment__without_memory_is_empty(void **state) {
    (void)state;
    mien_segment s;
    for (int n = 0; n < 4; n++) {
        mien_mem_fail_after(n);
        assert_int_equal(mien_segment_open(&s, 10, 64), MIEN_ENOMEM);
        mien_mem_fail_after(-1);
        assert_null(s.codes);
    }
    assert_int_equal(mien_segment_open(&s, SIZE_MAX / 8, 64), MIEN_ELIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookup__is_exact),
        cmocka_unit_test(lookup__is_exact_with_every_scan_and_threads),
        cmocka_unit_test(lookup__looks_twice_at_few),
        cmocka_unit_test(lookup__names_nobody_below_the_floor),
        cmocka_unit_test(lookup__passes_over_what_is_gone),
        cmocka_unit_test(lookup__equal_templates_come_by_id),
        cmocka_unit_test(lookup__without_memory_fails_and_leaks_nothing),
        cmocka_unit_test(segment__without_memory_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
