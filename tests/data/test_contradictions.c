/* SPDX-License-Identifier: Apache-2.0 */
/* test_contradictions.c - wrong labels leave, right ones stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/contradictions.h"
#include "scratch.h"
#include "readers.h"

enum { MOST = 2000 };

typedef struct outcome {
    mien_contradictions found;
    double wrong, right; /* the shares of both that are to leave */
    uint8_t marked[MOST];
} outcome;

static mien_dataset *open_yes(const char *options) {
    mien_dataset *d;
    if (open_data(&d, "{%s}", options) != MIEN_OK) fail_msg("%s", mien_error());
    return d;
}

#define GENERATED "reader: generated, channels: 1, size: 24"
#define STRESS    GENERATED ", people: 40, photos: 10, hard: 0.6"

/* Another class for this share of the training samples. */
static void spoil(mien_dataset *d, uint8_t *spoilt, double share) {
    const mien_split *s = &d->split;
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < s->count[MIEN_TRAIN]; i++) {
        if (mien_rng_uniform(&rng) >= share) continue;
        int32_t *label = &d->reader->labels[s->items[MIEN_TRAIN][i]];
        const uint32_t n = (uint32_t)d->reader->classes;
        const uint32_t away = 1 + mien_rng_below(&rng, n - 1);
        *label = (int32_t)(((uint32_t)*label + away) % n);
        spoilt[i] = 1;
    }
}

static void find(outcome *out, const mien_dataset *d) {
    assert_true(d->split.count[MIEN_TRAIN] <= MOST);
    memset(out, 0, sizeof *out);
    if (mien_contradictions_find(out->marked, &out->found, d) != MIEN_OK)
        fail_msg("%s", mien_error());
}

static void find_spoilt(outcome *out, const char *options, double share) {
    uint8_t spoilt[MOST] = {0};
    mien_dataset *d = open_yes(options);
    int n[2] = {0}, marked[2] = {0};
    spoil(d, spoilt, share);
    find(out, d);
    for (int i = 0; i < out->found.samples; i++) {
        n[spoilt[i]]++;
        marked[spoilt[i]] += out->marked[i];
    }
    out->right = (double)marked[0] / n[0];
    out->wrong = n[1] ? (double)marked[1] / n[1] : 0;
    assert_int_equal(marked[0] + marked[1], out->found.dropped);
    mien_dataset_close(d);
}

/* ---- what leaves ------------------------------------------------------ */

static void wrong_labels__leave(void **state) {
    (void)state;
    outcome o;
    find_spoilt(&o, STRESS, 0.4);
    assert_int_equal(o.found.samples, 400);
    assert_true(o.found.noise > 0.3 && o.found.noise < 0.55);
    assert_true(o.wrong > 0.85);
    assert_true(o.right < 0.12);
    find_spoilt(&o, STRESS, 0.15);
    assert_true(o.wrong > 0.85);
    assert_true(o.right < 0.05);
}

static void wrong_labels__leave_photos(void **state) {
    (void)state;
    char text[1200];
    outcome o;
    snprintf(text, sizeof text, "reader: folder, path: %s, test_per_class: 2",
             shared("orl"));
    find_spoilt(&o, text, 0.4);
    assert_true(o.wrong > 0.85);
    assert_true(o.right < 0.2);
    find_spoilt(&o, text, 0);
    assert_true(o.right < 0.01);
}

/* Faces that look alike on thumbnails are no reason. */
static void right_labels__stay(void **state) {
    (void)state;
    static const char *const sets[] = {STRESS, GENERATED,
                                       GENERATED ", people: 300, photos: 4",
                                       GENERATED ", people: 400, photos: 1",
                                       GENERATED ", people: 2, photos: 60"};
    outcome o;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        find_spoilt(&o, sets[i], 0);
        assert_true(o.right < 0.01);
    }
}

/* All of a class are wrong: its best two stay. */
static void classes__keep_a_few(void **state) {
    (void)state;
    outcome o;
    int left[40] = {0};
    mien_dataset *d = open_yes(STRESS);
    int32_t *labels = d->reader->labels;
    for (int i = 0; i < 400; i++) labels[i] = i / 10;
    for (int i = 0; i < 400; i++) /* 8 of each move to the next person */
        if (i % 10 < 8 && i / 10 < 20) labels[i] = (i / 10 * 7 + i % 10) % 40;
    find(&o, d);
    assert_true(o.found.dropped > 50);
    for (int i = 0; i < 400; i++) left[labels[i]] += !o.marked[i];
    for (int c = 0; c < 40; c++) assert_true(left[c] >= 2);
    mien_dataset_close(d);
}

