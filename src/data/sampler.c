/* SPDX-License-Identifier: Apache-2.0 */
/* sampler.c - orders of an epoch. */
#include "data/sampler.h"

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/buckets.h"

struct mien_sampler {
    mien_sampler_plan plan; /* of twins, of one of each two */
    int steps;
    /* of the orders by class: */
    mien_buckets classes;
    uint32_t *members; /* the buckets' items, shuffled for this epoch */
    int *used;         /* of each class's members, since it was shuffled */
    uint32_t *rota;    /* classes that have members, shuffled */
    int rota_count, rota_used;
};

static bool by_class(const mien_sampler_plan *plan) {
    return plan->order == MIEN_ORDER_BALANCED || plan->order == MIEN_ORDER_PK;
}

/* Twins are drawn as one. */
static mien_status halve(mien_sampler_plan *p) {
    if (!p->twins) return MIEN_OK;
    if (p->batch % 2)
        return mien_fail(MIEN_EINVAL,
                         "twins: a batch of %d samples is odd, it cannot hold "
                         "two of each",
                         p->batch);
    p->batch /= 2;
    return MIEN_OK;
}

static mien_status check(const mien_sampler_plan *p) {
    if (p->count < 1)
        return mien_fail(MIEN_EINVAL, "there is no sample to draw from");
    if (p->batch < 1)
        return mien_fail(MIEN_EINVAL, "a batch of %d samples", p->batch);
    if (p->order == MIEN_ORDER_PK && (p->k < 1 || p->batch % p->k))
        return mien_fail(MIEN_EINVAL,
                         "order pk: a batch of %d cannot hold %d "
                         "photos of each class; make it a multiple",
                         p->batch, p->k);
    return MIEN_OK;
}

static mien_status gather(mien_sampler *s) {
    const mien_sampler_plan *p = &s->plan;
    MIEN_TRY(mien_buckets_make(&s->classes, p->classes, p->labels, p->items,
                               p->count));
    s->members = mien_alloc((size_t)p->count, sizeof *s->members);
    s->used = mien_alloc((size_t)p->classes, sizeof *s->used);
    s->rota = mien_alloc((size_t)p->classes, sizeof *s->rota);
    if (!s->members || !s->used || !s->rota) return MIEN_ENOMEM;
    for (int k = 0; k < p->classes; k++)
        s->rota_count += mien_bucket_size(&s->classes, k) > 0;
    if (p->order == MIEN_ORDER_PK && s->rota_count < p->batch / p->k)
        return mien_fail(MIEN_EINVAL,
                         "order pk: a batch of %d with %d photos "
                         "of each class needs %d classes; there are %d",
                         p->batch, p->k, p->batch / p->k, s->rota_count);
    return MIEN_OK;
}

mien_status mien_sampler_open(mien_sampler **out,
                              const mien_sampler_plan *plan) {
    mien_sampler_plan one = *plan;
    *out = NULL;
    MIEN_TRY(halve(&one));
    MIEN_TRY(check(&one));
    mien_sampler *s = mien_alloc(1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    s->plan = one;
    s->steps = (one.count - 1) / one.batch + 1;
    const mien_status status = by_class(&one) ? gather(s) : MIEN_OK;
    if (status != MIEN_OK) {
        mien_sampler_close(s);
        return status;
    }
    *out = s;
    return MIEN_OK;
}

void mien_sampler_close(mien_sampler *sampler) {
    if (!sampler) return;
    mien_buckets_close(&sampler->classes);
    mien_free(sampler->members);
    mien_free(sampler->used);
    mien_free(sampler->rota);
    mien_free(sampler);
}

int mien_sampler_steps(const mien_sampler *sampler) { return sampler->steps; }

/* The next photo of a class; all of them once before any comes again. */
static uint32_t draw(mien_sampler *s, int k, mien_rng *rng) {
    const int n = mien_bucket_size(&s->classes, k);
    uint32_t *members = s->members + s->classes.start[k];
    if (s->used[k] % n == 0) mien_rng_shuffle(rng, members, (size_t)n);
    return members[s->used[k]++ % n];
}

/* The next class of the rota, which is dealt anew when fewer than `room` of
 * it are left, so that `room` classes in a row differ. */
static int next_class(mien_sampler *s, int room, mien_rng *rng) {
    if (s->rota_used + room > s->rota_count) {
        s->rota_used = 0;
        mien_rng_shuffle(rng, s->rota, (size_t)s->rota_count);
    }
    return (int)s->rota[s->rota_used++];
}

static void start_epoch(mien_sampler *s) {
    const int n = s->plan.count, classes = s->plan.classes;
    memcpy(s->members, s->classes.items, (size_t)n * sizeof *s->members);
    memset(s->used, 0, (size_t)classes * sizeof *s->used);
    int count = 0;
    for (int k = 0; k < classes; k++)
        if (mien_bucket_size(&s->classes, k) > 0)
            s->rota[count++] = (uint32_t)k;
    s->rota_used = count; /* used up: shuffled at the first draw */
}

static void order_by_class(mien_sampler *s, uint32_t *order, mien_rng *rng) {
    const mien_sampler_plan *p = &s->plan;
    const int k = p->order == MIEN_ORDER_PK ? p->k : 1;
    const int groups = p->batch / k;
    start_epoch(s);
    for (int step = 0; step < s->steps; step++)
        for (int g = 0; g < groups; g++) {
            const int room = p->order == MIEN_ORDER_PK ? groups - g : 1;
            const int class_index = next_class(s, room, rng);
            for (int i = 0; i < k; i++) *order++ = draw(s, class_index, rng);
        }
}

static void order_epoch(mien_sampler *sampler, uint32_t epoch,
                        uint32_t *order) {
    const mien_sampler_plan *p = &sampler->plan;
    const size_t n = (size_t)p->count;
    const size_t total = (size_t)sampler->steps * (size_t)p->batch;
    mien_rng rng = mien_rng_at(p->seed, MIEN_RNG_SAMPLER, epoch, 0);
    if (by_class(p)) {
        order_by_class(sampler, order, &rng);
        return;
    }
    memcpy(order, p->items, n * sizeof *order);
    if (p->order == MIEN_ORDER_SHUFFLE) mien_rng_shuffle(&rng, order, n);
    const bool fill = p->order != MIEN_ORDER_SEQUENTIAL || p->full;
    for (size_t i = n; i < total; i++)
        order[i] = fill ? order[i % n] : MIEN_NO_SAMPLE;
}

void mien_sampler_epoch(mien_sampler *sampler, uint32_t epoch,
                        uint32_t *order) {
    const mien_sampler_plan *p = &sampler->plan;
    order_epoch(sampler, epoch, order);
    const size_t total = (size_t)sampler->steps * (size_t)p->batch;
    for (size_t i = total; p->twins && i-- > 0;)
        order[2 * i] = order[2 * i + 1] = order[i];
}
