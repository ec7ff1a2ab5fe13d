/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.h - the training kernels that memory bandwidth limits.
 *
 *   const mien_kernels *k = mien_kernels_for(mien_cpu_isa());
 *   k->bn_forward(&(mien_kernel_bn){.shape = {32, 64, 56, 56}, .x = x,
 *       .gamma = g, .beta = b, .epsilon = 1e-5f, .y = y,
 *       .mean = mean, .istd = istd, .var = var});
 *
 * Layout: activations are float32 nChw16c, index
 *   ((n * C/16 + c/16) * H*W + h*W + w) * 16 + c%16,
 * with C a multiple of 16, aligned to 64 bytes. Per-channel vectors are plain.
 * Every kernel is a pure function of its arguments: one thread, no
 * allocation, the same bits on every call. NaN and Inf come through: a
 * comparison with NaN never selects the constant branch.
 *
 * The source is compiled once per instruction set, each build exporting one
 * table; mien_kernels_reference holds plain loops in double, for tests. */
#ifndef MIEN_NN_KERNELS_H
#define MIEN_NN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "tensor/shape.h"

enum { MIEN_BLOCK = 16 }; /* channels side by side in nChw16c */

/* Where the plane of image n and channel block cb begins. */
static inline size_t mien_plane_start(mien_shape s, int n, int cb) {
    const size_t plane = (size_t)n * (size_t)(s.c / MIEN_BLOCK) + (size_t)cb;
    return plane * (size_t)s.h * (size_t)s.w * MIEN_BLOCK;
}

/* Floats in one such plane. */
static inline size_t mien_plane_count(mien_shape s) {
    return (size_t)s.h * (size_t)s.w * MIEN_BLOCK;
}

/* What happens to z below zero (z <= 0; NaN is not below). */
typedef enum mien_kernel_unit {
    MIEN_UNIT_NONE,  /* z */
    MIEN_UNIT_RELU,  /* 0 */
    MIEN_UNIT_LEAKY, /* slope[0] z */
    MIEN_UNIT_PRELU, /* slope[c] z */
    MIEN_UNIT_CLIP   /* at least slope[0], at most slope[1]; only where
                        inference folds it into a convolution */
} mien_kernel_unit;

/* Batch norm, activation and residual in one:
 *
 *   y = unit(gamma (x - mean) istd + beta) (+ residual)
 *
 * The residual goes with MIEN_UNIT_NONE only. gamma and beta may be NULL
 * (1 and 0). var is the biased variance, istd = 1 / sqrt(var + epsilon). */
typedef struct mien_kernel_bn {
    mien_shape shape;
    mien_kernel_unit unit;
    const float *slope; /* 1 value (leaky) or c values (prelu) */
    float epsilon;
    const float *x, *gamma, *beta, *residual;
    float *y;
    const float *running_mean, *running_var; /* bn_infer reads them */
    float *mean, *istd, *var; /* bn_forward writes, bn_backward reads two */
    const float *dy;          /* bn_backward from here on */
    float *dx;                /* may be dy itself */
    bool accumulate;          /* dx += instead of dx = */
    float *dgamma, *dbeta, *dslope; /* written; each may be NULL */
} mien_kernel_bn;

/* An activation alone. Relu and leaky take any layout and any c (only the
 * number of elements counts), prelu takes nChw16c. Backward works from x, for
 * relu just as well from y. y may be x, dx may be dy. */
typedef struct mien_kernel_act {
    mien_shape shape;
    mien_kernel_unit unit;
    const float *slope, *x;
    float *y;
    const float *dy;
    float *dx;
    bool accumulate;
    float *dslope; /* prelu: c values, written; may be NULL */
} mien_kernel_act;

/* Windows of maximum and average pooling and of depthwise convolution;
 * `out` is the shape of y, and says how far the windows go. */
typedef struct mien_kernel_window {
    mien_shape in, out;
    int kh, kw, stride_h, stride_w;
    int pad_top, pad_left; /* rows and columns outside: bottom, right follow */
} mien_kernel_window;

