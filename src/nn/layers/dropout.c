/* SPDX-License-Identifier: Apache-2.0 */
/* dropout.c - silence each value with probability p while training.
 *
 *   y = m x      dx = m dy      m = 0 with probability p, else 1 / (1 - p)
 *
 * The mask of a sample depends on the run's seed, the layer, the step and the
 * sample's place in the batch alone, so shards and threads do not change it.
 * In inference y = x.
 * Source: Srivastava et al., Dropout, JMLR 15, 2014. */
#include "nn/layers/plan.h"

#define LAYER_KEY 0x9E3779B97F4A7C15ull /* odd: layers get different keys */

typedef struct config {
    float p;
} config;

static const mien_param params[] = {
    {"p", "probability of silence", offsetof(config, p), 0, 0.999, 0.5},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    plan->n_kept = plan->train ? mien_shape_count(plan->in[0]) : 0;
    return mien_plan_same(plan, options);
}

/* 32 random bits are under drop 2^32 with probability `drop`. */
static void draw_mask(real *mask, float drop, size_t count, mien_rng *rng) {
    const uint64_t limit = (uint64_t)((double)drop * 0x1p32);
    const real scale = 1 / (1 - (real)drop);
    for (size_t i = 0; i < count; i++)
        mask[i] = mien_rng_u32(rng) < limit ? 0 : scale;
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const size_t count = mien_shape_count(p->out);
    const size_t sample = count / (size_t)p->out.n;
    const uint64_t key = p->seed + (p->layer + 1ull) * LAYER_KEY;
    for (int n = 0; p->train && n < p->out.n; n++) {
        mien_rng rng = mien_rng_at(key, MIEN_RNG_DROPOUT, p->step,
                                   p->sample + (uint32_t)n);
        draw_mask(p->kept + (size_t)n * sample, o->p, sample, &rng);
    }
    for (size_t i = 0; i < count; i++)
        p->y[i] = p->train ? p->x[0][i] * p->kept[i] : p->x[0][i];
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    for (size_t i = 0; p->dx[0] && i < count; i++)
        p->dx[0][i] += p->train ? p->dy[i] * p->kept[i] : p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(dropout) = {
    .name = "dropout",
    .summary = "silence values at random while training",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
