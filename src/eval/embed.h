/* SPDX-License-Identifier: Apache-2.0 */
/* embed.h - the embedding of each picture of a list.
 *
 *   mien_embeddings e;
 *   MIEN_TRY(mien_embed_pairs(&e, model, &pairs, &plan));
 *   double s = mien_embeddings_cosine(&e, a, b);
 *   mien_embeddings_close(&e);
 *
 * picture -> RGB -> alignment -> mien_model_prepare -> forward, the mirrored
 * one added when asked for -> unit length. */
#ifndef MIEN_EVAL_EMBED_H
#define MIEN_EVAL_EMBED_H

#include "eval/pairs.h"
#include "eval/points.h"
#include "mien/model.h"

typedef enum mien_align_mode {
    MIEN_ALIGN_AUTO, /* by the first picture: 250x250 funneled, 112x112 none */
    MIEN_ALIGN_FUNNELED,
    MIEN_ALIGN_NONE,
    MIEN_ALIGN_BY_POINTS,
    MIEN_ALIGN_BY_DETECTOR
} mien_align_mode;

const char *mien_align_mode_name(mien_align_mode mode);

/* Errors: MIEN_EINVAL for an unknown name, with those there are; NULL is
 *         auto. */
mien_status mien_align_mode_find(mien_align_mode *out, const char *name);

typedef struct mien_embed_plan {
    const char *folder; /* that the pictures lie in */
    mien_align_mode align;
    const mien_points *points; /* of MIEN_ALIGN_BY_POINTS */
    const char *detector; /* of MIEN_ALIGN_BY_DETECTOR: the model that finds
                             the face; where it finds none the picture has
                             failed */
    bool mirror;
    bool tolerant; /* a picture that is none, or that nothing aligns, has
                      failed; else it is an error */
    bool aligned;  /* the pictures are as the model expects them: no warning */
    const mien_point (*each)[MIEN_ALIGN_POINTS]; /* of each picture, instead of
                                                    `points` */
    bool raw; /* leave the lengths as the network gives them */
    int threads, batch;
} mien_embed_plan;

/* Pictures to embed. Messages are "name:line: noun ...". */
typedef struct mien_picture_list {
    const char *name, *noun;
    const mien_picture *items;
    int n;
    const char *hash; /* of the list itself; hex */
} mien_picture_list;

typedef struct mien_embeddings {
    float *values; /* n x width, each of unit length, or zeros if it failed */
    bool *failed;  /* n: not finite, or of no length */
    int n, width, n_failed;
    mien_align_mode align;    /* that was used */
    char hash[MIEN_HASH_HEX]; /* of the list and each picture file */
} mien_embeddings;

/* Errors: MIEN_EINVAL for a model that gives no embedding or pictures that no
 *         alignment fits; MIEN_ENOTFOUND, MIEN_EIO, MIEN_EFORMAT for a
 *         picture, named by its line in the list; MIEN_ENOMEM. *out is then
 *         empty. */
mien_status mien_embed_pictures(mien_embeddings *out, mien_model *model,
                                const mien_picture_list *list,
                                const mien_embed_plan *plan);
mien_status mien_embed_pairs(mien_embeddings *out, mien_model *model,
                             const mien_pairs *pairs,
                             const mien_embed_plan *plan);
void mien_embeddings_close(mien_embeddings *embeddings);

/* The cosine of a and b; MIEN_SCORE_FAILED if one of them failed. */
double mien_embeddings_cosine(const mien_embeddings *e, int a, int b);

/* Bring x to unit length; false, and zeros, if that cannot be done. */
bool mien_embedding_unit(float *x, int n);

#endif
