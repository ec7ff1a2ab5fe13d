/* SPDX-License-Identifier: Apache-2.0 */
/* recordio.c - one record of MXNet's record files. */
#include "data/recordio.h"

#include <string.h>

#define MAGIC      0xced7230au
#define MAX_RECORD ((size_t)1 << 30)
#define HEADER     24

enum { WHOLE, FIRST, MIDDLE, LAST };

/* One part as it lies in the file. */
typedef struct part {
    int flag;
    const uint8_t *data;
    size_t size;
} part;

static uint32_t word(const uint8_t *p) {
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

static mien_status bad(const char *name, uint64_t offset, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: record at byte %llu: %s", name,
                     (unsigned long long)offset, what);
}

/* The part at *offset, which moves behind it. */
static mien_status read_part(part *out, const uint8_t *bytes, size_t size,
                             uint64_t *offset, const char *name) {
    const uint64_t at = *offset;
    if (at > size || size - at < 8)
        return bad(name, at,
                   "the file ends here (cut short, or the .idx "
                   "belongs to another file)");
    if (word(bytes + at) != MAGIC)
        return bad(name, at,
                   "no record begins here (damaged, or the .idx "
                   "belongs to another file)");
    const uint32_t length = word(bytes + at + 4);
    out->flag = (int)(length >> 29);
    out->size = length & ((1u << 29) - 1);
    out->data = bytes + at + 8;
    const uint64_t padded = (out->size + 3) / 4 * 4;
    if (out->size > size - at - 8)
        return bad(name, at, "it is longer than the rest of the file");
    *offset = at + 8 + padded;
    return MIEN_OK;
}

/* Join the parts that follow the first one. */
static mien_status join(mien_record *out, part p, const uint8_t *bytes,
                        size_t size, const char *name) {
    const uint32_t magic = MAGIC;
    out->joined.cap = MAX_RECORD;
    for (;;) {
        if (p.size > MAX_RECORD - 4 - out->joined.size)
            return bad(name, out->next, "it is over 1 GiB");
        MIEN_TRY(mien_buf_append(&out->joined, p.data, p.size));
        if (p.flag == LAST) return MIEN_OK;
        MIEN_TRY(mien_buf_append(&out->joined, &magic, sizeof magic));
        const uint64_t at = out->next;
        MIEN_TRY(read_part(&p, bytes, size, &out->next, name));
        if (p.flag != MIDDLE && p.flag != LAST)
            return bad(name, at, "the rest of a cut record is missing");
    }
}

static mien_status read_header(mien_record *out, uint64_t offset,
                               const char *name) {
    if (out->size < HEADER)
        return bad(name, offset, "it is shorter than its header of 24 bytes");
    out->flag = word(out->body);
    memcpy(&out->label, out->body + 4, sizeof out->label);
    out->body += HEADER;
    out->size -= HEADER;
    if (out->flag > out->size / 4)
        return bad(name, offset, "it is shorter than its labels");
    if (out->flag > 0) memcpy(&out->label, out->body, sizeof out->label);
    if (out->flag > 1) memcpy(&out->second, out->body + 4, sizeof out->second);
    out->body += 4 * (size_t)out->flag;
    out->size -= 4 * (size_t)out->flag;
    return MIEN_OK;
}

static mien_status read_record(mien_record *out, const uint8_t *bytes,
                               size_t size, uint64_t offset, const char *name) {
    part p;
    out->next = offset;
    MIEN_TRY(read_part(&p, bytes, size, &out->next, name));
    if (p.flag != WHOLE && p.flag != FIRST)
        return bad(name, offset, "it is a later part of a cut record");
    out->body = p.data;
    out->size = p.size;
    if (p.flag == FIRST) {
        MIEN_TRY(join(out, p, bytes, size, name));
        out->body = out->joined.data;
        out->size = out->joined.size;
    }
    return read_header(out, offset, name);
}

mien_status mien_record_read(mien_record *out, const uint8_t *bytes,
                             size_t size, uint64_t offset, const char *name) {
    *out = (mien_record){0};
    const mien_status status = read_record(out, bytes, size, offset, name);
    if (status != MIEN_OK) mien_record_close(out);
    return status;
}

void mien_record_close(mien_record *record) {
    mien_buf_close(&record->joined);
    *record = (mien_record){0};
}
