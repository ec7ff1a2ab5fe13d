/* SPDX-License-Identifier: Apache-2.0 */
/* model_file.h - a network with its contract, as safetensors.
 *
 *   mien_model_card card = {...};
 *   MIEN_TRY(mien_model_write("model.safetensors", net, &card, NULL));
 *
 *   mien_model_parts parts;
 *   MIEN_TRY(mien_model_read(&parts, "model.safetensors"));
 *   mien_model_parts_close(&parts);
 *
 * The metadata (all strings; lists and records are JSON):
 *   format         "mien-model-1"
 *   model, loss    the recipe's sections, YAML
 *   input          rows, columns, channels, fit, filter, scale, mean,
 *                  deviation, colour_order, alignment
 *   classes        how many; class_names, their names, may be missing
 *   vector         values of a target vector
 *   embedding      values of the answer if it is an embedding, else 0
 *   outputs        of an imported network: name and extents of each
 *   recipe_hash, data_hash, seed, made_by
 *   teacher_hash   of the file that it learned from, where there was one
 *   start_hash     of the weights that it began with, where there were some
 *   calibration    score to FMR, see face/calibration.h; may be missing
 *   known_answer   what the network answers to a fixed input, see
 *                  train/known_answer.h
 * and the seal of tensor/safetensors.h. */
#ifndef MIEN_TRAIN_MODEL_FILE_H
#define MIEN_TRAIN_MODEL_FILE_H

#include "data/input.h"
#include "mien/model.h"
#include "nn/net.h"
#include "tensor/safetensors.h"

enum { MIEN_ANSWER_MAX = 64 };

/* What a network expects of a picture. */
typedef struct mien_contract {
    mien_input input; /* size, and from pixels to numbers */
    const char *colour_order, *alignment;
} mien_contract;

/* An aligned picture as the network expects it: size, colours, scale.
 *
 * Shapes: plane takes channels x rows x columns values. */
mien_status mien_contract_fill(float *plane, const mien_contract *contract,
                               const mien_image *image);

typedef struct mien_model_card {
    const char *model, *loss; /* YAML; a loss of "": none */
    mien_contract contract;
    int classes, vector;
    const char *const *class_names; /* `classes` of them, or NULL */
    bool embedding; /* its answer is one; where there is a loss, that says */
    const mien_model_output *outputs; /* of an imported network */
    int n_outputs;
    const char *recipe_hash, *data_hash;
    const char *teacher_hash; /* of the file it learned from; NULL: none */
    const char *start_hash;   /* of the weights it began with; NULL: drawn */
    uint64_t seed;
    int n_answer;
    const float *answer; /* to the question; n_answer of them */
} mien_model_card;

/* Tensors and metadata beyond those of a model, for checkpoints. */
typedef struct mien_model_extra {
    const mien_tensor *tensors;
    int n_tensors;
    const mien_meta *metas;
    int n_metas;
} mien_model_extra;

/* Write `values` (laid out as net->weights) under the names of the weights.
 *
 * Errors: MIEN_EDIAGNOSIS for a value that is not finite: nothing is written;
 *         MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM: the old file stays. */
mien_status mien_model_write(const char *path, const mien_net *net,
                             const float *values, const mien_model_card *card,
                             const mien_model_extra *extra);

/* The hash that the file's seal holds for the tensors of a model. */
mien_status mien_model_hash(char hex[MIEN_HASH_HEX], const mien_net *net,
                            const float *values);

/* A model file as read: the network with its weights, and the card. */
typedef struct mien_model_parts {
    mien_arena arena;
    mien_safetensors *file; /* the card's texts live in it and the arena */
    mien_net *net;
    mien_model_card card;
    const char *weights_hash, *made_by;
    const char *calibration; /* as in the file; "" for none */
} mien_model_parts;

/* Errors: MIEN_ECORRUPT, MIEN_EFORMAT, MIEN_ESHAPE, MIEN_EIO, MIEN_ENOTFOUND,
 *         MIEN_ENOMEM; the parts are then empty. */
mien_status mien_model_read(mien_model_parts *parts, const char *path);
void mien_model_parts_close(mien_model_parts *parts);

/* Quantise a loaded model in memory by n prepared images, as a bench may want
 * it: how near its answers stay is not measured.
 *
 * Errors: as mien_quantizer_turn(); MIEN_ENOMEM. */
mien_status mien_model_to_bytes(mien_model *model, const float *x, int n);

/* Copy the file's weights into `values`, each checked for type, extents and
 * finiteness. Tensors whose names are no weight's are left alone. */
mien_status mien_model_copy(float *values, const mien_net *net,
                            const mien_safetensors *file, const char *path);

#endif
