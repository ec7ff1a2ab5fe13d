/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - mien version. */
#include "mien/version.h"

#include <stdio.h>

#include "command.h"

static mien_status run(const void *config, const cli_texts *words) {
    (void)config, (void)words;
    printf("mien %s\n", mien_version());
    return MIEN_OK;
}

static const cli_option options[] = {{0}};

const cli_command cli_version = {
    .name = "version",
    .summary = "print the version",
    .words = "",
    .options = options,
    .run = run,
};
