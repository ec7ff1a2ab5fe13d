/* SPDX-License-Identifier: Apache-2.0 */
/* clip.c - measure the gradient, refuse it or clip it. */
#include "optim/clip.h"

#include <math.h>
#include <string.h>

/* By bits: comparisons are not trusted with NaN here. */
static bool is_bad(double x) {
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return (u & 0x7ff0000000000000u) == 0x7ff0000000000000u;
}

void mien_scale(float *g, size_t n, double factor) {
    const float f = (float)factor;
    for (size_t i = 0; i < n; i++) g[i] *= f;
}

bool mien_clamp(float *g, size_t n, float max) {
    bool changed = false;
    for (size_t i = 0; i < n; i++) {
        const float low = g[i] < -max ? -max : g[i];
        const float both = low > max ? max : low;
        changed |= both != g[i];
        g[i] = both;
    }
    return changed;
}

int mien_clip_to(const mien_clip_pass *p, double max) {
    const double factor = max / (p->total + 1e-6);
    if (factor >= 1) return 0;
    for (int i = 0; i < p->n; i++)
        mien_scale(p->tensors[i].g, p->tensors[i].n, factor);
    return p->n;
}

/* Norms of all tensors; returns the first that is not finite, or -1. */
static int measure(mien_clip_pass *p) {
    double sum = 0;
    int bad = -1;
    for (int i = 0; i < p->n; i++) {
        const double square =
            mien_sum_squares(p->tensors[i].g, p->tensors[i].n);
        p->norms[i] = sqrt(square);
        sum += square;
        if (bad < 0 && is_bad(square)) bad = i;
    }
    p->total = sqrt(sum);
    return bad;
}

size_t mien_clip_state(const mien_choice *choice) {
    if (!choice->row) return 0;
    const mien_clip_ops *ops = (const void *)choice->row;
    return ops->n_state ? ops->n_state(choice->config) : 0;
}

void mien_clip_run(mien_clip_pass *p, const mien_choice *choice,
                   mien_clip_report *report) {
    *report =
        (mien_clip_report){.factor = 1, .threshold = NAN, .bad = measure(p)};
    report->norm = p->total;
    report->skip = report->bad >= 0;
    if (report->skip || !choice->row) return;
    const mien_clip_ops *ops = (const void *)choice->row;
    p->config = choice->config;
    report->clipped = ops->apply(p, report);
    if (report->clipped == 0 || report->norm == 0) return;
    double after = 0;
    for (int i = 0; i < p->n; i++)
        after += mien_sum_squares(p->tensors[i].g, p->tensors[i].n);
    report->factor = sqrt(after) / report->norm;
}
