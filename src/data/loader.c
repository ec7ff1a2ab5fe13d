/* SPDX-License-Identifier: Apache-2.0 */
/* loader.c - a ring of batches between the threads that make them and the
 * one that trains on them.
 *
 * Batches are numbered through all epochs. `claimed` is the next that a
 * thread may begin, `given` the one the consumer holds or waits for; batch b
 * lies in slot b % n_slots, so claimed may run ahead of given by n_slots. */
#include "data/loader.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/threads.h" /* pthreads */

#define MAX_THREADS 64
#define MESSAGE     512

typedef struct slot {
    mien_loaded batch;
    int32_t *mixed;
    float *share, *target;
    bool ready;
    mien_status status;
    char message[MESSAGE];
} slot;

struct mien_loader {
    mien_loader_plan plan;
    mien_sampler *sampler;
    const mien_mixup *mixup;
    bool augments;
    int steps, n_slots;
    slot *slots;
    uint32_t *order; /* of epoch `order_epoch` */
    int64_t order_epoch;
    int64_t claimed, given, end; /* batch numbers; end: -1 for never */
    bool holds;                  /* the consumer holds batch `given` */
    double waited;
    pthread_t threads[MAX_THREADS];
    int started;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t room, ready;
};

/* ---- one sample ------------------------------------------------------- */

/* The photo in the network's size: the cache's, or else the caller's. */
static mien_status fetch(const mien_image **kept, mien_image **own,
                         const mien_loader *l, int i, float *x) {
    const mien_loader_plan *p = &l->plan;
    *kept = p->cache ? mien_cache_get(p->cache, i) : NULL;
    if (*kept) return MIEN_OK;
    mien_sample sample;
    MIEN_TRY(p->reader->ops->decode(&sample, p->reader, i,
                                    mien_input_want(p->input)));
    mien_status status = sample.floats
                             ? mien_input_fill_floats(x, p->input, &sample)
                             : mien_input_fit(&sample.image, p->input);
    if (status == MIEN_OK && sample.image) {
        *own = sample.image;
        sample.image = NULL;
        if (p->cache && mien_cache_put(p->cache, i, *own)) {
            *kept = *own;
            *own = NULL;
        }
    }
    mien_sample_close(&sample);
    return status;
}

/* Sample i, at `place` in the epoch, into x. */
static mien_status load_sample(float *x, const mien_loader *l, int i, int epoch,
                               int place) {
    const mien_image *kept;
    mien_image *own = NULL;
    mien_status status = fetch(&kept, &own, l, i, x);
    if (status == MIEN_OK && l->augments && kept) {
        status = mien_image_copy(&own, kept);
        kept = NULL;
    }
    if (status == MIEN_OK && l->augments)
        status =
            mien_augmenter_apply(l->plan.augmenter, own, l->plan.sampler.seed,
                                 (uint32_t)epoch, (uint32_t)place);
    const mien_image *image = own ? own : kept;
    if (status == MIEN_OK && image) mien_input_fill(x, l->plan.input, image);
    mien_image_free(own);
    return status;
}

/* The same from a reader that composes, with its targets. */
static mien_status compose_sample(float *x, float *target, const mien_loader *l,
                                  int i, const mien_loaded *b, int place) {
    const mien_loader_plan *p = &l->plan;
    const uint64_t seed = p->sampler.seed;
    const uint32_t epoch = (uint32_t)b->epoch, at = (uint32_t)place;
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_COMPOSE, epoch, at);
    const mien_composing how = {mien_input_want(p->input),
                                p->augmenter ? &rng : NULL};
    mien_sample sample;
    MIEN_TRY(p->reader->ops->compose(&sample, target, p->reader, i, &how));
    mien_status status = MIEN_OK;
    if (l->augments)
        status =
            mien_augmenter_apply(p->augmenter, sample.image, seed, epoch, at);
    if (status == MIEN_OK) mien_input_fill(x, p->input, sample.image);
    mien_sample_close(&sample);
    return status;
}

/* ---- one batch -------------------------------------------------------- */

static size_t sample_size(const mien_loader *l) {
    return mien_shape_count(mien_input_shape(l->plan.input));
}

/* Numbers of a target row; 0 without targets. */
static size_t target_size(const mien_loader *l) {
    if (l->plan.targets) return l->plan.targets->shape[1];
    return (size_t)l->plan.reader->vector;
}

static void mix(mien_loader *l, slot *s) {
    mien_loaded *b = &s->batch;
    if (!l->mixup) return;
    mien_rng rng = mien_rng_at(l->plan.sampler.seed, MIEN_RNG_MIXUP,
                               (uint32_t)b->epoch, (uint32_t)b->step);
    const float share =
        mien_mixup_batch(l->mixup, b->x, b->count, sample_size(l), &rng);
    for (int i = 0; i < b->count; i++) {
        s->mixed[i] = b->label[b->count - 1 - i];
        s->share[i] = share;
    }
    mien_mixup_mix(s->target, b->count, target_size(l), share);
    b->mixed = s->mixed;
    b->share = s->share;
}

