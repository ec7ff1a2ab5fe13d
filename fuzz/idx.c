/* SPDX-License-Identifier: Apache-2.0 */
/* idx.c - fuzz MNIST's array format, and gzip around it. */
#include <stdlib.h>

#include "tensor/idx.h"
#include "tensor/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void parse(const uint8_t *bytes, size_t size) {
    mien_tensor t;
    int64_t last;
    if (mien_idx_parse(&t, bytes, size, "fuzz") != MIEN_OK) return;
    if (mien_tensor_count(&t) == 0) return;
    if (mien_tensor_int(&last, &t, mien_tensor_count(&t) - 1) != MIEN_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_buf out = {.cap = 1 << 20};
    parse(bytes, size);
    if (mien_inflate(&out, MIEN_DEFLATED_GZIP, bytes, size, "fuzz") == MIEN_OK)
        parse(out.data, out.size);
    if (out.size > out.cap) abort();
    mien_buf_close(&out);
    return 0;
}
