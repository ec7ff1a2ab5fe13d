/* SPDX-License-Identifier: Apache-2.0 */
/* idx.c - the array format of the MNIST files. */
#include "tensor/idx.h"

#define TYPE_U8 8

mien_status mien_idx_parse(mien_tensor *out, const uint8_t *bytes, size_t size,
                           const char *name) {
    mien_tensor t = {.name = name, .dtype = MIEN_U8};
    if (size < 4 || bytes[0] || bytes[1])
        return mien_fail(MIEN_EFORMAT,
                         "%s: no idx file: it does not begin with two zeros",
                         name);
    if (bytes[2] != TYPE_U8)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: idx type %d; 8 (unsigned bytes) is read", name,
                         bytes[2]);
    t.rank = bytes[3];
    if (t.rank < 1 || t.rank > MIEN_MAX_RANK)
        return mien_fail(MIEN_EFORMAT, "%s: %d extents; 1 to %d are expected",
                         name, t.rank, MIEN_MAX_RANK);
    const size_t start = 4 + 4 * (size_t)t.rank;
    if (size < start)
        return mien_fail(MIEN_EFORMAT, "%s: cut short within its header", name);
    for (int i = 0; i < t.rank; i++) {
        const uint8_t *p = bytes + 4 + 4 * i;
        t.shape[i] =
            (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    }
    if (!mien_tensor_measure(&t) || t.bytes != size - start) {
        char text[MIEN_TENSOR_TEXT];
        mien_tensor_describe(text, &t);
        return mien_fail(MIEN_EFORMAT,
                         "%s: %s does not fit the %zu bytes of "
                         "data in the file",
                         name, text, size - start);
    }
    t.data = bytes + start;
    *out = t;
    return MIEN_OK;
}
