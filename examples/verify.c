/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - one person or two? compare the faces of two photos.
 *
 *   verify DETECTOR EMBEDDER A B
 *
 * Prints the similarity and, for a calibrated model, its false match rate. */
#include <stdio.h>
#include <stdlib.h>

#include "mien/face.h"

static mien_detector *detector;
static mien_embedder *embedder;

/* The embedding of the face that a photo is of. */
static mien_status embed(const char *path, float *embedding) {
    mien_image *photo;
    mien_faces faces;
    mien_status status = mien_image_load(&photo, path, NULL);
    if (status != MIEN_OK) return status;
    status = mien_detector_find(detector, &faces, photo, NULL);
    const int i = mien_faces_main(&faces, photo);
    if (status == MIEN_OK && i < 0) {
        fprintf(stderr, "%s: there is no face in it\n", path);
        status = MIEN_EDATA;
    }
    if (status == MIEN_OK)
        status =
            mien_embedder_embed(embedder, embedding, photo, &faces.face[i], 1);
    mien_faces_free(&faces);
    mien_image_free(photo);
    return status;
}

int main(int argc, char **argv) {
    float *both = NULL;
    if (argc != 5)
        return fprintf(stderr, "usage: verify DETECTOR EMBEDDER A B\n"), 2;
    mien_status status = mien_detector_open(&detector, argv[1]);
    if (status == MIEN_OK) status = mien_embedder_open(&embedder, argv[2], 1);
    const int width = status == MIEN_OK ? mien_embedder_width(embedder) : 0;
    both = malloc(2 * (size_t)width * sizeof *both + 1);
    if (status == MIEN_OK) status = embed(argv[3], both);
    if (status == MIEN_OK) status = embed(argv[4], both + width);
    if (status == MIEN_OK) {
        const float s = mien_face_similarity(both, both + width, width);
        const mien_calibration *c = mien_embedder_calibration(embedder);
        printf("similarity %.4f", (double)s);
        if (c) printf(", FMR %.2g", mien_calibration_fmr(c, (double)s).fmr);
        printf("\n");
    } else if (status != MIEN_EDATA) {
        fprintf(stderr, "%s\n", mien_error());
    }
    free(both);
    mien_embedder_close(embedder);
    mien_detector_close(detector);
    return mien_status_exit_code(status);
}
