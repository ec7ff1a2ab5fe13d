/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - print one JSON object. */
#include "json.h"

#include <math.h>
#include <stdio.h>

#include "command.h"

json_t *cli_json_number(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

mien_status cli_json_print(json_t *object) {
    if (!object) {
        cli_complain("out of memory");
        return MIEN_ENOMEM;
    }
    const int failed =
        json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(object);
    putchar('\n');
    if (!failed) return MIEN_OK;
    cli_complain("cannot write to stdout");
    return MIEN_EIO;
}
