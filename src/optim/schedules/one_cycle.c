/* SPDX-License-Identifier: Apache-2.0 */
/* one_cycle.c - up to the full rate, then down far below where it began.
 *
 *   start = base / div     end = start / final_div     peak at P = rise T - 1
 *   t <= P:  from start to base over t / P
 *   t >  P:  from base to end over (t - P) / (T - 1 - P)
 *
 * each along half a cosine or a straight line. As PyTorch's OneCycleLR with
 * max_lr = base and cycle_momentum off.
 * Source: Smith & Topin, Super-convergence, arXiv:1708.07120. */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double rise, div, final_div;
    int shape;
} config;

enum { COSINE, LINEAR };

static const mien_param params[] = {
    {"rise", "share of the steps that go up", offsetof(config, rise), 0.01,
     0.99, 0.3, .kind = MIEN_DOUBLE},
    {"div", "the full rate over the first", offsetof(config, div), 1, 1e6, 25,
     .kind = MIEN_DOUBLE},
    {"final_div", "the first rate over the last", offsetof(config, final_div),
     1, 1e9, 1e4, .kind = MIEN_DOUBLE},
    {"shape", "of both ways", offsetof(config, shape), .base = COSINE,
     .kind = MIEN_CHOICE, .choices = "cosine|linear"},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static double between(double from, double to, double share, int shape) {
    if (shape == LINEAR) return from + (to - from) * share;
    return to + (from - to) / 2 * (1 + cos(acos(-1.0) * share));
}

static double lr(const mien_schedule_at *at) {
    const config *cfg = at->config;
    const double last = (double)(at->total - 1), t = (double)at->step;
    double peak = cfg->rise * (double)at->total - 1;
    if (peak < 0) peak = 0;
    const double start = at->base / cfg->div, end = start / cfg->final_div;
    if (t <= peak)
        return between(start, at->base, peak > 0 ? t / peak : 1, cfg->shape);
    return between(at->base, end, (t - peak) / (last - peak), cfg->shape);
}

const mien_schedule_ops mien_schedule_one_cycle = {
    .row = {.name = "one_cycle",
            .summary = "up to the full rate, then down far below",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
};
