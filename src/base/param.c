/* SPDX-License-Identifier: Apache-2.0 */
/* param.c - read options from a recipe by their table. */
#include "base/param.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES 64

/* What every step of one reading needs. */
typedef struct reading {
    const mien_var *vars;
    mien_arena *arena;
    const char *what; /* "conv" */
} reading;

/* One option being set: its row and the value given. */
typedef struct option {
    const mien_param *row;
    const mien_tree *value;
} option;

static const char *const shapes[] = {
    [MIEN_FLOAT] = "a number",
    [MIEN_DOUBLE] = "a number",
    [MIEN_INT] = "a whole number",
    [MIEN_INT2] = "a whole number or a list of 2",
    [MIEN_INT3] = "a list of 3 whole numbers",
    [MIEN_FLOAT2] = "a number or a list of 2",
    [MIEN_FLOATS] = "a list of numbers",
    [MIEN_BOOL] = "true or false",
    [MIEN_STRING] = "a text",
};

static mien_status fail_shape(const reading *r, option o) {
    const char *kind = shapes[o.row->kind];
    if (o.value->kind == MIEN_TREE_SCALAR)
        return mien_tree_fail(o.value, "%s: %s is '%s'; want %s", r->what,
                              o.row->name, o.value->text, kind);
    const char *given = o.value->kind == MIEN_TREE_LIST  ? "a list"
                        : o.value->kind == MIEN_TREE_MAP ? "a map"
                                                         : "empty";
    return mien_tree_fail(o.value, "%s: %s is %s; want %s", r->what,
                          o.row->name, given, kind);
}

static bool is_float_kind(mien_param_kind kind) {
    return kind == MIEN_FLOAT || kind == MIEN_FLOAT2 || kind == MIEN_FLOATS;
}

/* Floats are compared as floats, so that a limit reads back as itself. */
static mien_status check_range(const reading *r, option o, double x) {
    const mien_param *row = o.row;
    assert(row->min <= row->max);
    const bool narrow = is_float_kind(row->kind);
    const double min = narrow ? (float)row->min : row->min;
    const double max = narrow ? (float)row->max : row->max;
    if ((narrow ? (float)x : x) >= min && (narrow ? (float)x : x) <= max)
        return MIEN_OK;
    return mien_tree_fail(o.value, "%s: %s = %.9g is outside %.9g..%.9g",
                          r->what, row->name, x, row->min, row->max);
}

/* Decimal digits only: strtod() would also take inf, nan and hexadecimal. */
static bool to_number(double *x, const char *text) {
    char *end;
    if (!*text || text[strspn(text, "0123456789+-.eE")]) return false;
    *x = strtod(text, &end);
    return !*end && *x <= 1.7976931348623157e308 &&
           *x >= -1.7976931348623157e308;
}

static mien_status read_number(double *x, const reading *r, option o) {
    if (o.value->kind != MIEN_TREE_SCALAR || !to_number(x, o.value->text))
        return fail_shape(r, o);
    return check_range(r, o, *x);
}