enum { MIEN_INDEX_NONE = 255 }; /* relu blocked the whole window */

/* Maximum pooling, with relu before it when asked:
 *
 *   y = max over the window of x (or relu(x)); a NaN wins
 *   index = kh_offset * kw + kw_offset of the winner, or MIEN_INDEX_NONE
 *
 * The first of equal values wins, the last of several NaN. Backward writes
 * all of dx from dy and index alone. kh * kw at most 255; each window has a
 * pixel inside the image. 2x2 with stride 2 and no padding has a fast path. */
typedef struct mien_kernel_maxpool {
    mien_kernel_window window;
    bool relu;
    const float *x;
    float *y;
    uint8_t *index; /* as many as y has elements, same layout */
    const float *dy;
    float *dx;
} mien_kernel_maxpool;

/* Average pooling; a window of the whole image is global pooling. Divides by
 * the pixels inside the image, or by kh * kw when padding counts. */
typedef struct mien_kernel_avgpool {
    mien_kernel_window window;
    bool count_padding;
    const float *x;
    float *y;
    const float *dy;
    float *dx;
} mien_kernel_avgpool;

/* Depthwise convolution (a cross-correlation, as everywhere). Weights and
 * their gradient are packed: [C/16][kh][kw][16], see depthwise_pack. Forward
 * ends in `unit`, of which backward knows nothing. */
typedef struct mien_kernel_depthwise {
    mien_kernel_window window;
    mien_kernel_unit unit;
    const float *slope; /* as in mien_kernel_bn */
    bool read_next;     /* forward: somebody reads y at once, keep it near */
    const float *x, *weight, *bias; /* bias may be NULL */
    float *y;
    const float *dy;
    float *dx, *dweight, *dbias; /* written; dbias may be NULL */
} mien_kernel_depthwise;

/* Dense convolution of one image, for inference:
 *
 *   y[o, i, j] = unit(bias[o] + residual[o, i, j]
 *       + sum_{s, d} w[o, s, d] x[source[s] + i row_step + j step + d])
 *
 * y and the residual are nChw16c; x is anything, with all it needs around it
 * (no padding here). A source is a place from which `depth` values are read
 * one after another: a block of channels under one tap of the window (16), or
 * one value of a plane (1). Weights are [O/16][sources][depth][16]. */
typedef struct mien_kernel_conv {
    mien_shape out; /* n is 1; rows without gaps between them may be one */
    size_t plane;   /* floats from a block of y, and of the residual, to the
                       next: more than out has, where it is a part of y */
    mien_kernel_unit unit;
    int sources, depth;    /* depth: 1 or 16 */
    const int32_t *source; /* counted in floats from x */
    int step, row_step;    /* from one output's x to the next one's */
    const float *x, *weight, *bias;
    const float *slope;    /* as in mien_kernel_bn */
    const float *residual; /* may be NULL; not y */
    float *y;
} mien_kernel_conv;

/* Element by element, on any layout. */
typedef enum mien_kernel_curve {
    MIEN_CURVE_SIGMOID, /* 1 / (1 + e^-x) */
    MIEN_CURVE_TANH,
    MIEN_CURVE_ELU,  /* x > 0: x, else alpha (e^x - 1) */
    MIEN_CURVE_GELU, /* x Phi(x), by erf; 0 at -Inf */
    MIEN_CURVE_SILU, /* x sigmoid(x); 0 at -Inf */
    MIEN_CURVE_EXP,  /* e^x */
    MIEN_CURVE_COUNT
} mien_kernel_curve;

/* y = f(x), or dx = dy f'(x); y may be x, dx may be dy. */
typedef struct mien_kernel_eltwise {
    size_t count;
    mien_kernel_curve curve;
    float alpha;
    const float *x;
    float *y;
    const float *dy;
    float *dx;
    bool accumulate;
} mien_kernel_eltwise;

