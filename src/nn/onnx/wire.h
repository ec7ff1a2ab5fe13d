/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - the bytes of an ONNX file to the messages that they encode. */
#ifndef MIEN_NN_ONNX_WIRE_H
#define MIEN_NN_ONNX_WIRE_H

#include <stddef.h>

#include "base/fail.h"

/* Made from the format's description while building; the files that look
 * inside include <onnx.pb-c.h>. */
typedef struct Onnx__ModelProto Onnx__ModelProto;
typedef struct Onnx__NodeProto Onnx__NodeProto;
typedef struct Onnx__TensorProto Onnx__TensorProto;
typedef struct Onnx__AttributeProto Onnx__AttributeProto;

/* Check that the bytes are nested messages of a sane number and depth, then
 * decode them. `name` begins the messages.
 *
 * Owns:   mien_onnx_model_free() frees *out.
 * Errors: MIEN_EFORMAT, MIEN_ELIMIT, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_onnx_parse(Onnx__ModelProto **out, const void *bytes,
                            size_t size, const char *name);
void mien_onnx_model_free(Onnx__ModelProto *model); /* NULL is fine */

#endif
