/* SPDX-License-Identifier: Apache-2.0 */
/* act.c - relu, leaky relu and prelu alone.
 *
 *   y = x <= 0 ? slope x : x        dx = x <= 0 ? slope dy : dy
 *   dslope = sum_{x<=0} dy x
 *
 * with 0 for slope x and slope dy in a relu. What does not fill a block of 16
 * at the end of a plain buffer goes through a padded copy. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

/* A stretch of elements that share one vector of slopes. */
typedef struct stretch {
    const float *x, *dy;
    float *out;
    size_t count; /* a multiple of 16 */
} stretch;

INLINE v16 bend(v16 value, v16 x, v16 slope, bool relu) {
    const v16 low = relu ? v_set(0) : v_mul(value, slope);
    return v_select(v_le(x, v_set(0)), low, value);
}

INLINE void forward_as(stretch s, v16 slope, bool relu, bool stream) {
    for (size_t i = 0; i < s.count; i += 16) {
        const v16 x = v_load(s.x + i), y = bend(x, x, slope, relu);
        if (stream)
            v_stream(s.out + i, y);
        else
            v_store(s.out + i, y);
    }
}

static void forward(stretch s, v16 slope, bool relu, bool stream) {
    if (relu && stream)
        forward_as(s, slope, true, true);
    else if (relu)
        forward_as(s, slope, true, false);
    else if (stream)
        forward_as(s, slope, false, true);
    else
        forward_as(s, slope, false, false);
}

typedef enum write_mode { WRITE, WRITE_STREAM, WRITE_ADD } write_mode;

INLINE void backward_block(stretch s, size_t i, v16 slope, bool relu,
                           write_mode mode, v16 *dslope) {
    const v16 x = v_load(s.x + i), dy = v_load(s.dy + i);
    v16 dx = bend(dy, x, slope, relu);
    if (dslope)
        *dslope = v_select(v_le(x, v_set(0)), v_fma(dy, x, *dslope), *dslope);
    if (mode == WRITE_ADD) dx = v_add(dx, v_load(s.out + i));
    if (mode == WRITE_STREAM)
        v_stream(s.out + i, dx);
    else
        v_store(s.out + i, dx);
}

/* Two sums side by side hide the latency of the additions. */
INLINE void backward_as(stretch s, v16 slope, bool relu, write_mode mode,
                        double *dslope) {
    v16 sum = v_set(0), other = v_set(0);
    size_t i = 0;
    for (; i + 32 <= s.count; i += 32) {
        backward_block(s, i, slope, relu, mode, dslope ? &sum : NULL);
        backward_block(s, i + 16, slope, relu, mode, dslope ? &other : NULL);
    }
    if (i < s.count)
        backward_block(s, i, slope, relu, mode, dslope ? &sum : NULL);
    if (dslope) v_add_to_double(dslope, v_add(sum, other));
}

INLINE void backward_mode(stretch s, v16 slope, bool relu, write_mode mode,
                          double *dslope) {
    if (mode == WRITE_ADD)
        backward_as(s, slope, relu, WRITE_ADD, dslope);
    else if (mode == WRITE_STREAM)
        backward_as(s, slope, relu, WRITE_STREAM, dslope);
    else
        backward_as(s, slope, relu, WRITE, dslope);
}

static void backward(stretch s, v16 slope, bool relu, write_mode mode) {
    if (relu)
        backward_mode(s, slope, true, mode, NULL);
    else
        backward_mode(s, slope, false, mode, NULL);
}

/* The last elements of a plain buffer, copied out to a full block. */
typedef struct tail {
    float x[16], dy[16], out[16];
    size_t at, count;
} tail;

static void tail_open(tail *t, const float *x, size_t count) {
    *t = (tail){.at = count / 16 * 16, .count = count % 16};
    memcpy(t->x, x + t->at, t->count * sizeof(float));
}

