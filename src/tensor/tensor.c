/* SPDX-License-Identifier: Apache-2.0 */
/* tensor.c - element types, their conversion, and the hash of a set. */
#include "tensor/tensor.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "files are little-endian and read without swapping");

typedef struct dtype_row {
    const char *text, *npy;
    size_t size;
} dtype_row;

static const dtype_row rows[] = {
#define MIEN_DTYPE(name, text, npy, size) {text, npy, size},
#include "tensor/dtypes.def"
#undef MIEN_DTYPE
};

size_t mien_dtype_size(mien_dtype dtype) { return rows[dtype].size; }

const char *mien_dtype_text(mien_dtype dtype) { return rows[dtype].text; }

const char *mien_dtype_npy(mien_dtype dtype) { return rows[dtype].npy; }

bool mien_dtype_is_integer(mien_dtype dtype) { return dtype <= MIEN_I64; }

bool mien_tensor_measure(mien_tensor *t) {
    size_t bytes = mien_dtype_size(t->dtype);
    for (int i = 0; i < t->rank; i++)
        if (!mien_size_mul(&bytes, bytes, t->shape[i])) return false;
    t->bytes = bytes;
    return true;
}

size_t mien_tensor_count(const mien_tensor *t) {
    return t->bytes / mien_dtype_size(t->dtype);
}

void mien_tensor_describe(char out[MIEN_TENSOR_TEXT], const mien_tensor *t) {
    int n = snprintf(out, MIEN_TENSOR_TEXT, "%s [", mien_dtype_text(t->dtype));
    for (int i = 0; i < t->rank; i++) /* 8 x 22 digits always fit */
        n += snprintf(out + n, (size_t)(MIEN_TENSOR_TEXT - n), "%s%zu",
                      i ? ", " : "", t->shape[i]);
    snprintf(out + n, (size_t)(MIEN_TENSOR_TEXT - n), "]");
}

#define CONVERT(type)                                          \
    for (size_t i = 0; i < count; i++) {                       \
        type value;                                            \
        memcpy(&value, from + i * sizeof value, sizeof value); \
        out[i] = (float)value;                                 \
    }                                                          \
    return MIEN_OK

mien_status mien_tensor_floats(float *out, const mien_tensor *t, size_t first,
                               size_t count) {
    const size_t size = mien_dtype_size(t->dtype);
    assert(first + count <= t->bytes / size);
    const uint8_t *from = (const uint8_t *)t->data + first * size;
    switch (t->dtype) {
        case MIEN_B8:
        case MIEN_U8:
            CONVERT(uint8_t);
        case MIEN_I8:
            CONVERT(int8_t);
        case MIEN_U16:
            CONVERT(uint16_t);
        case MIEN_I16:
            CONVERT(int16_t);
        case MIEN_U32:
            CONVERT(uint32_t);
        case MIEN_I32:
            CONVERT(int32_t);
        case MIEN_U64:
            CONVERT(uint64_t);
        case MIEN_I64:
            CONVERT(int64_t);
        case MIEN_F32:
            CONVERT(float);
        case MIEN_F64:
            CONVERT(double);
        default:
            break;
    }
    return mien_fail(MIEN_EUNSUPPORTED, "%s: %s is not converted to float",
                     t->name, mien_dtype_text(t->dtype));
}

mien_status mien_tensor_int(int64_t *out, const mien_tensor *t, size_t i) {
    if (!mien_dtype_is_integer(t->dtype))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: %s where whole numbers are "
                         "expected",
                         t->name, mien_dtype_text(t->dtype));
    const size_t size = mien_dtype_size(t->dtype);
    assert(i < t->bytes / size);
    uint64_t bits = 0;
    memcpy(&bits, (const uint8_t *)t->data + i * size, size);
    switch (t->dtype) {
        case MIEN_I8:
            *out = (int8_t)bits;
            break;
        case MIEN_I16:
            *out = (int16_t)bits;
            break;
        case MIEN_I32:
            *out = (int32_t)bits;
            break;
        case MIEN_U64:
            if (bits > INT64_MAX)
                return mien_fail(MIEN_ELIMIT, "%s: element %zu is over 2^63-1",
                                 t->name, i);
            *out = (int64_t)bits;
            break;
        default:
            *out = (int64_t)bits;
    }
    return MIEN_OK;
}

static int by_name(const void *a, const void *b) {
    const mien_tensor *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void hash_number(mien_hash *hash, uint64_t number) {
    mien_hash_add(hash, &number, sizeof number);
}

static void hash_tensor(mien_hash *hash, const mien_tensor *t) {
    const char *dtype = mien_dtype_text(t->dtype);
    mien_hash_add(hash, t->name, strlen(t->name) + 1);
    mien_hash_add(hash, dtype, strlen(dtype) + 1);
    hash_number(hash, (uint64_t)t->rank);
    for (int i = 0; i < t->rank; i++) hash_number(hash, t->shape[i]);
    hash_number(hash, t->bytes);
    mien_hash_add(hash, t->data, t->bytes);
}

mien_status mien_tensors_hash(char hex[MIEN_HASH_HEX], const mien_tensor *list,
                              int count) {
    const mien_tensor **order = mien_alloc((size_t)count + 1, sizeof *order);
    if (!order) return MIEN_ENOMEM;
    for (int i = 0; i < count; i++) order[i] = &list[i];
    qsort(order, (size_t)count, sizeof *order, by_name);
    mien_hash hash;
    mien_hash_begin(&hash);
    for (int i = 0; i < count; i++) hash_tensor(&hash, order[i]);
    mien_hash_end(&hash, hex);
    mien_free(order);
    return MIEN_OK;
}