/* Where an output is flat: its slope is next to nothing. */
typedef enum mien_kernel_saturation {
    MIEN_SATURATION_NONE,
    MIEN_SATURATION_TANH,   /* |x| > .97 */
    MIEN_SATURATION_SIGMOID /* x < .05 or x > .95 */
} mien_kernel_saturation;

/* What a buffer holds. Sums, in double, and the largest leave out what is not
 * finite. */
typedef struct mien_kernel_totals {
    int64_t count, zeros, saturated, non_finite;
    double sum, squares, max; /* max of |x| */
    int first_bad;            /* the first image with a bad value, or -1 */
} mien_kernel_totals;

/* Measure x. Its layout is plain, with any c, or nChw16c. */
typedef struct mien_kernel_probe {
    mien_shape shape;
    bool blocked;
    mien_kernel_saturation saturation;
    const float *x;
    uint8_t *alive; /* c values: set to 1 where one is not 0, never cleared;
                       may be NULL */
    mien_kernel_totals totals; /* written */
} mien_kernel_probe;

typedef struct mien_kernels {
    const char *name;

    void (*bn_forward)(const mien_kernel_bn *a);  /* own statistics */
    void (*bn_infer)(const mien_kernel_bn *a);    /* running statistics */
    void (*bn_backward)(const mien_kernel_bn *a); /* of bn_forward */

    void (*act_forward)(const mien_kernel_act *a);
    void (*act_backward)(const mien_kernel_act *a);

    void (*maxpool_forward)(const mien_kernel_maxpool *a);
    void (*maxpool_backward)(const mien_kernel_maxpool *a);
    void (*avgpool_forward)(const mien_kernel_avgpool *a);
    void (*avgpool_backward)(const mien_kernel_avgpool *a);

    void (*depthwise_forward)(const mien_kernel_depthwise *a);
    /* The same of plain x, y and weights ([C][kh][kw]), with any C. */
    void (*depthwise_plain)(const mien_kernel_depthwise *a);
    /* The two after it in one pass, which reads dy once. */
    void (*depthwise_backward)(const mien_kernel_depthwise *a);
    void (*depthwise_backward_data)(const mien_kernel_depthwise *a);
    void (*depthwise_backward_weight)(const mien_kernel_depthwise *a);

    void (*conv)(const mien_kernel_conv *a);

    void (*eltwise_forward)(const mien_kernel_eltwise *a);
    void (*eltwise_backward)(const mien_kernel_eltwise *a);

    /* nchw to nChw16c and back; y is not x. */
    void (*to_blocked)(float *y, const float *x, mien_shape shape);
    void (*from_blocked)(float *y, const float *x, mien_shape shape);

    /* y += x, y = a + b, y = factor x; y may be any of the operands. */
    void (*accumulate)(float *y, const float *x, size_t count);
    void (*add)(float *y, const float *a, const float *b, size_t count);
    void (*scale)(float *y, const float *x, float factor, size_t count);

    /* Sum of x^2, added up in double. */
    double (*sum_squares)(const float *x, size_t count);

    /* How many NaN and Inf there are, by their bits; *first is the index of
     * the first, or `count`. */
    size_t (*non_finite)(size_t *first, const float *x, size_t count);

    void (*probe)(mien_kernel_probe *a);
} mien_kernels;

/* The table of one instruction set; the next lower one that was compiled,
 * where that one was not. Does not ask whether this machine can run it. */
const mien_kernels *mien_kernels_for(mien_isa isa);

/* Plain loops in double over n, c, h, w; slow. */
extern const mien_kernels mien_kernels_reference;

/* Depthwise weights [C][kh][kw] to [C/16][kh][kw][16] and back; a window of
 * `taps` = kh * kw. */
void mien_depthwise_pack(float *packed, const float *plain, int c, int taps);
void mien_depthwise_unpack(float *plain, const float *packed, int c, int taps);

#endif
