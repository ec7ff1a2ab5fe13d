/* SPDX-License-Identifier: Apache-2.0 */
/* test_faults.c - each fault breaks what it says, there and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "scratch.h"
#include "blobs.h"
#include "train/trainer.h"

enum { CLASSES = 3, PHOTOS = 16, BATCH = 6, PIXELS = 3 * 12 * 12 };

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(CLASSES, PHOTOS);
    return 0;
}

#define TRAIN "train: {epochs: 4, batch: 6, threads: 1}\n"

/* Two trainings side by side: as it should be, and broken. */
typedef struct pair {
    mien_trainer sound, broken;
} pair;

/* Instead of class scores under cross entropy. */
static const char *const embedding[] = {
    "model=[flatten, {dense: {out: 16}}, tanh, {dense: {out: 8}}]",
    "loss=arcface"};

static void open_with(mien_trainer *t, const char *rest,
                      mien_train_options options) {
    const mien_trainer_mode mode = {.quiet = true};
    if (mien_trainer_open_as(t, blobs_recipe(rest), &options, &mode) != MIEN_OK)
        fail_msg("%s", mien_error());
}

static void open_one(mien_trainer *t, const char *rest) {
    open_with(t, rest, (mien_train_options){0});
}

static void open_pair(pair *p, const char *faults, const char *rest) {
    char text[1024];
    snprintf(text, sizeof text, TRAIN "%s", rest);
    open_one(&p->sound, text);
    snprintf(text, sizeof text, TRAIN "%sfaults: %s\n", rest, faults);
    open_one(&p->broken, text);
}

static void close_pair(pair *p) {
    mien_trainer_close(&p->sound);
    mien_trainer_close(&p->broken);
}

static mien_batch next(mien_trainer *t) {
    mien_batch batch;
    if (mien_source_next(t->source, &batch) != MIEN_OK)
        fail_msg("%s", mien_error());
    return batch;
}

static bool same_labels(const mien_batch *a, const mien_batch *b) {
    return !memcmp(a->label, b->label, BATCH * sizeof *a->label);
}

static bool same_pixels(const mien_batch *a, const mien_batch *b) {
    return !memcmp(a->x, b->x, sizeof(float) * BATCH * PIXELS);
}

/* All batches from (epoch, first) on, up to batch `end` of the training, are
 * the same but for the one numbered `at`. */
static void differ_at(pair *p, int at, int end) {
    const int per_epoch = p->sound.source->batches;
    for (int first = 0; first < end; first += 5) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(
                mien_source_begin((i ? &p->broken : &p->sound)->source,
                                  first / per_epoch, first % per_epoch),
                MIEN_OK);
        for (int number = first; number < end; number++) {
            const mien_batch a = next(&p->sound), b = next(&p->broken);
            assert_true(same_labels(&a, &b));
            assert_int_equal(same_pixels(&a, &b), number != at);
        }
    }
}

/* What validation sees is the same in both. */
static void test_untouched(pair *p) {
    mien_batch a, b;
    assert_int_equal(mien_source_check_begin(p->sound.source, MIEN_TEST),
                     MIEN_OK);
    assert_int_equal(mien_source_check_begin(p->broken.source, MIEN_TEST),
                     MIEN_OK);
    for (int n = 0;; n++) {
        mien_source_check_next(p->sound.source, &a);
        mien_source_check_next(p->broken.source, &b);
        assert_int_equal(a.n, b.n);
        if (!a.n) {
            assert_true(n > 0);
            return;
        }
        assert_true(same_labels(&a, &b) && same_pixels(&a, &b));
    }
}

static void nan_batch__is_one_value_of_one_batch(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{nan_batch: {at: 8, sample: 2}}", "");
    assert_int_equal(p.sound.source->batches, 6); /* 36 photos by 6 */
    differ_at(&p, 8, 14);
    assert_int_equal(mien_source_begin(p.broken.source, 1, 2), MIEN_OK);
    const mien_batch b = next(&p.broken);
    int bad = 0;
    for (int i = 0; i < BATCH * PIXELS; i++) {
        bad += isnan(b.x[i]) != 0;
        if (isnan(b.x[i])) assert_int_equal(i / PIXELS, 2);
    }
    assert_int_equal(bad, 1);
    test_untouched(&p);
    close_pair(&p);
}

