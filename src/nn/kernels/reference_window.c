/* SPDX-License-Identifier: Apache-2.0 */
/* reference_window.c - pooling and depthwise convolution, plainly: every tap
 * of every window, skipping those outside the image. */
#include <math.h>
#include <string.h>

#include "nn/kernels/reference.h"

/* One tap of one window of one channel. */
typedef struct tap {
    size_t out, in; /* indices into y and x */
    int offset;     /* kh_offset * kw + kw_offset */
} tap;

/* The number of the first tap of output (n, c, oh, ow) at or after `from`
 * that is inside the image, or kh * kw. */
static int next_tap(tap *t, const mien_kernel_window *w, const int out[4],
                    int from) {
    for (int i = from; i < w->kh * w->kw; i++) {
        const int h = out[2] * w->stride_h - w->pad_top + i / w->kw;
        const int v = out[3] * w->stride_w - w->pad_left + i % w->kw;
        if (h < 0 || h >= w->in.h || v < 0 || v >= w->in.w) continue;
        t->out = mien_blocked_at(w->out, out[0], out[1], out[2], out[3]);
        t->in = mien_blocked_at(w->in, out[0], out[1], h, v);
        t->offset = i;
        return i;
    }
    return w->kh * w->kw;
}

/* The next output position; false at the end. Starts from all zero. */
static bool next_output(int out[4], mien_shape s) {
    const int extent[4] = {s.n, s.c, s.h, s.w};
    for (int d = 3; d >= 0; d--) {
        if (++out[d] < extent[d]) return true;
        out[d] = 0;
    }
    return false;
}

