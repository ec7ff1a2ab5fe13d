/* SPDX-License-Identifier: Apache-2.0 */
/* builds.h - the plain kernels, which the fast builds fall back to for what
 * they have no better way of doing. */
#ifndef MIEN_NN_INT8_BUILDS_H
#define MIEN_NN_INT8_BUILDS_H

#include "nn/int8/int8.h"

void mien_int8_plain_conv(const mien_int8_conv *a);
void mien_int8_plain_depthwise(const mien_int8_depthwise *a);
void mien_int8_plain_code(uint8_t *y, const float *x, size_t count,
                          mien_int8_code c);
void mien_int8_plain_decode(float *x, const uint8_t *y, size_t count,
                            mien_int8_code c);

extern const mien_int8 mien_int8_plain, mien_int8_avx2, mien_int8_vnni;

#endif
