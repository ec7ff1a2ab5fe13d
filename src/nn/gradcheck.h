/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck.h - is the gradient of a network right?
 *
 *   mien_gradcheck_summary sum;
 *   MIEN_TRY(mien_net_gradcheck(&sum, &arena, net,
 *            &(mien_net_check){.batch = &batch, .values = 16,
 *            .tolerance = 1e-6, .threads = 2}));
 *
 * In double, by the chain rule. One forward and backward gives each layer's
 * input x, its output y and the gradient dy that reaches it. Then, for the
 * weights w and the inputs of one layer after the other, what its backward
 * says is held against differences of
 *
 *   f(w, x) = sum of dy y(w, x)      df/dw and df/dx being its share of dL
 *
 * and for the loss against differences of L itself. At last the weights all
 * move at once and L of the whole network is looked at: that the shares were
 * put together rightly. Differences of L for every weight would say the same,
 * but take a forward of the whole network for each: hours. A layer alone is
 * also free of the kinks of all layers behind it. */
#ifndef MIEN_NN_GRADCHECK_H
#define MIEN_NN_GRADCHECK_H

#include "base/arena.h"
#include "mien/health.h"
#include "nn/runner.h"

typedef struct mien_net_check {
    const mien_batch *batch; /* with labels or targets, as the loss wants */
    int values;              /* checked alone, of each tensor */
    double tolerance;        /* of the relative error */
    int threads;
} mien_net_check;

/* Check a network that has a loss. Rows are "conv1.weight", "conv1.input",
 * "loss.input" and, for all weights at once, "network"; they and their names
 * are in the arena. Seconds stay 0.
 *
 * Errors: MIEN_ENOMEM, MIEN_EINVAL when the batch is not what the loss asks
 *         for. A wrong gradient is none. */
mien_status mien_net_gradcheck(mien_gradcheck_summary *out, mien_arena *arena,
                               const mien_net *net,
                               const mien_net_check *check);

#endif
