/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - print one JSON object, as --json does. */
#ifndef MIEN_CLI_JSON_H
#define MIEN_CLI_JSON_H

#include <jansson.h>

#include "mien/status.h"

/* A number, or null when it is not finite. */
json_t *cli_json_number(double x);

/* Print it and a newline on stdout; takes over the reference. NULL is out of
 * memory. */
mien_status cli_json_print(json_t *object);

#endif
