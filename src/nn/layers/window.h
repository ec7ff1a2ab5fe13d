/* SPDX-License-Identifier: Apache-2.0 */
/* window.h - a kernel that slides over an image: where, and how often.
 *
 *   mien_window window;
 *   MIEN_TRY(mien_window_of(&window, in, &options));
 *   out.h = window.out[0];
 *
 * `pad` is text: "valid" (none), "same" (out = ceil(in / stride), the odd zero
 * goes below and to the right, as in TensorFlow and Keras), or numbers: "1"
 * for every side, "1x2" for rows and columns, "0x0x1x1" for top, left, bottom
 * and right. */
#ifndef MIEN_NN_LAYERS_WINDOW_H
#define MIEN_NN_LAYERS_WINDOW_H

#include "base/fail.h"
#include "tensor/real.h"
#include "tensor/shape.h"

enum { MIEN_WINDOW_MAX_PAD = 1024 };

#define MIEN_PAD_HELP "valid, same, N, RxC or top x left x bottom x right"

/* Pairs are rows, then columns. */
typedef struct mien_window_options {
    int kernel[2], stride[2]; /* a stride of 0 means the kernel */
    const char *pad;          /* NULL: "valid" */
} mien_window_options;

typedef struct mien_window {
    int kernel[2], stride[2];
    int before[2], after[2]; /* rows above and below, columns left, right */
    int out[2];              /* places it stops at */
} mien_window;

/* Errors: MIEN_EINVAL for a pad that is none of the above, MIEN_ESHAPE for a
 *         kernel that does not fit; the sentence lacks the layer's name. */
mien_status MIEN_R(mien_window_of)(mien_window *out, mien_shape in,
                                   const mien_window_options *options);
#define mien_window_of MIEN_R(mien_window_of)

/* The same, for options that a plan has accepted. */
mien_window MIEN_R(mien_window_planned)(mien_shape in,
                                        const mien_window_options *options);
#define mien_window_planned MIEN_R(mien_window_planned)

/* The rows (axis 0) or columns (axis 1) of `in` under the window's stop
 * number `at`: first to last - 1, without the padding. */
typedef struct mien_span {
    int first, last;
} mien_span;

static inline mien_span mien_window_span(const mien_window *window, int axis,
                                         int at, int extent) {
    const int first = at * window->stride[axis] - window->before[axis];
    const int last = first + window->kernel[axis];
    return (mien_span){first < 0 ? 0 : first, last > extent ? extent : last};
}

#endif
