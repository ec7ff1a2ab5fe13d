/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - print one JSON object. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

json_t *cli_json_number(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

static mien_status print(json_t *object, size_t flags) {
    if (!object) {
        cli_complain("out of memory");
        return MIEN_ENOMEM;
    }
    const int failed =
        json_dumpf(object, stdout, flags | JSON_REAL_PRECISION(9));
    json_decref(object);
    putchar('\n');
    if (!failed) return MIEN_OK;
    cli_complain("cannot write to stdout");
    return MIEN_EIO;
}

mien_status cli_json_print(json_t *object) {
    return print(object, JSON_INDENT(2));
}

mien_status cli_json_line(json_t *object) {
    return print(object, JSON_COMPACT);
}

mien_status cli_format_check(const cli_format *f) {
    if (f->json + f->jsonl + f->csv <= 1) return MIEN_OK;
    return cli_complain("--json, --jsonl and --csv: one of them");
}

void cli_csv_put(const char *text, const char *after) {
    if (!strpbrk(text, "\",\r\n")) {
        printf("%s%s", text, after);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    printf("\"%s", after);
}
