/* SPDX-License-Identifier: Apache-2.0 */
/* decoder.h - from what a network answers to faces: one struct a kind.
 *
 * A file in decoders/ defines one and a line in decoders.def lists it. The
 * first that knows a model's outputs reads its answers. */
#ifndef MIEN_FACE_DECODER_H
#define MIEN_FACE_DECODER_H

#include "base/fail.h"
#include "mien/face.h"
#include "mien/model.h"

/* A growing list of faces; mien_face_list_close() frees it. */
typedef struct mien_face_list {
    mien_face *face;
    int count, room;
} mien_face_list;

/* Errors: MIEN_ENOMEM; MIEN_ELIMIT over 2^20. */
mien_status mien_face_list_add(mien_face_list *list, const mien_face *face);
void mien_face_list_close(mien_face_list *list);

/* Keep the best of those that overlap by more than `overlap` (IoU); the rest
 * is left best first. */
void mien_face_list_suppress(mien_face_list *list, float overlap);

/* One answer: of an input of rows x columns pixels. */
typedef struct mien_answer {
    const float *values;
    const mien_model_output *outputs; /* NULL: mien's own */
    int n_outputs, rows, columns;
    float min_score;
} mien_answer;

typedef struct mien_decoder_ops {
    const char *name, *summary;
    /* Whether it reads this model's answers. */
    bool (*match)(const mien_model *model);
    /* What the model file should say of pixels, for imports that do not:
     * nothing is checked. */
    const char *pixels;
    bool resizes; /* the network runs at any multiple of 32 */
    /* Add the faces at or above min_score, pixels of the input. */
    mien_status (*decode)(mien_face_list *out, const mien_answer *answer);
} mien_decoder_ops;

/* The decoder for a model, or NULL. */
const mien_decoder_ops *mien_decoder_find(const mien_model *model);
const mien_decoder_ops *const *mien_decoders(int *count);

/* The values of a named output, its numbers in *count; NULL: there is none. */
const float *mien_answer_output(const mien_answer *answer, const char *name,
                                int *count);
/* Whether a model has named outputs with all of these names (NULL ends). */
bool mien_model_answers(const mien_model *model, const char *const *names);

#endif
