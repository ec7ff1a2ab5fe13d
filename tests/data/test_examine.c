/* SPDX-License-Identifier: Apache-2.0 */
/* test_examine.c - what is wrong with a data set is found, what is not is
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/copies.h"
#include "data/examine.h"
#include "scratch.h"
#include "readers.h"

static mien_dataset *open_yes(const char *options) {
    mien_dataset *d;
    if (open_data(&d, "{%s}", options) != MIEN_OK) fail_msg("%s", mien_error());
    return d;
}

static mien_dataset *open_generated(const char *options) {
    char text[256];
    snprintf(text, sizeof text, "reader: generated, channels: 1%s", options);
    return open_yes(text);
}

/* ---- labels ----------------------------------------------------------- */

static void labels__are_counted(void **state) {
    (void)state;
    mien_labels_found f;
    mien_dataset *d = open_generated(", people: 5, photos: 6, test: 0");
    for (int i = 0; i < 30; i++)
        if (d->reader->labels[i] == 3) d->reader->labels[i] = i < 20 ? 1 : 2;
    assert_int_equal(mien_examine_labels(&f, d), MIEN_OK);
    assert_int_equal(f.samples, 30);
    assert_int_equal(f.classes, 5);
    assert_int_equal(f.present, 4);
    assert_int_equal(f.smallest, 6);
    assert_int_equal(f.largest, 10);
    assert_int_equal(f.largest_class, 2);
    mien_dataset_close(d);
}

/* ---- copies ----------------------------------------------------------- */

/* Three people of four photos, of a noise that (person, photo) seeds; photos
 * 2 and 3 of person 1 are copies of photo 0 of person 0. */
static void write_folder(void) {
    uint8_t file[15 + 256];
    for (int person = 0; person < 3; person++) {
        char name[64];
        snprintf(name, sizeof name, "copies/p%d", person);
        if (person == 0) scratch_folder("copies");
        scratch_folder(name);
        for (int photo = 0; photo < 4; photo++) {
            const bool copy = person == 1 && photo >= 2;
            mien_rng rng =
                mien_rng_at(1, MIEN_RNG_TEST, copy ? 0 : (uint32_t)person,
                            copy ? 0 : (uint32_t)photo);
            const int n =
                snprintf((char *)file, sizeof file, "P5\n16 16\n255\n");
            for (int i = 0; i < 256; i++)
                file[n + i] = (uint8_t)mien_rng_below(&rng, 256);
            snprintf(name, sizeof name, "copies/p%d/%d.pgm", person, photo);
            scratch_write(name, file, (size_t)n + 256);
        }
    }
}

static mien_dataset *open_folder(const char *options) {
    char text[1024];
    snprintf(text, sizeof text, "reader: folder, path: %s%s", scratch("copies"),
             options);
    return open_yes(text);
}

static void copies__are_found_and_counted(void **state) {
    (void)state;
    mien_copies_found f;
    mien_dataset *d = open_folder("");
    assert_int_equal(mien_examine_copies(&f, d, 2000), MIEN_OK);
    assert_int_equal(f.looked_at, 12);
    assert_int_equal(f.copies, 2);
    assert_true(fabs(f.share - 2.0 / 12) < 1e-12);
    assert_int_equal(f.most, 3);
    assert_int_equal(f.sample, 0);
    assert_int_equal(mien_examine_copies(&f, d, 6), MIEN_OK);
    assert_int_equal(f.looked_at, 6); /* 0, 2, 4, 6, 8, 10: one copy */
    assert_int_equal(f.copies, 1);
    mien_dataset_close(d);
}

static void copies__name_the_first(void **state) {
    (void)state;
    int first[7];
    mien_dataset *d = open_folder("");
    const uint32_t items[7] = {5, 5, 7, 6, 0, 5, 1};
    const int want[7] = {0, 0, 2, 2, 2, 0, 6};
    assert_int_equal(mien_copies_find(first, d->reader, items, 7), MIEN_OK);
    assert_memory_equal(first, want, sizeof want);
    mien_dataset_close(d);
}

/* Patches of one scene share their stored bytes and are not copies. */
static void copies__are_not_only_stored_alike(void **state) {
    (void)state;
    char text[2048];
    mien_copies_found f;
    snprintf(text, sizeof text,
             "reader: patches, path: %s, scenes: %s, patches: 4",
             scratch("copies"), scratch("copies/p0"));
    mien_dataset *d = open_yes(text);
    assert_int_equal(mien_examine_copies(&f, d, 2000), MIEN_OK);
    assert_int_equal(f.looked_at, 12 + 16);
    assert_int_equal(f.copies, 2);
    mien_dataset_close(d);
}

