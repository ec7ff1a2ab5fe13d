/* SPDX-License-Identifier: Apache-2.0 */
/* range_test.c - the rate grows exponentially until training breaks.
 *
 *   lr = from (to / from)^(t / (T - 1))      step t of T
 *
 * Ignores the optimiser's rate. One looks at where the loss falls fastest and
 * where it explodes, and takes a tenth of the latter.
 * Source: Smith, Cyclical learning rates, WACV 2017 (arXiv:1506.01186),
 * section 3.3, on a log axis. */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double from, to;
} config;

static const mien_param params[] = {
    {"from", "the first rate", offsetof(config, from), 1e-12, 1e6, 1e-7,
     .kind = MIEN_DOUBLE},
    {"to", "the last rate", offsetof(config, to), 1e-12, 1e6, 10,
     .kind = MIEN_DOUBLE},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    if (at->total < 2) return cfg->from;
    const double share = (double)at->step / (double)(at->total - 1);
    return cfg->from * pow(cfg->to / cfg->from, share);
}

const mien_schedule_ops mien_schedule_range_test = {
    .row = {.name = "range_test",
            .summary = "grows exponentially until training breaks",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
