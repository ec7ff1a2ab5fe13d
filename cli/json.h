/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - print one JSON object, as --json does. */
#ifndef MIEN_CLI_JSON_H
#define MIEN_CLI_JSON_H

#include <jansson.h>

#include <stdbool.h>

#include "mien/status.h"

/* A number, or null when it is not finite. */
json_t *cli_json_number(double x);

/* Print it and a newline on stdout; takes over the reference. NULL is out of
 * memory. */
mien_status cli_json_print(json_t *object);

/* The same in one line, for --jsonl. */
mien_status cli_json_line(json_t *object);

/* How a command prints its results. */
typedef struct cli_format {
    bool json, jsonl, csv;
} cli_format;

#define CLI_FORMAT_OPTIONS(config, at)                         \
    {"json", NULL, "print the result as one JSON object",      \
     offsetof(config, at.json), CLI_FLAG},                     \
        {"jsonl", NULL, "print a line of JSON for each photo", \
         offsetof(config, at.jsonl), CLI_FLAG},                \
    {                                                          \
        "csv", NULL, "print a table for a spreadsheet",        \
            offsetof(config, at.csv), CLI_FLAG                 \
    }

/* Errors: MIEN_EINVAL for more than one of them. */
mien_status cli_format_check(const cli_format *format);

/* A field of CSV, quoted where that is needed, and what follows it. */
void cli_csv_put(const char *text, const char *after);

#endif
