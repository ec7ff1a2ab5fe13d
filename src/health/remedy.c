/* SPDX-License-Identifier: Apache-2.0 */
/* remedy.c - the table of remedies, and what they share. */
#include "health/remedy.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIEN_REMEDY(name) extern const mien_remedy_ops mien_remedy_##name;
#include "health/remedies.def"
#undef MIEN_REMEDY

static const mien_remedy_ops *const all[] = {
#define MIEN_REMEDY(name) &mien_remedy_##name,
#include "health/remedies.def"
#undef MIEN_REMEDY
};

const mien_remedy_ops *const *mien_remedies(int *count) {
    *count = (int)(sizeof all / sizeof *all);
    return all;
}

const mien_remedy_ops *mien_remedy_named(const char *name) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    return NULL;
}

bool mien_remedy_treats(const mien_remedy_ops *r, mien_cause cause) {
    for (int i = 0; i < MIEN_MAX_TREATED && r->treats[i]; i++)
        if (r->treats[i] == cause) return true;
    return false;
}

static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

bool mien_remedy_listed(const char *list, const char *name) {
    const size_t n = strlen(name);
    for (const char *at = list; at && *at;) {
        while (*at && !in_name(*at)) at++;
        const char *end = at;
        while (in_name(*end)) end++;
        if ((size_t)(end - at) == n && !strncmp(at, name, n)) return true;
        at = end;
    }
    return false;
}

void mien_remedy_unknown(char out[MIEN_REMEDY_NAME], const char *list) {
    *out = 0;
    for (const char *at = list; at && *at;) {
        while (*at && !in_name(*at)) at++;
        const char *name = at;
        while (in_name(*at)) at++;
        snprintf(out, MIEN_REMEDY_NAME, "%.*s", (int)(at - name), name);
        if (*out && !mien_remedy_named(out)) return;
    }
    *out = 0;
}

static mien_status add(mien_prescription *out, char *text) {
    if (!text) return MIEN_ENOMEM;
    if (out->n == MIEN_MAX_CHANGES)
        return mien_fail(MIEN_ELIMIT, "a remedy of more than %d changes",
                         MIEN_MAX_CHANGES);
    out->changes[out->n++] = text;
    return MIEN_OK;
}

mien_status mien_prescribe(mien_prescription *out, mien_arena *arena,
                           const char *format, ...) {
    char text[MIEN_SAY_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return add(out, mien_arena_strdup(arena, text));
}

/* Walk "a.b.c" down from the root. */
static const mien_tree *find(const mien_tree *tree, const char *path) {
    char key[64];
    while (tree && *path) {
        const size_t n = strcspn(path, ".");
        if (n >= sizeof key || tree->kind != MIEN_TREE_MAP) return NULL;
        memcpy(key, path, n);
        key[n] = 0;
        tree = mien_tree_get(tree, key);
        path += n + (path[n] == '.');
    }
    return tree;
}

double mien_patient_number(const mien_patient *p, const char *path,
                           double otherwise) {
    const mien_tree *at = find(p->recipe, path);
    if (!at || at->kind != MIEN_TREE_SCALAR) return otherwise;
    char *end;
    const double value = strtod(at->text, &end);
    return end != at->text && !*end ? value : otherwise;
}

mien_status mien_prescribe_model(mien_prescription *out, const mien_patient *p,
                                 const mien_tree *model) {
    mien_buf text = {.cap = 1 << 20};
    mien_status status = mien_buf_printf(&text, "model=");
    if (status == MIEN_OK) status = mien_tree_emit(&text, model);
    if (status == MIEN_OK)
        status = add(out, mien_arena_strdup(p->arena, (const char *)text.data));
    mien_buf_close(&text);
    return status;
}

/* ---- models ----------------------------------------------------------- */

bool mien_remedy_is_margin(const char *loss) {
    return !strcmp(loss, "arcface") || !strcmp(loss, "cosface") ||
           !strcmp(loss, "subcenter_arcface");
}

const char *mien_remedy_kind(const mien_tree *item) {
    if (item->kind == MIEN_TREE_SCALAR) return item->text;
    return item->kind == MIEN_TREE_MAP && item->first ? item->first->key : "";
}

mien_tree *mien_remedy_word(mien_arena *arena, const char *text) {
    mien_tree *item = mien_arena_alloc(arena, 1, sizeof *item);
    if (item)
        *item = (mien_tree){.kind = MIEN_TREE_SCALAR, .text = text, .file = ""};
    return item;
}
