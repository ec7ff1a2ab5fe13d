/* SPDX-License-Identifier: Apache-2.0 */
/* grids.c - mien's own detectors, trained with the loss `detect`.
 *
 *   score = sigmoid(z), centre = (cell + 1/2 + d) stride,
 *   size = exp(d) stride, point = (cell + 1/2 + d) stride
 *
 * Layout: nn/losses/detect.h. */
#include <math.h>
#include <string.h>

#include "face/decoder.h"
#include "nn/losses/detect.h"

static bool match(const mien_model *model) {
    const char *loss = mien_model_info(model)->loss;
    return strncmp(loss + strspn(loss, "{ \n"), "detect", 6) == 0;
}

/* The planes of a cell lie `step` apart. */
static mien_face read_cell(const float *x, int step, const float centre[2],
                           float stride) {
    mien_face f = {.has_points = true};
    f.width = expf(x[3 * step]) * stride;
    f.height = expf(x[4 * step]) * stride;
    f.x = centre[0] + x[step] * stride - f.width / 2;
    f.y = centre[1] + x[2 * step] * stride - f.height / 2;
    for (int k = 0; k < 10; k++)
        f.points[k / 2][k % 2] = centre[k % 2] + x[(5 + k) * step] * stride;
    return f;
}

static mien_status decode(mien_face_list *out, const mien_answer *a) {
    const float *x = a->values;
    for (int k = 0; k < MIEN_DETECT_SCALES; k++) {
        const int stride = mien_detect_stride(k);
        const int columns = a->columns / stride;
        const int cells = columns * (a->rows / stride);
        for (int i = 0; i < cells; i++) {
            const float score = 1 / (1 + expf(-x[i]));
            if (!(score >= a->min_score)) continue;
            const float centre[2] = {
                ((float)(i % columns) + 0.5f) * (float)stride,
                ((float)(i / columns) + 0.5f) * (float)stride};
            mien_face f = read_cell(x + i, cells, centre, (float)stride);
            f.score = score;
            MIEN_TRY(mien_face_list_add(out, &f));
        }
        x += (size_t)cells * MIEN_DETECT_PLANES;
    }
    return MIEN_OK;
}

const mien_decoder_ops mien_decoder_grids = {
    .name = "grids",
    .summary = "mien's own, of the loss detect",
    .match = match,
    .resizes = true,
    .decode = decode,
};
