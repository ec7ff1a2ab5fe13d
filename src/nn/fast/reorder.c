/* SPDX-License-Identifier: Apache-2.0 */
/* reorder.c - the step that the planner puts between two layouts. */
#include "nn/fast/program.h"
#include "nn/int8/int8.h"

static mien_int8_code code_of(const mien_step *s) {
    return mien_int8_code_of(s->ranges[0], s->ranges[1]);
}

/* Channel c of image n begins here; its pixels are 16 bytes apart. */
static size_t channel_at(mien_shape s, int n, int c) {
    return mien_plane_start(s, n, c / MIEN_BLOCK) + (size_t)(c % MIEN_BLOCK);
}

static void plain_to_bytes(const mien_step *s, uint8_t *y, const float *x,
                           uint8_t *row) {
    const mien_shape o = s->out;
    const size_t pixels = (size_t)o.h * (size_t)o.w;
    for (int n = 0; n < o.n; n++)
        for (int c = 0; c < o.c; c++, x += pixels) {
            uint8_t *to = y + channel_at(o, n, c);
            mien_int8_best()->code(row, x, pixels, code_of(s));
            for (size_t i = 0; i < pixels; i++) to[i * MIEN_BLOCK] = row[i];
        }
}

static void bytes_to_plain(const mien_step *s, float *y, const uint8_t *x) {
    const mien_shape o = s->out;
    const mien_int8_code code = code_of(s);
    const size_t pixels = (size_t)o.h * (size_t)o.w;
    for (int n = 0; n < o.n; n++)
        for (int c = 0; c < o.c; c++, y += pixels) {
            const uint8_t *from = x + channel_at(o, n, c);
            for (size_t i = 0; i < pixels; i++)
                y[i] = (float)(from[i * MIEN_BLOCK] - code.zero) * code.scale;
        }
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const size_t count = mien_shape_count(s->out);
    const void *x = p->x[0];
    void *y = p->y;
    const bool vectors = s->out.h == 1 && s->out.w == 1;
    if (s->out_layout == MIEN_BYTES &&
        (s->in_layout == MIEN_BLOCKED || vectors))
        mien_int8_best()->code(y, x, count, code_of(s));
    else if (s->out_layout == MIEN_BYTES)
        plain_to_bytes(s, y, x, p->scratch);
    else if (s->in_layout == MIEN_BYTES && s->out_layout == MIEN_BLOCKED)
        mien_int8_best()->decode(y, x, count, code_of(s));
    else if (s->in_layout == MIEN_BYTES)
        bytes_to_plain(s, y, x);
    else if (s->out_layout == MIEN_BLOCKED)
        s->kernels->to_blocked(y, x, s->out);
    else
        s->kernels->from_blocked(y, x, s->out);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0]) return;
    if (s->out_layout == MIEN_BLOCKED)
        s->kernels->from_blocked(p->dx[0], p->dy, s->out);
    else
        s->kernels->to_blocked(p->dx[0], p->dy, s->out);
}

const mien_step_ops mien_step_reorder = {
    .name = "reorder", .forward = forward, .backward = backward};
