/* SPDX-License-Identifier: Apache-2.0 */
/* npy.h - NumPy's array files and the zip archives of them.
 *
 *   mien_npy labels;
 *   MIEN_TRY(mien_npy_open(&labels, "labels.npy"));
 *   ... labels.tensor ...
 *   mien_npy_close(&labels);
 *
 * Format 1.0 and 2.0, C order, little-endian; the types of dtypes.def that
 * have an npy name.
 * Source: numpy/lib/format.py, "The .npy format"; PKWARE APPNOTE 6.3.3. */
#ifndef MIEN_TENSOR_NPY_H
#define MIEN_TENSOR_NPY_H

#include "base/buf.h"
#include "base/file.h"
#include "tensor/tensor.h"

/* The most bytes one member of an archive may unpack to. */
#define MIEN_NPZ_CAP ((size_t)16 << 30)

typedef struct mien_npy {
    mien_tensor tensor; /* its name is the path, as in messages */
    mien_map map;       /* where the data lie: a mapped file ... */
    mien_buf unpacked;  /* ... or what an archive's member unpacked to */
    char *name;
} mien_npy;

/* Map an array file.
 *
 * Owns:   *out until mien_npy_close(); the data are not copied.
 * Errors: MIEN_EFORMAT, MIEN_EUNSUPPORTED, MIEN_EIO, MIEN_ENOTFOUND,
 *         MIEN_ENOMEM; *out is then closed. */
mien_status mien_npy_open(mien_npy *out, const char *path);
void mien_npy_close(mien_npy *npy); /* zeroed is fine */

/* Find the array in the bytes of a file; out->data points into them. */
mien_status mien_npy_parse(mien_tensor *out, const uint8_t *bytes, size_t size,
                           const char *name);

/* Append the header that goes before t's bytes.
 *
 * Errors: MIEN_EUNSUPPORTED for a type npy has no name for, MIEN_ENOMEM. */
mien_status mien_npy_header(mien_buf *out, const mien_tensor *t);
mien_status mien_npy_write(const char *path, const mien_tensor *t);

/* An archive of arrays, named without the ".npy". */
typedef struct mien_npz mien_npz;

mien_status mien_npz_open(mien_npz **out, const char *path);
/* The same from memory, which must outlive it. */
mien_status mien_npz_parse(mien_npz **out, const uint8_t *bytes, size_t size,
                           const char *name);
int mien_npz_count(const mien_npz *npz);
const char *mien_npz_name(const mien_npz *npz, int i);

/* Read member `key`: stored ones are used where they lie, deflated ones
 * unpacked, at most `cap` bytes. Checks the CRC.
 *
 * Owns:   *out is the caller's and must be closed before the archive.
 * Errors: as mien_npy_open(); MIEN_ENOTFOUND names the members there are. */
mien_status mien_npz_read(mien_npy *out, const mien_npz *npz, const char *key,
                          size_t cap);
void mien_npz_close(mien_npz *npz);

#endif
