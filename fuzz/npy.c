/* SPDX-License-Identifier: Apache-2.0 */
/* npy.c - fuzz NumPy's array files and archives of them. */
#include <stdlib.h>
#include <string.h>

#include "tensor/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What is accepted must be all there: read both ends. */
static void touch(const mien_tensor *t) {
    const size_t count = mien_tensor_count(t);
    float ends[2];
    if (count == 0) return;
    if (mien_tensor_floats(&ends[0], t, 0, 1) != MIEN_OK ||
        mien_tensor_floats(&ends[1], t, count - 1, 1) != MIEN_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_tensor t;
    if (mien_npy_parse(&t, bytes, size, "fuzz") == MIEN_OK) touch(&t);
    mien_npz *npz;
    const mien_status status = mien_npz_parse(&npz, bytes, size, "fuzz");
    if ((status == MIEN_OK) != (npz != NULL)) abort();
    for (int i = 0; npz && i < mien_npz_count(npz) && i < 16; i++) {
        mien_npy npy;
        if (mien_npz_read(&npy, npz, mien_npz_name(npz, i), 1 << 20) == MIEN_OK)
            touch(&npy.tensor);
        mien_npy_close(&npy);
    }
    mien_npz_close(npz);
    return 0;
}
