/* SPDX-License-Identifier: Apache-2.0 */
/* param_emit.c - write options and their help by their table. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/param.h"
#include "base/tree_text.h"

/* The fewest digits that read back as the same float or double. */
static mien_status put_number(mien_buf *out, double x, bool narrow) {
    char text[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, x);
        const double back = strtod(text, NULL);
        if (narrow ? (float)back == (float)x : back == x) break;
    }
    return mien_buf_append(out, text, strlen(text));
}

static mien_status put_ints(mien_buf *out, const int *x, int n) {
    for (int i = 0; i < n; i++)
        MIEN_TRY(mien_buf_printf(out, "%s%d", i ? ", " : "[", x[i]));
    return mien_buf_append(out, "]", 1);
}

static mien_status put_floats(mien_buf *out, const float *x, int n) {
    MIEN_TRY(mien_buf_append(out, "[", 1));
    for (int i = 0; i < n; i++) {
        if (i > 0) MIEN_TRY(mien_buf_append(out, ", ", 2));
        MIEN_TRY(put_number(out, x[i], true));
    }
    return mien_buf_append(out, "]", 1);
}

static mien_status put_choice(mien_buf *out, const char *choices, int index) {
    const char *piece = choices;
    for (; index > 0; index--) piece += strcspn(piece, "|") + 1;
    return mien_buf_append(out, piece, strcspn(piece, "|"));
}

static mien_status put_value(mien_buf *out, const mien_param *row,
                             const void *at) {
    const mien_floats *list = at;
    switch (row->kind) {
        case MIEN_FLOAT: return put_number(out, *(const float *)at, true);
        case MIEN_DOUBLE: return put_number(out, *(const double *)at, false);
        case MIEN_INT: return mien_buf_printf(out, "%d", *(const int *)at);
        case MIEN_INT2: return put_ints(out, at, 2);
        case MIEN_INT3: return put_ints(out, at, 3);
        case MIEN_FLOAT2: return put_floats(out, at, 2);
        case MIEN_FLOATS: return put_floats(out, list->items, list->count);
        case MIEN_BOOL:
            return mien_buf_printf(out, *(const bool *)at ? "true" : "false");
        case MIEN_CHOICE:
            return put_choice(out, row->choices, *(const int *)at);
        case MIEN_STRING: return mien_text_emit(out, *(char *const *)at);
        case MIEN_TREE:
            return mien_tree_emit_flow(out, *(mien_tree *const *)at);
    }
    assert(false && "an option of an unknown kind");
    return MIEN_EINVAL;
}

/* A text or tree that is not there is left out. */
static bool is_absent(const mien_param *row, const void *at) {
    if (row->kind == MIEN_STRING) return !*(char *const *)at;
    return row->kind == MIEN_TREE && !*(mien_tree *const *)at;
}

mien_status mien_params_emit(mien_buf *out, const mien_param *table,
                             const void *config) {
    const char *before = "";
    MIEN_TRY(mien_buf_append(out, "{", 1));
    for (const mien_param *row = table; row->name; row++) {
        const void *at = (const char *)config + row->offset;
        if (is_absent(row, at)) continue;
        MIEN_TRY(mien_buf_printf(out, "%s%s: ", before, row->name));
        MIEN_TRY(put_value(out, row, at));
        before = ", ";
    }
    return mien_buf_append(out, "}", 1);
}

static bool is_narrow(const mien_param *row) {
    return row->kind == MIEN_FLOAT || row->kind == MIEN_FLOAT2 ||
           row->kind == MIEN_FLOATS;
}

static mien_status put_range(mien_buf *out, const mien_param *row) {
    switch (row->kind) {
        case MIEN_BOOL: return mien_buf_printf(out, " (true|false)");
        case MIEN_CHOICE: return mien_buf_printf(out, " (%s)", row->choices);
        case MIEN_STRING:
        case MIEN_TREE: return MIEN_OK;
        default: break;
    }
    MIEN_TRY(mien_buf_append(out, " (", 2));
    MIEN_TRY(put_number(out, row->min, is_narrow(row)));
    MIEN_TRY(mien_buf_append(out, "..", 2));
    MIEN_TRY(put_number(out, row->max, is_narrow(row)));
    return mien_buf_append(out, ")", 1);
}

static mien_status put_default(mien_buf *out, const mien_param *row) {
    if (row->required) return mien_buf_printf(out, ", required\n");
    switch (row->kind) {
        case MIEN_BOOL:
            return mien_buf_printf(out, " [%s]\n",
                                   row->base != 0 ? "true" : "false");
        case MIEN_CHOICE:
            MIEN_TRY(mien_buf_append(out, " [", 2));
            MIEN_TRY(put_choice(out, row->choices, (int)row->base));
            return mien_buf_append(out, "]\n", 2);
        case MIEN_STRING:
            if (!row->text || !*row->text)
                return mien_buf_append(out, "\n", 1);
            return mien_buf_printf(out, " [%s]\n", row->text);
        case MIEN_FLOATS:
        case MIEN_TREE: return mien_buf_append(out, "\n", 1);
        default: break;
    }
    MIEN_TRY(mien_buf_append(out, " [", 2));
    MIEN_TRY(put_number(out, row->base, is_narrow(row)));
    return mien_buf_append(out, "]\n", 2);
}

mien_status mien_params_help(mien_buf *out, const mien_param *table) {
    int width = 0;
    for (const mien_param *row = table; row->name; row++)
        if ((int)strlen(row->name) > width) width = (int)strlen(row->name);
    for (const mien_param *row = table; row->name; row++) {
        MIEN_TRY(
            mien_buf_printf(out, "  %-*s   %s", width, row->name, row->help));
        MIEN_TRY(put_range(out, row));
        MIEN_TRY(put_default(out, row));
    }
    return MIEN_OK;
}