static mien_status fail_variable(const reading *r, option o) {
    const char *names[MAX_NAMES] = {0};
    char known[256] = "";
    int n = 0;
    for (const mien_var *v = r->vars; v && v->name && n < MAX_NAMES; v++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, "%s%s", n ? ", " : "",
                 v->name);
        names[n++] = v->name;
    }
    if (n == 0) return fail_shape(r, o);
    const char *near = mien_nearest(o.value->text, names, n);
    return mien_tree_fail(
        o.value, "%s: %s is '%s'; want a whole number or one of: %s%s%s%s",
        r->what, o.row->name, o.value->text, known,
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

static mien_status read_int(int *x, const reading *r, option o) {
    if (o.value->kind != MIEN_TREE_SCALAR) return fail_shape(r, o);
    const char *text = o.value->text;
    for (const mien_var *v = r->vars; v && v->name; v++) {
        if (strcmp(text, v->name) != 0) continue;
        *x = v->value;
        return check_range(r, o, v->value);
    }
    if (isalpha((unsigned char)text[0])) return fail_variable(r, o);
    char *end;
    if (!*text || text[strspn(text, "0123456789+-")]) return fail_shape(r, o);
    errno = 0;
    const long long n = strtoll(text, &end, 10);
    if (*end) return fail_shape(r, o);
    const double wide = errno == ERANGE ? strtod(text, NULL) : (double)n;
    MIEN_TRY(check_range(r, o, wide));
    if (n < INT32_MIN || n > INT32_MAX) return fail_shape(r, o);
    *x = (int)n;
    return MIEN_OK;
}

static mien_status read_ints(int *x, int n, const reading *r, option o) {
    if (n == 2 && o.value->kind == MIEN_TREE_SCALAR) {
        MIEN_TRY(read_int(&x[0], r, o));
        x[1] = x[0];
        return MIEN_OK;
    }
    if (o.value->kind != MIEN_TREE_LIST || o.value->count != n)
        return fail_shape(r, o);
    const mien_tree *item = o.value->first;
    for (int i = 0; i < n; i++, item = item->next)
        MIEN_TRY(read_int(&x[i], r, (option){o.row, item}));
    return MIEN_OK;
}

static mien_status read_list(float *x, const reading *r, option o) {
    for (const mien_tree *item = o.value->first; item; item = item->next) {
        double number;
        MIEN_TRY(read_number(&number, r, (option){o.row, item}));
        *x++ = (float)number;
    }
    return MIEN_OK;
}

static mien_status read_float2(float x[2], const reading *r, option o) {
    if (o.value->kind == MIEN_TREE_LIST && o.value->count == 2)
        return read_list(x, r, o);
    double number;
    MIEN_TRY(read_number(&number, r, o));
    x[0] = x[1] = (float)number;
    return MIEN_OK;
}

static mien_status read_floats(mien_floats *out, const reading *r, option o) {
    if (o.value->kind != MIEN_TREE_LIST) return fail_shape(r, o);
    *out = (mien_floats){0};
    if (o.value->count == 0) return MIEN_OK;
    float *items =
        mien_arena_alloc(r->arena, (size_t)o.value->count, sizeof(float));
    if (!items) return MIEN_ENOMEM;
    *out = (mien_floats){items, o.value->count};
    return read_list(items, r, o);
}

static mien_status read_bool(bool *out, const reading *r, option o) {
    static const char *const words[] = {"false", "true", "off",
                                        "on",    "no",   "yes"};
    if (o.value->kind != MIEN_TREE_SCALAR) return fail_shape(r, o);
    for (int i = 0; i < 6; i++) {
        if (strcmp(o.value->text, words[i]) != 0) continue;
        *out = i % 2;
        return MIEN_OK;
    }
    return fail_shape(r, o);
}

/* The choices, "a|b|c", are compared piece by piece. */
static mien_status read_choice(int *out, const reading *r, option o) {
    const bool scalar = o.value->kind == MIEN_TREE_SCALAR;
    const char *piece = o.row->choices;
    for (int i = 0; scalar && piece; i++) {
        const size_t length = strcspn(piece, "|");
        if (strlen(o.value->text) == length &&
            strncmp(piece, o.value->text, length) == 0) {
            *out = i;
            return MIEN_OK;
        }
        piece = piece[length] ? piece + length + 1 : NULL;
    }
    return mien_tree_fail(o.value, "%s: %s is '%s'; want one of %s", r->what,
                          o.row->name, scalar ? o.value->text : "no word",
                          o.row->choices);
}

static mien_status read_text(const char **out, const reading *r, option o) {
    if (o.value->kind == MIEN_TREE_NULL)
        *out = NULL;
    else if (o.value->kind == MIEN_TREE_SCALAR)
        *out = o.value->text;
    else
        return fail_shape(r, o);
    return MIEN_OK;
}

static mien_status read_option(void *config, const reading *r, option o) {
    void *at = (char *)config + o.row->offset;
    double number;
    switch (o.row->kind) {
        case MIEN_FLOAT:
            MIEN_TRY(read_number(&number, r, o));
            *(float *)at = (float)number;
            return MIEN_OK;
        case MIEN_DOUBLE: return read_number(at, r, o);
        case MIEN_INT: return read_int(at, r, o);
        case MIEN_INT2: return read_ints(at, 2, r, o);
        case MIEN_INT3: return read_ints(at, 3, r, o);
        case MIEN_FLOAT2: return read_float2(at, r, o);
        case MIEN_FLOATS: return read_floats(at, r, o);
        case MIEN_BOOL: return read_bool(at, r, o);
        case MIEN_CHOICE: return read_choice(at, r, o);
        case MIEN_STRING: return read_text(at, r, o);
        case MIEN_TREE: *(const mien_tree **)at = o.value; return MIEN_OK;
    }
    assert(false && "an option of an unknown kind");
    return MIEN_EINVAL;
}

static void set_default(void *config, const mien_param *row) {
    void *at = (char *)config + row->offset;
    const double x = row->base;
    switch (row->kind) {
        case MIEN_FLOAT: *(float *)at = (float)x; break;
        case MIEN_DOUBLE: *(double *)at = x; break;
        case MIEN_INT:
        case MIEN_CHOICE: *(int *)at = (int)x; break;
        case MIEN_INT2:
        case MIEN_INT3:
            for (int i = 0; i < (row->kind == MIEN_INT2 ? 2 : 3); i++)
                ((int *)at)[i] = (int)x;
            break;
        case MIEN_FLOAT2: ((float *)at)[0] = ((float *)at)[1] = (float)x; break;
        case MIEN_FLOATS: *(mien_floats *)at = (mien_floats){0}; break;
        case MIEN_BOOL: *(bool *)at = x != 0; break;
        case MIEN_STRING: *(const char **)at = row->text; break;
        case MIEN_TREE: *(const mien_tree **)at = NULL; break;
    }
}

static const mien_param *find(const mien_param *table, const char *name) {
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0) return table;
    return NULL;
}

