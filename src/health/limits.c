/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - where healthy ends.
 *
 * Of 48 healthy trainings with 37,682 steps (bench/false_alarms.sh) none had a
 * failing finding, and there were 0.5 warnings in 1,000 steps.
 *
 * A limit that no healthy training passed is a failure by itself. Where some
 * did, it is still what is measured against, and the detector's file says what
 * else has to hold before it is a failure (a batch's loss or norm: three in a
 * row; updates: twenty in a row, or far beyond; the first loss: a cause in
 * sight). */
#include "health/detector.h"

#define AT(field) offsetof(mien_limits, field)

const mien_param mien_limit_params[] = {
    {"start_share", "first loss off its expectation, as a share of it",
     AT(start_share), 0.01, 100, 0.2, .kind = MIEN_DOUBLE},
    {"variance_ratio", "a layer's variance over its input's, either way",
     AT(variance_ratio), 1, 1e6, 10, .kind = MIEN_DOUBLE},
    {"gain", "rise or fall between any two layers, forward or backward",
     AT(gain), 2, 1e12, 1e3, .kind = MIEN_DOUBLE},
    {"norm_rise", "gradient norm over its running median", AT(norm_rise), 1,
     1e6, 10, .kind = MIEN_DOUBLE},
    {"update_warn", "|dW| / |W| of a step, worth a note", AT(update_warn), 1e-6,
     1e3, 0.01, .kind = MIEN_DOUBLE},
    {"update_fail", "|dW| / |W| of a step, too much", AT(update_fail), 1e-6,
     1e3, 0.1, .kind = MIEN_DOUBLE},
    {"update_least", "|dW| / |W| below which nothing moves", AT(update_least),
     0, 1, 1e-6, .kind = MIEN_DOUBLE},
    {"dead_warn", "share of a layer's units that are never on", AT(dead_warn),
     0, 1, 0.1, .kind = MIEN_DOUBLE},
    {"dead_fail", "the same, too much", AT(dead_fail), 0, 1, 0.5,
     .kind = MIEN_DOUBLE},
    {"saturated", "share of a tanh's or sigmoid's values at their ends",
     AT(saturated), 0, 1, 0.5, .kind = MIEN_DOUBLE},
    {"cosine", "mean cosine between the answers to different samples",
     AT(cosine), 0, 1, 0.95, .kind = MIEN_DOUBLE},
    {"spike_mads", "median absolute deviations of the loss above its median",
     AT(spike_mads), 1, 1e3, 6, .kind = MIEN_DOUBLE},
    {"clip_share", "share of steps that were clipped", AT(clip_share), 0, 1,
     0.5, .kind = MIEN_DOUBLE},
    {"half_max", "largest |x| in 16 bits", AT(half_max), 1, 65504, 6e4,
     .kind = MIEN_DOUBLE},
    /* 5 % came only after 170 steps without a loss scale; with a scale of
     * 1024 or one that is found there was not even 0.1 %. */
    {"underflow", "share of a layer's gradients that became 0 in 16 bits",
     AT(underflow), 0, 1, 0.01, .kind = MIEN_DOUBLE},
    {0},
};
