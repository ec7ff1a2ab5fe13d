/* SPDX-License-Identifier: Apache-2.0 */
/* embed_compare.c - how alike are two photos to an embedding network?
 *
 *   embed_compare RUN/model.safetensors A B
 *
 * Prints the cosine of the two embeddings, -1 to 1. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mien/model.h"

static mien_status embed(mien_model *model, const char *path, float *plane,
                         float *embedding) {
    mien_image *photo;
    mien_status status = mien_image_load(&photo, path, NULL);
    if (status != MIEN_OK) return status;
    status = mien_model_prepare(model, photo, plane);
    mien_image_free(photo);
    if (status != MIEN_OK) return status;
    return mien_model_forward(model, plane, 1, embedding);
}

static double cosine(const float *a, const float *b, int n) {
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < n; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

int main(int argc, char **argv) {
    mien_model *model;
    if (argc != 4)
        return fprintf(stderr, "usage: embed_compare MODEL A B\n"), 2;
    mien_status status = mien_model_load(&model, argv[1], 1);
    if (status != MIEN_OK) return fprintf(stderr, "%s\n", mien_error()), 2;
    const int n = mien_model_width(model);
    float *plane = malloc(mien_model_plane(model) * sizeof *plane);
    float *both = malloc(2 * (size_t)n * sizeof *both);
    if (!plane || !both) status = MIEN_ENOMEM;
    if (status == MIEN_OK) status = embed(model, argv[2], plane, both);
    if (status == MIEN_OK) status = embed(model, argv[3], plane, both + n);
    if (status == MIEN_OK)
        printf("%.4f\n", cosine(both, both + n, n));
    else
        fprintf(stderr, "%s\n", mien_error());
    free(plane);
    free(both);
    mien_model_free(model);
    return status == MIEN_OK ? 0 : 2;
}
