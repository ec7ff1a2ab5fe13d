/* SPDX-License-Identifier: Apache-2.0 */
/* stepper.c - one optimiser step on all tensors of a network. */
#include <assert.h>

#include "base/mem.h"
#include "optim/optimiser.h"

/* Values a thread takes at a time from an elementwise optimiser. */
enum { PIECE = 1 << 15 };

typedef struct mien_piece {
    int tensor;
    size_t from, n;
} mien_piece;

double mien_decay_of(const mien_update *u) {
    const mien_optim_config *base = u->config;
    return u->role == MIEN_ROLE_WEIGHT || base->decay_all ? base->weight_decay
                                                          : 0;
}

static size_t piece_size(const mien_stepper *s, size_t n) {
    return mien_optim_ops_of(&s->choice)->elementwise && n > PIECE ? PIECE : n;
}

static mien_status cut(mien_stepper *s) {
    size_t count = 0;
    for (int i = 0; i < s->n; i++) {
        const size_t n = s->tensors[i].n, size = piece_size(s, n);
        if (size > 0) count += (n + size - 1) / size;
    }
    assert(count <= INT32_MAX);
    s->pieces = mien_alloc(count + 1, sizeof *s->pieces);
    if (!s->pieces) return MIEN_ENOMEM;
    for (int i = 0; i < s->n; i++) {
        const size_t n = s->tensors[i].n, size = piece_size(s, n);
        for (size_t at = 0; at < n; at += size)
            s->pieces[s->n_pieces++] =
                (mien_piece){i, at, n - at < size ? n - at : size};
    }
    return MIEN_OK;
}

mien_status mien_stepper_open(mien_stepper *s, const mien_choice *choice,
                              const mien_trained *tensors, int n) {
    const mien_optim_ops *ops = mien_optim_ops_of(choice);
    *s = (mien_stepper){.choice = *choice, .tensors = tensors, .n = n};
    s->n_slots = ops->slots_of ? ops->slots_of(choice->config) : ops->n_slots;
    for (int i = 0; i < n; i++)
        if (tensors[i].offset + tensors[i].n > s->size)
            s->size = tensors[i].offset + tensors[i].n;
    mien_status status = cut(s);
    for (int k = 0; k < s->n_slots && status == MIEN_OK; k++) {
        s->slot[k] = mien_alloc(s->size + 1, sizeof(float));
        if (!s->slot[k]) status = MIEN_ENOMEM;
    }
    if (status != MIEN_OK) mien_stepper_close(s);
    return status;
}

/* What one run hands to its tasks. */
typedef struct run {
    const mien_stepper *s;
    double lr;
} run;

static mien_status update_piece(void *context, int task, int worker) {
    const run *r = context;
    const mien_stepper *s = r->s;
    const mien_piece *piece = &s->pieces[task];
    const mien_trained *t = &s->tensors[piece->tensor];
    (void)worker;
    mien_update u = {.config = s->choice.config,
                     .w = t->w + piece->from,
                     .g = t->g + piece->from,
                     .n = piece->n,
                     .role = t->role,
                     .lr = r->lr,
                     .step = s->step};
    for (int k = 0; k < s->n_slots; k++)
        u.slot[k] = s->slot[k] + t->offset + piece->from;
    mien_optim_ops_of(&s->choice)->update(&u);
    return MIEN_OK;
}

mien_status mien_stepper_run(mien_stepper *s, mien_pool *pool, double lr) {
    run r = {s, lr};
    s->step++;
    if (pool) return mien_pool_run(pool, s->n_pieces, update_piece, &r);
    for (int i = 0; i < s->n_pieces; i++) update_piece(&r, i, 0);
    return MIEN_OK;
}

void mien_stepper_close(mien_stepper *s) {
    for (int k = 0; k < MIEN_MAX_SLOTS; k++) mien_free(s->slot[k]);
    mien_free(s->pieces);
    *s = (mien_stepper){0};
}
