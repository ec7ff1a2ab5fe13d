/* SPDX-License-Identifier: Apache-2.0 */
/* cohort_labels.h - which group each person belongs to, by attribute.
 *
 *   person,sex,age
 *   p17,f,20-29
 *
 * An empty field is no group. */
#ifndef MIEN_EVAL_COHORT_LABELS_H
#define MIEN_EVAL_COHORT_LABELS_H

#include "base/arena.h"
#include "base/fail.h"

typedef struct mien_cohort_row {
    const char *person;
    const char **value; /* one an attribute, "" for none */
} mien_cohort_row;

typedef struct mien_cohort_labels {
    const char **attribute;
    int attributes;
    mien_cohort_row *row; /* sorted by person */
    int rows;
    mien_arena arena;
} mien_cohort_labels;

/* The text is changed.
 *
 * Errors: MIEN_EFORMAT names file and line: no header that begins with
 *         "person", rows of another length, a person twice; MIEN_ENOMEM; *out
 *         is then empty. */
mien_status mien_cohort_labels_parse(mien_cohort_labels *out, char *text,
                                     const char *name);
void mien_cohort_labels_close(mien_cohort_labels *labels);

/* The person's row; NULL: none. */
const mien_cohort_row *mien_cohort_labels_find(const mien_cohort_labels *l,
                                               const char *person);

#endif