static void scale_batch__scales_one_batch(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{scale_batch: {at: 7, by: 1000}}", "augment: [flip]\n");
    differ_at(&p, 7, 12);
    assert_int_equal(mien_source_begin(p.sound.source, 1, 1), MIEN_OK);
    assert_int_equal(mien_source_begin(p.broken.source, 1, 1), MIEN_OK);
    const mien_batch a = next(&p.sound), b = next(&p.broken);
    for (int i = 0; i < BATCH * PIXELS; i++)
        assert_true(b.x[i] == 1000 * a.x[i]);
    test_untouched(&p);
    close_pair(&p);
}

static void label_noise__changes_the_share_it_says(void **state) {
    (void)state;
    pair p;
    mien_trainer again;
    open_pair(&p, "{label_noise: {share: 0.25}}", "");
    open_one(&again, TRAIN "faults: {label_noise: {share: 0.25}}\n");
    const mien_dataset *a = p.sound.source->data, *b = p.broken.source->data;
    int wrong = 0;
    for (int i = 0; i < a->split.count[MIEN_TRAIN]; i++) {
        const uint32_t k = a->split.items[MIEN_TRAIN][i];
        assert_int_equal(k, b->split.items[MIEN_TRAIN][i]);
        wrong += a->reader->labels[k] != b->reader->labels[k];
        assert_in_range(b->reader->labels[k], 0, CLASSES - 1);
    }
    assert_int_equal(wrong, 9); /* of 36 */
    assert_memory_equal(b->reader->labels, again.source->data->reader->labels,
                        sizeof(int32_t) * CLASSES * PHOTOS);
    test_untouched(&p);
    mien_trainer_close(&again);
    close_pair(&p);
}

static void constant_labels__are_0(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "constant_labels", "");
    for (int i = 0; i < 12; i++) {
        const mien_batch a = next(&p.sound), b = next(&p.broken);
        for (int k = 0; k < BATCH; k++) assert_int_equal(b.label[k], 0);
        assert_true(same_pixels(&a, &b));
    }
    test_untouched(&p);
    close_pair(&p);
}

static void one_class__is_left_in_training(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "one_class", "");
    assert_int_equal(mien_source_samples(p.broken.source, MIEN_TRAIN), 12);
    assert_int_equal(p.broken.source->batches, 2);
    assert_int_equal(p.broken.net->spec.classes, CLASSES);
    for (int i = 0; i < 4; i++) {
        const mien_batch b = next(&p.broken);
        for (int k = 0; k < BATCH; k++) assert_int_equal(b.label[k], 0);
    }
    test_untouched(&p);
    close_pair(&p);
}

static void duplicates__fill_the_training(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{duplicates: {copies: 100}}", "");
    const mien_split *a = &p.sound.source->data->split;
    const mien_split *b = &p.broken.source->data->split;
    assert_int_equal(b->count[MIEN_TRAIN], 136);
    for (int i = 0; i < 136; i++)
        assert_int_equal(b->items[MIEN_TRAIN][i],
                         a->items[MIEN_TRAIN][i < 100 ? 0 : i - 100]);
    test_untouched(&p);
    close_pair(&p);
}

/* Copies that come after the data were opened are dropped, too. */
static void dedupe__drops_the_duplicates(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{duplicates: {copies: 100}}", "");
    mien_trainer t;
    const char *const set = "data.dedupe=drop";
    open_with(&t, TRAIN "faults: {duplicates: {copies: 100}}\n",
              (mien_train_options){.set = &set, .n_set = 1});
    const mien_split *a = &p.sound.source->data->split;
    const mien_split *b = &t.source->data->split;
    assert_int_equal(b->count[MIEN_TRAIN], a->count[MIEN_TRAIN]);
    assert_memory_equal(b->items[MIEN_TRAIN], a->items[MIEN_TRAIN],
                        (size_t)a->count[MIEN_TRAIN] * sizeof(uint32_t));
    mien_trainer_close(&t);
    close_pair(&p);
}

