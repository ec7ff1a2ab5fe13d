/* SPDX-License-Identifier: Apache-2.0 */
/* vnni.h - AVX-512 with VNNI: the parts. */
#ifndef MIEN_NN_INT8_VNNI_H
#define MIEN_NN_INT8_VNNI_H

#include <immintrin.h>

#include "nn/int8/int8.h"

#define INLINE static inline __attribute__((always_inline))

void mien_int8_vnni_conv(const mien_int8_conv *a);
void mien_int8_vnni_depthwise(const mien_int8_depthwise *a);
void mien_int8_vnni_code(uint8_t *y, const float *x, size_t count,
                         mien_int8_code c);
void mien_int8_vnni_decode(float *x, const uint8_t *y, size_t count,
                           mien_int8_code c);

/* Where a run of outputs of one channel block goes. */
typedef struct vnni_target {
    const uint8_t *residual; /* may be NULL */
    uint8_t *y;              /* one of the two */
    float *y_float;
} vnni_target;

/* End `count` outputs of channel block cb that lie side by side. */
void mien_int8_vnni_end(const mien_int8_end *e, int cb, const __m512i *sum,
                        int count, vnni_target to);

#endif
