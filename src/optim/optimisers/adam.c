/* SPDX-License-Identifier: Apache-2.0 */
/* adam.c - running mean of the gradient over its running root mean square.
 *
 * The formulas are in adam.h, with d = g + weight_decay w.
 * Source: Kingma & Ba, Adam, ICLR 2015 (arXiv:1412.6980). Reddi, Kale, Kumar,
 * On the convergence of Adam and beyond, ICLR 2018 (amsgrad). */
#include "optim/optimisers/adam.h"

#include <math.h>

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_adam_config, 0.001, 0),
    MIEN_ADAM_PARAMS,
    {0},
};

int mien_adam_slots(const void *config) {
    return ((const mien_adam_config *)config)->amsgrad ? 3 : 2;
}

/* The factors of one step, as floats for the loops. */
typedef struct step {
    float b1, c1, b2, c2, rate, root, eps, coupled, shrink;
} step;

static void move(const mien_update *u, step s) {
    float *restrict w = u->w, *restrict m = u->slot[0];
    float *restrict v = u->slot[1];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        const float d = g[i] + s.coupled * w[i];
        m[i] = s.b1 * m[i] + s.c1 * d;
        v[i] = s.b2 * v[i] + s.c2 * d * d;
        w[i] =
            s.shrink * w[i] - s.rate * (m[i] / (sqrtf(v[i]) * s.root + s.eps));
    }
}

static void move_amsgrad(const mien_update *u, step s) {
    float *restrict w = u->w, *restrict m = u->slot[0];
    float *restrict v = u->slot[1], *restrict top = u->slot[2];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        const float d = g[i] + s.coupled * w[i];
        m[i] = s.b1 * m[i] + s.c1 * d;
        v[i] = s.b2 * v[i] + s.c2 * d * d;
        top[i] = v[i] <= top[i] ? top[i] : v[i];
        w[i] = s.shrink * w[i] -
               s.rate * (m[i] / (sqrtf(top[i]) * s.root + s.eps));
    }
}

void mien_adam_move(const mien_update *u, float coupled, float shrink) {
    const mien_adam_config *cfg = u->config;
    const double t = (double)u->step;
    const step s = {.b1 = (float)cfg->beta1,
                    .c1 = (float)(1 - cfg->beta1),
                    .b2 = (float)cfg->beta2,
                    .c2 = (float)(1 - cfg->beta2),
                    .rate = (float)(u->lr / (1 - pow(cfg->beta1, t))),
                    .root = (float)(1 / sqrt(1 - pow(cfg->beta2, t))),
                    .eps = (float)cfg->eps,
                    .coupled = coupled,
                    .shrink = shrink};
    if (cfg->amsgrad)
        move_amsgrad(u, s);
    else
        move(u, s);
}

static void update(const mien_update *u) {
    mien_adam_move(u, (float)mien_decay_of(u), 1);
}

const mien_optim_ops mien_optim_adam = {
    .row = {.name = "adam",
            .summary = "mean of the gradient over its root mean square",
            .params = params,
            .config_size = sizeof(mien_adam_config)},
    .slots = MIEN_ADAM_SLOTS,
    .n_slots = 3,
    .slots_of = mien_adam_slots,
    .elementwise = true,
    .update = update,
};
