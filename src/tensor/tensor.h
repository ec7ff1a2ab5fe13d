/* SPDX-License-Identifier: Apache-2.0 */
/* tensor.h - a named block of numbers as files hold it: type, extents, bytes.
 *
 *   mien_tensor t = {.name = "stem.w", .dtype = MIEN_F32, .rank = 2,
 *                    .shape = {64, 27}, .data = w};
 *   if (!mien_tensor_measure(&t)) ...        (sets t.bytes)
 *
 * Elements lie slowest extent first, without gaps, little-endian, and need
 * not be aligned: read them through the functions below. */
#ifndef MIEN_TENSOR_TENSOR_H
#define MIEN_TENSOR_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "base/hash.h"

typedef enum mien_dtype {
#define MIEN_DTYPE(name, text, npy, size) MIEN_##name,
#include "tensor/dtypes.def"
#undef MIEN_DTYPE
    MIEN_DTYPES
} mien_dtype;

#define MIEN_MAX_RANK 8

typedef struct mien_tensor {
    const char *name;
    mien_dtype dtype;
    int rank; /* 0: a single number */
    size_t shape[MIEN_MAX_RANK];
    size_t bytes;
    const void *data;
} mien_tensor;

size_t mien_dtype_size(mien_dtype dtype);
const char *mien_dtype_text(mien_dtype dtype); /* "F32" */
const char *mien_dtype_npy(mien_dtype dtype);  /* "f4", "" for none */
bool mien_dtype_is_integer(mien_dtype dtype);  /* BOOL is one */

/* Set t->bytes from the type and extents; false when that overflows. */
bool mien_tensor_measure(mien_tensor *t);

size_t mien_tensor_count(const mien_tensor *t); /* of elements */

#define MIEN_TENSOR_TEXT 192

/* "F32 [64, 27]", for messages. */
void mien_tensor_describe(char out[MIEN_TENSOR_TEXT], const mien_tensor *t);

/* Convert elements first..first+count-1 to float; 64-bit ones are rounded.
 *
 * Errors: MIEN_EUNSUPPORTED for F16 and BF16. */
mien_status mien_tensor_floats(float *out, const mien_tensor *t, size_t first,
                               size_t count);

/* Element i of an integer or BOOL tensor.
 *
 * Errors: MIEN_EUNSUPPORTED for other types, MIEN_ELIMIT over INT64_MAX. */
mien_status mien_tensor_int(int64_t *out, const mien_tensor *t, size_t i);

/* BLAKE2b-256 over a set of tensors, whatever order they come in: for each,
 * by name, its name, NUL, type, NUL, rank, extents, bytes (64-bit
 * little-endian numbers), data.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_tensors_hash(char hex[MIEN_HASH_HEX], const mien_tensor *list,
                              int count);

#endif
