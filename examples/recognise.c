/* SPDX-License-Identifier: Apache-2.0 */
/* recognise.c - enrol one person, then look for everybody in a photo.
 *
 *   recognise DETECTOR EMBEDDER GALLERY NAME PHOTO-OF-NAME OTHER-PHOTO */
#include <stdio.h>
#include <stdlib.h>

#include "mien/face.h"
#include "mien/gallery.h"

static mien_detector *detector;
static mien_embedder *embedder;

static void check(mien_status status) {
    if (status != MIEN_OK) fprintf(stderr, "%s\n", mien_error()), exit(2);
}

/* The faces of a photo and their embeddings. */
static float *look(mien_faces *faces, const char *path) {
    const size_t width = (size_t)mien_embedder_width(embedder);
    mien_image *photo;
    check(mien_image_load(&photo, path, NULL));
    check(mien_detector_find(detector, faces, photo, NULL));
    float *x = calloc((size_t)faces->count + 1, width * sizeof *x);
    if (!x) abort();
    check(mien_embedder_embed(embedder, x, photo, faces->face, faces->count));
    mien_image_free(photo);
    return x;
}

int main(int argc, char **argv) {
    mien_faces faces;
    mien_gallery *gallery;
    mien_matches *found = NULL;
    mien_gallery_options o;
    if (argc != 7) return fprintf(stderr, "six words are wanted\n"), 2;
    check(mien_detector_open(&detector, argv[1]));
    check(mien_embedder_open(&embedder, argv[2], 1));
    mien_gallery_defaults(&o);
    o.write = o.create = true;
    o.contract = mien_embedder_contract(embedder);
    o.width = mien_embedder_width(embedder);
    check(mien_gallery_open(&gallery, argv[3], &o));
    float *x = look(&faces, argv[5]); /* best first */
    const mien_template t = {.values = x, .source = argv[5], .quality = 50};
    if (faces.count) check(mien_gallery_enrol(gallery, NULL, argv[4], &t, 1));
    free(x), mien_faces_free(&faces);
    x = look(&faces, argv[6]);
    const mien_query query = {.top = 1, .least = 0.5f};
    if (faces.count)
        check(mien_gallery_search(&found, gallery, x, faces.count, &query));
    for (int i = 0; i < faces.count; i++)
        printf("face at %.0f, %.0f: %s\n", (double)faces.face[i].x,
               (double)faces.face[i].y,
               found->count[i] ? found->items[i].name : "stranger");
    free(x), mien_faces_free(&faces), mien_matches_free(found);
    mien_gallery_close(gallery);
    mien_embedder_close(embedder), mien_detector_close(detector);
}
