/* SPDX-License-Identifier: Apache-2.0 */
/* model_outputs.h - the named outputs of an imported network, told. */
#ifndef MIEN_CLI_MODEL_OUTPUTS_H
#define MIEN_CLI_MODEL_OUTPUTS_H

#include <jansson.h>

#include "mien/model.h"

/* A list of name, extents, first and count; empty where none are named. */
json_t *cli_outputs_json(const mien_model *model);

/* A line for each on stdout. */
void cli_outputs_print(const mien_model *model);

#endif
