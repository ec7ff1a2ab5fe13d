/* SPDX-License-Identifier: Apache-2.0 */
/* tree_text.c - single values of a recipe as text. */
#include "base/tree_text.h"

#include <ctype.h>
#include <string.h>

bool mien_text_is_null(const char *text) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        if (strcmp(text, nulls[i]) == 0) return true;
    return false;
}

/* Words and numbers; whatever could mean something to YAML gets quotes. */
static bool is_plain(const char *text) {
    const char *first = text;
    if (mien_text_is_null(text)) return false;
    if (*first == '-' || *first == '+' || *first == '.') first++;
    if (!isalnum((unsigned char)*first) && *first != '_') return false;
    for (const char *p = first; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_./+-", *p)) return false;
    return true;
}

mien_status mien_text_emit(mien_buf *out, const char *text) {
    if (is_plain(text)) return mien_buf_append(out, text, strlen(text));
    MIEN_TRY(mien_buf_append(out, "\"", 1));
    for (const char *p = text; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            MIEN_TRY(mien_buf_printf(out, "\\%c", c));
        else if (c < 0x20 || c == 0x7f)
            MIEN_TRY(mien_buf_printf(out, "\\x%02X", c));
        else
            MIEN_TRY(mien_buf_append(out, p, 1));
    }
    return mien_buf_append(out, "\"", 1);
}

mien_status mien_tree_emit_flow(mien_buf *out, const mien_tree *tree) {
    if (tree->kind == MIEN_TREE_NULL) return mien_buf_append(out, "null", 4);
    if (tree->kind == MIEN_TREE_SCALAR) return mien_text_emit(out, tree->text);
    const bool list = tree->kind == MIEN_TREE_LIST;
    MIEN_TRY(mien_buf_append(out, list ? "[" : "{", 1));
    for (const mien_tree *child = tree->first; child; child = child->next) {
        if (!list) MIEN_TRY(mien_text_emit(out, child->key));
        if (!list) MIEN_TRY(mien_buf_append(out, ": ", 2));
        MIEN_TRY(mien_tree_emit_flow(out, child));
        if (child->next) MIEN_TRY(mien_buf_append(out, ", ", 2));
    }
    return mien_buf_append(out, list ? "]" : "}", 1);
}
