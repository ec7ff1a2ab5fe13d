/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - the status table, and the sentence behind a thread's error. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

#define SENTENCE_ROOM 1024

static _Thread_local char sentence[SENTENCE_ROOM];

static const struct status_row {
    mien_status status;
    const char *text;
    int http, exit_code;
} rows[] = {
#define MIEN_STATUS(name, value, text, http, exit_code) \
    {MIEN_##name, text, http, exit_code},
#include "mien/status.def"
#undef MIEN_STATUS
};

static const struct status_row *find_row(mien_status status) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].status == status) return &rows[i];
    return NULL;
}

const char *mien_error(void) { return sentence; }

const char *mien_status_text(mien_status status) {
    const struct status_row *row = find_row(status);
    return row ? row->text : "unknown status";
}

int mien_status_http(mien_status status) {
    const struct status_row *row = find_row(status);
    return row ? row->http : 500;
}

int mien_status_exit_code(mien_status status) {
    const struct status_row *row = find_row(status);
    return row ? row->exit_code : 2;
}

/* Formatted aside first: an argument may be mien_error() itself. */
mien_status mien_fail(mien_status status, const char *format, ...) {
    char text[SENTENCE_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    memcpy(sentence, text, strlen(text) + 1);
    return status;
}

mien_status mien_fail_in(mien_status status, const char *format, ...) {
    char text[SENTENCE_ROOM];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    strncat(text, ": ", sizeof(text) - 1 - strlen(text));
    strncat(text, sentence, sizeof(text) - 1 - strlen(text));
    memcpy(sentence, text, strlen(text) + 1);
    return status;
}

mien_status mien_fail_errno(const char *operation, const char *path) {
    const int code = errno;
    char why[128];
    mien_status status = MIEN_EIO;
    if (code == ENOSPC || code == EDQUOT) status = MIEN_ENOSPACE;
    if (code == ENOENT) status = MIEN_ENOTFOUND;
    return mien_fail(status, "%s %s: %s", operation, path,
                     strerror_r(code, why, sizeof(why)));
}
