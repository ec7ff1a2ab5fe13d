/* SPDX-License-Identifier: Apache-2.0 */
/* run_log.c - write log.jsonl. */
#include "train/run_log.h"

#include <stdarg.h>

#include "base/file.h"
#include "base/log.h"
#include "train/finite.h"

mien_status mien_run_log_open(mien_run_log *log, const char *path,
                              int64_t keep) {
    *log = (mien_run_log){0};
    if (keep) MIEN_TRY(mien_file_truncate(path, (uint64_t)keep));
    FILE *file = fopen(path, keep ? "ab" : "wb");
    if (!file) return mien_fail_errno("cannot open", path);
    log->file = file;
    log->bytes = keep;
    return MIEN_OK;
}

static void put(mien_run_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(mien_run_log *log, const char *format, ...) {
    va_list args;
    if (!log->file) return;
    va_start(args, format);
    const int n = vfprintf(log->file, format, args);
    va_end(args);
    if (n > 0) log->bytes += n;
    if (n >= 0 || log->warned) return;
    mien_warn("log.jsonl cannot be written; training goes on without it");
    log->warned = true;
}

void mien_run_log_begin(mien_run_log *log, const char *kind) {
    put(log, "{\"kind\": \"%s\"", kind);
}

void mien_run_log_int(mien_run_log *log, const char *key, int64_t value) {
    put(log, ", \"%s\": %lld", key, (long long)value);
}

void mien_run_log_real(mien_run_log *log, const char *key, double value) {
    if (mien_bad_f64(value))
        put(log, ", \"%s\": null", key);
    else
        put(log, ", \"%s\": %.9g", key, value);
}

void mien_run_log_text(mien_run_log *log, const char *key, const char *text) {
    put(log, ", \"%s\": \"", key);
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            put(log, "\\%c", c);
        else if (c < 0x20)
            put(log, "\\u%04x", c);
        else
            put(log, "%c", c);
    }
    put(log, "\"");
}

void mien_run_log_end(mien_run_log *log) { put(log, "}\n"); }

void mien_run_log_flush(mien_run_log *log) {
    if (!log->file || !fflush(log->file) || log->warned) return;
    mien_warn("log.jsonl cannot be written; training goes on without it");
    log->warned = true;
}

void mien_run_log_close(mien_run_log *log) {
    mien_run_log_flush(log);
    if (log->file) fclose(log->file);
    *log = (mien_run_log){0};
}
