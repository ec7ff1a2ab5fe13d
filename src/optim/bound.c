/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c - measure an update, take some of it back. */
#include "optim/bound.h"

#include <math.h>
#include <stdint.h>

#include "optim/sums.h"

/* Running sums, one set a lane; see sums.h. */
typedef struct lanes {
    double before[MIEN_LANES], after[MIEN_LANES], update[MIEN_LANES];
    int64_t asked, stalled; /* values with a gradient; those that stayed */
} lanes;

/* Values a counter of 32 bits, which vectorises, is trusted with. */
enum { BLOCK = 1 << 14 };

static void count_stalled(lanes *s, const float *w, const float *g,
                          const float *before, size_t n) {
    int32_t asked = 0, stalled = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t has = g[i] != 0;
        asked += has;
        stalled += has & (w[i] == before[i]);
    }
    s->asked += asked;
    s->stalled += stalled;
}

static inline void add_value(lanes *s, int k, double before, double after) {
    const double update = after - before;
    s->before[k] += before * before;
    s->after[k] += after * after;
    s->update[k] += update * update;
}

static void add_squares(lanes *s, const float *w, const float *before,
                        size_t n) {
    size_t i = 0;
    for (; i + MIEN_LANES <= n; i += MIEN_LANES)
        for (int k = 0; k < MIEN_LANES; k++)
            add_value(s, k, (double)before[i + k], (double)w[i + k]);
    for (int k = 0; i < n; i++, k++)
        add_value(s, k, (double)before[i], (double)w[i]);
}

mien_moved mien_measure_update(const mien_trained *t, const float *before) {
    lanes s = {0};
    for (size_t at = 0; at < t->n; at += BLOCK) {
        const size_t n = t->n - at < BLOCK ? t->n - at : BLOCK;
        count_stalled(&s, t->w + at, t->g + at, before + at, n);
        add_squares(&s, t->w + at, before + at, n);
    }
    const double asked = (double)(s.asked ? s.asked : 1);
    return (mien_moved){.before = sqrt(mien_add_lanes(s.before)),
                        .after = sqrt(mien_add_lanes(s.after)),
                        .update = sqrt(mien_add_lanes(s.update)),
                        .stalled = (double)s.stalled / asked};
}

static void shorten(const mien_trained *t, const float *before, double f) {
    for (size_t i = 0; i < t->n; i++) {
        const double x = (double)before[i];
        t->w[i] = (float)(x + f * ((double)t->w[i] - x));
    }
}

void mien_bound(const mien_choice *choice, const mien_trained *t,
                const float *before, mien_moved *moved) {
    const mien_bound_ops *ops = (const void *)choice->row;
    if (t->role != MIEN_ROLE_WEIGHT || !(moved->update > 0) ||
        !isfinite(moved->update) || !isfinite(moved->before))
        return;
    const double longest =
        ops->longest(&(mien_bound_pass){choice->config, t, before, moved});
    if (moved->update <= longest) return;
    shorten(t, before, longest / moved->update);
    *moved = mien_measure_update(t, before);
    moved->bounded = true;
}
