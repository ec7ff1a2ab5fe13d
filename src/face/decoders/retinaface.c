/* SPDX-License-Identifier: Apache-2.0 */
/* retinaface.c - RetinaFace with two anchors a cell at strides 8, 16, 32.
 *
 * Anchors of side 16, 32; 64, 128; 256, 512 at the cells' centres. With p an
 * anchor (centre c, side s) and d the answer:
 *
 *   centre = c + .1 d s, size = s exp(.2 d), point = c + .1 d s,
 *   score = the second of two, a softmax already
 *
 * Source: Deng et al., RetinaFace, CVPR 2020 (arXiv:1905.00641). */
#include <math.h>
#include <string.h>

#include "face/decoder.h"

/* The outputs by how many values an anchor has: 4, 2 and 10. */
static const float *output_of(const mien_answer *a, int per_anchor,
                              int anchors) {
    for (int i = 0; i < a->n_outputs; i++) {
        const mien_model_output *o = &a->outputs[i];
        if (o->rank >= 2 && o->extents[o->rank - 1] == per_anchor &&
            o->count == anchors * per_anchor)
            return a->values + o->first;
    }
    return NULL;
}

static int anchors_of(int rows, int columns) {
    int n = 0;
    for (int stride = 8; stride <= 32; stride *= 2)
        n += 2 * ((rows + stride - 1) / stride) *
             ((columns + stride - 1) / stride);
    return n;
}

static bool match(const mien_model *model) {
    const mien_model_facts *facts = mien_model_info(model);
    int n;
    const mien_answer a = {.outputs = mien_model_outputs(model, &n),
                           .n_outputs = n,
                           .values = (const float[]){0}};
    const int anchors = anchors_of(facts->rows, facts->columns);
    return n == 3 && output_of(&a, 4, anchors) && output_of(&a, 2, anchors) &&
           output_of(&a, 10, anchors);
}

typedef struct anchor {
    float x, y, side;
} anchor;

static mien_status add(mien_face_list *out, const float *box,
                       const float *points, float score, anchor p) {
    mien_face f = {.score = score, .has_points = true};
    f.width = p.side * expf(0.2f * box[2]);
    f.height = p.side * expf(0.2f * box[3]);
    f.x = p.x + 0.1f * box[0] * p.side - f.width / 2;
    f.y = p.y + 0.1f * box[1] * p.side - f.height / 2;
    for (int k = 0; k < 10; k++)
        f.points[k / 2][k % 2] =
            (k % 2 ? p.y : p.x) + 0.1f * points[k] * p.side;
    return mien_face_list_add(out, &f);
}

static mien_status decode(mien_face_list *out, const mien_answer *a) {
    const int anchors = anchors_of(a->rows, a->columns);
    const float *box = output_of(a, 4, anchors);
    const float *score = output_of(a, 2, anchors);
    const float *points = output_of(a, 10, anchors);
    int i = 0;
    for (int stride = 8, side = 16; stride <= 32; stride *= 2, side *= 4) {
        const int rows = (a->rows + stride - 1) / stride;
        const int columns = (a->columns + stride - 1) / stride;
        for (int cell = 0; cell < rows * columns; cell++)
            for (int k = 0; k < 2; k++, i++) {
                const anchor p = {
                    ((float)(cell % columns) + 0.5f) * (float)stride,
                    ((float)(cell / columns) + 0.5f) * (float)stride,
                    (float)(side << k)};
                if (score[2 * i + 1] >= a->min_score)
                    MIEN_TRY(add(out, box + 4 * (size_t)i,
                                 points + 10 * (size_t)i, score[2 * i + 1], p));
            }
    }
    return MIEN_OK;
}

const mien_decoder_ops mien_decoder_retinaface = {
    .name = "retinaface",
    .summary = "RetinaFace with MobileNet, imported",
    .match = match,
    .pixels = "blue, green, red; less 104, 117, 123",
    .decode = decode,
};
