/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_rename.c - mien gallery rename GALLERY PERSON NAME. */
#include <stdio.h>

#include "enrolment.h"

static const cli_option options[] = {{0}};

static mien_status change(mien_gallery *gallery, const char *const *word) {
    return mien_gallery_rename(gallery, word[1], word[2]);
}

static mien_status run(const void *given, const cli_texts *words) {
    (void)given;
    const mien_status status = cli_gallery_do(words, change);
    if (status == MIEN_OK)
        printf("%s is now %s\n", words->items[1], words->items[2]);
    return status;
}

const cli_command cli_gallery_rename = {
    .name = "gallery rename",
    .summary = "give a person another name",
    .words = "GALLERY PERSON NAME",
    .min_words = 3,
    .max_words = 3,
    .options = options,
    .run = run,
};
