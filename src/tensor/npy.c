/* SPDX-License-Identifier: Apache-2.0 */
/* npy.c - NumPy's array files.
 *
 * "\x93NUMPY", major, minor, header length (2 bytes in version 1, 4 in
 * version 2), then the header, a Python dict such as
 * {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, then the data.
 * The reader takes that dict and nothing else of Python. */
#include "tensor/npy.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define MAGIC      "\x93NUMPY"
#define MAX_HEADER 65536

/* What is left of the header's text. */
typedef struct cursor {
    const char *at, *end;
    const char *name;
    bool has_descr, has_order, has_shape;
} cursor;

static mien_status bad(const cursor *c, const char *what) {
    return mien_fail(MIEN_EFORMAT, "%s: bad npy header: %s", c->name, what);
}

static void skip_space(cursor *c) {
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n')) c->at++;
}

/* Take a character if it comes next. */
static bool take(cursor *c, char wanted) {
    skip_space(c);
    if (c->at == c->end || *c->at != wanted) return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word) {
    const size_t n = strlen(word);
    skip_space(c);
    if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n)) return false;
    c->at += n;
    return true;
}

static mien_status read_quoted(cursor *c, char *out, size_t room) {
    const char quote = take(c, '\'') ? '\'' : take(c, '"') ? '"' : 0;
    if (!quote) return bad(c, "a quoted word is missing");
    size_t n = 0;
    for (; c->at < c->end && *c->at != quote; c->at++) {
        if (n + 1 == room || !isprint((unsigned char)*c->at))
            return bad(c, "a quoted word is too long or not printable");
        out[n++] = *c->at;
    }
    out[n] = 0;
    return take(c, quote) ? MIEN_OK : bad(c, "a quote is not closed");
}

static mien_status read_extent(cursor *c, size_t *out) {
    size_t value = 0;
    skip_space(c);
    if (c->at == c->end || !isdigit((unsigned char)*c->at))
        return bad(c, "an extent is not a number");
    for (; c->at < c->end && isdigit((unsigned char)*c->at); c->at++)
        if (!mien_size_mul(&value, value, 10) ||
            !mien_size_add(&value, value, (size_t)(*c->at - '0')))
            return bad(c, "an extent is too large");
    *out = value;
    return MIEN_OK;
}

static mien_status read_shape(cursor *c, mien_tensor *t) {
    if (!take(c, '(')) return bad(c, "the shape is not a tuple");
    while (!take(c, ')')) {
        if (t->rank == MIEN_MAX_RANK)
            return bad(c, "there are more than 8 extents");
        MIEN_TRY(read_extent(c, &t->shape[t->rank++]));
        const bool comma = take(c, ',');
        skip_space(c);
        if (!comma && (c->at == c->end || *c->at != ')'))
            return bad(c, "the shape is not a list of numbers");
    }
    return MIEN_OK;
}

static mien_status read_descr(cursor *c, mien_tensor *t) {
    char descr[16];
    MIEN_TRY(read_quoted(c, descr, sizeof descr));
    if (descr[0] == '>')
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: type '%s' is big-endian; save "
                         "it little-endian",
                         c->name, descr);
    const bool prefix = descr[0] && strchr("<|=", descr[0]) && descr[1];
    for (int i = 0; prefix && i < MIEN_DTYPES; i++) {
        if (strcmp(mien_dtype_npy((mien_dtype)i), descr + 1)) continue;
        t->dtype = (mien_dtype)i;
        return MIEN_OK;
    }
    return mien_fail(MIEN_EUNSUPPORTED,
                     "%s: type '%s' is none of b1 u1 i1 u2 "
                     "i2 u4 i4 u8 i8 f4 f8",
                     c->name, descr);
}

static mien_status read_order(cursor *c, const mien_tensor *t) {
    (void)t;
    if (take_word(c, "False")) return MIEN_OK;
    if (!take_word(c, "True"))
        return bad(c, "fortran_order is neither True nor False");
    return mien_fail(MIEN_EUNSUPPORTED,
                     "%s: the array is in Fortran order; "
                     "save numpy.ascontiguousarray(x)",
                     c->name);
}

/* One "'key': value" of the dict; each of the three comes once. */
static mien_status read_entry(cursor *c, mien_tensor *t) {
    char key[16];
    MIEN_TRY(read_quoted(c, key, sizeof key));
    if (!take(c, ':')) return bad(c, "a ':' is missing");
    bool *seen = !strcmp(key, "descr")           ? &c->has_descr
                 : !strcmp(key, "fortran_order") ? &c->has_order
                 : !strcmp(key, "shape")         ? &c->has_shape
                                                 : NULL;
    if (!seen || *seen)
        return bad(c, "its keys are not descr, fortran_order and shape");
    *seen = true;
    if (seen == &c->has_descr) return read_descr(c, t);
    if (seen == &c->has_order) return read_order(c, t);
    return read_shape(c, t);
}

