/* SPDX-License-Identifier: Apache-2.0 */
/* param.h - options declared once: name, help, range, default.
 *
 *   typedef struct config { float eps; int kernel[2]; int pad; } config;
 *   static const mien_param params[] = {
 *       {"eps", "least divisor", offsetof(config, eps), 1e-12, 1e-2, 1e-6},
 *       {"kernel", "height and width", offsetof(config, kernel), 1, 64, 1,
 *        .kind = MIEN_INT2, .required = true},
 *       {"pad", "border", offsetof(config, pad), .kind = MIEN_CHOICE,
 *        .choices = "valid|same"},
 *       {0},
 *   };
 *
 * Parsing, range checks, --help and the reference page all read the table. */
#ifndef MIEN_BASE_PARAM_H
#define MIEN_BASE_PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tree.h"

typedef enum mien_param_kind {
    MIEN_FLOAT,  /* float */
    MIEN_DOUBLE, /* double */
    MIEN_INT,    /* int; also the name of a variable, as in `out: classes` */
    MIEN_INT2,   /* int[2]: one number for both, or [a, b] */
    MIEN_INT3,   /* int[3]: [a, b, c] */
    MIEN_FLOAT2, /* float[2]: [a, b], or one number x for [x, x] */
    MIEN_FLOATS, /* mien_floats: a list of any length */
    MIEN_BOOL,   /* bool: true, false, on, off, yes, no */
    MIEN_CHOICE, /* int: index into "a|b|c"; default by `base` */
    MIEN_STRING, /* const char *, in the tree's arena; default `text` */
    MIEN_TREE    /* const mien_tree *, or NULL: parsed by somebody else */
} mien_param_kind;

typedef struct mien_floats {
    const float *items;
    int count;
} mien_floats;

typedef struct mien_param {
    const char *name, *help;
    size_t offset;
    double min, max, base; /* inclusive range and default */
    mien_param_kind kind;
    bool required;
    const char *choices; /* of MIEN_CHOICE */
    const char *text;    /* default of MIEN_STRING, may be NULL */
} mien_param;

/* Names an integer option may use instead of a number; ends with {0}. */
typedef struct mien_var {
    const char *name;
    int value;
} mien_var;

/* Fill `config` from a map, a scalar (sets the table's first entry), or NULL
 * (all defaults). `what` begins the messages: "recipe.yaml:7: conv: ...". Lists
 * of floats go into `arena`.
 *
 * Errors: MIEN_EINVAL for an unknown key (with the nearest known one), a value
 *         of the wrong kind or outside its range, a missing required key. */
mien_status mien_params_read(void *config, const mien_param *table,
                             const mien_tree *tree, const mien_var *vars,
                             mien_arena *arena, const char *what);

/* Write the config as a flow of "key: value" pairs, defaults included, so
 * that reading it gives the same bytes. MIEN_TREE entries are copied. */
mien_status mien_params_emit(mien_buf *out, const mien_param *table,
                             const void *config);

/* One help line per option: "  eps   least divisor (1e-12..0.01) [1e-06]". */
mien_status mien_params_help(mien_buf *out, const mien_param *table);

/* The nearest of n names, or NULL if none is near; for "did you mean". */
const char *mien_nearest(const char *name, const char *const *names, int n);

#endif
