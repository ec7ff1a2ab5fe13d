/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c - a schedule with its warm-up.
 *
 * Of `total` steps the first W = round(warmup total) climb:
 *   lr(t) = lr0 (from + (1 - from) (t + 1) / W)       t = 0 .. W-1
 * where lr0 is what the schedule would begin with; it follows at t = W. */
#include "optim/schedule.h"

#include <assert.h>
#include <math.h>

static const mien_schedule_ops *ops_of(const mien_schedule *s) {
    return (const mien_schedule_ops *)(const void *)s->choice.row;
}

void mien_schedule_begin(mien_schedule *s) {
    for (int i = 0; i < MIEN_SCHEDULE_STATE; i++) s->state[i] = 0;
    if (s->choice.row && ops_of(s)->begin) ops_of(s)->begin(s->state);
}

double mien_schedule_lr(const mien_schedule *s, int64_t step) {
    assert(s->total >= 1 && s->per_epoch >= 1);
    if (!s->choice.row) return s->base;
    const mien_schedule_config *cfg = s->choice.config;
    const int64_t warm = llround(cfg->warmup * (double)s->total);
    mien_schedule_at at = {.config = cfg,
                           .base = s->base,
                           .step = step < warm ? 0 : step - warm,
                           .total = s->total > warm ? s->total - warm : 1,
                           .epoch = (double)step / (double)s->per_epoch,
                           .state = s->state};
    if (at.step >= at.total) at.step = at.total - 1;
    const double lr = ops_of(s)->lr(&at);
    if (step >= warm) return lr;
    const double climbed = (double)(step + 1) / (double)warm;
    return lr * (cfg->warmup_from + (1 - cfg->warmup_from) * climbed);
}

void mien_schedule_validated(mien_schedule *s, double metric) {
    if (s->choice.row && ops_of(s)->validated)
        ops_of(s)->validated(s->state, s->choice.config, s->base, metric);
}
