/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_erase.c - mien gallery erase GALLERY PERSON|--all. */
#include <stdio.h>

#include "enrolment.h"

typedef struct config {
    bool all;
} config;

static const cli_option options[] = {
    {"all", NULL, "the whole gallery: key, templates and names",
     offsetof(config, all), CLI_FLAG},
    {0}};

static mien_status erase(mien_gallery *gallery, const char *const *word) {
    return mien_gallery_erase(gallery, word[1]);
}

static mien_status destroy(const char *path) {
    const mien_status status = mien_gallery_destroy(path);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    if (c->all != (words->count == 1))
        return cli_complain("either a person or --all");
    const mien_status status =
        c->all ? destroy(words->items[0]) : cli_gallery_do(words, erase);
    if (status == MIEN_OK)
        printf("%s is erased\n", words->items[words->count - 1]);
    return status;
}

const cli_command cli_gallery_erase = {
    .name = "gallery erase",
    .summary = "remove a person and leave nothing in any file",
    .words = "GALLERY [PERSON]",
    .min_words = 1,
    .max_words = 2,
    .more =
        "Also what was removed before goes. Copies, backups and exports "
        "elsewhere are not\nreached.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
