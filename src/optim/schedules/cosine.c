/* SPDX-License-Identifier: Apache-2.0 */
/* cosine.c - the rate falls along half a cosine, once or several times.
 *
 *   lr = base (end + (1 - end) (1 + cos(pi t/T)) / 2)    step t of T
 *
 * With `cycles` > 1 training is cut into as many equal parts, each of which
 * starts again at the full rate. As PyTorch's CosineAnnealingLR and
 * CosineAnnealingWarmRestarts, stepped each step.
 * Source: Loshchilov & Hutter, SGDR, ICLR 2017 (arXiv:1608.03983). */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double end;
    int cycles;
} config;

static const mien_param params[] = {
    {"end", "share of the rate at the end", offsetof(config, end), 0, 1, 0,
     .kind = MIEN_DOUBLE},
    {"cycles", "times it starts again, and 1", offsetof(config, cycles), 1,
     1000, 1, .kind = MIEN_INT},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    const double cycle = (double)at->total / cfg->cycles;
    const double share = fmod((double)at->step, cycle) / cycle;
    const double height = (1 + cos(acos(-1.0) * share)) / 2;
    return at->base * (cfg->end + (1 - cfg->end) * height);
}

const mien_schedule_ops mien_schedule_cosine = {
    .row = {.name = "cosine",
            .summary = "falls along half a cosine",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