#define EACH_TAP(t, w, out)                                              \
    for (int t##_i = next_tap(&t, w, out, 0); t##_i < (w)->kh * (w)->kw; \
         t##_i = next_tap(&t, w, out, t##_i + 1))

void mien_reference_maxpool_forward(const mien_kernel_maxpool *a) {
    const mien_kernel_window *w = &a->window;
    int out[4] = {0};
    do {
        const size_t y =
            mien_blocked_at(w->out, out[0], out[1], out[2], out[3]);
        float best = a->relu ? 0 : -INFINITY;
        int index = a->relu ? MIEN_INDEX_NONE : -1;
        tap t;
        EACH_TAP(t, w, out) {
            const float x = a->x[t.in];
            if (index == -1 || x > best || isnan(x)) {
                best = x;
                index = t.offset;
            }
        }
        a->y[y] = best;
        a->index[y] = (uint8_t)index;
    } while (next_output(out, w->out));
}

void mien_reference_maxpool_backward(const mien_kernel_maxpool *a) {
    const mien_kernel_window *w = &a->window;
    memset(a->dx, 0, mien_shape_count(w->in) * sizeof(float));
    int out[4] = {0};
    do {
        tap t;
        EACH_TAP(t, w, out)
        if (a->index[t.out] == t.offset) a->dx[t.in] += a->dy[t.out];
    } while (next_output(out, w->out));
}

static double inside(const mien_kernel_avgpool *a, const int out[4]) {
    const mien_kernel_window *w = &a->window;
    if (a->count_padding) return w->kh * w->kw;
    int count = 0;
    tap t;
    EACH_TAP(t, w, out) count++;
    return count;
}

void mien_reference_avgpool_forward(const mien_kernel_avgpool *a) {
    const mien_kernel_window *w = &a->window;
    int out[4] = {0};
    do {
        double sum = 0;
        tap t;
        EACH_TAP(t, w, out) sum += (double)a->x[t.in];
        a->y[mien_blocked_at(w->out, out[0], out[1], out[2], out[3])] =
            (float)(sum / inside(a, out));
    } while (next_output(out, w->out));
}

void mien_reference_avgpool_backward(const mien_kernel_avgpool *a) {
    const mien_kernel_window *w = &a->window;
    memset(a->dx, 0, mien_shape_count(w->in) * sizeof(float));
    int out[4] = {0};
    do {
        const double count = inside(a, out);
        tap t;
        EACH_TAP(t, w, out)
        a->dx[t.in] += (float)((double)a->dy[t.out] / count);
    } while (next_output(out, w->out));
}

/* ---- depthwise convolution ---- */

static size_t weight_at(const mien_kernel_window *w, int c, int offset) {
    const int taps = w->kh * w->kw, cb = c / MIEN_BLOCK;
    return (size_t)(cb * taps + offset) * MIEN_BLOCK + (size_t)(c % MIEN_BLOCK);
}

void mien_reference_depthwise_forward(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    int out[4] = {0};
    do {
        double sum = a->bias ? (double)a->bias[out[1]] : 0;
        tap t;
        EACH_TAP(t, w, out)
        sum += (double)a->x[t.in] *
               (double)a->weight[weight_at(w, out[1], t.offset)];
        a->y[mien_blocked_at(w->out, out[0], out[1], out[2], out[3])] =
            (float)mien_reference_unit(sum, a->slope, a->unit, out[1]);
    } while (next_output(out, w->out));
}

static size_t plain_at(mien_shape s, int n, int c, int h, int w) {
    const size_t plane = (size_t)n * (size_t)s.c + (size_t)c;
    return (plane * (size_t)s.h + (size_t)h) * (size_t)s.w + (size_t)w;
}

void mien_reference_depthwise_plain(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    const int taps = w->kh * w->kw;
    int out[4] = {0};
    do {
        const int n = out[0], c = out[1];
        double sum = a->bias ? (double)a->bias[c] : 0;
        for (int i = 0; i < taps; i++) {
            const int h = out[2] * w->stride_h - w->pad_top + i / w->kw;
            const int v = out[3] * w->stride_w - w->pad_left + i % w->kw;
            if (h >= 0 && h < w->in.h && v >= 0 && v < w->in.w)
                sum += (double)a->x[plain_at(w->in, n, c, h, v)] *
                       (double)a->weight[c * taps + i];
        }
        a->y[plain_at(w->out, n, c, out[2], out[3])] =
            (float)mien_reference_unit(sum, a->slope, a->unit, c);
    } while (next_output(out, w->out));
}

void mien_reference_depthwise_backward_data(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    memset(a->dx, 0, mien_shape_count(w->in) * sizeof(float));
    int out[4] = {0};
    do {
        tap t;
        EACH_TAP(t, w, out)
        a->dx[t.in] += a->dy[t.out] * a->weight[weight_at(w, out[1], t.offset)];
    } while (next_output(out, w->out));
}

/* ---- dense convolution ---- */

static double products(const mien_kernel_conv *a, const int out[4]) {
    const float *x =
        a->x + (ptrdiff_t)out[2] * a->row_step + (ptrdiff_t)out[3] * a->step;
    const size_t values = (size_t)a->sources * (size_t)a->depth;
    const float *w = a->weight +
                     (size_t)(out[1] / MIEN_BLOCK) * values * MIEN_BLOCK +
                     out[1] % MIEN_BLOCK;
    double sum = 0;
    for (int s = 0; s < a->sources; s++)
        for (int d = 0; d < a->depth; d++, w += MIEN_BLOCK)
            sum += (double)*w * (double)x[a->source[s] + d];
    return sum;
}

void mien_reference_conv(const mien_kernel_conv *a) {
    int out[4] = {0};
    do {
        const size_t at = (size_t)(out[1] / MIEN_BLOCK) * a->plane +
                          (size_t)(out[2] * a->out.w + out[3]) * MIEN_BLOCK +
                          (size_t)(out[1] % MIEN_BLOCK);
        double sum = (double)a->bias[out[1]] + products(a, out);
        if (a->residual) sum += (double)a->residual[at];
        a->y[at] = (float)mien_reference_unit(sum, a->slope, a->unit, out[1]);
    } while (next_output(out, a->out));
}

/* ---- gradient of depthwise weights ---- */

/* One channel at a time, so that the sums can be double. */
static void weight_gradient(const mien_kernel_depthwise *a, int c) {
    const mien_kernel_window *w = &a->window;
    double sum[256] = {0}, bias = 0;
    int out[4] = {0};
    do {
        if (out[1] != c) continue;
        const size_t y =
            mien_blocked_at(w->out, out[0], out[1], out[2], out[3]);
        bias += (double)a->dy[y];
        tap t;
        EACH_TAP(t, w, out)
        sum[t.offset] += (double)a->dy[t.out] * (double)a->x[t.in];
    } while (next_output(out, w->out));
    for (int i = 0; i < w->kh * w->kw; i++)
        a->dweight[weight_at(w, c, i)] = (float)sum[i];
    if (a->dbias) a->dbias[c] = (float)bias;
}

void mien_reference_depthwise_backward_weight(const mien_kernel_depthwise *a) {
    for (int c = 0; c < a->window.in.c; c++) weight_gradient(a, c);
}

void mien_reference_depthwise_backward(const mien_kernel_depthwise *a) {
    mien_reference_depthwise_backward_data(a);
    mien_reference_depthwise_backward_weight(a);
}
