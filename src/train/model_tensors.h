/* SPDX-License-Identifier: Apache-2.0 */
/* model_tensors.h - the tensors of a model file, in floats or in bytes.
 *
 * A quantised network's file holds, instead of a float32 tensor NAME, signed
 * bytes NAME and float32 NAME.scale, one for each output channel: weight =
 * byte x scale. "int8.ranges", float32 [1 + nodes, 2], says between which
 * values the input and what each node gives were seen to lie. */
#ifndef MIEN_TRAIN_MODEL_TENSORS_H
#define MIEN_TRAIN_MODEL_TENSORS_H

#include "base/arena.h"
#include "nn/net.h"
#include "tensor/safetensors.h"

/* List the tensors of `values`, laid out as net->weights.
 *
 * Owns:   what the list needs beside the values lives in the arena.
 * Errors: MIEN_ENOMEM. */
mien_status mien_model_list(mien_tensor **out, int *count, mien_arena *arena,
                            const mien_net *net, const float *values);

/* Read a weight that the file holds in bytes.
 *
 * Errors: MIEN_ESHAPE, MIEN_ECORRUPT. */
mien_status mien_model_copy_bytes(float *values, const mien_weight *weight,
                                  const mien_safetensors *file,
                                  const char *path);

/* Set net->ranges, if the file has them.
 *
 * Errors: MIEN_ESHAPE, MIEN_ECORRUPT, MIEN_ENOMEM. */
mien_status mien_model_copy_ranges(mien_net *net, const mien_safetensors *file,
                                   const char *path);

#endif