static void dedupe__drops_from_training_alone(void **state) {
    (void)state;
    mien_dataset *d = open_folder(", dedupe: drop");
    static const uint32_t left[] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11};
    assert_int_equal(d->split.count[MIEN_TRAIN], 10);
    assert_memory_equal(d->split.items[MIEN_TRAIN], left, sizeof left);
    assert_int_equal(mien_dataset_drop_copies(d), MIEN_OK);
    assert_int_equal(d->split.count[MIEN_TRAIN], 10);
    mien_dataset_close(d);
    d = open_folder(", dedupe: drop, test_from: 5"); /* copies in the test */
    assert_int_equal(d->split.count[MIEN_TRAIN], 5);
    assert_int_equal(d->split.count[MIEN_TEST], 7);
    mien_dataset_close(d);
    d = open_folder(", dedupe: keep");
    assert_int_equal(d->split.count[MIEN_TRAIN], 12);
    mien_dataset_close(d);
    assert_int_equal(open_data(&d, "{reader: generated, dedupe: maybe}"),
                     MIEN_EINVAL);
}

/* ---- order ------------------------------------------------------------ */

static mien_order_found order_of(const char *options, int batch) {
    mien_order_found f;
    mien_dataset *d = open_generated(options);
    if (mien_examine_order(&f, d, batch, 20) != MIEN_OK)
        fail_msg("%s", mien_error());
    mien_dataset_close(d);
    return f;
}

static void order__shows_batches_of_one_class(void **state) {
    (void)state;
    const mien_order_found mixed = order_of("", 20);
    assert_int_equal(mixed.batches, 20); /* of 400 samples, all */
    assert_true(fabs(mixed.distinct - mixed.expected) < 1);
    assert_true(mixed.expected > 15 && mixed.expected < 18);
    assert_false(mixed.chosen);
    const mien_order_found sorted = order_of(", order: sequential", 20);
    assert_true(sorted.distinct == 2);
    assert_true(sorted.expected == mixed.expected);
    const mien_order_found chosen = order_of(", order: pk, per_class: 4", 20);
    assert_true(chosen.distinct == 5);
    assert_true(chosen.chosen);
}

static void order__knows_what_to_expect(void **state) {
    (void)state;
    /* the second photo is of the first one's class once in three times */
    const mien_order_found pairs = order_of(", people: 2, photos: 2", 2);
    assert_true(fabs(pairs.expected - (1 + 2.0 / 3)) < 1e-9);
    const mien_order_found one = order_of(", people: 3, photos: 2", 1);
    assert_true(fabs(one.expected - 1) < 1e-9);
    assert_true(one.distinct == 1);
    const mien_order_found all = order_of(", people: 3, photos: 2", 8);
    assert_true(fabs(all.expected - 3) < 1e-9);
    assert_true(all.distinct == 3);
    assert_int_equal(all.batches, 1);
}

/* In training every batch is full, the sorted ones too; only evaluation may
 * end short. */
static void sequential__trains_on_full_batches(void **state) {
    (void)state;
    static const int batches[] = {1, 3, 7, 64};
    for (int k = 0; k < 4; k++) {
        const mien_loaded *b;
        mien_loader *loader;
        mien_dataset *d = open_generated(
            ", people: 2, photos: 5, order: sequential, threads: 0");
        const mien_feed feed = {
            .part = MIEN_TRAIN, .batch = batches[k], .train = true};
        assert_int_equal(mien_dataset_load(&loader, d, &feed), MIEN_OK);
        const int steps = mien_loader_steps(loader);
        for (int step = 0; step < 2 * steps; step++) {
            assert_int_equal(mien_loader_next(loader, &b), MIEN_OK);
            assert_int_equal(b->count, batches[k]);
            for (int i = 0; i < b->count; i++)
                assert_int_equal(b->sample[i],
                                 (step % steps * batches[k] + i) % 10);
        }
        mien_loader_close(loader);
        mien_dataset_close(d);
    }
}

/* ---- noise ------------------------------------------------------------ */

/* Another class for this share of the training samples. */
static void spoil(mien_dataset *d, double share) {
    const mien_split *s = &d->split;
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < s->count[MIEN_TRAIN]; i++) {
        if (mien_rng_uniform(&rng) >= share) continue;
        int32_t *label = &d->reader->labels[s->items[MIEN_TRAIN][i]];
        const uint32_t n = (uint32_t)d->reader->classes;
        const uint32_t away = 1 + mien_rng_below(&rng, n - 1);
        *label = (int32_t)(((uint32_t)*label + away) % n);
    }
}

static mien_noise_found noise_of(mien_dataset *d, double share) {
    mien_noise_found f;
    spoil(d, share);
    if (mien_examine_noise(&f, d, 2000) != MIEN_OK)
        fail_msg("%s", mien_error());
    mien_dataset_close(d);
    return f;
}

static void noise__is_found_in_drawn_faces(void **state) {
    (void)state;
    const char *options = ", test_per_class: 2, size: 24";
    const mien_noise_found clean = noise_of(open_generated(options), 0);
    assert_int_equal(clean.looked_at, 320);
    assert_true(clean.pairs >= MIEN_NOISE_PAIRS);
    assert_true(clean.share < 0.15);
    const mien_noise_found noisy = noise_of(open_generated(options), 0.4);
    assert_int_equal(noisy.pairs, clean.pairs);
    assert_true(noisy.share > 0.35);
}