/* Each photo listed three times changes nothing, but for the counts. */
static void copies__vote_once(void **state) {
    (void)state;
    outcome one, three;
    uint8_t spoilt[MOST] = {0};
    uint32_t listed[1200];
    mien_dataset *d = open_yes(STRESS);
    spoil(d, spoilt, 0.3);
    find(&one, d);
    for (int i = 0; i < 1200; i++)
        listed[i] = d->split.items[MIEN_TRAIN][i % 400];
    uint32_t *items = d->split.items[MIEN_TRAIN];
    d->split.items[MIEN_TRAIN] = listed;
    d->split.count[MIEN_TRAIN] = 1200;
    find(&three, d);
    int differ = 0;
    for (int i = 0; i < 1200; i++)
        differ += three.marked[i] != one.marked[i % 400];
    assert_int_equal(three.found.samples, 1200);
    assert_true(one.found.dropped > 90);
    assert_true(differ < 60);
    d->split.items[MIEN_TRAIN] = items;
    mien_dataset_close(d);
}

static void findings__repeat(void **state) {
    (void)state;
    outcome a, b;
    find_spoilt(&a, STRESS, 0.4);
    find_spoilt(&b, STRESS, 0.4);
    assert_memory_equal(a.marked, b.marked, sizeof a.marked);
    find_spoilt(&b, STRESS ", threads: 3", 0.4);
    assert_memory_equal(a.marked, b.marked, sizeof a.marked);
}

/* ---- the option ------------------------------------------------------- */

static void option__drops_from_training_alone(void **state) {
    (void)state;
    uint8_t spoilt[MOST] = {0};
    mien_dataset *d =
        open_yes(STRESS ", test_per_class: 2, contradictions: drop");
    assert_int_equal(d->split.count[MIEN_TRAIN], 320);
    assert_int_equal(d->contradictions.samples, 320);
    assert_int_equal(d->contradictions.dropped, 0);
    spoil(d, spoilt, 0.4);
    assert_int_equal(mien_dataset_clean(d), MIEN_OK);
    const int dropped = d->contradictions.dropped;
    assert_true(dropped > 90 && dropped < 170);
    assert_int_equal(d->split.count[MIEN_TRAIN], 320 - dropped);
    assert_int_equal(d->split.count[MIEN_TEST], 80);
    mien_dataset_close(d);
    d = open_yes(STRESS ", contradictions: keep");
    spoil(d, spoilt, 0.4);
    assert_int_equal(mien_dataset_clean(d), MIEN_OK);
    assert_int_equal(d->split.count[MIEN_TRAIN], 400);
    mien_dataset_close(d);
    assert_int_equal(open_data(&d, "{" GENERATED ", contradictions: maybe}"),
                     MIEN_EINVAL);
}

static void option__survives_failing_allocations(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    uint8_t spoilt[MOST] = {0};
    for (int n = 0; status != MIEN_OK; n++) {
        assert_true(n < 2000);
        mien_dataset *d = open_yes(
            "reader: generated, channels: 1, size: 12, people: 20, photos: 10, "
            "hard: 0.3");
        spoil(d, spoilt, 0.4);
        mien_mem_fail_after(n);
        status = mien_dataset_drop_contradictions(d);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) {
            assert_int_equal(status, MIEN_ENOMEM);
            assert_int_equal(d->split.count[MIEN_TRAIN], 200);
        } else {
            assert_true(d->contradictions.dropped > 10);
        }
        mien_dataset_close(d);
    }
}

static void option__names_a_broken_photo(void **state) {
    (void)state;
    char text[600];
    mien_dataset *d;
    scratch_folder("cut");
    scratch_folder("cut/p");
    scratch_text("cut/p/a.pgm", "P5\n16 16\n255\nabc");
    scratch_folder("cut/q");
    write_pgm("cut/q/b.pgm", 16, 16, 3);
    snprintf(text, sizeof text,
             "{reader: folder, path: %s, "
             "contradictions: drop}",
             scratch("cut"));
    assert_int_not_equal(open_data(&d, "%s", text), MIEN_OK);
    assert_null(d);
    assert_non_null(strstr(mien_error(), "a.pgm"));
}

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_labels__leave),
        cmocka_unit_test(wrong_labels__leave_photos),
        cmocka_unit_test(right_labels__stay),
        cmocka_unit_test(classes__keep_a_few),
        cmocka_unit_test(copies__vote_once),
        cmocka_unit_test(findings__repeat),
        cmocka_unit_test(option__drops_from_training_alone),
        cmocka_unit_test(option__survives_failing_allocations),
        cmocka_unit_test(option__names_a_broken_photo),
    };
    return cmocka_run_group_tests(tests, scratch_open, teardown);
}
