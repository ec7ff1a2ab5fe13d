/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c - depthwise weights between [C][kh][kw] and [C/16][kh][kw][16]. */
#include "nn/kernels/kernels.h"

static size_t packed_at(int c, int tap, int taps) {
    return (size_t)(c / MIEN_BLOCK * taps + tap) * MIEN_BLOCK +
           (size_t)(c % MIEN_BLOCK);
}

void mien_depthwise_pack(float *packed, const float *plain, int c, int taps) {
    for (int i = 0; i < c; i++)
        for (int t = 0; t < taps; t++)
            packed[packed_at(i, t, taps)] = plain[i * taps + t];
}

void mien_depthwise_unpack(float *plain, const float *packed, int c, int taps) {
    for (int i = 0; i < c; i++)
        for (int t = 0; t < taps; t++)
            plain[i * taps + t] = packed[packed_at(i, t, taps)];
}
