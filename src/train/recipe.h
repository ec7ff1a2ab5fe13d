/* SPDX-License-Identifier: Apache-2.0 */
/* recipe.h - a recipe read, overridden, checked and cut into its stages.
 *
 *   mien_recipe recipe;
 *   MIEN_TRY(mien_recipe_open(&recipe, "recipes/mnist.yaml", &overrides));
 *   ... recipe.train.epochs, recipe.model
 *   mien_recipe_close(&recipe);
 *
 * Most sections stay trees here: whoever owns them reads them by his table.
 * The `train:` section is read into mien_train_settings. */
#ifndef MIEN_TRAIN_RECIPE_H
#define MIEN_TRAIN_RECIPE_H

#include "base/hash.h"
#include "base/param.h"

/* What early stopping and the best checkpoint look at. */
typedef enum mien_metric { MIEN_METRIC_LOSS, MIEN_METRIC_ACCURACY } mien_metric;

typedef struct mien_early_stop {
    int patience; /* validations without a better one; 0: never stop */
    int metric;   /* a mien_metric */
    double delta; /* what counts as better */
} mien_early_stop;

typedef struct mien_train_settings {
    int epochs, batch, shards, threads, accumulate, seed;
    int class_weights; /* 0 none, 1 auto */
    const mien_tree *early_stop_tree;
    mien_early_stop early_stop;
    double ema;         /* decay of the moving average; 0: none */
    int keep;           /* epoch checkpoints kept beside the last one */
    int validate_every; /* epochs */
    int save_every;     /* epochs */
    int max_skips;      /* steps in a row that were not finite */
    const char *start;  /* whose weights to begin with, or NULL */
} mien_train_settings;

typedef enum mien_health_mode {
    MIEN_HEALTH_DOCTOR, /* notices, explains and repairs */
    MIEN_HEALTH_WATCH,  /* notices and explains */
    MIEN_HEALTH_OFF     /* nothing is looked at but finiteness */
} mien_health_mode;

typedef struct mien_health_settings {
    int mode;            /* a mien_health_mode */
    int every;           /* steps between two probed ones */
    int fork;            /* steps of a fork test */
    bool consent;        /* the doctor may change the architecture */
    const char *without; /* remedies not to use, "lsuv, rate" */
    const mien_tree *limits;
} mien_health_settings;

/* Rounding to 16 bits. */
typedef struct mien_precision_settings {
    int type;          /* a mien_precision */
    double loss_scale; /* 0: found while training */
    bool master;       /* keep float32 weights beside the rounded ones */
} mien_precision_settings;

/* Whose embeddings are learned, and what an ONNX file does not say of pixels;
 * a model file knows better. */
typedef struct mien_teacher_settings {
    const char *path; /* NULL: nobody teaches */
    float scale;
    mien_floats mean, std;
    bool bgr;
} mien_teacher_settings;

/* What may change between stages; the trees are the recipe's where a stage
 * does not say. */
typedef struct mien_stage {
    const char *name;
    int epochs;
    const mien_tree *optim, *schedule, *clip, *regularise, *constrain;
    const mien_tree *bound;
    bool same_optim; /* as the stage before: its state goes on */
} mien_stage;

typedef struct mien_recipe {
    mien_arena arena;
    const char *path, *name; /* name: the file's, without folder and .yaml */
    mien_tree *root;
    const mien_tree *data, *input, *augment, *model, *init, *loss, *head;
    const mien_tree *optim, *schedule, *clip, *regularise, *constrain;
    const mien_tree *train_tree, *stages_tree;
    const mien_tree *bound, *precision_tree, *health_tree, *faults;
    const mien_tree *teacher_tree;
    mien_health_settings health;
    mien_precision_settings precision;
    mien_teacher_settings teacher;
    int alignment; /* of the photos, part of the model's contract */
    mien_train_settings train;
    int n_stages;
    mien_stage *stages;
    char hash[MIEN_HASH_HEX]; /* of the resolved text */
} mien_recipe;

/* What the command line changes. */
typedef struct mien_overrides {
    const char *const *set;
    int n_set;
    const char *data;    /* data.path, or NULL */
    const char *teacher; /* teacher.path, or NULL */
    const char *start;   /* train.start, or NULL */
    int threads, epochs; /* 0: as the recipe says */
} mien_overrides;

/* Read and check.
 *
 * Errors: MIEN_EIO, MIEN_EFORMAT, MIEN_EINVAL with file, line and key; the
 *         recipe is then empty. */
mien_status mien_recipe_open(mien_recipe *recipe, const char *path,
                             const mien_overrides *overrides);
void mien_recipe_close(mien_recipe *recipe);

/* Epochs of all stages. */
int mien_recipe_epochs(const mien_recipe *recipe);

/* The recipe as resolved, YAML. */
mien_status mien_recipe_emit(mien_buf *out, const mien_recipe *recipe);

/* "none" or "umeyama112". */
const char *mien_recipe_alignment(const mien_recipe *recipe);

/* Help on the keys of `train:` and its parts. */
mien_status mien_recipe_help(mien_buf *out);

#endif
