/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors.h - files of named tensors, mapped and never executed.
 *
 *   mien_safetensors *file;
 *   MIEN_TRY(mien_safetensors_open(&file, "model.safetensors", true));
 *   const mien_tensor *w = mien_safetensors_find(file, "stem.w");
 *   mien_safetensors_close(file);
 *
 * Layout: the header's length (64 bits, little-endian), the header (JSON: a
 * map from each tensor's name to its type, extents and place, and from
 * "__metadata__" to a map of strings), the data.
 *
 * A file written here is sealed by two entries of its metadata:
 *   blake2b         mien_tensors_hash() of all tensors
 *   blake2b_header  BLAKE2b-256 of all bytes before the data, the 64 digits
 *                   of this value taken as '0'
 * so that no byte of it can change unnoticed.
 * Source: the safetensors format, github.com/huggingface/safetensors. */
#ifndef MIEN_TENSOR_SAFETENSORS_H
#define MIEN_TENSOR_SAFETENSORS_H

#include "base/file.h"
#include "tensor/tensor.h"

#define MIEN_SEAL_TENSORS "blake2b"
#define MIEN_SEAL_HEADER  "blake2b_header"

/* The longest header that is read. */
#define MIEN_SAFETENSORS_MAX_HEADER ((size_t)64 << 20)

/* One line of the metadata. */
typedef struct mien_meta {
    const char *key, *value;
} mien_meta;

typedef struct mien_safetensors mien_safetensors;

/* Map a file and check its whole structure: types, extents and sizes agree,
 * the tensors fill the data part without overlap or gap. With `sealed` the
 * file must also carry a valid seal.
 *
 * Owns:   *out is the caller's; tensors and strings live as long as it.
 * Errors: MIEN_EFORMAT, MIEN_EUNSUPPORTED, MIEN_ECORRUPT (the seal), MIEN_EIO,
 *         MIEN_ENOTFOUND, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_safetensors_open(mien_safetensors **out, const char *path,
                                  bool sealed);

/* The structure check alone, on bytes that must outlive *out. */
mien_status mien_safetensors_parse(mien_safetensors **out, const uint8_t *bytes,
                                   size_t size, const char *name);
void mien_safetensors_close(mien_safetensors *file); /* NULL is fine */

/* Compare both hashes.
 *
 * Errors: MIEN_ECORRUPT, also when there is no seal; MIEN_ENOMEM. */
mien_status mien_safetensors_verify(const mien_safetensors *file);

/* In the order of their data. */
const mien_tensor *mien_safetensors_tensors(const mien_safetensors *file,
                                            int *count);
/* By name; NULL when absent. */
const mien_tensor *mien_safetensors_find(const mien_safetensors *file,
                                         const char *name);
const mien_meta *mien_safetensors_metas(const mien_safetensors *file,
                                        int *count);
/* A metadata value, or NULL. */
const char *mien_safetensors_meta(const mien_safetensors *file,
                                  const char *key);

typedef struct mien_safetensors_content {
    const mien_tensor *tensors; /* in any order; t->bytes as measured */
    int count;
    const mien_meta *metas; /* without the two entries of the seal */
    int meta_count;
} mien_safetensors_content;

/* Write a sealed file, complete or not at all. The same content in any order
 * gives the same bytes: keys are sorted, data lie by descending element size,
 * then by name, and begin at a multiple of 64.
 *
 * Errors: MIEN_EINVAL for a repeated, reserved or not UTF-8 name, MIEN_EIO,
 *         MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_safetensors_write(const char *path,
                                   const mien_safetensors_content *content);

#endif
