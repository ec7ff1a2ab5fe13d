/* SPDX-License-Identifier: Apache-2.0 */
/* imported.h - an ONNX file as a network with a card, in memory.
 *
 *   mien_imported im;
 *   MIEN_TRY(mien_imported_open(&im, "teacher.onnx", &options));
 *   ... im.onnx.net, im.card
 *   mien_imported_close(&im); */
#ifndef MIEN_TRAIN_IMPORTED_H
#define MIEN_TRAIN_IMPORTED_H

#include "base/hash.h"
#include "nn/onnx/onnx.h"
#include "train/model_file.h"

typedef struct mien_imported {
    mien_arena arena;
    mien_onnx onnx;
    mien_model_card card; /* its texts live in the above; no answer yet */
    float answer[MIEN_ANSWER_MAX];
    char hash[MIEN_HASH_HEX]; /* of the ONNX file */
} mien_imported;

/* Read an ONNX file; NULL for the usual options. The card points into *im,
 * which must stay where it is.
 *
 * Errors: as mien_model_import(); *im is then empty. */
mien_status mien_imported_open(mien_imported *im, const char *path,
                               const mien_import_options *options);
void mien_imported_close(mien_imported *im); /* empty is fine */

#endif
