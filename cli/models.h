/* SPDX-License-Identifier: Apache-2.0 */
/* models.h - where the model files are.
 *
 * What an option names; else the file in $MIEN_MODELS, in ./models, or in the
 * folder that `make install` put the models in. */
#ifndef MIEN_CLI_MODELS_H
#define MIEN_CLI_MODELS_H

#include <stddef.h>

#include "mien/status.h"

#define CLI_DETECTOR "detector.safetensors"
#define CLI_EMBEDDER "embedder.safetensors"

/* `given` may be NULL; `option` is the one that could name a file.
 *
 * Errors: MIEN_ENOTFOUND after a complaint that says where it was looked
 *         for. */
mien_status cli_model_path(char *out, size_t room, const char *given,
                           const char *file, const char *option);

#endif
