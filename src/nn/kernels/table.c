/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - what this build has to offer. */
#include "nn/kernels/table.h"

#define MIEN_TEXT_(x) #x
#define MIEN_TEXT(x)  MIEN_TEXT_(x)
#define ENTRY(name)   .name = MIEN_K(name)

extern const mien_kernels MIEN_K(mien_kernels);

const mien_kernels MIEN_K(mien_kernels) = {
    .name = MIEN_TEXT(MIEN_KERNELS_ISA),
    ENTRY(bn_forward),
    ENTRY(bn_infer),
    ENTRY(bn_backward),
    ENTRY(act_forward),
    ENTRY(act_backward),
    ENTRY(maxpool_forward),
    ENTRY(maxpool_backward),
    ENTRY(avgpool_forward),
    ENTRY(avgpool_backward),
    ENTRY(depthwise_forward),
    ENTRY(depthwise_plain),
    ENTRY(depthwise_backward),
    ENTRY(depthwise_backward_data),
    ENTRY(depthwise_backward_weight),
    ENTRY(conv),
    ENTRY(eltwise_forward),
    ENTRY(eltwise_backward),
    ENTRY(to_blocked),
    ENTRY(from_blocked),
    ENTRY(accumulate),
    ENTRY(add),
    ENTRY(scale),
    ENTRY(sum_squares),
    ENTRY(non_finite),
    ENTRY(probe),
};
