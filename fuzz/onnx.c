/* SPDX-License-Identifier: Apache-2.0 */
/* onnx.c - fuzz ONNX files: what opens has outputs that fill its answer, and
 * can be written as ONNX again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "nn/onnx/onnx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

static void check_outputs(const mien_onnx *onnx) {
    int next = 0;
    check(onnx->n_outputs > 0);
    for (int i = 0; i < onnx->n_outputs; i++) {
        const mien_onnx_output *o = &onnx->outputs[i];
        int count = 1;
        for (int k = 0; k < o->rank; k++) count *= o->d[k];
        check(o->first == next && o->count == count && count > 0);
        next += count;
    }
    check(next == mien_net_width(onnx->net));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_onnx onnx;
    uint8_t *again;
    size_t again_size;
    const mien_onnx_options options = {.rows = 16, .columns = 12};
    if (mien_onnx_open(&onnx, bytes, size, "fuzz", &options) != MIEN_OK)
        return 0;
    check_outputs(&onnx);
    if (mien_onnx_write(&again, &again_size, onnx.net,
                        &(mien_onnx_card){.version = "fuzz"}) == MIEN_OK)
        mien_free(again);
    mien_onnx_close(&onnx);
    return 0;
}
