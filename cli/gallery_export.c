/* SPDX-License-Identifier: Apache-2.0 */
/* gallery_export.c - mien gallery export GALLERY. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "enrolment.h"

typedef struct config {
    const char *out;
} config;

static const cli_option options[] = {
    {"out", "FILE", "write there, readable by its owner alone [stdout]",
     offsetof(config, out), CLI_TEXT},
    {0}};

static mien_status put(void *context, const char *line, size_t size) {
    return fwrite(line, 1, size, context) == size
               ? MIEN_OK
               : cli_complain("the export cannot be written: %s",
                              strerror(errno));
}

static mien_status export(mien_gallery *gallery, FILE *to) {
    const mien_status status = mien_gallery_export(gallery, put, to);
    if (status != MIEN_OK && !cli_said()) cli_complain("%s", mien_error());
    return status;
}

/* A new file that nobody else can read: it holds faces in clear. */
static mien_status export_file(mien_gallery *gallery, const char *path) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        const mien_status status =
            cli_complain("%s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        return status;
    }
    mien_status status = export(gallery, file);
    if (fclose(file) && status == MIEN_OK)
        status = cli_complain("%s: %s", path, strerror(errno));
    if (status != MIEN_OK) unlink(path);
    return status;
}

static mien_status run(const void *given, const cli_texts *words) {
    const config *c = given;
    mien_gallery *gallery;
    mien_status status =
        cli_gallery_open(&gallery, words->items[0], false, false, NULL);
    if (status != MIEN_OK) return status;
    status = c->out ? export_file(gallery, c->out) : export(gallery, stdout);
    mien_gallery_close(gallery);
    return status;
}

const cli_command cli_gallery_export = {
    .name = "gallery export",
    .summary = "write a gallery as JSON lines, in clear",
    .words = "GALLERY",
    .min_words = 1,
    .max_words = 1,
    .more =
        "Whoever has the export has the faces: keep it as you keep the "
        "photos.\n",
    .options = options,
    .config_size = sizeof(config),
    .run = run,
};
