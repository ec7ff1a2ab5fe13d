/* SPDX-License-Identifier: Apache-2.0 */
/* l1.c - the sum of the sizes of the weights; the formula is in regularise.c.
 */
#include "optim/regulariser.h"

static const mien_param params[] = {
    {"lambda", "strength", offsetof(mien_regulariser_config, l1), 0, 1e3, 1e-4,
     .kind = MIEN_DOUBLE},
    {0},
};

const mien_regulariser_ops mien_regulariser_l1 = {
    .row = {.name = "l1",
            .summary = "lambda sum |w|: drives weights to exactly 0",
            .params = params,
            .config_size = sizeof(mien_regulariser_config)},
    .add = mien_elastic,
};
