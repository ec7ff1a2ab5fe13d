/* SPDX-License-Identifier: Apache-2.0 */
/* ultralight.c - Ultra-Light-Fast-Generic-Face-Detector: outputs `scores` (two
 * an anchor, a softmax already) and `boxes` (corners, as shares of the
 * input's sides); no points. */
#include "face/decoder.h"

static bool match(const mien_model *model) {
    static const char *const names[] = {"scores", "boxes", NULL};
    return mien_model_answers(model, names);
}

static mien_status decode(mien_face_list *out, const mien_answer *a) {
    int n_scores, n_boxes;
    const float *score = mien_answer_output(a, "scores", &n_scores);
    const float *box = mien_answer_output(a, "boxes", &n_boxes);
    if (!score || !box || n_boxes != 2 * n_scores)
        return mien_fail(MIEN_ESHAPE,
                         "ultralight: scores and boxes do not belong together");
    const float w = (float)a->columns, h = (float)a->rows;
    for (int i = 0; 2 * i < n_scores; i++, box += 4) {
        if (!(score[2 * i + 1] >= a->min_score)) continue;
        const mien_face f = {.x = box[0] * w,
                             .y = box[1] * h,
                             .width = (box[2] - box[0]) * w,
                             .height = (box[3] - box[1]) * h,
                             .score = score[2 * i + 1]};
        MIEN_TRY(mien_face_list_add(out, &f));
    }
    return MIEN_OK;
}

const mien_decoder_ops mien_decoder_ultralight = {
    .name = "ultralight",
    .summary = "Ultra-Light-Fast-Generic-Face-Detector, imported",
    .match = match,
    .pixels = "red, green, blue; less 127, over 128",
    .decode = decode,
};
