/* SPDX-License-Identifier: Apache-2.0 */
/* polynomial.c - the rate falls to its end as a power of what is left.
 *
 *   lr = base (end + (1 - end) (1 - t/T)^power)     step t of T
 *
 * As PyTorch's PolynomialLR for end = 0, stepped each step. */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double power, end;
} config;

static const mien_param params[] = {
    {"power", "1: a straight line", offsetof(config, power), 0.01, 100, 1,
     .kind = MIEN_DOUBLE},
    {"end", "share of the rate at the end", offsetof(config, end), 0, 1, 0,
     .kind = MIEN_DOUBLE},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    const double left = 1 - (double)at->step / (double)at->total;
    return at->base * (cfg->end + (1 - cfg->end) * pow(left, cfg->power));
}

const mien_schedule_ops mien_schedule_polynomial = {
    .row = {.name = "polynomial",
            .summary = "falls as a power of what is left",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
