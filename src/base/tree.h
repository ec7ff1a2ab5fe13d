/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - a parsed recipe: maps, lists and scalars that know their line.
 *
 *   mien_tree *root;
 *   MIEN_TRY(mien_tree_load(&root, &arena, "recipes/mnist.yaml"));
 *   MIEN_TRY(mien_tree_set(root, &arena, "optim.adam.lr=0.1"));
 *   const mien_tree *model = mien_tree_get(root, "model"); */
#ifndef MIEN_BASE_TREE_H
#define MIEN_BASE_TREE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

typedef enum mien_tree_kind {
    MIEN_TREE_NULL,
    MIEN_TREE_SCALAR,
    MIEN_TREE_LIST,
    MIEN_TREE_MAP
} mien_tree_kind;

typedef struct mien_tree {
    mien_tree_kind kind;
    const char *key;                /* its name in the map above, else NULL */
    const char *text;               /* of a scalar */
    const char *file;               /* for messages: the file name or "--set" */
    int line;                       /* from 1 */
    struct mien_tree *first, *next; /* children, siblings */
    int count;                      /* of children */
} mien_tree;

/* Parse YAML (libyaml): no anchors beyond plain aliases, no tags, a depth of
 * at most 32, at most 1 MiB; a repeated key is an error.
 *
 * Owns:   all of it lives in `arena`.
 * Errors: MIEN_EFORMAT with file and line. */
mien_status mien_tree_load(mien_tree **out, mien_arena *arena,
                           const char *path);
mien_status mien_tree_parse(mien_tree **out, mien_arena *arena,
                            const char *text, size_t size, const char *name);

/* The child of a map, or NULL. */
const mien_tree *mien_tree_get(const mien_tree *map, const char *key);

/* A copy with no shared nodes. */
mien_tree *mien_tree_copy(mien_arena *arena, const mien_tree *tree);

/* "a.b.c=value": walk (and make) maps, parse the value as YAML, replace. A
 * number as path element indexes a list: model.0.conv.out=16. */
mien_status mien_tree_set(mien_tree *root, mien_arena *arena,
                          const char *assignment);

/* Write it as YAML that parses to the same tree. */
mien_status mien_tree_emit(mien_buf *out, const mien_tree *tree);

/* Fail with "file:line: sentence". */
mien_status mien_tree_fail(const mien_tree *at, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
