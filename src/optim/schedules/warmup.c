/* SPDX-License-Identifier: Apache-2.0 */
/* warmup.c - a linear climb, then lr = base; the climb is in schedule.c.
 *
 * The same as constant but for its default. Source: Goyal et al., Accurate,
 * large minibatch SGD, arXiv:1706.02677, section 2.2. */
#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
} config;

static const mien_param params[] = {
    MIEN_SCHEDULE_PARAMS(config, 0.1),
    {0},
};

static double lr(const mien_schedule_at *at) { return at->base; }

const mien_schedule_ops mien_schedule_warmup = {
    .row = {.name = "warmup",
            .summary = "a linear climb, then the same rate",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