static void flat_channel__is_flat_everywhere(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{flat_channel: {channel: 1, value: 0.25}}", "");
    for (int part = 0; part < 2; part++) {
        if (part)
            for (int i = 0; i < 2; i++)
                assert_int_equal(
                    mien_source_check_begin((i ? &p.broken : &p.sound)->source,
                                            MIEN_TEST),
                    MIEN_OK);
        mien_batch a, b;
        if (!part) a = next(&p.sound), b = next(&p.broken);
        if (part) mien_source_check_next(p.sound.source, &a);
        if (part) mien_source_check_next(p.broken.source, &b);
        assert_true(same_labels(&a, &b));
        for (int i = 0; i < BATCH * PIXELS; i++)
            assert_true(b.x[i] == (i / 144 % 3 == 1 ? 0.25f : a.x[i]));
    }
    close_pair(&p);
}

static void init_scale__scales_weights_alone(void **state) {
    (void)state;
    pair p;
    const mien_train_options options = {.set = embedding, .n_set = 2};
    open_with(&p.sound, TRAIN, options);
    open_with(&p.broken, TRAIN "faults: {init_scale: {by: 8}}\n", options);
    const mien_weights *a = &p.sound.net->weights;
    const mien_weights *b = &p.broken.net->weights;
    for (int i = 0; i < a->n; i++) {
        const mien_weight *w = &a->items[i];
        const bool scaled =
            w->spec.role == MIEN_ROLE_WEIGHT && strcmp(w->name, "loss.centre");
        for (size_t k = w->offset; k < w->offset + w->count; k++)
            assert_true(b->values[k] == (scaled ? 8 : 1) * a->values[k]);
    }
    close_pair(&p);
}

static void bias__is_set(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "{bias: {value: -3}}", "");
    const mien_weights *a = &p.sound.net->weights;
    const mien_weights *b = &p.broken.net->weights;
    int set = 0;
    for (int i = 0; i < a->n; i++) {
        const mien_weight *w = &a->items[i];
        const bool changed =
            w->spec.role == MIEN_ROLE_BIAS || w->spec.role == MIEN_ROLE_SHIFT;
        set += changed;
        for (size_t k = w->offset; k < w->offset + w->count; k++)
            assert_true(b->values[k] == (changed ? -3 : a->values[k]));
    }
    assert_int_equal(set, 3); /* of conv, bn and dense */
    close_pair(&p);
}

/* The remedy that starts again by LSUV must not meet the same fault. */
static void lsuv__mends_what_was_broken_before(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "[{init_scale: {by: 1000}}, {bias: {value: -10}}]",
              "init: lsuv\n");
    const mien_weights *a = &p.sound.net->weights;
    const mien_weights *b = &p.broken.net->weights;
    for (size_t k = 0; k < a->size; k++)
        assert_true(fabsf(a->values[k] - b->values[k]) <=
                    0.03f * fabsf(a->values[k]) + 1e-6f);
    close_pair(&p);
}

static void align_centres__meets_the_first_photos(void **state) {
    (void)state;
    mien_trainer t;
    mien_result result;
    open_with(&t, TRAIN "faults: align_centres\n",
              (mien_train_options){.set = embedding, .n_set = 2});
    bool seen[CLASSES] = {false};
    const mien_weight *w = mien_weights_find(&t.net->weights, "loss.centre");
    assert_int_equal(mien_source_begin(t.source, 0, 0), MIEN_OK);
    for (int step = 0; step < t.source->batches; step++) {
        const mien_batch b = next(&t);
        assert_int_equal(mien_runner_step(t.run, &b, &result), MIEN_OK);
        for (int i = 0; i < BATCH; i++) {
            const float *y = result.y + i * 8;
            const float *centre =
                t.net->weights.values + w->offset + b.label[i] * 8;
            double dot = 0, length = 0;
            for (int k = 0; k < 8; k++) {
                dot += y[k] * centre[k];
                length += y[k] * y[k];
            }
            const bool first = !seen[b.label[i]];
            seen[b.label[i]] = true;
            if (first) assert_true(dot / sqrt(length) > 1 - 1e-6);
        }
    }
    mien_trainer_close(&t);
}