static void noise__is_found_in_photos(void **state) {
    (void)state;
    char text[1200];
    snprintf(text, sizeof text, "reader: folder, path: %s, test_per_class: 2",
             shared("orl"));
    const mien_noise_found clean = noise_of(open_yes(text), 0);
    assert_true(clean.pairs >= MIEN_NOISE_PAIRS);
    assert_true(clean.share < 0.15);
    const mien_noise_found noisy = noise_of(open_yes(text), 0.4);
    assert_true(noisy.share > 0.35);
}

/* One photo a person: no two should be alike, so nothing can be said. */
static void noise__is_silent_about_strangers(void **state) {
    (void)state;
    const mien_noise_found f =
        noise_of(open_generated(", people: 400, photos: 1, size: 16"), 0);
    assert_int_equal(f.looked_at, 400);
    assert_true(f.pairs < MIEN_NOISE_PAIRS);
}

static void noise__looks_at_no_sample_twice(void **state) {
    (void)state;
    mien_noise_found f;
    for (int most = 1; most < 120; most += 7) {
        mien_dataset *d = open_generated(", people: 101, photos: 1, size: 8");
        assert_int_equal(mien_examine_noise(&f, d, most), MIEN_OK);
        assert_true(f.looked_at <= most && f.looked_at <= 101);
        assert_true(f.looked_at > most - 21);
        assert_true(f.pairs < 10);
        mien_dataset_close(d);
    }
}

static void noise__passes_over_what_shows_nothing(void **state) {
    (void)state;
    scratch_folder("flat");
    for (int person = 0; person < 2; person++)
        for (int photo = 0; photo < 3; photo++) {
            char name[64];
            snprintf(name, sizeof name, "flat/p%d", person);
            scratch_folder(name);
            snprintf(name, sizeof name, "flat/p%d/%d.pgm", person, photo);
            write_pgm(name, 20, 20, 10 * photo + person);
        }
    char text[600];
    snprintf(text, sizeof text, "reader: folder, path: %s", scratch("flat"));
    const mien_noise_found f = noise_of(open_yes(text), 0);
    assert_int_equal(f.looked_at, 0);
    assert_int_equal(f.pairs, 0);
    assert_true(f.share == 0);
}

/* ---- all -------------------------------------------------------------- */

static mien_status examine_all(mien_dataset *d) {
    mien_labels_found labels;
    mien_copies_found copies;
    mien_order_found order;
    mien_noise_found noise;
    MIEN_TRY(mien_examine_labels(&labels, d));
    MIEN_TRY(mien_examine_copies(&copies, d, 2000));
    MIEN_TRY(mien_examine_order(&order, d, 4, 20));
    MIEN_TRY(mien_examine_noise(&noise, d, 2000));
    return mien_dataset_drop_copies(d);
}

static void examinations__survive_failing_allocations(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        assert_true(n < 1000);
        mien_dataset *d = open_folder(", cache: 0");
        mien_mem_fail_after(n);
        status = examine_all(d);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_dataset_close(d);
    }
}

static void examinations__say_which_photo_is_broken(void **state) {
    (void)state;
    mien_noise_found noise;
    scratch_folder("cut");
    scratch_folder("cut/p");
    scratch_text("cut/p/a.pgm", "P5\n16 16\n255\nabc");
    scratch_folder("cut/q");
    write_pgm("cut/q/b.pgm", 16, 16, 3);
    char text[600];
    snprintf(text, sizeof text, "reader: folder, path: %s", scratch("cut"));
    mien_dataset *d = open_yes(text);
    assert_int_not_equal(mien_examine_noise(&noise, d, 2000), MIEN_OK);
    assert_non_null(strstr(mien_error(), "a.pgm"));
    mien_dataset_close(d);
}

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    write_folder();
    return 0;
}

static int teardown(void **state) {
    mien_arena_close(&yaml_arena);
    return scratch_close(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels__are_counted),
        cmocka_unit_test(copies__are_found_and_counted),
        cmocka_unit_test(copies__name_the_first),
        cmocka_unit_test(copies__are_not_only_stored_alike),
        cmocka_unit_test(dedupe__drops_from_training_alone),
        cmocka_unit_test(order__shows_batches_of_one_class),
        cmocka_unit_test(order__knows_what_to_expect),
        cmocka_unit_test(sequential__trains_on_full_batches),
        cmocka_unit_test(noise__is_found_in_drawn_faces),
        cmocka_unit_test(noise__is_found_in_photos),
        cmocka_unit_test(noise__is_silent_about_strangers),
        cmocka_unit_test(noise__looks_at_no_sample_twice),
        cmocka_unit_test(noise__passes_over_what_shows_nothing),
        cmocka_unit_test(examinations__survive_failing_allocations),
        cmocka_unit_test(examinations__say_which_photo_is_broken),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
