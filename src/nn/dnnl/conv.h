/* SPDX-License-Identifier: Apache-2.0 */
/* conv.h - convolution by oneDNN, for one thread.
 *
 *   mien_dnnl_conv *conv;
 *   MIEN_TRY(mien_dnnl_conv_open(&conv, &geometry));
 *   mien_dnnl_conv_pack(conv, w);              (after each change of w)
 *   mien_dnnl_conv_forward(conv, y, x, bias, scratch);
 *
 * Weights and their gradients are in the plain layout (OIHW; a group's rows
 * follow each other); the packed copies that the kernels want are kept inside.
 * Activations are plain or nChw16c, as the geometry says. */
#ifndef MIEN_NN_DNNL_CONV_H
#define MIEN_NN_DNNL_CONV_H

#include <stdbool.h>

#include "base/fail.h"
#include "tensor/shape.h"

typedef struct mien_conv_geometry {
    mien_shape in, out;
    int kernel[2], stride[2];
    int before[2], after[2]; /* padding above/left and below/right */
    int groups;
    bool bias;
    bool in_blocked, out_blocked; /* nChw16c instead of plain */
    bool train;                   /* backward will be called */
    bool wants_dx;                /* ... for the input too */
} mien_conv_geometry;

typedef struct mien_dnnl_conv mien_dnnl_conv;

/* Create the primitives.
 *
 * Owns:   *out is the caller's; mien_dnnl_conv_close() frees it.
 * Thread: use it from one thread at a time.
 * Errors: MIEN_ENOMEM, MIEN_EUNSUPPORTED; *out is then NULL. */
mien_status mien_dnnl_conv_open(mien_dnnl_conv **out,
                                const mien_conv_geometry *geometry);

/* Bytes of working space that the passes want, 64-byte aligned. */
size_t mien_dnnl_conv_scratch(const mien_dnnl_conv *conv);

/* Bytes of packed weights held inside. */
size_t mien_dnnl_conv_bytes(const mien_dnnl_conv *conv);

/* What runs the forward pass: "jit:avx512_core", "wino", ... */
const char *mien_dnnl_conv_kernel(const mien_dnnl_conv *conv);

void mien_dnnl_conv_pack(mien_dnnl_conv *conv, const float *w);
void mien_dnnl_conv_forward(mien_dnnl_conv *conv, float *y, const float *x,
                            const float *bias, void *scratch);
void mien_dnnl_conv_backward_data(mien_dnnl_conv *conv, float *dx,
                                  const float *dy, void *scratch);
void mien_dnnl_conv_backward_weight(mien_dnnl_conv *conv, float *dw,
                                    float *dbias, const float *x,
                                    const float *dy, void *scratch);
void mien_dnnl_conv_close(mien_dnnl_conv *conv);

/* Make oneDNN use one thread when called from this one: the threads of mien
 * are its own. Call it before any of the above, in each thread. */
void mien_dnnl_enter(void);

/* Let float matrix products run by oneDNN (see tensor/gemm.h). */
void mien_dnnl_use_gemm(void);

#endif
