/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_verify.c - mien gallery verify GALLERY. */
#include <stdio.h>

#include "enrolment.h"

static const cli_option options[] = {{0}};

static void say(void *context, const char *sentence) {
    (void)context;
    cli_complain("%s", sentence);
}

static mien_status run(const void *given, const cli_texts *words) {
    mien_gallery *gallery;
    (void)given;
    mien_status status =
        cli_gallery_open(&gallery, words->items[0], false, false, NULL);
    if (status != MIEN_OK) return status;
    status = mien_gallery_verify(gallery, say, NULL);
    mien_gallery_close(gallery);
    if (status == MIEN_OK) printf("%s: intact\n", words->items[0]);
    return status;
}

const cli_command cli_gallery_verify = {
    .name = "gallery verify",
    .summary = "check every record of a gallery",
    .words = "GALLERY",
    .min_words = 1,
    .max_words = 1,
    .options = options,
    .run = run,
};
