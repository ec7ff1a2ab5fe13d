/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors.c - fuzz model files: structure, then the seal. */
#include <stdlib.h>

#include "tensor/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_safetensors *file;
    const mien_status status =
        mien_safetensors_parse(&file, bytes, size, "fuzz");
    if ((status == MIEN_OK) != (file != NULL)) abort();
    if (!file) return 0;
    int count;
    const mien_tensor *t = mien_safetensors_tensors(file, &count);
    size_t total = 0;
    for (int i = 0; i < count; i++) {
        const uint8_t *data = t[i].data;
        if (data < bytes || t[i].bytes > (size_t)(bytes + size - data)) abort();
        total += t[i].bytes;
    }
    if (total > size) abort();
    mien_safetensors_verify(file); /* reads every byte */
    mien_safetensors_close(file);
    return 0;
}
