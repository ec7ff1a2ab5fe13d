/* SPDX-License-Identifier: Apache-2.0 */
/* alpha.c - a threshold that is a share of the largest element.
 *
 *   T = alpha M      zero:  g_i <- 0 where |g_i| > T
 *                    clamp: g_i <- sign(g_i) min(|g_i|, T)
 *
 * M is taken over all tensors, and as `over` says:
 *
 * current: the largest |g_i| of this gradient, as the rule was published. T
 * then grows with g and cannot bound an explosion: a gradient a million times
 * too large is cut to a million times its share. alpha >= 1 does nothing.
 *
 * window: the largest |g_i| of the last `window` healthy steps before this
 * one, which does bound it. What is too large must not become the measure of
 * the next step: a step enters with at most rise^(1/window) M, so that T at
 * most multiplies by `rise` while the window passes once, whatever comes. The
 * first step sets M and is not clipped. */
#include <math.h>
#include <string.h>

#include "optim/clip.h"
#include "optim/clips/history.h"

enum { ZERO, CLAMP };
enum { CURRENT, WINDOW };

typedef struct config {
    double alpha, rise;
    int mode, over, window;
} config;

static const mien_param params[] = {
    {"alpha", "threshold as a share of the largest |g|",
     offsetof(config, alpha), 0, 10, 0.5, .kind = MIEN_DOUBLE},
    {"mode", "elements above the threshold: to 0, or to the threshold",
     offsetof(config, mode), .kind = MIEN_CHOICE, .choices = "zero|clamp"},
    {"over",
     "largest of this gradient, which cannot bound an explosion and with "
     "alpha >= 1 does nothing; or of the healthy steps before, which does",
     offsetof(config, over), .kind = MIEN_CHOICE, .choices = "current|window"},
    {"window", "steps of the window", offsetof(config, window), 1, 100000, 100,
     .kind = MIEN_INT},
    {"rise", "the threshold's greatest growth within a window",
     offsetof(config, rise), 1, 1e6, 2, .kind = MIEN_DOUBLE},
    {0},
};

static size_t n_state(const void *cfg) {
    const config *c = cfg;
    return c->over == WINDOW ? mien_history_size(c->window) : 0;
}

/* The bits of finite floats without their sign order as they do; unlike
 * floats, integers may be compared in any order, so this vectorises. */
static int32_t largest_bits(const float *g, size_t n) {
    int32_t max = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, &g[i], sizeof bits);
        bits &= 0x7fffffff;
        max = bits > max ? bits : max;
    }
    return max;
}

static double largest(const mien_clip_pass *p) {
    int32_t max = 0;
    for (int i = 0; i < p->n; i++) {
        const int32_t bits = largest_bits(p->tensors[i].g, p->tensors[i].n);
        max = bits > max ? bits : max;
    }
    float x;
    memcpy(&x, &max, sizeof x);
    return (double)x;
}

/* The largest of the window, or NaN while it is empty; then this step enters.
 * A step without any gradient says nothing about its size. */
static double window_largest(const config *cfg, double *state, double now) {
    double max = NAN;
    if (mien_history_count(state, cfg->window) > 0) {
        max = mien_history_percentile(state, cfg->window, 100);
        const double most = max * pow(cfg->rise, 1.0 / cfg->window);
        if (now > most) now = most;
    }
    if (now > 0) mien_history_add(state, cfg->window, now);
    return max;
}

static bool zero_above(float *g, size_t n, float t) {
    bool changed = false;
    for (size_t i = 0; i < n; i++) {
        const bool over = fabsf(g[i]) > t;
        changed |= over;
        g[i] = over ? 0 : g[i];
    }
    return changed;
}

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const config *cfg = p->config;
    const double now = largest(p);
    const double max =
        cfg->over == WINDOW ? window_largest(cfg, p->state, now) : now;
    report->threshold = cfg->alpha * max;
    if (!(now > report->threshold)) return 0;
    const float t = (float)report->threshold;
    int changed = 0;
    for (int i = 0; i < p->n; i++) {
        float *g = p->tensors[i].g;
        changed += cfg->mode == CLAMP ? mien_clamp(g, p->tensors[i].n, t)
                                      : zero_above(g, p->tensors[i].n, t);
    }
    return changed;
}

const mien_clip_ops mien_clip_alpha = {
    .row = {.name = "alpha",
            .summary = "elements above a share of the largest, to 0 or to it",
            .params = params,
            .config_size = sizeof(config)},
    .n_state = n_state,
    .apply = apply,
};
