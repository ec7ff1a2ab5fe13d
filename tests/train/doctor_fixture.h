/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_fixture.h - what trainings that the doctor looks after have in common.
 */
#ifndef MIEN_TESTS_TRAIN_DOCTOR_FIXTURE_H
#define MIEN_TESTS_TRAIN_DOCTOR_FIXTURE_H

#include "base/log.h"
#include "base/mem.h"
#include "scratch.h"
#include "blobs.h"
#include "ward.h"

/* Without batch norm or dropout: what is broken stays broken. */
#define BARE                                                            \
    "model=[{conv: {out: 8, kernel: 3}}, relu, {maxpool: 2}, flatten, " \
    "{dense: {out: 16}}, relu, {dense: {out: classes}}]"

static const char *const bare[] = {BARE};
static const mien_train_options on_bare = {.set = bare, .n_set = 1};

#define GOOD "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 20, batch: 12}\n"

static inline double accuracy(const mien_train_result *r) {
    return mien_train_summary_of(r)->accuracy;
}

/* Stopped without a word after so many steps, then resumed. */
static inline void same_after_a_stop(const char *recipe, mien_train_options o,
                                     int64_t stop_at, const char *whole) {
    mien_train_result *r;
    char out[32];
    snprintf(out, sizeof out, "stop%d", (int)stop_at);
    o.stop_at = stop_at;
    assert_int_equal(blobs_train(&r, recipe, out, o), MIEN_EINTERRUPTED);
    o.stop_at = 0;
    o.resume = true;
    assert_string_equal(blobs_hash(recipe, out, o), whole);
    ward_is_sound(out);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ward_setup, scratch_close)

#endif
