/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - tables of text, row by row. */
#include "data/csv.h"

#include <string.h>

/* Cut a quoted field out in place; NULL when the quote stays open. */
static char *unquote(mien_csv *csv) {
    char *from = csv->at + 1, *to = csv->at;
    for (; *from; from++) {
        if (*from == '\n') csv->lines++;
        if (*from == '"' && *++from != '"') {
            csv->at = from;
            return to;
        }
        *to++ = *from;
    }
    return NULL;
}

/* One field into csv->fields; `*last` when the row ends behind it. */
static mien_status read_field(mien_csv *csv, bool *last) {
    if (csv->count == MIEN_CSV_FIELDS)
        return mien_fail(MIEN_ELIMIT, "%s:%d: more than %d fields", csv->name,
                         csv->line, MIEN_CSV_FIELDS);
    const char stops[] = {csv->separator, '\r', '\n', 0};
    csv->fields[csv->count++] = csv->at;
    char *end = NULL;
    if (*csv->at == '"') {
        end = unquote(csv);
        if (!end)
            return mien_fail(MIEN_EFORMAT, "%s:%d: a quote is not closed",
                             csv->name, csv->line);
        if (*csv->at && !strchr(stops, *csv->at))
            return mien_fail(MIEN_EFORMAT, "%s:%d: text behind a closing quote",
                             csv->name, csv->line);
    } else {
        csv->at += strcspn(csv->at, stops);
        end = csv->at;
    }
    *last = *csv->at != csv->separator;
    if (*csv->at == '\r') csv->at++;
    if (*csv->at == '\n') csv->lines++;
    if (*csv->at) csv->at++;
    *end = 0;
    return MIEN_OK;
}

bool mien_csv_next(mien_csv *csv, mien_status *status) {
    *status = MIEN_OK;
    for (; *csv->at == '\r' || *csv->at == '\n'; csv->at++)
        csv->lines += *csv->at == '\n';
    if (!*csv->at) return false;
    csv->line = csv->lines + 1;
    csv->count = 0;
    for (bool last = false; !last && *status == MIEN_OK;)
        *status = read_field(csv, &last);
    return *status == MIEN_OK;
}
