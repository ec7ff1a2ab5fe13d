/* SPDX-License-Identifier: Apache-2.0 */
/* plateau.c - the rate times a factor when validations stop getting better.
 *
 * A validation is better when metric < best (1 - threshold). After more than
 * `patience` in a row that are not, the rate falls by `factor`, to `min_lr`
 * at least, and the next `cooldown` ones are not counted. A metric that is
 * not a number is not better. As PyTorch's ReduceLROnPlateau, mode "min",
 * whose eps (1e-8, the least change of the rate) is here 0. */
#include <math.h>

#include "optim/schedule.h"

typedef struct config {
    mien_schedule_config base;
    double factor, threshold, min_lr;
    int patience, cooldown;
} config;

/* Places in the state. */
enum { BEST, BAD, COOL, SCALE, SEEN };

static const mien_param params[] = {
    {"factor", "what the rate is multiplied by", offsetof(config, factor), 1e-6,
     0.999, 0.1, .kind = MIEN_DOUBLE},
    {"patience", "validations that may fail to be better",
     offsetof(config, patience), 0, 1e6, 10, .kind = MIEN_INT},
    {"threshold", "relative gain that counts as better",
     offsetof(config, threshold), 0, 0.999, 1e-4, .kind = MIEN_DOUBLE},
    {"cooldown", "validations not counted after a cut",
     offsetof(config, cooldown), 0, 1e6, 0, .kind = MIEN_INT},
    {"min_lr", "the rate never falls below it", offsetof(config, min_lr), 0,
     1e6, 0, .kind = MIEN_DOUBLE},
    MIEN_SCHEDULE_PARAMS(config, 0),
    {0},
};

static void begin(double *state) { state[SCALE] = 1; }

static void validated(double *state, const void *config_, double base,
                      double metric) {
    const config *cfg = config_;
    const bool better = state[SEEN] != 0
                            ? metric < state[BEST] * (1 - cfg->threshold)
                            : metric < INFINITY;
    if (better) {
        state[BEST] = metric;
        state[SEEN] = 1;
    }
    state[BAD] = better ? 0 : state[BAD] + 1;
    if (state[COOL] > 0) {
        state[COOL]--;
        state[BAD] = 0;
    }
    if (state[BAD] <= cfg->patience) return;
    state[SCALE] *= cfg->factor;
    const double least = base > cfg->min_lr ? cfg->min_lr / base : 1;
    if (state[SCALE] < least) state[SCALE] = least;
    state[COOL] = cfg->cooldown;
    state[BAD] = 0;
}

static double lr(const mien_schedule_at *at) {
    return at->base * at->state[SCALE];
}

const mien_schedule_ops mien_schedule_plateau = {
    .row = {.name = "plateau",
            .summary = "times a factor when validations stop improving",
            .params = params,
            .config_size = sizeof(config)},
    .lr = lr,
    .begin = begin,
    .validated = validated,
};
