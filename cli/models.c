/* SPDX-License-Identifier: Apache-2.0 */
/* models.c - find the default models. */
#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static bool try_in(char *out, size_t room, const char *folder,
                   const char *file) {
    if (!folder || !*folder) return false;
    const int length = snprintf(out, room, "%s/%s", folder, file);
    return (size_t)length < room && !access(out, R_OK);
}

mien_status cli_model_path(char *out, size_t room, const char *given,
                           const char *file, const char *option) {
    if (given && strlen(given) < room) {
        strcpy(out, given);
        return MIEN_OK;
    }
    const char *folder = getenv("MIEN_MODELS");
    if (try_in(out, room, folder, file)) return MIEN_OK;
    /* Whoever names a folder means that one. */
    if (!folder && (try_in(out, room, "models", file) ||
                    try_in(out, room, MIEN_SHARE "/models", file)))
        return MIEN_OK;
    if (folder)
        cli_complain(
            "there is no %s in %s, which MIEN_MODELS names; --%s FILE "
            "says where it is",
            file, folder, option);
    else
        cli_complain(
            "there is no %s in ./models or %s/models; --%s FILE says "
            "where it is",
            file, MIEN_SHARE, option);
    return MIEN_ENOTFOUND;
}
