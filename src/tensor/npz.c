/* SPDX-License-Identifier: Apache-2.0 */
/* npz.c - the zip archives that numpy.savez writes.
 *
 * The directory at the end is what counts; of a local header only its length
 * is used. Members are stored or deflated. No zip64, no encryption. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "tensor/inflate.h"
#include "tensor/npy.h"

#define END_SIZE   22
#define ENTRY_SIZE 46
#define LOCAL_SIZE 30

typedef struct member {
    char *name; /* without ".npy" */
    unsigned method;
    uint32_t crc, packed, size, local; /* local: offset of its header */
} member;

struct mien_npz {
    mien_map map; /* data = NULL when the bytes are somebody else's */
    const uint8_t *bytes;
    size_t size;
    char *name;
    member *members;
    int count;
};

static unsigned get16(const uint8_t *p) {
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const uint8_t *p) {
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static mien_status bad(const mien_npz *z, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: bad npz archive: %s", z->name, what);
}

/* The record at the end; a comment of up to 64 KiB may follow it. */
static const uint8_t *find_end(const mien_npz *z) {
    for (size_t back = END_SIZE; back <= z->size && back <= 65535 + END_SIZE;
         back++) {
        const uint8_t *p = z->bytes + z->size - back;
        if (get32(p) == 0x06054b50 && get16(p + 20) == back - END_SIZE)
            return p;
    }
    return NULL;
}

static mien_status read_member(mien_npz *z, member *m, const uint8_t *p,
                               size_t length) {
    const char *name = (const char *)p + ENTRY_SIZE;
    if (length > 4 && !memcmp(name + length - 4, ".npy", 4)) length -= 4;
    if (memchr(name, 0, length)) return bad(z, "a name with a zero byte");
    m->name = mien_strndup(name, length);
    if (!m->name) return MIEN_ENOMEM;
    z->count++;
    m->method = get16(p + 10);
    m->crc = get32(p + 16);
    m->packed = get32(p + 20);
    m->size = get32(p + 24);
    m->local = get32(p + 42);
    if (get16(p + 8) & 1)
        return mien_fail(MIEN_EUNSUPPORTED, "%s: %s is encrypted", z->name,
                         m->name);
    if (m->method != 0 && m->method != 8)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: %s is packed by method %u; "
                         "stored and deflated are read",
                         z->name, m->name, m->method);
    if (m->size == UINT32_MAX || m->packed == UINT32_MAX ||
        m->local == UINT32_MAX)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: %s has 4 GiB or more; save "
                         "it as npy",
                         z->name, m->name);
    return MIEN_OK;
}

static mien_status read_directory(mien_npz *z) {
    const uint8_t *end = find_end(z);
    if (!end) return bad(z, "no zip directory at its end (cut short?)");
    const int count = (int)get16(end + 10);
    const uint8_t *p = z->bytes + get32(end + 16);
    if (get32(end + 16) > (size_t)(end - z->bytes))
        return bad(z, "its directory lies behind its end");
    z->members = mien_alloc((size_t)count + 1, sizeof *z->members);
    if (!z->members) return MIEN_ENOMEM;
    for (int i = 0; i < count; i++) {
        if (end - p < ENTRY_SIZE || get32(p) != 0x02014b50)
            return bad(z, "its directory is cut short or damaged");
        const size_t length = get16(p + 28);
        const size_t total =
            ENTRY_SIZE + length + get16(p + 30) + get16(p + 32);
        if ((size_t)(end - p) < total)
            return bad(z, "its directory is cut short or damaged");
        MIEN_TRY(read_member(z, &z->members[i], p, length));
        p += total;
    }
    return MIEN_OK;
}

static mien_status start(mien_npz **out, const char *name) {
    *out = NULL;
    mien_npz *z = mien_alloc(1, sizeof *z);
    if (!z) return MIEN_ENOMEM;
    z->name = mien_strdup(name);
    if (!z->name) {
        mien_npz_close(z);
        return MIEN_ENOMEM;
    }
    *out = z;
    return MIEN_OK;
}

static mien_status finish(mien_npz **out, mien_npz *z) {
    const mien_status status = read_directory(z);
    if (status != MIEN_OK) {
        mien_npz_close(z);
        z = NULL;
    }
    *out = z;
    return status;
}

