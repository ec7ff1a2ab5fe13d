/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - where healthy ends, unless `health.limits` says otherwise. */
#include "health/detector.h"

#define LIMIT(field, help, least, most, base)                          \
    {                                                                  \
#field, help, offsetof(mien_limits, field), least, most, base, \
            .kind = MIEN_DOUBLE                                        \
    }

const mien_param mien_limit_params[] = {
    LIMIT(start_share, "first loss off its expectation, as a share of it", 0.01,
          100, 0.2),
    LIMIT(variance_ratio,
          "variance of a layer's output over its input's, "
          "either way",
          1, 1e6, 10),
    LIMIT(gain, "rise or fall between any two layers, forward or backward", 2,
          1e12, 1e3),
    LIMIT(norm_rise, "gradient norm over its running median", 1, 1e6, 10),
    LIMIT(update_warn, "|dW| / |W| of a step, worth a note", 1e-6, 1e3, 0.01),
    LIMIT(update_fail, "|dW| / |W| of a step, too much", 1e-6, 1e3, 0.1),
    LIMIT(update_least, "|dW| / |W| below which nothing moves", 0, 1, 1e-6),
    LIMIT(dead_warn, "share of a layer's units that are never on", 0, 1, 0.1),
    LIMIT(dead_fail, "the same, too much", 0, 1, 0.5),
    LIMIT(saturated, "share of a tanh's or sigmoid's values at their ends", 0,
          1, 0.5),
    LIMIT(cosine, "mean cosine between the answers to different samples", 0, 1,
          0.95),
    LIMIT(spike_mads,
          "median absolute deviations of the loss above its "
          "median",
          1, 1e3, 6),
    LIMIT(clip_share, "share of steps that were clipped", 0, 1, 0.5),
    LIMIT(half_max, "largest |x| in 16 bits", 1, 65504, 6e4),
    LIMIT(underflow, "share of gradients that became 0 in 16 bits", 0, 1, 0.05),
    {0},
};