static mien_status fail_unknown(const mien_param *table, const reading *r,
                                const mien_tree *key) {
    const char *names[MAX_NAMES] = {0};
    int n = 0;
    for (; table[n].name && n < MAX_NAMES; n++) names[n] = table[n].name;
    const char *near = mien_nearest(key->key, names, n);
    if (near)
        return mien_tree_fail(key,
                              "%s: unknown option '%s'; did you mean '%s'?",
                              r->what, key->key, near);
    char known[512] = "";
    for (int i = 0; i < n; i++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
                 names[i]);
    }
    return mien_tree_fail(key, "%s: unknown option '%s'; known: %s", r->what,
                          key->key, n ? known : "none");
}

/* `conv: 32` and `size: [64, 64]` set the first option. */
static bool is_shorthand(const mien_param *first, const mien_tree *tree) {
    if (!first->name) return false;
    if (tree->kind == MIEN_TREE_SCALAR) return true;
    return tree->kind == MIEN_TREE_LIST &&
           (first->kind == MIEN_INT2 || first->kind == MIEN_INT3 ||
            first->kind == MIEN_FLOAT2 || first->kind == MIEN_FLOATS ||
            first->kind == MIEN_TREE);
}

static mien_status read_map(void *config, const mien_param *table,
                            const reading *r, const mien_tree *map) {
    for (const mien_tree *child = map->first; child; child = child->next) {
        const mien_param *row = find(table, child->key);
        if (!row) return fail_unknown(table, r, child);
        MIEN_TRY(read_option(config, r, (option){row, child}));
    }
    return MIEN_OK;
}

mien_status mien_params_read(void *config, const mien_param *table,
                             const mien_tree *tree, const mien_var *vars,
                             mien_arena *arena, const char *what) {
    const reading r = {vars, arena, what};
    for (const mien_param *row = table; row->name; row++)
        set_default(config, row);
    const bool empty = !tree || tree->kind == MIEN_TREE_NULL;
    const bool first_only = !empty && is_shorthand(table, tree);
    if (first_only) {
        MIEN_TRY(read_option(config, &r, (option){table, tree}));
    } else if (!empty && tree->kind != MIEN_TREE_MAP) {
        return mien_tree_fail(tree, "%s: %s; want its options as {name: value}",
                              what,
                              tree->kind == MIEN_TREE_LIST ? "got a list"
                              : table->name ? "got a single value"
                                            : "takes no options");
    } else if (!empty) {
        MIEN_TRY(read_map(config, table, &r, tree));
    }
    for (const mien_param *row = table; row->name; row++)
        if (row->required && !(first_only && row == table) &&
            !mien_tree_get(tree, row->name))
            return mien_tree_fail(tree, "%s: '%s' is missing (%s)", what,
                                  row->name, row->help);
    return MIEN_OK;
}
