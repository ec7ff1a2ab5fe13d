/* SPDX-License-Identifier: Apache-2.0 */
/* adamw.c - adam with decay that does not pass through its root.
 *
 *   w <- (1 - lr weight_decay) w, then adam's step with d = g
 *
 * as PyTorch's AdamW.
 * Source: Loshchilov & Hutter, Decoupled weight decay regularization, ICLR
 * 2019 (arXiv:1711.05101). */
#include "optim/optimisers/adam.h"

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_adam_config, 0.001, 0.01),
    MIEN_ADAM_PARAMS,
    {0},
};

static void update(const mien_update *u) {
    mien_adam_move(u, 0, (float)(1 - u->lr * mien_decay_of(u)));
}

const mien_optim_ops mien_optim_adamw = {
    .row = {.name = "adamw",
            .summary = "adam with decoupled weight decay",
            .params = params,
            .config_size = sizeof(mien_adam_config)},
    .slots = MIEN_ADAM_SLOTS,
    .n_slots = 3,
    .slots_of = mien_adam_slots,
    .elementwise = true,
    .update = update,
};
