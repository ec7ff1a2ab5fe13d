/* SPDX-License-Identifier: Apache-2.0 */
/* exponential.c - the rate times gamma each epoch.
 *
 *   lr = base gamma^floor(epoch)          as PyTorch's ExponentialLR
 *   lr = base gamma^epoch                 with `smooth`, at each step */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double gamma;
    bool smooth;
} config;

static const mien_param params[] = {
    {"gamma", "factor of an epoch", offsetof(config, gamma), 1e-6, 1, 0.95,
     .kind = MIEN_DOUBLE},
    {"smooth", "at each step, not once an epoch", offsetof(config, smooth),
     .kind = MIEN_BOOL},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    const double epochs = cfg->smooth ? at->epoch : floor(at->epoch);
    return at->base * pow(cfg->gamma, epochs);
}

const mien_schedule_ops mien_schedule_exponential = {
    .row = {.name = "exponential",
            .summary = "times gamma each epoch",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
