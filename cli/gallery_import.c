/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_import.c - mien gallery import GALLERY FILE|-. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enrolment.h"

typedef struct config {
    const char *model;
} config;

static const cli_option options[] = {
    {"model", "FILE",
     "make the gallery, bound to this model, if it is not there",
     offsetof(config, model), CLI_TEXT},
    {0}};

static mien_status import(mien_gallery *gallery, const char *path) {
    char *bytes;
    size_t size;
    mien_status status = cli_read_all(&bytes, &size, path);
    if (status != MIEN_OK) return status;
    status = mien_gallery_import(gallery, bytes, size);
    if (status != MIEN_OK) cli_complain("%s: %s", path, mien_error());
    free(bytes);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_gallery *gallery = NULL;
    mien_embedder *embedder = NULL;
    mien_gallery_facts f;
    mien_status status =
        c->model ? cli_embedder_open(&embedder, c->model, "model") : MIEN_OK;
    if (status == MIEN_OK)
        status = cli_gallery_open(&gallery, words->items[0], true,
                                  c->model != NULL, embedder);
    if (status == MIEN_OK) status = import(gallery, words->items[1]);
    if (status == MIEN_OK) status = mien_gallery_info(&f, gallery);
    if (status == MIEN_OK)
        printf("%s: %lld people, %lld templates\n", words->items[0],
               (long long)f.people, (long long)f.templates);
    mien_gallery_close(gallery);
    mien_embedder_close(embedder);
    return status;
}

const cli_command cli_gallery_import = {
    .name = "gallery import",
    .summary = "add what was exported to a gallery",
    .words = "GALLERY FILE|-",
    .min_words = 2,
    .max_words = 2,
    .more =
        "All of it is added or nothing; people of the same name become "
        "one.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
