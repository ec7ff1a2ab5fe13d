/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_merge.c - mien gallery merge GALLERY FROM INTO. */
#include <stdio.h>

#include "enrolment.h"

static const cli_option options[] = {{0}};

static mien_status change(mien_gallery *gallery, const char *const *word) {
    return mien_gallery_merge(gallery, word[1], word[2]);
}

static mien_status run(const void *given, const cli_texts *words) {
    (void)given;
    const mien_status status = cli_gallery_do(words, change);
    if (status == MIEN_OK)
        printf("%s is now part of %s\n", words->items[1], words->items[2]);
    return status;
}

const cli_command cli_gallery_merge = {
    .name = "gallery merge",
    .summary = "two names are one person: give the photos of one to the other",
    .words = "GALLERY FROM INTO",
    .min_words = 3,
    .max_words = 3,
    .options = options,
    .run = run,
};
