/* SPDX-License-Identifier: Apache-2.0 */
/* l1_l2.c - both penalties; the formula is in regularise.c. */
#include "optim/regulariser.h"

static const mien_param params[] = {
    {"l1", "strength of the sizes", offsetof(mien_regulariser_config, l1), 0,
     1e3, 1e-4, .kind = MIEN_DOUBLE},
    {"l2", "strength of the squares", offsetof(mien_regulariser_config, l2), 0,
     1e3, 1e-4, .kind = MIEN_DOUBLE},
    {0},
};

const mien_regulariser_ops mien_regulariser_l1_l2 = {
    .row = {.name = "l1_l2",
            .summary = "l1 sum |w| + l2 sum w^2, the elastic net",
            .params = params,
            .config_size = sizeof(mien_regulariser_config)},
    .add = mien_elastic,
};
