/* SPDX-License-Identifier: Apache-2.0 */
/* l2.c - the sum of the squares of the weights; the formula is in regularise.c.
 */
#include "optim/regulariser.h"

static const mien_param params[] = {
    {"lambda", "strength", offsetof(mien_regulariser_config, l2), 0, 1e3, 1e-4,
     .kind = MIEN_DOUBLE},
    {0},
};

const mien_regulariser_ops mien_regulariser_l2 = {
    .row = {.name = "l2",
            .summary = "lambda sum w^2: keeps weights small",
            .params = params,
            .config_size = sizeof(mien_regulariser_config)},
    .add = mien_elastic,
};
