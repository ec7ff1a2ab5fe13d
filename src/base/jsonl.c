/* SPDX-License-Identifier: Apache-2.0 */
/* jsonl.c - write lines of JSON. */
#include "base/jsonl.h"

#include <stdarg.h>
#include <string.h>

#include "base/file.h"
#include "base/finite.h"
#include "base/log.h"

mien_status mien_jsonl_open(mien_jsonl *j, const char *path, int64_t keep) {
    *j = (mien_jsonl){0};
    if (!path) return MIEN_OK;
    const char *slash = strrchr(path, '/');
    snprintf(j->name, sizeof j->name, "%s", slash ? slash + 1 : path);
    if (keep) MIEN_TRY(mien_file_truncate(path, (uint64_t)keep));
    FILE *file = fopen(path, keep ? "ab" : "wb");
    if (!file) return mien_fail_errno("cannot open", path);
    j->file = file;
    j->bytes = keep;
    return MIEN_OK;
}

static void lose(mien_jsonl *j) {
    if (j->warned) return;
    mien_warn("%s cannot be written; training goes on without it", j->name);
    j->warned = true;
}

static void put(mien_jsonl *j, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(mien_jsonl *j, const char *format, ...) {
    va_list args;
    if (!j->file) return;
    va_start(args, format);
    const int n = vfprintf(j->file, format, args);
    va_end(args);
    if (n > 0) j->bytes += n;
    if (n < 0) lose(j);
}

static void put_bytes(mien_jsonl *j, const char *bytes, size_t n) {
    if (!j->file || !n) return;
    const size_t put_now = fwrite(bytes, 1, n, j->file);
    j->bytes += (int64_t)put_now;
    if (put_now < n) lose(j);
}

/* Comma and key before a value. */
static void lead_in(mien_jsonl *j, const char *key) {
    if (!j->first) put_bytes(j, ", ", 2);
    if (key) put(j, "\"%s\": ", key);
    j->first = false;
}

void mien_jsonl_begin(mien_jsonl *j, const char *kind) {
    put_bytes(j, "{", 1);
    j->first = true;
    mien_jsonl_text(j, "kind", kind);
}

void mien_jsonl_int(mien_jsonl *j, const char *key, int64_t value) {
    lead_in(j, key);
    put(j, "%lld", (long long)value);
}

void mien_jsonl_bool(mien_jsonl *j, const char *key, bool value) {
    lead_in(j, key);
    put(j, "%s", value ? "true" : "false");
}

static void put_real(mien_jsonl *j, const char *key, int digits, double value) {
    lead_in(j, key);
    if (mien_bad_f64(value))
        put_bytes(j, "null", 4);
    else
        put(j, "%.*g", digits, value);
}

void mien_jsonl_real(mien_jsonl *j, const char *key, double value) {
    put_real(j, key, 9, value);
}

void mien_jsonl_exact(mien_jsonl *j, const char *key, double value) {
    put_real(j, key, 17, value);
}

/* Bytes of the UTF-8 character at `s`; 0: it is none. Overlong forms,
 * surrogates and what lies above U+10FFFF are none (RFC 3629). */
static size_t character(const unsigned char *s) {
    const unsigned char c = *s;
    const size_t n = c < 0x80                ? 1
                     : c >= 0xc2 && c < 0xe0 ? 2
                     : c >= 0xe0 && c < 0xf0 ? 3
                     : c >= 0xf0 && c < 0xf5 ? 4
                                             : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] >= 0xa0) ||
        (c == 0xf0 && s[1] < 0x90) || (c == 0xf4 && s[1] >= 0x90))
        return 0;
    return n;
}

/* Bytes from `s` on that stand for themselves. */
static size_t plain(const char *s) {
    size_t n = 0;
    for (;;) {
        const unsigned char c = (unsigned char)s[n];
        const size_t size = character((const unsigned char *)s + n);
        if (c < 0x20 || c == '"' || c == '\\' || !size) return n;
        n += size;
    }
}

void mien_jsonl_text(mien_jsonl *j, const char *key, const char *text) {
    lead_in(j, key);
    if (!text) {
        put_bytes(j, "null", 4);
        return;
    }
    put_bytes(j, "\"", 1);
    while (*text) {
        const size_t n = plain(text);
        put_bytes(j, text, n);
        text += n;
        if (!*text) break;
        const unsigned char c = (unsigned char)*text++;
        if (c == '"' || c == '\\')
            put(j, "\\%c", c);
        else
            put(j, "\\u%04x", c < 0x20 ? c : 0xfffd);
    }
    put_bytes(j, "\"", 1);
}

void mien_jsonl_list(mien_jsonl *j, const char *key) {
    lead_in(j, key);
    put_bytes(j, "[", 1);
    j->first = true;
}

void mien_jsonl_list_end(mien_jsonl *j) {
    put_bytes(j, "]", 1);
    j->first = false;
}

void mien_jsonl_end(mien_jsonl *j) { put_bytes(j, "}\n", 2); }

void mien_jsonl_flush(mien_jsonl *j) {
    if (j->file && fflush(j->file)) lose(j);
}

void mien_jsonl_close(mien_jsonl *j) {
    mien_jsonl_flush(j);
    if (j->file) fclose(j->file);
    *j = (mien_jsonl){0};
}
