/* SPDX-License-Identifier: Apache-2.0 */
/* test_metrics.c - hits, positions, logs and the table of gradients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "scratch.h"
#include "train/gradients.h"
#include "train/position.h"
#include "train/run_log.h"

static void rank__the_largest_score_wins(void **state) {
    (void)state;
    const float s[] = {1, 3, 2, 3};
    assert_int_equal(mien_rank_of(s, 4, 1), 0); /* the first of equals */
    assert_int_equal(mien_rank_of(s, 4, 3), 1);
    assert_int_equal(mien_rank_of(s, 4, 2), 2);
    assert_int_equal(mien_rank_of(s, 4, 0), 3);
}

static void rank__nan_never_wins(void **state) {
    (void)state;
    const float other[] = {1, NAN, 0}, own[] = {NAN, 0, 0};
    assert_int_equal(mien_rank_of(other, 3, 0), 1);
    assert_int_equal(mien_rank_of(own, 3, 0), 2);
    const float one = NAN;
    assert_int_equal(mien_rank_of(&one, 1, 0), 1);
    assert_int_equal(mien_rank_of(&one, 1, 1), 1);
}

static void rank__one_score_is_a_sign(void **state) {
    (void)state;
    const float s[] = {-1, 2, 0};
    assert_int_equal(mien_rank_of(&s[0], 1, 0), 0);
    assert_int_equal(mien_rank_of(&s[0], 1, 1), 1);
    assert_int_equal(mien_rank_of(&s[1], 1, 1), 0);
    assert_int_equal(mien_rank_of(&s[2], 1, 0), 0);
}

static void score__adds_up_batches_of_any_size(void **state) {
    (void)state;
    const float scores[] = {0, 0, 0, 0, 0, 0, 1, 9, 8, 7, 6, 5, 4, 3};
    const int32_t label[] = {6, 5};
    mien_score s = {0};
    mien_result r = {.loss = 2, .scores = scores, .n_scores = 7};
    mien_score_add(&s, &r, label, 2);
    r.loss = 8;
    mien_score_add(&s, &r, label, 1);
    assert_float_equal(mien_score_loss(&s), 4, 1e-12);
    assert_float_equal(mien_score_accuracy(&s), 2.0 / 3, 1e-12);
    assert_float_equal(mien_score_top5(&s), 2.0 / 3, 1e-12);
}

static void score__what_was_not_counted_is_nan(void **state) {
    (void)state;
    mien_score s = {0};
    assert_true(isnan(mien_score_loss(&s)));
    const mien_result r = {.loss = 1};
    const int32_t label = 0;
    mien_score_add(&s, &r, &label, 1);
    assert_true(isnan(mien_score_accuracy(&s)));
    assert_true(isnan(mien_score_top5(&s)));
}

static void position__comes_back_to_the_bit(void **state) {
    (void)state;
    mien_arena arena = {0};
    char *text;
    mien_position back;
    mien_position p = {.stage = 1, .epoch = 12, .batch = 3, .step = 1LL << 40,
                       .best = 0.1, .log_bytes = 77,
                       .seen = {.loss_sum = 1.0 / 3, .samples = 5}};
    assert_int_equal(mien_position_emit(&text, &arena, &p), MIEN_OK);
    assert_int_equal(mien_position_parse(&back, text, "f"), MIEN_OK);
    assert_memory_equal(&p, &back, sizeof p);
    mien_arena_close(&arena);
}

static void position__refuses_what_is_missing_or_wrong(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_position p = {.epoch = 3}, back;
    char *text;
    assert_int_equal(mien_position_emit(&text, &arena, &p), MIEN_OK);
    assert_int_equal(mien_position_parse(&back, "", "f"), MIEN_EFORMAT);
    for (size_t cut = 0; cut + 1 < strlen(text); cut += 5) {
        char *part = mien_arena_strdup(&arena, text);
        part[cut] = 0;
        assert_int_equal(mien_position_parse(&back, part, "f"), MIEN_EFORMAT);
    }
    char *epoch = strstr(text, "epoch=3");
    memcpy(epoch, "epoch=-", 7);
    assert_int_equal(mien_position_parse(&back, text, "f"), MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "epoch"));
    mien_arena_close(&arena);
}

static void log__writes_json_and_goes_on_where_it_was(void **state) {
    (void)state;
    mien_run_log log;
    const char *path = scratch("log.jsonl");
    assert_int_equal(mien_run_log_open(&log, path, 0), MIEN_OK);
    mien_run_log_begin(&log, "step");
    mien_run_log_int(&log, "step", 1);
    mien_run_log_real(&log, "loss", NAN);
    mien_run_log_text(&log, "what", "a\"b\\\n");
    mien_run_log_end(&log);
    const int64_t keep = log.bytes;
    mien_run_log_begin(&log, "lost");
    mien_run_log_end(&log);
    mien_run_log_close(&log);
    assert_int_equal(mien_run_log_open(&log, path, keep), MIEN_OK);
    mien_run_log_begin(&log, "next");
    mien_run_log_end(&log);
    mien_run_log_close(&log);
    size_t n;
    uint8_t *text = scratch_read(path, &n);
    text[n] = 0;
    assert_string_equal((char *)text,
                        "{\"kind\": \"step\", \"step\": 1, \"loss\": null, "
                        "\"what\": \"a\\\"b\\\\\\u000a\"}\n"
                        "{\"kind\": \"next\"}\n");
    free(text);
    assert_int_equal(mien_run_log_open(&log, path, 10000), MIEN_EDATA);
}

static void gradients__table_names_mean_largest_and_norm(void **state) {
    (void)state;
    float w[] = {3, 4}, g[] = {-6, 8};
    const mien_trained t = {.name = "a.weight", .n = 2, .w = w, .g = g};
    mien_buf text = {.cap = 4096};
    assert_int_equal(mien_gradients_table(&text, &t, 1), MIEN_OK);
    const char *row = strstr((char *)text.data, "a.weight");
    double mean, largest, norm, weights;
    long n;
    assert_int_equal(sscanf(row, "a.weight %ld %lf %lf %lf %lf", &n, &mean,
                            &largest, &norm, &weights), 5);
    assert_int_equal(n, 2);
    assert_float_equal(mean, 1, 1e-9);
    assert_float_equal(largest, 8, 1e-9);
    assert_float_equal(norm, 10, 1e-9);
    assert_float_equal(weights, 5, 1e-9);
    mien_buf_close(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank__the_largest_score_wins),
        cmocka_unit_test(rank__nan_never_wins),
        cmocka_unit_test(rank__one_score_is_a_sign),
        cmocka_unit_test(score__adds_up_batches_of_any_size),
        cmocka_unit_test(score__what_was_not_counted_is_nan),
        cmocka_unit_test(position__comes_back_to_the_bit),
        cmocka_unit_test(position__refuses_what_is_missing_or_wrong),
        cmocka_unit_test(log__writes_json_and_goes_on_where_it_was),
        cmocka_unit_test(gradients__table_names_mean_largest_and_norm),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