static v16 flat_slope(const mien_kernel_act *a) {
    return v_set(a->unit == MIEN_UNIT_LEAKY ? a->slope[0] : 0);
}

static void forward_flat(const mien_kernel_act *a, size_t count, bool stream) {
    const bool relu = a->unit == MIEN_UNIT_RELU;
    const v16 slope = flat_slope(a);
    tail t;
    tail_open(&t, a->x, count);
    forward((stretch){a->x, NULL, a->y, t.at}, slope, relu, stream);
    forward((stretch){t.x, NULL, t.out, 16}, slope, relu, false);
    memcpy(a->y + t.at, t.out, t.count * sizeof(float));
}

static void backward_flat(const mien_kernel_act *a, size_t count,
                          write_mode mode) {
    const bool relu = a->unit == MIEN_UNIT_RELU;
    const v16 slope = flat_slope(a);
    tail t;
    tail_open(&t, a->x, count);
    memcpy(t.dy, a->dy + t.at, t.count * sizeof(float));
    memcpy(t.out, a->dx + t.at, t.count * sizeof(float));
    backward((stretch){a->x, a->dy, a->dx, t.at}, slope, relu, mode);
    backward((stretch){t.x, t.dy, t.out, 16}, slope, relu,
             a->accumulate ? WRITE_ADD : WRITE);
    memcpy(a->dx + t.at, t.out, t.count * sizeof(float));
}

void MIEN_K(act_forward)(const mien_kernel_act *a) {
    const size_t count = mien_shape_count(a->shape);
    const bool stream =
        a->y != a->x && worth_streaming(a->y, count * sizeof(float));
    if (a->unit == MIEN_UNIT_NONE) {
        if (a->y != a->x) memcpy(a->y, a->x, count * sizeof(float));
    } else if (a->unit != MIEN_UNIT_PRELU) {
        forward_flat(a, count, stream);
    } else {
        const int planes = a->shape.n * (a->shape.c / 16);
        const size_t plane = mien_plane_count(a->shape);
        for (int p = 0; p < planes; p++) {
            const size_t at = (size_t)p * plane;
            const int cb = p % (a->shape.c / 16);
            forward((stretch){a->x + at, NULL, a->y + at, plane},
                    v_load(a->slope + cb * 16), false, stream);
        }
    }
    if (stream) v_stream_end();
}

static void backward_prelu(const mien_kernel_act *a, int cb, write_mode mode) {
    const v16 slope = v_load(a->slope + cb * 16);
    double dslope[16] = {0};
    for (int n = 0; n < a->shape.n; n++) {
        const size_t at = mien_plane_start(a->shape, n, cb);
        const stretch s = {a->x + at, a->dy + at, a->dx + at,
                           mien_plane_count(a->shape)};
        backward_mode(s, slope, false, mode, dslope);
    }
    for (int i = 0; a->dslope && i < 16; i++)
        a->dslope[cb * 16 + i] = (float)dslope[i];
}

static void backward_none(const mien_kernel_act *a, size_t count) {
    if (a->accumulate)
        MIEN_K(accumulate)(a->dx, a->dy, count);
    else if (a->dx != a->dy)
        memcpy(a->dx, a->dy, count * sizeof(float));
}

void MIEN_K(act_backward)(const mien_kernel_act *a) {
    const size_t count = mien_shape_count(a->shape);
    write_mode mode = WRITE;
    if (a->accumulate)
        mode = WRITE_ADD;
    else if (a->dx != a->dy && worth_streaming(a->dx, count * sizeof(float)))
        mode = WRITE_STREAM;
    if (a->unit == MIEN_UNIT_NONE) {
        backward_none(a, count);
    } else if (a->unit != MIEN_UNIT_PRELU) {
        backward_flat(a, count, mode);
    } else {
        for (int cb = 0; cb < a->shape.c / 16; cb++)
            backward_prelu(a, cb, mode);
    }
    if (mode == WRITE_STREAM) v_stream_end();
}
