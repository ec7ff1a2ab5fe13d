/* SPDX-License-Identifier: Apache-2.0 */
/* yunet.c - YuNet as OpenCV's zoo distributes it: twelve outputs, cls, obj,
 * bbox and kps at strides 8, 16 and 32.
 *
 *   score = sqrt(cls obj), centre = (cell + d) stride, size = exp(d) stride,
 *   point = (cell + d) stride
 *
 * Source: Wu et al., YuNet, Machine Intelligence Research 20, 2023. */
#include <math.h>
#include <stdio.h>

#include "face/decoder.h"

static bool match(const mien_model *model) {
    static const char *const names[] = {"cls_8",   "obj_8",  "bbox_8",
                                        "kps_8",   "cls_32", "obj_32",
                                        "bbox_32", "kps_32", NULL};
    return mien_model_answers(model, names);
}

static mien_status decode_stride(mien_face_list *out, const mien_answer *a,
                                 int stride) {
    static const char *const kinds[] = {"cls", "obj", "bbox", "kps"};
    static const int values[] = {1, 1, 4, 10};
    const int columns = a->columns / stride;
    const int cells = columns * (a->rows / stride);
    const float *x[4];
    for (int k = 0; k < 4; k++) {
        char name[16];
        int count;
        snprintf(name, sizeof name, "%s_%d", kinds[k], stride);
        x[k] = mien_answer_output(a, name, &count);
        if (!x[k] || count != cells * values[k])
            return mien_fail(MIEN_ESHAPE, "yunet: %s does not have %d values",
                             name, cells * values[k]);
    }
    const float s = (float)stride;
    for (int i = 0; i < cells; i++) {
        const float cls = fminf(fmaxf(x[0][i], 0), 1);
        const float obj = fminf(fmaxf(x[1][i], 0), 1);
        const float *b = x[2] + 4 * (size_t)i, *p = x[3] + 10 * (size_t)i;
        const float cell[2] = {(float)(i % columns), (float)(i / columns)};
        mien_face f = {.score = sqrtf(cls * obj), .has_points = true};
        if (!(f.score >= a->min_score)) continue;
        f.width = expf(b[2]) * s;
        f.height = expf(b[3]) * s;
        f.x = (cell[0] + b[0]) * s - f.width / 2;
        f.y = (cell[1] + b[1]) * s - f.height / 2;
        for (int k = 0; k < 10; k++)
            f.points[k / 2][k % 2] = (cell[k % 2] + p[k]) * s;
        MIEN_TRY(mien_face_list_add(out, &f));
    }
    return MIEN_OK;
}

static mien_status decode(mien_face_list *out, const mien_answer *a) {
    for (int stride = 8; stride <= 32; stride *= 2)
        MIEN_TRY(decode_stride(out, a, stride));
    return MIEN_OK;
}

const mien_decoder_ops mien_decoder_yunet = {
    .name = "yunet",
    .summary = "YuNet, imported",
    .match = match,
    .pixels = "blue, green, red; 0 to 255",
    .decode = decode,
};
