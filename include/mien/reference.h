/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - what a recipe may say, from the library's own tables.
 *
 *   char *text;
 *   if (mien_reference_text(&text, "layers", MIEN_REFERENCE_PLAIN) == MIEN_OK)
 *       fputs(text, stdout);
 *   mien_reference_free(text); */
#ifndef MIEN_REFERENCE_H
#define MIEN_REFERENCE_H

#include "mien/status.h"

typedef enum mien_reference_form {
    MIEN_REFERENCE_PLAIN,   /* for a terminal */
    MIEN_REFERENCE_MARKDOWN /* for a page: a heading for each row */
} mien_reference_form;

/* The name of table `i`, "layers"; NULL behind the last. */
const char *mien_reference_table(int i);

/* What the table holds, "what networks are made of". */
const char *mien_reference_summary(int i);

/* Every row of a table with its options, their ranges and defaults; of all
 * tables, with a heading each, when `table` is NULL.
 *
 * Owns:   *out is the caller's; mien_reference_free() frees it.
 * Errors: MIEN_EINVAL for a table that is not there (and the nearest that
 *         is), MIEN_ENOMEM; *out is then NULL. */
mien_status mien_reference_text(char **out, const char *table,
                                mien_reference_form form);
void mien_reference_free(char *text); /* NULL is fine */

#endif
