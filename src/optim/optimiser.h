/* SPDX-License-Identifier: Apache-2.0 */
/* optimiser.h - what an optimiser is: gradient in, weights moved.
 *
 * A file in optimisers/ defines one and a line in optimisers.def lists it.
 * Formulas are PyTorch 1.13's where it has the optimiser, else the paper's.
 * State is float32, in slots as long as the tensor that start at zero; norms
 * and per-step factors are double. A row sees only finite gradients: a step
 * whose gradient is not finite is refused before (clip.h).
 *
 *   mien_stepper s;        (all tensors of a network, on a pool of threads)
 *   MIEN_TRY(mien_stepper_open(&s, &choice, tensors, n));
 *   MIEN_TRY(mien_stepper_run(&s, pool, lr));
 *   mien_stepper_close(&s); */
#ifndef MIEN_OPTIM_OPTIMISER_H
#define MIEN_OPTIM_OPTIMISER_H

#include <stdint.h>

#include "base/threads.h"
#include "optim/pick.h"
#include "optim/trained.h"

enum { MIEN_MAX_SLOTS = 3 };

/* What the configs of all optimisers begin with. */
typedef struct mien_optim_config {
    double lr;           /* the base that a schedule multiplies */
    double weight_decay; /* added to the gradient, unless decoupled */
    bool decay_all;      /* biases, gains and slopes too, as PyTorch does */
} mien_optim_config;

/* Their options, first in each table; `lr` is what a lone number sets. */
/* clang-format off */
#define MIEN_OPTIM_PARAMS(type, rate, decay)                                \
    {"lr", "learning rate", offsetof(type, base.lr), 0, 1e6, rate,          \
     .kind = MIEN_DOUBLE},                                                  \
    {"weight_decay", "pull of weights towards 0",                           \
     offsetof(type, base.weight_decay), 0, 1e6, decay,                      \
     .kind = MIEN_DOUBLE},                                                  \
    {"decay_all", "decay biases and gains too",                             \
     offsetof(type, base.decay_all), .kind = MIEN_BOOL}
/* clang-format on */

/* One step on one tensor, or of an elementwise row on any part of it. */
typedef struct mien_update {
    const void *config;
    float *w;
    const float *g;
    float *slot[MIEN_MAX_SLOTS];
    size_t n;
    mien_weight_role role;
    double lr;    /* of this step */
    int64_t step; /* from 1 */
} mien_update;

typedef struct mien_optim_ops {
    mien_row row;
    const char *slots[MIEN_MAX_SLOTS]; /* names in checkpoints */
    int n_slots;
    int (*slots_of)(const void *config); /* fewer in use; NULL: n_slots */
    bool elementwise; /* w[i] depends on g[i], w[i], slot[.][i] alone */
    bool full_batch;  /* one step a pass over all training samples */
    void (*update)(const mien_update *u);
} mien_optim_ops;

const mien_table *mien_optimisers(void);

static inline const mien_optim_ops *mien_optim_ops_of(const mien_choice *c) {
    return (const mien_optim_ops *)(const void *)c->row;
}

static inline double mien_base_lr(const mien_choice *c) {
    return ((const mien_optim_config *)c->config)->lr;
}

/* The decay that applies to this tensor: weights only, unless decay_all. */
double mien_decay_of(const mien_update *u);

/* ---- a whole network -------------------------------------------------- */

typedef struct mien_stepper {
    mien_choice choice;
    const mien_trained *tensors; /* the caller's */
    int n;
    int n_slots;
    size_t size; /* values of a slot: up to the end of the last tensor */
    float *slot[MIEN_MAX_SLOTS]; /* at the offsets of the tensors */
    int64_t step;                /* done so far; in checkpoints with slots */
    struct mien_piece *pieces;
    int n_pieces;
} mien_stepper;

/* Errors: MIEN_ENOMEM; the stepper is then empty. */
mien_status mien_stepper_open(mien_stepper *s, const mien_choice *choice,
                              const mien_trained *tensors, int n);

/* One step on all tensors, in pieces that do not depend on the threads, so
 * neither do the bits. Pool may be NULL. */
mien_status mien_stepper_run(mien_stepper *s, mien_pool *pool, double lr);
void mien_stepper_close(mien_stepper *s);

#endif
