/* SPDX-License-Identifier: Apache-2.0 */
/* code.c - a vector in 8 bits, and how much that may err. */
#include "gallery/code.h"

#include <math.h>
#include <string.h>

#include "gallery/scan/scan.h"

enum { MOST = 127, LANES = 8 };

static float scale_of(const float *x, int width) {
    float most = 0;
    for (int i = 0; i < width; i++) most = fmaxf(most, fabsf(x[i]));
    return most / MOST;
}

/* One code, and what it leaves is added to *rest. */
static int code_of(double *rest, float x, float scale) {
    const int c = scale > 0 ? (int)lrintf(x / scale) : 0;
    const int bounded = c > MOST ? MOST : c < -MOST ? -MOST : c;
    const double e = (double)x - (double)scale * bounded;
    *rest += e * e;
    return bounded;
}

/* Room for the rounding of the products themselves. */
static float round_up(double rest) {
    return (float)(sqrt(rest) * 1.001 + 1e-6);
}

mien_code mien_code_template(uint8_t *out, const float *x, int width) {
    const float scale = scale_of(x, width);
    double rest = 0;
    for (int i = 0; i < width; i++)
        out[i] = (uint8_t)(code_of(&rest, x[i], scale) + MIEN_SCAN_ZERO);
    memset(out + width, MIEN_SCAN_ZERO,
           mien_scan_stride(width) - (size_t)width);
    return (mien_code){scale, round_up(rest)};
}

mien_code mien_code_probe(int8_t *out, int32_t *sum, const float *x,
                          int width) {
    const float scale = scale_of(x, width);
    double rest = 0;
    *sum = 0;
    for (int i = 0; i < width; i++) {
        const int c = code_of(&rest, x[i], scale);
        out[i] = (int8_t)c;
        *sum += MIEN_SCAN_ZERO * c;
    }
    memset(out + width, 0, mien_scan_stride(width) - (size_t)width);
    return (mien_code){scale, round_up(rest)};
}

float mien_code_bound(float template_error, float probe_error) {
    return template_error * (1 + probe_error) + probe_error;
}

float mien_code_cosine(const float *x, const float *y, int width) {
    double sum[LANES] = {0}, total = 0;
    int i = 0;
    for (; i + LANES <= width; i += LANES)
        for (int k = 0; k < LANES; k++)
            sum[k] += (double)x[i + k] * (double)y[i + k];
    for (; i < width; i++) total += (double)x[i] * (double)y[i];
    for (int k = 0; k < LANES; k++) total += sum[k];
    return (float)total;
}
