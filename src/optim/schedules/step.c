/* SPDX-License-Identifier: Apache-2.0 */
/* step.c - the rate times gamma every few epochs, or at given epochs.
 *
 *   lr = base gamma^floor(epoch / every)
 *   lr = base gamma^k,  k of the epochs in `at` are over
 *
 * As PyTorch's StepLR and MultiStepLR. */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    int every;
    double gamma;
    mien_floats at;
} config;

static const mien_param params[] = {
    {"every", "epochs between two steps", offsetof(config, every), 1, 1e6, 30,
     .kind = MIEN_INT},
    {"gamma", "factor of a step", offsetof(config, gamma), 1e-6, 1, 0.1,
     .kind = MIEN_DOUBLE},
    {"at", "epochs to step at, instead of `every`", offsetof(config, at), 0,
     1e6, .kind = MIEN_FLOATS},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    if (cfg->at.count == 0)
        return at->base * pow(cfg->gamma, floor(at->epoch / cfg->every));
    int over = 0;
    for (int i = 0; i < cfg->at.count; i++)
        over += at->epoch >= (double)cfg->at.items[i];
    return at->base * pow(cfg->gamma, over);
}

const mien_schedule_ops mien_schedule_step = {
    .row = {.name = "step",
            .summary = "times gamma every few epochs",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
