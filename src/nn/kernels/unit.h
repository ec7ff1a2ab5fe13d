/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - activations on registers, where sums are still in them. */
#ifndef MIEN_NN_KERNELS_UNIT_H
#define MIEN_NN_KERNELS_UNIT_H

#include "nn/kernels/kernels.h"
#include "nn/kernels/vec.h"

/* An activation of sixteen channels. */
typedef struct unit16 {
    mien_kernel_unit unit;
    v16 slope; /* below zero; of clip: the least value */
    v16 most;  /* of clip */
} unit16;

/* That of channel block cb; slope may be NULL where `unit` needs none. */
VECTOR unit16 unit_of(mien_kernel_unit unit, const float *slope, int cb) {
    unit16 u = {.unit = unit, .slope = v_set(0), .most = v_set(0)};
    if (unit == MIEN_UNIT_PRELU) u.slope = v_load(slope + cb * 16);
    if (unit == MIEN_UNIT_LEAKY) u.slope = v_set(slope[0]);
    if (unit != MIEN_UNIT_CLIP) return u;
    u.slope = v_set(slope[0]);
    u.most = v_set(slope[1]);
    return u;
}

/* z[0..size-1] become unit(z); `size` is a constant wherever this is inlined.
 */
INLINE void unit_apply(v16 *z, int size, const unit16 *u) {
    const v16 zero = v_set(0), slope = u->slope, most = u->most;
    switch (u->unit) {
        case MIEN_UNIT_NONE: return;
        case MIEN_UNIT_RELU:
#pragma GCC unroll 14
            for (int j = 0; j < size; j++)
                z[j] = v_select(v_le(z[j], zero), zero, z[j]);
            return;
        case MIEN_UNIT_CLIP:
#pragma GCC unroll 14
            for (int j = 0; j < size; j++) {
                z[j] = v_select(v_le(z[j], slope), slope, z[j]);
                z[j] = v_select(v_gt(z[j], most), most, z[j]);
            }
            return;
        default:
#pragma GCC unroll 14
            for (int j = 0; j < size; j++)
                z[j] = v_select(v_le(z[j], zero), v_mul(z[j], slope), z[j]);
    }
}

#endif
