/* SPDX-License-Identifier: Apache-2.0 */
/* precision.h - train as a machine with 16-bit numbers would.
 *
 * Values are rounded to what 16 bits can hold (to nearest, ties to even; past
 * the largest: infinite; below the least: 0) and kept in float32: activations
 * after each layer, their gradients before each layer reads them, and the
 * gradients of the weights. Slow, and meant to show what low precision does:
 *
 *   fp16  5 bits of exponent, 10 of fraction; largest 65504, least 6e-8
 *   bf16  8 bits of exponent, 7 of fraction: float32's range */
#ifndef MIEN_NN_PRECISION_H
#define MIEN_NN_PRECISION_H

#include <stddef.h>
#include <stdint.h>

typedef enum mien_precision {
    MIEN_PRECISION_F32,
    MIEN_PRECISION_F16,
    MIEN_PRECISION_BF16
} mien_precision;

typedef struct mien_rounding {
    int64_t overflow;  /* finite values that became infinite */
    int64_t underflow; /* values that became 0 */
} mien_rounding;

/* Round in place; adds to *report unless it is NULL. Float32: nothing. */
void mien_round_values(float *x, size_t n, mien_precision to,
                       mien_rounding *report);

#endif
