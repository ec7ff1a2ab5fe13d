/* SPDX-License-Identifier: Apache-2.0 */
/* rollback.c - go back about 100 steps, past the bad batches, at half the rate.
 *
 * After three steps in a row that are not finite, or a spike that the fork
 * test shows not to heal by itself: weights, optimiser and statistics are
 * those of the snapshot, the data go on behind the spike, lr is halved. At
 * most five times. What PaLM's authors did by hand. A rule of the policy, as
 * skip is: it is the last resort of a training that is too old to begin again.
 *
 * Source: Chowdhery et al., PaLM, 2022 (arXiv:2204.02311), section 5.1. */
#include "health/remedy.h"

const mien_remedy_ops mien_remedy_rollback = {
    .name = "rollback",
    .summary = "go back to before a spike, past it, at half the rate",
};
