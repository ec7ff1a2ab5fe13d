/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - look into, copy and override parsed recipes. */
#include "base/tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE_ROOM 1024
#define MAX_DEPTH     32 /* as of files */

mien_status mien_tree_fail(const mien_tree *at, const char *format, ...) {
    char text[SENTENCE_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!at || !at->file) return mien_fail(MIEN_EINVAL, "%s", text);
    if (at->file[0] == '-') /* an option: it has no lines */
        return mien_fail(MIEN_EINVAL, "%s: %s", at->file, text);
    return mien_fail(MIEN_EINVAL, "%s:%d: %s", at->file, at->line, text);
}

static mien_tree *find(const mien_tree *map, const char *key) {
    if (!map || map->kind != MIEN_TREE_MAP) return NULL;
    for (mien_tree *child = map->first; child; child = child->next)
        if (strcmp(child->key, key) == 0) return child;
    return NULL;
}

const mien_tree *mien_tree_get(const mien_tree *map, const char *key) {
    return find(map, key);
}

mien_tree *mien_tree_copy(mien_arena *arena, const mien_tree *tree) {
    mien_tree *copy = mien_arena_alloc(arena, 1, sizeof(*copy));
    if (!copy) return NULL;
    *copy = *tree;
    copy->first = copy->next = NULL;
    mien_tree **tail = &copy->first;
    for (const mien_tree *from = tree->first; from; from = from->next) {
        *tail = mien_tree_copy(arena, from);
        if (!*tail) return NULL;
        tail = &(*tail)->next;
    }
    return copy;
}

static mien_tree *add_child(mien_tree *map, mien_arena *arena,
                            const char *key) {
    mien_tree *child = mien_arena_alloc(arena, 1, sizeof(*child));
    if (!child) return NULL;
    child->key = mien_arena_strdup(arena, key);
    if (!child->key) return NULL;
    child->file = "--set";
    child->line = 1;
    mien_tree **tail = &map->first;
    while (*tail) tail = &(*tail)->next;
    *tail = child;
    map->count++;
    return child;
}

static mien_status step_list(mien_tree **at, const char *name) {
    char *end;
    const long index = strtol(name, &end, 10);
    if (*end || name[0] < '0' || name[0] > '9' || index >= (*at)->count)
        return mien_fail(MIEN_EINVAL,
                         "'%s' is not an index of a list of %d items", name,
                         (*at)->count);
    mien_tree *child = (*at)->first;
    for (long i = 0; i < index; i++) child = child->next;
    *at = child;
    return MIEN_OK;
}

/* A bare name stands for a map of it without options: after `loss: cosface`,
 * loss.cosface.scale=30 finds the map {cosface: }. */
static mien_status widen_to_map(mien_tree *node, mien_arena *arena,
                                const char *name) {
    if (node->kind == MIEN_TREE_MAP) return MIEN_OK;
    if (node->kind == MIEN_TREE_SCALAR && strcmp(node->text, name) != 0)
        return mien_fail(MIEN_EINVAL, "cannot look for '%s' in the value '%s'",
                         name, node->text);
    const mien_tree before = *node;
    node->kind = MIEN_TREE_MAP;
    node->text = NULL;
    if (before.kind == MIEN_TREE_NULL || add_child(node, arena, name))
        return MIEN_OK;
    *node = before;
    return MIEN_ENOMEM;
}

static mien_status step(mien_tree **at, mien_arena *arena, const char *name) {
    if ((*at)->kind == MIEN_TREE_LIST) return step_list(at, name);
    MIEN_TRY(widen_to_map(*at, arena, name));
    mien_tree *child = find(*at, name);
    if (!child) child = add_child(*at, arena, name);
    *at = child;
    return child ? MIEN_OK : MIEN_ENOMEM;
}

static void replace(mien_tree *node, const mien_tree *value) {
    const mien_tree before = *node;
    *node = *value;
    node->key = before.key;
    node->next = before.next;
}

/* `path` is cut at its dots on the way. */
static mien_status set_at(mien_tree *root, mien_arena *arena, char *path,
                          const mien_tree *value) {
    mien_tree *at = root;
    int depth = 0;
    for (char *name = path, *dot; name; name = dot) {
        if (++depth > MAX_DEPTH)
            return mien_fail(MIEN_EINVAL, "deeper than %d levels", MAX_DEPTH);
        dot = strchr(name, '.');
        if (dot) *dot++ = 0;
        if (!*name)
            return mien_fail(MIEN_EINVAL,
                             "a name before or after a dot is "
                             "missing");
        MIEN_TRY(step(&at, arena, name));
    }
    replace(at, value);
    return MIEN_OK;
}

mien_status mien_tree_set(mien_tree *root, mien_arena *arena,
                          const char *assignment) {
    const char *equals = strchr(assignment, '=');
    if (!equals || equals == assignment)
        return mien_fail(MIEN_EINVAL, "--set '%s': want a.b.c=value",
                         assignment);
    char *path = mien_arena_strdup(arena, assignment);
    if (!path) return MIEN_ENOMEM;
    path[equals - assignment] = 0;
    const char *text = mien_arena_strdup(arena, equals + 1);
    if (!text) return MIEN_ENOMEM;
    mien_tree *value;
    mien_status status =
        mien_tree_parse(&value, arena, text, strlen(text), "--set");
    if (status == MIEN_OK) status = set_at(root, arena, path, value);
    if (status == MIEN_OK || status == MIEN_ENOMEM) return status;
    return mien_fail_in(status, "--set '%s'", assignment);
}