static mien_status fill(mien_loader *l, slot *s) {
    mien_loaded *b = &s->batch;
    const int n = l->plan.sampler.batch;
    const size_t size = sample_size(l);
    for (b->count = 0; b->count < n; b->count++) {
        const int i = b->count;
        if (b->sample[i] == MIEN_NO_SAMPLE) break;
        const int index = (int)b->sample[i];
        b->label[i] = l->plan.reader->labels[index];
        float *x = b->x + (size_t)i * size;
        float *target = s->target + (size_t)i * target_size(l);
        const int place = b->step * n + i;
        if (l->plan.targets)
            MIEN_TRY(mien_tensor_floats(target, l->plan.targets,
                                        (size_t)index * target_size(l),
                                        target_size(l)));
        if (l->plan.reader->ops->compose)
            MIEN_TRY(compose_sample(x, target, l, index, b, place));
        else
            MIEN_TRY(load_sample(x, l, index, b->epoch, place));
    }
    for (int i = b->count; i < n; i++) {
        b->label[i] = -1;
        memset(b->x + (size_t)i * size, 0, size * sizeof *b->x);
    }
    mix(l, s);
    return MIEN_OK;
}

static void make(mien_loader *l, slot *s) {
    s->status = fill(l, s);
    if (s->status != MIEN_OK) {
        strncpy(s->message, mien_error(), MESSAGE - 1);
        s->message[MESSAGE - 1] = 0;
    }
}

/* Take the next batch number and note its samples. Called under the lock. */
static slot *claim(mien_loader *l) {
    const int batch = l->plan.sampler.batch;
    const int64_t epoch = l->claimed / l->steps;
    slot *s = &l->slots[l->claimed % l->n_slots];
    s->ready = false;
    s->batch.epoch = (int)epoch;
    s->batch.step = (int)(l->claimed % l->steps);
    if (l->order_epoch != epoch)
        mien_sampler_epoch(l->sampler, (uint32_t)epoch, l->order);
    l->order_epoch = epoch;
    memcpy(s->batch.sample, l->order + (size_t)s->batch.step * (size_t)batch,
           (size_t)batch * sizeof *l->order);
    l->claimed++;
    return s;
}

static bool may_claim(const mien_loader *l) {
    return l->claimed < l->given + l->n_slots && l->claimed != l->end;
}

