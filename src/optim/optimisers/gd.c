/* SPDX-License-Identifier: Apache-2.0 */
/* gd.c - gradient descent on the whole training set.
 *
 *   w -= lr (g + weight_decay w)
 *
 * The same step as sgd; the trainer makes one for each pass over the data,
 * with the mean gradient of all samples. */
#include "optim/optimisers/sgd.h"

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_sgd_config, 0.1, 0),
    {0},
};

const mien_optim_ops mien_optim_gd = {
    .row = {.name = "gd",
            .summary = "a step down the gradient of all samples",
            .params = params,
            .config_size = sizeof(mien_sgd_config)},
    .elementwise = true,
    .full_batch = true,
    .update = mien_sgd_update,
};
