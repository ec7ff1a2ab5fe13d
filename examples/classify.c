/* SPDX-License-Identifier: Apache-2.0 */
/* classify.c - which class is in each photo?
 *
 *   classify RUN/model.safetensors PHOTO... */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mien/model.h"

static int largest(const float *score, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (score[i] > score[best]) best = i;
    return best;
}

/* The softmax of score[best]. */
static double share_of(const float *score, int n, int best) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += exp((double)score[i] - score[best]);
    return 1 / sum;
}

static mien_status classify(mien_model *model, const char *path, float *plane,
                            float *score) {
    mien_image *photo;
    mien_status status = mien_image_load(&photo, path, NULL);
    if (status != MIEN_OK) return status;
    status = mien_model_prepare(model, photo, plane);
    mien_image_free(photo);
    if (status == MIEN_OK) status = mien_model_forward(model, plane, 1, score);
    if (status != MIEN_OK) return status;
    const int n = mien_model_width(model), best = largest(score, n);
    const char *name = mien_model_class_name(model, best);
    printf("%s: %s (class %d, %.1f %%)\n", path, name ? name : "unnamed", best,
           100 * share_of(score, n, best));
    return MIEN_OK;
}

int main(int argc, char **argv) {
    mien_model *model;
    if (argc < 3) return fprintf(stderr, "usage: classify MODEL PHOTO...\n"), 2;
    mien_status status = mien_model_load(&model, argv[1], 1);
    if (status != MIEN_OK) return fprintf(stderr, "%s\n", mien_error()), 2;
    float *plane = malloc(mien_model_plane(model) * sizeof *plane);
    float *score = malloc((size_t)mien_model_width(model) * sizeof *score);
    if (!plane || !score) status = MIEN_ENOMEM;
    for (int i = 2; i < argc && status == MIEN_OK; i++)
        status = classify(model, argv[i], plane, score);
    if (status != MIEN_OK) fprintf(stderr, "%s\n", mien_error());
    free(plane);
    free(score);
    mien_model_free(model);
    return status == MIEN_OK ? 0 : 2;
}
