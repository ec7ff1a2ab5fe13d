/* SPDX-License-Identifier: Apache-2.0 */
/* maxpool.c - maximum pooling, with the relu before it in the same pass.
 *
 *   y = max(relu(x))    dx[index] = dy, all other dx = 0
 *
 * The winner starts at 0 with no index when there is a relu, so that nothing
 * that relu would block can win. One byte per output is all that the backward
 * pass needs; x is not read again. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"
#include "nn/kernels/window.h"

typedef struct winner {
    v16 value;
    b16 index;
} winner;

/* The larger one; a NaN wins over everything and stays. */
INLINE winner compete(winner w, v16 x, int tap) {
    const m16 wins = m_or(v_gt(x, w.value), v_nan(x));
    w.value = v_select(wins, x, w.value);
    w.index = b_select(wins, b_set((uint8_t)tap), w.index);
    return w;
}

INLINE winner nobody(void) {
    return (winner){v_set(0), b_set(MIEN_INDEX_NONE)};
}

static bool is_two_by_two(const mien_kernel_window *w) {
    return w->kh == 2 && w->kw == 2 && w->stride_h == 2 && w->stride_w == 2 &&
           w->pad_top == 0 && w->pad_left == 0 && w->out.h == w->in.h / 2 &&
           w->out.w == w->in.w / 2;
}

/* ---- forward ---- */

/* As in compete, of two that have competed already. */
INLINE winner final(winner a, winner b) {
    const m16 wins = m_or(v_gt(b.value, a.value), v_nan(b.value));
    return (winner){v_select(wins, b.value, a.value),
                    b_select(wins, b.index, a.index)};
}

/* The next two rows, which the processor does not expect. */
INLINE void fetch_ahead(const float *in, size_t below) {
    __builtin_prefetch(in + 2 * below);
    __builtin_prefetch(in + 2 * below + 16);
    __builtin_prefetch(in + 3 * below);
    __builtin_prefetch(in + 3 * below + 16);
}

/* The four taps compete in pairs: three comparisons deep, not four. */
INLINE void forward_two_as(float *y, uint8_t *index, const float *x,
                           const mien_kernel_window *w, bool relu) {
    const size_t below = (size_t)w->in.w * 16;
    const int columns = w->out.w;
    for (int oh = 0; oh < w->out.h; oh++) {
        const float *in = x + 2 * (size_t)oh * below;
        for (int ow = 0; ow < columns; ow++, in += 32, y += 16, index += 16) {
            fetch_ahead(in, below);
            const winner top = {v_load(in), b_set(0)};
            const winner bottom = {v_load(in + below), b_set(2)};
            winner best = final(compete(top, v_load(in + 16), 1),
                                compete(bottom, v_load(in + below + 16), 3));
            if (relu) best = final(nobody(), best);
            v_store(y, best.value);
            b_store(index, best.index);
        }
    }
}

/* Row by row, so that the rows' comparisons do not wait for each other. */
INLINE winner window_winner(const mien_kernel_maxpool *a, const float *x,
                            int oh, int ow) {
    const mien_kernel_window *w = &a->window;
    const tap_range rows = rows_inside(w, oh), columns = columns_inside(w, ow);
    winner best = nobody();
    for (int i = rows.begin; i < rows.end; i++) {
        const float *row =
            x + ((ptrdiff_t)(rows.first + i) * w->in.w + columns.first) * 16;
        int j = columns.begin, tap = i * w->kw + j;
        winner of_row = {v_load(row + j * 16), b_set((uint8_t)tap)};
        while (++j < columns.end)
            of_row = compete(of_row, v_load(row + j * 16), ++tap);
        best = a->relu || i > rows.begin ? final(best, of_row) : of_row;
    }
    return best;
}

static void forward_plane(const mien_kernel_maxpool *a, float *y,
                          uint8_t *index, const float *x) {
    for (int oh = 0; oh < a->window.out.h; oh++)
        for (int ow = 0; ow < a->window.out.w; ow++, y += 16, index += 16) {
            const winner best = window_winner(a, x, oh, ow);
            v_store(y, best.value);
            b_store(index, best.index);
        }
}

