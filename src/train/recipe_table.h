/* SPDX-License-Identifier: Apache-2.0 */
/* recipe_table.h - the option tables behind a recipe. */
#ifndef MIEN_TRAIN_RECIPE_TABLE_H
#define MIEN_TRAIN_RECIPE_TABLE_H

#include "train/recipe.h"

/* An item of `stages:` as written. */
typedef struct mien_stage_keys_config {
    const char *name;
    int epochs;
    const mien_tree *optim, *schedule, *clip, *regularise, *constrain;
    const mien_tree *bound;
} mien_stage_keys_config;

extern const mien_param mien_recipe_keys[];     /* of mien_recipe */
extern const mien_param mien_train_keys[];      /* of mien_train_settings */
extern const mien_param mien_early_stop_keys[]; /* of mien_early_stop */
extern const mien_param mien_health_keys[];     /* of mien_health_settings */
extern const mien_param mien_precision_keys[]; /* mien_precision_settings */
extern const mien_param mien_teacher_keys[];   /* mien_teacher_settings */
extern const mien_param mien_stage_keys[];      /* mien_stage_keys_config */

#endif