static mien_status read_dict(cursor *c, mien_tensor *t) {
    if (!take(c, '{')) return bad(c, "it does not begin with '{'");
    while (!take(c, '}')) {
        MIEN_TRY(read_entry(c, t));
        const bool comma = take(c, ',');
        skip_space(c);
        if (!comma && (c->at == c->end || *c->at != '}'))
            return bad(c, "a ',' or '}' is missing");
    }
    skip_space(c);
    if (c->at != c->end) return bad(c, "there is text behind the '}'");
    if (!c->has_descr || !c->has_order || !c->has_shape)
        return bad(c, "its keys are not descr, fortran_order and shape");
    return MIEN_OK;
}

/* Where the header's text begins and ends. */
static mien_status find_header(cursor *c, const uint8_t *bytes, size_t size) {
    if (size < 10 || memcmp(bytes, MAGIC, 6))
        return mien_fail(MIEN_EFORMAT,
                         "%s: no npy file: it does not begin "
                         "with \\x93NUMPY",
                         c->name);
    const int major = bytes[6];
    if (major < 1 || major > 2 || bytes[7] != 0)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: npy version %d.%d; 1.0 and "
                         "2.0 are read",
                         c->name, major, bytes[7]);
    size_t start = major == 1 ? 10 : 12;
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (major == 2 && size >= 12)
        length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (size < start || length > size - start)
        return bad(c, "it is longer than the file");
    if (length > MAX_HEADER) return bad(c, "it is over 64 KiB long");
    c->at = (const char *)bytes + start;
    c->end = c->at + length;
    return MIEN_OK;
}

mien_status mien_npy_parse(mien_tensor *out, const uint8_t *bytes, size_t size,
                           const char *name) {
    cursor c = {.name = name};
    mien_tensor t = {.name = name};
    MIEN_TRY(find_header(&c, bytes, size));
    const uint8_t *data = (const uint8_t *)c.end;
    MIEN_TRY(read_dict(&c, &t));
    const size_t left = size - (size_t)(data - bytes);
    if (!mien_tensor_measure(&t))
        return bad(&c, "the array is larger than the address space");
    if (t.bytes != left) {
        char text[MIEN_TENSOR_TEXT];
        mien_tensor_describe(text, &t);
        return mien_fail(MIEN_EFORMAT,
                         "%s: %s takes %zu bytes, but the file "
                         "holds %zu",
                         name, text, t.bytes, left);
    }
    t.data = data;
    *out = t;
    return MIEN_OK;
}

mien_status mien_npy_open(mien_npy *out, const char *path) {
    *out = (mien_npy){0};
    out->name = mien_strdup(path);
    mien_status status =
        out->name ? mien_map_open(&out->map, path) : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_npy_parse(&out->tensor, out->map.data, out->map.size,
                                out->name);
    if (status != MIEN_OK) mien_npy_close(out);
    return status;
}

void mien_npy_close(mien_npy *npy) {
    mien_map_close(&npy->map);
    mien_buf_close(&npy->unpacked);
    mien_free(npy->name);
    *npy = (mien_npy){0};
}

/* As NumPy does, spaces and a newline bring the data to a multiple of 64. */
mien_status mien_npy_header(mien_buf *out, const mien_tensor *t) {
    const char *type = mien_dtype_npy(t->dtype);
    if (!type[0])
        return mien_fail(MIEN_EUNSUPPORTED, "%s: npy has no %s", t->name,
                         mien_dtype_text(t->dtype));
    char text[320];
    int n = snprintf(text, sizeof text,
                     "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                     mien_dtype_size(t->dtype) > 1 ? '<' : '|', type);
    for (int i = 0; i < t->rank; i++) /* 8 x 22 digits always fit */
        n += snprintf(text + n, sizeof text - (size_t)n, "%zu,%s", t->shape[i],
                      i + 1 < t->rank ? " " : "");
    n += snprintf(text + n, sizeof text - (size_t)n, "), }");
    const int padded = (10 + n + 1 + 63) / 64 * 64;
    const int length = padded - 10;
    const uint8_t front[10] = {0x93,
                               'N',
                               'U',
                               'M',
                               'P',
                               'Y',
                               1,
                               0,
                               (uint8_t)length,
                               (uint8_t)(length >> 8)};
    MIEN_TRY(mien_buf_append(out, front, sizeof front));
    return mien_buf_printf(out, "%-*s\n", length - 1, text);
}

mien_status mien_npy_write(const char *path, const mien_tensor *t) {
    mien_buf header = {.cap = 1024};
    mien_writer *writer = NULL;
    mien_status status = mien_npy_header(&header, t);
    if (status == MIEN_OK) status = mien_writer_open(&writer, path);
    if (status == MIEN_OK) {
        mien_writer_put(writer, header.data, header.size);
        mien_writer_put(writer, t->data, t->bytes);
        status = mien_writer_commit(writer);
    }
    mien_buf_close(&header);
    return status;
}