mien_status mien_npz_parse(mien_npz **out, const uint8_t *bytes, size_t size,
                           const char *name) {
    MIEN_TRY(start(out, name));
    (*out)->bytes = bytes;
    (*out)->size = size;
    return finish(out, *out);
}

mien_status mien_npz_open(mien_npz **out, const char *path) {
    MIEN_TRY(start(out, path));
    mien_npz *z = *out;
    const mien_status status = mien_map_open(&z->map, path);
    if (status != MIEN_OK) {
        mien_npz_close(z);
        *out = NULL;
        return status;
    }
    z->bytes = z->map.data;
    z->size = z->map.size;
    return finish(out, z);
}

int mien_npz_count(const mien_npz *npz) { return npz->count; }

const char *mien_npz_name(const mien_npz *npz, int i) {
    return npz->members[i].name;
}

static mien_status no_member(const mien_npz *z, const char *key) {
    char list[256] = "";
    size_t n = 0;
    for (int i = 0; i < z->count && n < sizeof list - 1; i++) {
        const size_t room = sizeof list - n;
        const int more =
            snprintf(list + n, room, "%s%s", i ? ", " : "", z->members[i].name);
        n += (size_t)more < room ? (size_t)more : room - 1;
    }
    return mien_fail(MIEN_ENOTFOUND, "%s: no array '%s'; it holds: %s", z->name,
                     key, list);
}

/* Where a member's packed bytes lie. */
static mien_status find_data(const uint8_t **out, const mien_npz *z,
                             const member *m) {
    if (z->size < LOCAL_SIZE || m->local > z->size - LOCAL_SIZE)
        return bad(z, "a member lies behind its end");
    const uint8_t *p = z->bytes + m->local;
    if (get32(p) != 0x04034b50) return bad(z, "a member's header is damaged");
    const size_t skip = LOCAL_SIZE + get16(p + 26) + get16(p + 28);
    const size_t left = z->size - m->local;
    if (skip > left || m->packed > left - skip)
        return bad(z, "a member is cut short");
    *out = p + skip;
    return MIEN_OK;
}

static mien_status unpack(mien_npy *out, const member *m, const uint8_t *data,
                          size_t cap) {
    if (m->size > cap)
        return mien_fail(MIEN_ELIMIT, "%s: %u bytes are over the limit of %zu",
                         out->name, (unsigned)m->size, cap);
    out->unpacked.cap = (size_t)m->size + 1; /* a cap of 0 is no cap */
    MIEN_TRY(mien_inflate(&out->unpacked, MIEN_DEFLATED_RAW, data, m->packed,
                          out->name));
    if (out->unpacked.size != m->size)
        return mien_fail(MIEN_EFORMAT, "%s: unpacks to %zu bytes, not %u",
                         out->name, out->unpacked.size, (unsigned)m->size);
    return MIEN_OK;
}

static mien_status read_from(mien_npy *out, const mien_npz *z, const member *m,
                             size_t cap) {
    const uint8_t *data = NULL;
    MIEN_TRY(find_data(&data, z, m));
    if (m->method == 8) {
        MIEN_TRY(unpack(out, m, data, cap));
        data = out->unpacked.data;
    } else if (m->packed != m->size) {
        return bad(z, "a stored member's two sizes differ");
    }
    if (crc32_z(0, data, m->size) != m->crc)
        return mien_fail(MIEN_ECORRUPT, "%s: its checksum is wrong", out->name);
    return mien_npy_parse(&out->tensor, data, m->size, out->name);
}

mien_status mien_npz_read(mien_npy *out, const mien_npz *npz, const char *key,
                          size_t cap) {
    *out = (mien_npy){0};
    const member *m = npz->members;
    const member *end = m + npz->count;
    while (m < end && strcmp(m->name, key)) m++;
    if (m == end) return no_member(npz, key);
    const size_t room = strlen(npz->name) + strlen(key) + 2;
    out->name = mien_alloc(room, 1);
    if (!out->name) return MIEN_ENOMEM;
    snprintf(out->name, room, "%s:%s", npz->name, key);
    const mien_status status = read_from(out, npz, m, cap);
    if (status != MIEN_OK) mien_npy_close(out);
    return status;
}

void mien_npz_close(mien_npz *npz) {
    if (!npz) return;
    for (int i = 0; i < npz->count; i++) mien_free(npz->members[i].name);
    mien_free(npz->members);
    mien_free(npz->name);
    mien_map_close(&npz->map);
    mien_free(npz);
}
