/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - activations on registers, where sums are still in them. */
#ifndef MIEN_NN_KERNELS_UNIT_H
#define MIEN_NN_KERNELS_UNIT_H

#include "nn/kernels/kernels.h"
#include "nn/kernels/vec.h"

/* The slopes of channel block cb; slope may be NULL where unit needs none. */
VECTOR v16 unit_slope(mien_kernel_unit unit, const float *slope, int cb) {
    if (unit == MIEN_UNIT_PRELU) return v_load(slope + cb * 16);
    return v_set(unit == MIEN_UNIT_LEAKY ? slope[0] : 0);
}

/* z[0..size-1] become unit(z); `size` is a constant wherever this is inlined.
 */
INLINE void unit_apply(v16 *z, int size, mien_kernel_unit unit, v16 slope) {
    const v16 zero = v_set(0);
    if (unit == MIEN_UNIT_NONE) return;
    if (unit == MIEN_UNIT_RELU) {
#pragma GCC unroll 14
        for (int j = 0; j < size; j++)
            z[j] = v_select(v_le(z[j], zero), zero, z[j]);
        return;
    }
#pragma GCC unroll 14
    for (int j = 0; j < size; j++)
        z[j] = v_select(v_le(z[j], zero), v_mul(z[j], slope), z[j]);
}

#endif
