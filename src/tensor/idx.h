/* SPDX-License-Identifier: Apache-2.0 */
/* idx.h - the array format of the MNIST files.
 *
 *   mien_tensor images;
 *   MIEN_TRY(mien_idx_parse(&images, bytes, size, "t10k-images-idx3-ubyte"));
 *
 * Two zero bytes, a type, the number of extents, the extents (32 bits,
 * big-endian), the data. Unsigned bytes (type 8) are read, others refused.
 * Source: yann.lecun.com/exdb/mnist, "The IDX file format". */
#ifndef MIEN_TENSOR_IDX_H
#define MIEN_TENSOR_IDX_H

#include "tensor/tensor.h"

/* Find the array in the bytes of a file; out->data points into them.
 *
 * Errors: MIEN_EFORMAT, MIEN_EUNSUPPORTED. */
mien_status mien_idx_parse(mien_tensor *out, const uint8_t *bytes, size_t size,
                           const char *name);

#endif
