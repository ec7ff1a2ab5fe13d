/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - tables of text: commas, quotes, one row a line.
 *
 *   mien_csv csv = {.at = text, .name = "list.csv", .separator = ','};
 *   while (mien_csv_next(&csv, &status)) ... csv.fields[0] ...
 *
 * Source: RFC 4180; a quoted field may hold separators, line ends and "" for
 * one quote. */
#ifndef MIEN_DATA_CSV_H
#define MIEN_DATA_CSV_H

#include <stdbool.h>

#include "base/fail.h"

#define MIEN_CSV_FIELDS 64

/* The text is changed as it is read: fields are cut out of it. */
typedef struct mien_csv {
    char *at;         /* what is left, ends with a NUL */
    const char *name; /* of the file, for messages */
    char separator;
    int line, lines; /* of this row's beginning; read so far */
    int count;       /* fields of this row */
    char *fields[MIEN_CSV_FIELDS];
} mien_csv;

/* The next row that is not empty; false at the end, and when *status is an
 * error: MIEN_EFORMAT for an open quote, MIEN_ELIMIT for over 64 fields. */
bool mien_csv_next(mien_csv *csv, mien_status *status);

#endif
