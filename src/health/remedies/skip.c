/* SPDX-License-Identifier: Apache-2.0 */
/* skip.c - drop a step that is not finite, before anything changes.
 *
 * Not a choice: no loss, gradient or update that is not finite ever reaches
 * weights, optimiser state, running statistics or a detector's history. This
 * row is here to be named in journals. Three such steps in a row roll back. */
#include "health/remedy.h"

const mien_remedy_ops mien_remedy_skip = {
    .name = "skip",
    .summary = "drop a step that is not finite",
};
