/* SPDX-License-Identifier: Apache-2.0 */
/* pick.h - choose a row of a table by its name in a recipe.
 *
 *   optim: adam                          (a name)
 *   optim: {adam: {lr: 0.01}}            (a name and its options)
 *   clip: {norm: 5.0}                    (the first option alone)
 *
 *   mien_choice optim;
 *   MIEN_TRY(mien_pick(&optim, mien_optimisers(), recipe->optim, &arena));
 *   const mien_optim_ops *ops = mien_optim_ops_of(&optim); */
#ifndef MIEN_OPTIM_PICK_H
#define MIEN_OPTIM_PICK_H

#include "base/param.h"

/* What all rows begin with. */
typedef struct mien_row {
    const char *name, *summary;
    const mien_param *params; /* ends with {0} */
    size_t config_size;
} mien_row;

typedef struct mien_table {
    const char *what; /* "optimiser", for messages */
    const mien_row *const *rows;
    int n;
} mien_table;

typedef struct mien_choice {
    const mien_row *row; /* the first member of its ops */
    void *config;        /* in the arena */
} mien_choice;

/* Read one choice.
 *
 * Errors: MIEN_EINVAL with file and line for a name that is not in the table
 *         (and the nearest that is), more or less than one name, and all that
 *         mien_params_read() reports; MIEN_ENOMEM. */
mien_status mien_pick(mien_choice *out, const mien_table *table,
                      const mien_tree *tree, mien_arena *arena);

/* Read any number: a name, a map of several, a list of either; NULL is none.
 * They apply in the order written. */
mien_status mien_pick_all(mien_choice **out, int *n, const mien_table *table,
                          const mien_tree *tree, mien_arena *arena);

/* The row of that name with all its defaults. */
mien_status mien_pick_default(mien_choice *out, const mien_table *table,
                              const char *name, mien_arena *arena);

#endif
