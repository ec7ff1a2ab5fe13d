/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h - the labelled samples that a model is to be tested on.
 *
 *   mien_samples s;
 *   MIEN_TRY(mien_samples_open(&s, &options, model));
 *   ... mien_dataset_load(&loader, s.data, ...)
 *   mien_samples_close(&s);
 *
 * With a run folder they are those of its recipe, split by its seed: whoever
 * is in the test part was never trained on. With a model file alone they are
 * what the options name, and nothing says which of them were trained on. */
#ifndef MIEN_EVAL_SAMPLES_H
#define MIEN_EVAL_SAMPLES_H

#include "data/dataset.h"
#include "mien/eval.h"
#include "mien/model.h"
#include "train/recipe.h"

typedef struct mien_samples {
    mien_dataset *data;
    bool part[MIEN_PARTS]; /* which are to be scored */
    const char *split;     /* "test", "val" or "all" */
    mien_recipe recipe;    /* of a run folder, else empty */
    mien_arena arena;
} mien_samples;

/* Errors: MIEN_EINVAL for a split that nothing defines or no data at all;
 *         MIEN_ESHAPE, MIEN_EDATA when input or classes are not the model's;
 *         as mien_recipe_open() and mien_dataset_open(). *out is then
 *         empty. */
mien_status mien_samples_open(mien_samples *out,
                              const mien_classify_options *options,
                              const mien_model *model);
void mien_samples_close(mien_samples *samples);

#endif
