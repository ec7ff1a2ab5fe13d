/* SPDX-License-Identifier: Apache-2.0 */
/* eyes.c - find, judge and embed the faces of a photo. */
#include "eyes.h"

#include <stdlib.h>

mien_status cli_eyes_open(cli_eyes *out, const cli_search *search,
                          const char *model) {
    *out = (cli_eyes){.search = search};
    mien_status status = cli_detector_open(&out->detector, search, "detector");
    if (status == MIEN_OK)
        status = cli_embedder_open(&out->embedder, model, "model");
    if (status == MIEN_OK) out->width = mien_embedder_width(out->embedder);
    return status;
}

void cli_eyes_close(cli_eyes *eyes) {
    mien_detector_close(eyes->detector);
    mien_embedder_close(eyes->embedder);
    *eyes = (cli_eyes){0};
}

void cli_sight_free(cli_sight *sight) {
    mien_faces_free(&sight->faces);
    free(sight->quality);
    free(sight->embedding);
    *sight = (cli_sight){.main = -1};
}

static mien_status judge_and_embed(cli_eyes *eyes, cli_sight *s,
                                   const mien_image *photo) {
    const int n = s->faces.count;
    s->quality = calloc((size_t)n + 1, sizeof *s->quality);
    s->embedding =
        calloc((size_t)(n + 1) * (size_t)eyes->width, sizeof *s->embedding);
    if (!s->quality || !s->embedding) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        const mien_status status =
            cli_face_quality(&s->quality[i], photo, &s->faces.face[i]);
        if (status != MIEN_OK) return status;
    }
    return mien_embedder_embed(eyes->embedder, s->embedding, photo,
                               s->faces.face, n);
}

mien_status cli_eyes_look(cli_eyes *eyes, cli_sight *out,
                          const mien_image *photo) {
    *out = (cli_sight){.main = -1};
    mien_status status =
        cli_detect_faces(eyes->detector, &out->faces, photo, eyes->search);
    if (status == MIEN_OK) status = judge_and_embed(eyes, out, photo);
    if (status == MIEN_OK)
        out->main = mien_faces_main(&out->faces, photo);
    else
        cli_sight_free(out);
    return status;
}
