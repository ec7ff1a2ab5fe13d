/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c - the last sound states of a training, in memory.
 *
 * A slot is one block: the weights, then each tensor of the state at a
 * multiple of 64 bytes. Stages have different optimisers, so slots are made
 * for the largest of them. */
#include "train/ring.h"

#include <string.h>

#include "base/finite.h"
#include "base/mem.h"

enum { LEAST = 2, MOST = 1024, ALIGN = 64 };

typedef struct slot {
    mien_snapshot state;
    uint8_t *block;
    bool full;
} slot;

struct mien_ring {
    slot *slots;
    int n;
    int64_t every;
    size_t bytes; /* of a block */
};

/* ---- room ------------------------------------------------------------- */

static size_t padded(size_t bytes) {
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t size_of(const mien_trainer *t, const mien_tensor *list, int n) {
    size_t bytes = padded(t->net->weights.size * sizeof(float));
    for (int i = 0; i < n; i++) bytes += padded(list[i].bytes);
    return bytes;
}

static size_t size_now(mien_trainer *t) {
    mien_tensor list[MIEN_TRAINER_TENSORS];
    return size_of(t, list, mien_trainer_state(t, list));
}

/* The largest state of all stages: the updaters of the others are made and
 * asked. */
static mien_status largest_size(size_t *out, mien_trainer *t) {
    const mien_updater now = t->update;
    mien_status status = MIEN_OK;
    *out = size_now(t);
    for (int i = 0; status == MIEN_OK && i < t->recipe.n_stages; i++) {
        mien_updater other;
        if (i == t->at.stage) continue;
        const mien_updater_plan plan = mien_trainer_plan(t, i);
        status = mien_updater_open(&other, &plan);
        if (status != MIEN_OK) break;
        t->update = other;
        const size_t size = size_now(t);
        t->update = now;
        if (size > *out) *out = size;
        mien_updater_close(&other);
    }
    return status;
}

static mien_status open_slots(mien_ring *r) {
    r->slots = mien_alloc((size_t)r->n, sizeof *r->slots);
    if (!r->slots) return MIEN_ENOMEM;
    for (int i = 0; i < r->n; i++) {
        r->slots[i].block = mien_pages_alloc(r->bytes);
        if (!r->slots[i].block) return MIEN_ENOMEM;
    }
    return MIEN_OK;
}

mien_status mien_ring_open(mien_ring **out, mien_trainer *t, int n,
                           int64_t every) {
    *out = NULL;
    if (n < LEAST || n > MOST || every < 1)
        return mien_fail(MIEN_EINVAL,
                         "a ring of %d snapshots, one in %lld steps; %d to %d "
                         "are possible, one in at least 1 step",
                         n, (long long)every, LEAST, MOST);
    mien_ring *r = mien_alloc(1, sizeof *r);
    if (!r) return MIEN_ENOMEM;
    r->every = every;
    mien_status status = largest_size(&r->bytes, t);
    if (status == MIEN_OK) {
        const size_t fit = MIEN_RING_BYTES / r->bytes;
        r->n = (size_t)n <= fit ? n : fit > LEAST ? (int)fit : LEAST;
        status = open_slots(r);
    }
    if (status != MIEN_OK) {
        mien_ring_close(r);
        return status;
    }
    *out = r;
    return MIEN_OK;
}

void mien_ring_close(mien_ring *r) {
    if (!r) return;
    for (int i = 0; r->slots && i < r->n; i++)
        mien_pages_free(r->slots[i].block, r->bytes);
    mien_free(r->slots);
    mien_free(r);
}

int mien_ring_room(const mien_ring *r) { return r->n; }

/* ---- take ------------------------------------------------------------- */

bool mien_ring_due(const mien_ring *r, const mien_trainer *t) {
    return t->at.step % r->every == 0;
}

/* The slot of this step, or else an empty one, or else the oldest. */
static slot *choose(mien_ring *r, int64_t step) {
    slot *best = &r->slots[0];
    for (int i = 0; i < r->n; i++) {
        slot *s = &r->slots[i];
        if (s->full && s->state.at.step == step) return s;
        if (best->full && (!s->full || s->state.at.step < best->state.at.step))
            best = s;
    }
    return best;
}

static mien_status check_finite(const mien_trainer *t, const mien_tensor *list,
                                int n) {
    const mien_weights *w = &t->net->weights;
    if (mien_first_bad(w->values, w->size) < w->size)
        return mien_fail(MIEN_EDIAGNOSIS,
                         "step %lld: a weight is not finite: such a state is "
                         "never kept",
                         (long long)t->at.step);
    return mien_trainer_check_state(list, n);
}

/* A step is counted only after the doctor has looked at it. What he takes then
 * comes after that step, whose batches are used: it is counted here. */
static mien_position position_of(const mien_trainer *t) {
    mien_position at = t->at;
    const int64_t each = mien_trainer_accumulate(t);
    const int64_t made =
        at.stage_epoch * mien_trainer_steps(t) + (at.batch + each - 1) / each;
    const bool counted = made <= at.stage_step;
    at.step += !counted;
    at.stage_step += !counted;
    at.log_bytes = t->log.bytes;
    return at;
}

static void fill(slot *s, const mien_trainer *t, const mien_tensor *list,
                 int n) {
    const mien_weights *w = &t->net->weights;
    uint8_t *to = s->block + padded(w->size * sizeof(float));
    s->full = true;
    s->state = (mien_snapshot){
        .at = position_of(t), .values = (float *)(void *)s->block, .n = n};
    memcpy(s->block, w->values, w->size * sizeof(float));
    for (int i = 0; i < n; i++) {
        s->state.tensors[i] = list[i];
        s->state.tensors[i].data = to;
        memcpy(to, list[i].data, list[i].bytes);
        to += padded(list[i].bytes);
    }
}

mien_status mien_ring_take(mien_ring *r, mien_trainer *t) {
    mien_tensor list[MIEN_TRAINER_TENSORS];
    const int n = mien_trainer_state(t, list);
    for (int i = 0; i < r->n; i++)
        if (r->slots[i].state.at.stage != t->at.stage) r->slots[i].full = false;
    const int64_t step = position_of(t).step;
    slot *s = choose(r, step);
    if (s->full && s->state.at.step == step) return MIEN_OK;
    MIEN_TRY(check_finite(t, list, n));
    if (size_of(t, list, n) > r->bytes)
        return mien_fail(MIEN_EINVAL,
                         "the ring was opened for a smaller training: %zu "
                         "bytes a state, not %zu",
                         r->bytes, size_of(t, list, n));
    fill(s, t, list, n);
    return MIEN_OK;
}

/* ---- back ------------------------------------------------------------- */

const mien_snapshot *mien_ring_find(const mien_ring *r, int64_t step) {
    const mien_snapshot *best = NULL;
    for (int i = 0; i < r->n; i++) {
        const mien_snapshot *s = &r->slots[i].state;
        if (!r->slots[i].full || s->at.step > step) continue;
        if (!best || s->at.step > best->at.step) best = s;
    }
    return best;
}

int64_t mien_ring_step(const mien_snapshot *snapshot) {
    return snapshot->at.step;
}

void mien_ring_copy(mien_trainer *t, const mien_snapshot *snapshot) {
    mien_tensor list[MIEN_TRAINER_TENSORS];
    const int n = mien_trainer_state(t, list);
    memcpy(t->net->weights.values, snapshot->values,
           t->net->weights.size * sizeof(float));
    for (int i = 0; i < n; i++)
        for (int k = 0; k < snapshot->n; k++) {
            const mien_tensor *from = &snapshot->tensors[k];
            if (list[i].bytes == from->bytes &&
                !strcmp(list[i].name, from->name))
                memcpy((void *)list[i].data, from->data, from->bytes);
        }
}

void mien_ring_back(mien_ring *r, mien_trainer *t,
                    const mien_snapshot *snapshot) {
    mien_ring_copy(t, snapshot);
    for (int i = 0; i < r->n; i++)
        if (r->slots[i].state.at.step > snapshot->at.step)
            r->slots[i].full = false;
}
