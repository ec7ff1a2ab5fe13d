/* SPDX-License-Identifier: Apache-2.0 */
/* embed_picture.h - one picture of a list, from its file to an aligned face.
 * Private to src/eval. */
#ifndef MIEN_EVAL_EMBED_PICTURE_H
#define MIEN_EVAL_EMBED_PICTURE_H

#include "eval/embed.h"
#include "mien/face.h"

typedef struct mien_embed_source {
    const mien_picture_list *list;
    const mien_embed_plan *plan;
    mien_align_mode align; /* never MIEN_ALIGN_AUTO */
    mien_similarity funneled;
    mien_detector **detector;      /* of each worker, or NULL */
    char (*hashes)[MIEN_HASH_HEX]; /* of each picture's file */
} mien_embed_source;

/* Decode picture i as it is.
 *
 * Owns:   *out is the caller's.
 * Errors: as mien_embed_pictures(). */
mien_status mien_embed_load(mien_image **out, const mien_embed_source *source,
                            int i);

/* Decode and align it; *out is NULL when it has failed in a way that the plan
 * takes for an answer. */
mien_status mien_embed_face(mien_image **out, const mien_embed_source *source,
                            int i, int worker);

#endif
