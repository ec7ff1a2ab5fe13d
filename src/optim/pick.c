/* SPDX-License-Identifier: Apache-2.0 */
/* pick.c - choose a row of a table by its name in a recipe. */
#include "optim/pick.h"

#include <string.h>

enum { MAX_NAMES = 32 };

static mien_status fail_unknown(const mien_table *table, const mien_tree *tree,
                                const char *name) {
    const char *names[MAX_NAMES];
    char known[512] = "";
    int n = 0;
    for (; n < table->n && n < MAX_NAMES; n++) {
        names[n] = table->rows[n]->name;
        if (n) strncat(known, ", ", sizeof known - strlen(known) - 1);
        strncat(known, names[n], sizeof known - strlen(known) - 1);
    }
    const char *near = mien_nearest(name, names, n);
    if (near)
        return mien_tree_fail(tree, "unknown %s '%s'; did you mean '%s'?",
                              table->what, name, near);
    return mien_tree_fail(tree, "unknown %s '%s'; known: %s", table->what, name,
                          known);
}

static const mien_row *find(const mien_table *table, const char *name) {
    for (int i = 0; i < table->n; i++)
        if (strcmp(table->rows[i]->name, name) == 0) return table->rows[i];
    return NULL;
}

/* The row called `name`, its options in `options` (NULL: defaults). */
static mien_status read_row(mien_choice *out, const mien_row *row,
                            const mien_tree *options, mien_arena *arena) {
    void *config = mien_arena_alloc(arena, 1, row->config_size + 1);
    if (!config) return MIEN_ENOMEM;
    MIEN_TRY(
        mien_params_read(config, row->params, options, NULL, arena, row->name));
    *out = (mien_choice){row, config};
    return MIEN_OK;
}

/* "name" or the pair "name: options". */
static mien_status read_pair(mien_choice *out, const mien_table *table,
                             const mien_tree *pair, mien_arena *arena) {
    const mien_row *row = find(table, pair->key);
    if (!row) return fail_unknown(table, pair, pair->key);
    return read_row(out, row, pair, arena);
}

static mien_status read_name(mien_choice *out, const mien_table *table,
                             const mien_tree *name, mien_arena *arena) {
    const mien_row *row = find(table, name->text);
    if (!row) return fail_unknown(table, name, name->text);
    return read_row(out, row, NULL, arena);
}

mien_status mien_pick(mien_choice *out, const mien_table *table,
                      const mien_tree *tree, mien_arena *arena) {
    *out = (mien_choice){0};
    if (!tree)
        return mien_fail(MIEN_EINVAL, "a recipe must name its %s", table->what);
    if (tree->kind == MIEN_TREE_SCALAR)
        return read_name(out, table, tree, arena);
    if (tree->kind == MIEN_TREE_MAP && tree->count == 1)
        return read_pair(out, table, tree->first, arena);
    return mien_tree_fail(tree, "want one %s, as name or {name: options}",
                          table->what);
}

static mien_status count_choices(int *n, const mien_table *table,
                                 const mien_tree *tree) {
    *n = 0;
    if (!tree || tree->kind == MIEN_TREE_NULL) return MIEN_OK;
    *n = tree->kind == MIEN_TREE_SCALAR ? 1 : tree->count;
    if (*n <= MAX_NAMES) return MIEN_OK;
    return mien_tree_fail(tree, "%d entries; at most %d of %s are taken", *n,
                          MAX_NAMES, table->what);
}

mien_status mien_pick_all(mien_choice **out, int *n, const mien_table *table,
                          const mien_tree *tree, mien_arena *arena) {
    *out = NULL;
    MIEN_TRY(count_choices(n, table, tree));
    if (*n == 0) return MIEN_OK;
    mien_choice *all = mien_arena_alloc(arena, (size_t)*n, sizeof *all);
    if (!all) return MIEN_ENOMEM;
    if (tree->kind == MIEN_TREE_SCALAR)
        MIEN_TRY(read_name(all, table, tree, arena));
    int i = 0;
    for (const mien_tree *child = tree->first; child; child = child->next)
        if (tree->kind == MIEN_TREE_MAP)
            MIEN_TRY(read_pair(&all[i++], table, child, arena));
        else
            MIEN_TRY(mien_pick(&all[i++], table, child, arena));
    *out = all;
    return MIEN_OK;
}

mien_status mien_pick_default(mien_choice *out, const mien_table *table,
                              const char *name, mien_arena *arena) {
    *out = (mien_choice){0};
    const mien_row *row = find(table, name);
    if (!row)
        return mien_fail(MIEN_EINVAL, "unknown %s '%s'", table->what, name);
    return read_row(out, row, NULL, arena);
}
