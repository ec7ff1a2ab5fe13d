/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c - the scan as a plain loop: what the fast ones must equal. */
#include "gallery/scan/scan.h"

static void dots(int32_t *out, const uint8_t *codes, size_t rows, size_t stride,
                 const int8_t *probes, int n) {
    for (int p = 0; p < n; p++)
        for (size_t r = 0; r < rows; r++) {
            int32_t sum = 0;
            for (size_t i = 0; i < stride; i++)
                sum += codes[r * stride + i] * probes[(size_t)p * stride + i];
            out[(size_t)p * rows + r] = sum;
        }
}

extern const mien_scan mien_scan_scalar;
const mien_scan mien_scan_scalar = {.name = "scalar", .dots = dots};
