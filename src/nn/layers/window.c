/* SPDX-License-Identifier: Apache-2.0 */
/* window.c - a kernel that slides over an image: where, and how often.
 *
 *   valid, numbers   out = floor((in + before + after - kernel) / stride) + 1
 *   same             out = ceil(in / stride)
 *                    before + after = max((out - 1) stride + kernel - in, 0)
 *
 * Source: Dumoulin and Visin, A guide to convolution arithmetic for deep
 * learning, 2016 (arXiv:1603.07285). */
#include "nn/layers/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* "1x2x3x4" into out; returns how many, 0 for anything else. */
static int read_numbers(int out[4], const char *text) {
    for (int count = 0; count < 4;) {
        if (*text < '0' || *text > '9') return 0;
        char *end;
        const long value = strtol(text, &end, 10);
        if (value > MIEN_WINDOW_MAX_PAD) return 0;
        out[count++] = (int)value;
        if (!*end) return count;
        if (*end != 'x') return 0;
        text = end + 1;
    }
    return 0;
}

static mien_status explicit_pad(mien_window *w, const char *pad) {
    int side[4] = {0};
    const int count = read_numbers(side, pad);
    if (count != 1 && count != 2 && count != 4)
        return mien_fail(MIEN_EINVAL,
                         "pad: '%s' is not " MIEN_PAD_HELP
                         " with numbers from 0 to %d",
                         pad, MIEN_WINDOW_MAX_PAD);
    for (int axis = 0; axis < 2; axis++) {
        w->before[axis] = side[count == 1 ? 0 : axis];
        w->after[axis] = count == 4 ? side[2 + axis] : w->before[axis];
    }
    return MIEN_OK;
}

static void same_pad(mien_window *w, const int extent[2]) {
    for (int axis = 0; axis < 2; axis++) {
        const int stride = w->stride[axis];
        const int out = (extent[axis] + stride - 1) / stride;
        const int reach = (out - 1) * stride + w->kernel[axis];
        const int total = reach > extent[axis] ? reach - extent[axis] : 0;
        w->before[axis] = total / 2;
        w->after[axis] = total - total / 2;
    }
}

mien_status mien_window_of(mien_window *out, mien_shape in,
                           const mien_window_options *options) {
    const char *pad = options->pad ? options->pad : "valid";
    const int extent[2] = {in.h, in.w};
    mien_window w = {0};
    for (int axis = 0; axis < 2; axis++) {
        const int stride = options->stride[axis];
        w.kernel[axis] = options->kernel[axis];
        w.stride[axis] = stride ? stride : options->kernel[axis];
    }
    if (strcmp(pad, "same") == 0)
        same_pad(&w, extent);
    else if (strcmp(pad, "valid") != 0)
        MIEN_TRY(explicit_pad(&w, pad));
    for (int axis = 0; axis < 2; axis++) {
        const int room = extent[axis] + w.before[axis] + w.after[axis];
        if (w.kernel[axis] > room)
            return mien_fail(MIEN_ESHAPE,
                             "kernel %dx%d does not fit its input %dx%d with "
                             "pad: %s",
                             w.kernel[0], w.kernel[1], in.h, in.w, pad);
        w.out[axis] = (room - w.kernel[axis]) / w.stride[axis] + 1;
    }
    *out = w;
    return MIEN_OK;
}

mien_window mien_window_planned(mien_shape in,
                                const mien_window_options *options) {
    mien_window window = {0};
    const mien_status status = mien_window_of(&window, in, options);
    assert(status == MIEN_OK);
    (void)status;
    return window;
}
