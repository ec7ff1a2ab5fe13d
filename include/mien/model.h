/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - load a trained network and ask it.
 *
 *   mien_model *model;
 *   if (mien_model_load(&model, "model.safetensors", 0) != MIEN_OK) ...
 *   mien_model_prepare(model, image, plane);    (mien_model_plane() values)
 *   mien_model_forward(model, plane, 1, out);   (mien_model_width() values)
 *   mien_model_free(model); */
#ifndef MIEN_MODEL_H
#define MIEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mien/image.h"
#include "mien/status.h"

typedef struct mien_model mien_model;

/* Read a model file. Everything is checked before it is used: extents against
 * the file's size and the network, the hash of the tensors, finiteness, and
 * the answer to a known input.
 *
 * Owns:   *out is the caller's; mien_model_free() frees it.
 * Thread: one thread may use a model at a time; threads = 0 means 1.
 * Errors: MIEN_ENOTFOUND, MIEN_EIO, MIEN_EFORMAT, MIEN_ECORRUPT, MIEN_ESHAPE,
 *         MIEN_ENOMEM; *out is then NULL. */
mien_status mien_model_load(mien_model **out, const char *path, int threads);
void mien_model_free(mien_model *model); /* NULL is fine */

/* What a network answers with. */
typedef enum mien_model_kind {
    MIEN_MODEL_CLASSES,   /* a score a class, the largest wins */
    MIEN_MODEL_BINARY,    /* one score, above 0 means class 1 */
    MIEN_MODEL_EMBEDDING, /* a vector to be compared by its direction */
    MIEN_MODEL_VALUES     /* what an imported network names as its outputs */
} mien_model_kind;

/* The facts about a model; texts live as long as it does. */
typedef struct mien_model_facts {
    mien_model_kind kind;
    int width;                   /* values a sample of what it answers */
    int classes;                 /* it was trained to tell apart; 0: none */
    int rows, columns, channels; /* of its input; 1 channel is grey */
    float scale, mean[3], deviation[3]; /* input = (pixel / scale - mean)
                                           / deviation */
    const char *alignment;    /* of the photos it expects: "none", ... */
    const char *colour_order; /* "rgb", "bgr" or "grey" */
    const char *recipe;       /* the model section, YAML */
    const char *loss;         /* the loss section, YAML; "" for none */
    const char *weights_hash; /* BLAKE2b-256 of the tensors, hex */
    const char *recipe_hash, *data_hash, *seed, *made_by;
    const char *teacher_hash; /* of the file it learned from; "": none */
    const char *start_hash;   /* of the weights it began with; "": none */
    const char *calibration; /* score to FMR (mien/face.h), JSON; "": none */
    int64_t weights; /* trained values */
    bool int8;       /* it was quantised (mien/quantize.h) */
} mien_model_facts;

/* One of the named outputs of an imported network: which of the values that
 * the model answers with, and their extents, for one image. */
typedef struct mien_model_output {
    const char *name;
    int rank, extents[8];
    int first, count;
} mien_model_output;

const mien_model_facts *mien_model_info(const mien_model *model);
int mien_model_width(const mien_model *model);

/* Values of one prepared sample: channels x rows x columns. */
size_t mien_model_plane(const mien_model *model);

/* The name of class `i`, NULL when it has none. */
const char *mien_model_class_name(const mien_model *model, int i);

/* Plan the network for an input of another size from now on; what it answers
 * with changes its width too. Convolutional networks that end in planes can
 * do that (detectors), others cannot.
 *
 * Errors: MIEN_ESHAPE, MIEN_ENOMEM; the model is then as it was. */
mien_status mien_model_resize(mien_model *model, int rows, int columns);

/* Turn an image into what the network expects: colour, size, scale. It must
 * already be aligned as `alignment` says.
 *
 * Shapes: plane takes channels x rows x columns values. */
mien_status mien_model_prepare(const mien_model *model, const mien_image *image,
                               float *plane);

/* Ask the network.
 *
 * Shapes: x is n x channels x rows x columns; out takes n x width.
 * Errors: MIEN_EINVAL for n below 1; MIEN_ENOMEM. */
mien_status mien_model_forward(mien_model *model, const float *x, int n,
                               float *out);

/* Ask it and score the answers, as validation does: the mean loss over the
 * batch (NaN if its loss cannot be computed from labels), and the scores.
 *
 * Shapes: scores takes n x n_scores values, see mien_model_scores(). */
mien_status mien_model_score(mien_model *model, const float *x,
                             const int32_t *label, int n, double *loss,
                             float *scores);

/* Scores a sample: classes, or 1 of a binary network, or 0. */
int mien_model_scores(const mien_model *model);

/* The named outputs of an imported network, in the file's order; 0 of others.
 * They live as long as the model. */
const mien_model_output *mien_model_outputs(const mien_model *model,
                                            int *count);

/* What an imported network expects of pixels, and what its answer is. */
typedef struct mien_import_options {
    int rows, columns;                  /* of its input; 0: as the file says */
    float scale, mean[3], deviation[3]; /* in the order of its channels */
    bool bgr;                           /* its channels are blue, green, red */
    const char *alignment; /* "none" or "umeyama112"; NULL: umeyama112 for an
                              embedding of 112x112 pixels, else none */
    int embedding; /* 1 yes, 0 no; -1: yes for one vector of 64, 128, ... 2048
                      values */
} mien_import_options;

/* Pixels 0 to 255 in the order red, green, blue; the rest as the file says. */
void mien_import_defaults(mien_import_options *options);

/* Make a model file of an ONNX file (opsets 9 to 17, docs/onnx.md).
 *
 * Errors: MIEN_EUNSUPPORTED with the node and its operator, or when mien was
 *         built without ONNX; MIEN_EFORMAT, MIEN_ESHAPE, MIEN_ELIMIT,
 *         MIEN_EINVAL, MIEN_ENOTFOUND, MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM;
 *         no file is then written. */
mien_status mien_model_import(const char *model_path, const char *onnx_path,
                              const mien_import_options *options);

/* Make an ONNX file (opset 13, any batch) of a model file. What the network
 * answers is its output "output", or the named outputs of one that was
 * imported.
 *
 * Errors: as mien_model_load(); MIEN_EUNSUPPORTED, MIEN_ENOSPACE. */
mien_status mien_model_export(const char *onnx_path, const char *model_path);

#endif