/* Not broken, but asked for in ways that often break. */
static void training__takes_any_batch_and_order(void **state) {
    (void)state;
    static const char *const rests[] = {
        "train: {epochs: 1, batch: 1, shards: 1}\n",
        "train: {epochs: 3, batch: 128}\n", "train: {epochs: 3, batch: 32}\n"};
    for (int i = 0; i < 3; i++)
        for (int sorted = 0; sorted < 2; sorted++) {
            mien_train_result *r;
            char out[32];
            const char *const set[] = {"data.order=sequential", "health=off"};
            snprintf(out, sizeof out, "any%d%d", i, sorted);
            if (blobs_train(&r, blobs_recipe(rests[i]), out,
                            (mien_train_options){.set = set + !sorted,
                                                 .n_set = 1 + sorted}) !=
                MIEN_OK)
                fail_msg("%s", mien_error());
            const int steps = i == 0 ? 36 : i == 1 ? 3 : 6;
            assert_int_equal(mien_train_summary_of(r)->steps, steps);
            mien_train_result_free(r);
        }
    blobs_refused(blobs_recipe("train: {batch: 1}\n"), "run",
                  (mien_train_options){0}, MIEN_EINVAL,
                  "2 shards do not divide a batch of 1");
    blobs_refused(blobs_recipe("train: {batch: 65537}\n"), "run",
                  (mien_train_options){0}, MIEN_EINVAL, "batch");
}

static void faults__work_in_the_order_written(void **state) {
    (void)state;
    pair p;
    open_pair(&p, "[one_class, {duplicates: 5}, {scale_batch: {at: 0}}]", "");
    assert_int_equal(mien_source_samples(p.broken.source, MIEN_TRAIN), 17);
    close_pair(&p);
}

static void refused(const char *faults, const char *sentence) {
    char rest[512];
    snprintf(rest, sizeof rest, TRAIN "faults: %s\n", faults);
    blobs_refused(blobs_recipe(rest), "run", (mien_train_options){0},
                  MIEN_EINVAL, sentence);
}

static void faults__are_refused_with_a_reason(void **state) {
    (void)state;
    refused("[{nan_bach: {at: 3}}]",
            "recipe.yaml:13: unknown fault 'nan_bach'; did you mean "
            "'nan_batch'?");
    refused("gremlins", "known: nan_batch, scale_batch");
    refused("{nan_batch: {at: -1}}", "recipe.yaml:13");
    refused("{label_noise: {share: 2}}", "share");
    refused("{flat_channel: {channel: 3}}", "recipe.yaml:13");
    refused("align_centres", "no class centres");
    const char *const grey = "input.size=[12, 12, 1]";
    blobs_refused(blobs_recipe(TRAIN "faults: flat_channel\n"), "run",
                  (mien_train_options){.set = &grey, .n_set = 1}, MIEN_EINVAL,
                  "there is no channel 2; the input has 1");
}

static void faults__survive_failing_allocations(void **state) {
    (void)state;
    const mien_train_options options = {.set = embedding, .n_set = 2};
    const mien_trainer_mode mode = {.quiet = true};
    const char *recipe =
        blobs_recipe(TRAIN
                     "faults: [{label_noise: 0.2}, {duplicates: 3}, "
                     "{nan_batch: {at: 1}}, align_centres]\n");
    mien_trainer t;
    mien_status status = MIEN_ENOMEM;
    mien_mem_fail_after(-1);
    for (int n = 0; status != MIEN_OK; n++) {
        assert_true(n < 5000);
        mien_mem_fail_after(n);
        status = mien_trainer_open_as(&t, recipe, &options, &mode);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
    }
    mien_trainer_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nan_batch__is_one_value_of_one_batch),
        cmocka_unit_test(scale_batch__scales_one_batch),
        cmocka_unit_test(label_noise__changes_the_share_it_says),
        cmocka_unit_test(constant_labels__are_0),
        cmocka_unit_test(one_class__is_left_in_training),
        cmocka_unit_test(duplicates__fill_the_training),
        cmocka_unit_test(dedupe__drops_the_duplicates),
        cmocka_unit_test(flat_channel__is_flat_everywhere),
        cmocka_unit_test(init_scale__scales_weights_alone),
        cmocka_unit_test(bias__is_set),
        cmocka_unit_test(lsuv__mends_what_was_broken_before),
        cmocka_unit_test(align_centres__meets_the_first_photos),
        cmocka_unit_test(training__takes_any_batch_and_order),
        cmocka_unit_test(faults__work_in_the_order_written),
        cmocka_unit_test(faults__are_refused_with_a_reason),
        cmocka_unit_test(faults__survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
