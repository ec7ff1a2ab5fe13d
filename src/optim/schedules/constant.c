/* SPDX-License-Identifier: Apache-2.0 */
/* constant.c - lr = base. */
#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
} config;

static const mien_param params[] = {
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) { return at->base; }

const mien_schedule_ops mien_schedule_constant = {
    .row = {.name = "constant",
            .summary = "the same rate throughout",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
