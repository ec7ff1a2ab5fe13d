/* SPDX-License-Identifier: Apache-2.0 */
/* gradients.h - the table that --show-gradients prints.
 *
 *   mien_buf text = {.cap = 1 << 20};
 *   MIEN_TRY(mien_gradients_table(&text, tensors, n)); */
#ifndef MIEN_TRAIN_GRADIENTS_H
#define MIEN_TRAIN_GRADIENTS_H

#include "base/buf.h"
#include "optim/trained.h"

/* A line for each tensor: mean, largest and norm of its gradient, and the
 * norm of its weights. */
mien_status mien_gradients_table(mien_buf *out, const mien_trained *tensors,
                                 int n);

#endif