static void *work(void *context) {
    mien_loader *l = context;
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        if (!may_claim(l)) {
            pthread_cond_wait(&l->room, &l->lock);
            continue;
        }
        slot *s = claim(l);
        pthread_mutex_unlock(&l->lock);
        make(l, s);
        pthread_mutex_lock(&l->lock);
        s->ready = true;
        pthread_cond_signal(&l->ready);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* ---- open, next, close ------------------------------------------------ */

static mien_status check(const mien_loader_plan *p) {
    const bool augments =
        p->augmenter && mien_augmenter_count(p->augmenter) > 0;
    if (p->threads < 0 || p->threads > MAX_THREADS)
        return mien_fail(MIEN_EINVAL,
                         "loader: %d threads; 0 to %d are "
                         "possible",
                         p->threads, MAX_THREADS);
    if (p->reader->vector > 0 && p->targets)
        return mien_fail(MIEN_EINVAL, "data.targets: %s has targets of its own",
                         p->reader->ops->name);
    if (p->reader->vector > 0 && augments && mien_augmenter_moves(p->augmenter))
        return mien_fail(MIEN_EINVAL,
                         "augment: %s moves its targets with the picture "
                         "itself; only what changes colours, light or "
                         "sharpness can follow",
                         p->reader->ops->name);
    if (p->reader->floats && augments)
        return mien_fail(MIEN_EINVAL,
                         "augment: the images are floats; only "
                         "8-bit images are augmented (mixup works on both)");
    return MIEN_OK;
}

static mien_status open_slot(slot *s, size_t batch, size_t size,
                             size_t target) {
    size_t total;
    if (!mien_size_mul(&total, batch, size))
        return mien_fail(MIEN_ELIMIT, "a batch of %zu samples of %zu numbers",
                         batch, size);
    s->batch.x = mien_alloc(total, sizeof *s->batch.x);
    s->batch.label = mien_alloc(batch, sizeof *s->batch.label);
    s->batch.sample = mien_alloc(batch, sizeof *s->batch.sample);
    s->mixed = mien_alloc(batch, sizeof *s->mixed);
    s->share = mien_alloc(batch, sizeof *s->share);
    s->target = mien_alloc(batch * target, sizeof *s->target);
    s->batch.target = target ? s->target : NULL;
    const bool all = s->batch.x && s->batch.label && s->batch.sample &&
                     s->mixed && s->share && s->target;
    return all ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status prepare(mien_loader *l) {
    const mien_loader_plan *p = &l->plan;
    MIEN_TRY(mien_sampler_open(&l->sampler, &p->sampler));
    l->steps = mien_sampler_steps(l->sampler);
    if (p->epoch < 0 || p->step < 0 || p->step > l->steps)
        return mien_fail(MIEN_EINVAL,
                         "loader: epoch %d, step %d; an epoch has "
                         "%d steps",
                         p->epoch, p->step, l->steps);
    l->claimed = l->given = (int64_t)p->epoch * l->steps + p->step;
    l->end = p->epochs ? (int64_t)(p->epoch + p->epochs) * l->steps : -1;
    l->order_epoch = -1;
    l->n_slots =
        p->threads == 0 ? 1 : 1 + (p->ahead ? p->ahead : p->threads + 1);
    const size_t batch = (size_t)p->sampler.batch;
    l->order = mien_alloc((size_t)l->steps * batch, sizeof *l->order);
    l->slots = mien_alloc((size_t)l->n_slots, sizeof *l->slots);
    if (!l->order || !l->slots) return MIEN_ENOMEM;
    for (int i = 0; i < l->n_slots; i++)
        MIEN_TRY(
            open_slot(&l->slots[i], batch, sample_size(l), target_size(l)));
    return MIEN_OK;
}

static mien_status start_threads(mien_loader *l) {
    for (; l->started < l->plan.threads; l->started++)
        if (pthread_create(&l->threads[l->started], NULL, work, l) != 0)
            return mien_fail(MIEN_ENOMEM, "loader: thread %d cannot start",
                             l->started);
    return MIEN_OK;
}

mien_status mien_loader_open(mien_loader **out, const mien_loader_plan *plan) {
    *out = NULL;
    MIEN_TRY(check(plan));
    mien_loader *l = mien_alloc(1, sizeof *l);
    if (!l) return MIEN_ENOMEM;
    l->plan = *plan;
    l->augments = plan->augmenter && mien_augmenter_count(plan->augmenter) > 0;
    l->mixup = plan->augmenter ? mien_augmenter_mixup(plan->augmenter) : NULL;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->room, NULL);
    pthread_cond_init(&l->ready, NULL);
    mien_status status = prepare(l);
    if (status == MIEN_OK) status = start_threads(l);
    if (status != MIEN_OK) {
        mien_loader_close(l);
        return status;
    }
    *out = l;
    return MIEN_OK;
}

/* Let go of the batch handed out before, and wait for the next. */
static slot *await(mien_loader *l) {
    pthread_mutex_lock(&l->lock);
    if (l->holds) {
        l->given++;
        pthread_cond_broadcast(&l->room);
    }
    l->holds = l->given != l->end;
    slot *s = l->holds ? &l->slots[l->given % l->n_slots] : NULL;
    if (s && l->started == 0) {
        make(l, claim(l));
        s->ready = true;
    }
    /* A slot is ready with an old batch until it is claimed anew. */
    while (s && (l->claimed <= l->given || !s->ready))
        pthread_cond_wait(&l->ready, &l->lock);
    pthread_mutex_unlock(&l->lock);
    return s;
}

mien_status mien_loader_next(mien_loader *loader, const mien_loaded **out) {
    *out = NULL;
    const double start = mien_clock();
    const slot *s = await(loader);
    loader->waited += mien_clock() - start;
    if (!s) return MIEN_OK;
    if (s->status != MIEN_OK) return mien_fail(s->status, "%s", s->message);
    *out = &s->batch;
    return MIEN_OK;
}

int mien_loader_steps(const mien_loader *loader) { return loader->steps; }

double mien_loader_waited(const mien_loader *loader) { return loader->waited; }

void mien_loader_close(mien_loader *loader) {
    if (!loader) return;
    pthread_mutex_lock(&loader->lock);
    loader->stop = true;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->lock);
    for (int i = 0; i < loader->started; i++)
        pthread_join(loader->threads[i], NULL);
    for (int i = 0; loader->slots && i < loader->n_slots; i++) {
        slot *s = &loader->slots[i];
        mien_free(s->batch.x);
        mien_free(s->batch.label);
        mien_free(s->batch.sample);
        mien_free(s->mixed);
        mien_free(s->share);
        mien_free(s->target);
    }
    mien_free(loader->slots);
    mien_free(loader->order);
    mien_sampler_close(loader->sampler);
    pthread_cond_destroy(&loader->ready);
    pthread_cond_destroy(&loader->room);
    pthread_mutex_destroy(&loader->lock);
    mien_free(loader);
}