void MIEN_K(maxpool_forward)(const mien_kernel_maxpool *a) {
    const mien_kernel_window *w = &a->window;
    const bool two = is_two_by_two(w);
    const int planes = w->in.n * (w->in.c / 16);
    for (int p = 0; p < planes; p++) {
        const float *x = a->x + (size_t)p * mien_plane_count(w->in);
        const size_t at = (size_t)p * mien_plane_count(w->out);
        if (two && a->relu)
            forward_two_as(a->y + at, a->index + at, x, w, true);
        else if (two)
            forward_two_as(a->y + at, a->index + at, x, w, false);
        else
            forward_plane(a, a->y + at, a->index + at, x);
    }
}

/* ---- backward ---- */

INLINE void put(float *y, v16 a, bool stream) {
    if (stream)
        v_stream(y, a);
    else
        v_store(y, a);
}

INLINE void backward_two_as(float *dx, const float *dy, const uint8_t *index,
                            const mien_kernel_window *w, bool stream) {
    const size_t below = (size_t)w->in.w * 16;
    const v16 zero = v_set(0);
    const int columns = w->out.w;
    for (int oh = 0; oh < w->out.h; oh++) {
        float *out = dx + 2 * (size_t)oh * below;
        for (int ow = 0; ow < columns; ow++) {
            const v16 d = v_load(dy);
            const b16 tap = b_load(index);
            put(out, v_select(b_equal(tap, b_set(0)), d, zero), stream);
            put(out + 16, v_select(b_equal(tap, b_set(1)), d, zero), stream);
            put(out + below, v_select(b_equal(tap, b_set(2)), d, zero), stream);
            put(out + below + 16, v_select(b_equal(tap, b_set(3)), d, zero),
                stream);
            out += 32;
            dy += 16;
            index += 16;
        }
        if (w->in.w % 2) {
            v_store(out, zero);
            v_store(out + below, zero);
        }
    }
    if (w->in.h % 2)
        memset(dx + 2 * (size_t)w->out.h * below, 0, below * sizeof(float));
}

static void scatter(const mien_kernel_window *w, float *dx, int oh, int ow,
                    v16 d, b16 index) {
    const tap_range rows = rows_inside(w, oh), columns = columns_inside(w, ow);
    for (int i = rows.begin; i < rows.end; i++) {
        float *row =
            dx + ((ptrdiff_t)(rows.first + i) * w->in.w + columns.first) * 16;
        for (int j = columns.begin; j < columns.end; j++) {
            const m16 hit = b_equal(index, b_set((uint8_t)(i * w->kw + j)));
            const v16 old = v_load(row + j * 16);
            v_store(row + j * 16, v_select(hit, v_add(old, d), old));
        }
    }
}

static void backward_plane(const mien_kernel_window *w, float *dx,
                           const float *dy, const uint8_t *index) {
    memset(dx, 0, mien_plane_count(w->in) * sizeof(float));
    for (int oh = 0; oh < w->out.h; oh++)
        for (int ow = 0; ow < w->out.w; ow++, dy += 16, index += 16)
            scatter(w, dx, oh, ow, v_load(dy), b_load(index));
}

void MIEN_K(maxpool_backward)(const mien_kernel_maxpool *a) {
    const mien_kernel_window *w = &a->window;
    const bool two = is_two_by_two(w);
    const bool stream =
        two && worth_streaming(a->dx, mien_shape_count(w->in) * sizeof(float));
    const int planes = w->in.n * (w->in.c / 16);
    for (int p = 0; p < planes; p++) {
        float *dx = a->dx + (size_t)p * mien_plane_count(w->in);
        const size_t at = (size_t)p * mien_plane_count(w->out);
        if (two && stream)
            backward_two_as(dx, a->dy + at, a->index + at, w, true);
        else if (two)
            backward_two_as(dx, a->dy + at, a->index + at, w, false);
        else
            backward_plane(w, dx, a->dy + at, a->index + at);
    }
    if (stream) v_stream_end();
}
