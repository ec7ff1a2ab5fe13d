/* SPDX-License-Identifier: Apache-2.0 */
/* absent.c - what a mien that was built without protobuf-c says. */
#include "nn/onnx/onnx.h"

static mien_status absent(void) {
    return mien_fail(MIEN_EUNSUPPORTED,
                     "this mien was built without ONNX: install libonnx-dev, "
                     "libprotobuf-c-dev and protobuf-c-compiler and build it "
                     "again");
}

mien_status mien_onnx_open(mien_onnx *out, const void *bytes, size_t size,
                           const char *name, const mien_onnx_options *options) {
    (void)bytes;
    (void)size;
    (void)name;
    (void)options;
    *out = (mien_onnx){0};
    return absent();
}

void mien_onnx_close(mien_onnx *onnx) { *onnx = (mien_onnx){0}; }

mien_status mien_onnx_write(uint8_t **bytes, size_t *size, const mien_net *net,
                            const mien_onnx_card *card) {
    (void)net;
    (void)card;
    *bytes = NULL;
    *size = 0;
    return absent();
}
