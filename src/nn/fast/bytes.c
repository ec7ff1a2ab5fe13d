/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.c - codes of activations folded into the ends of convolutions.
 *
 * With x = sx (qx - zx), w = sw qw, r = sr (qr - zr) and y = sy (qy - zy),
 *
 *   y / sy = unit(sum qx qw  sx sw / sy + (bias - zx sx sw sum qw - sr zr) / sy
 *                 + qr sr / sy)
 *
 * because a unit commutes with a positive factor, once the bounds of clip have
 * it, too. */
#include "nn/fast/bytes.h"

#include "base/mem.h"

mien_int8_code mien_byte_code(const mien_step *s, int node) {
    const float *range = s->ranges + 2 * (node + 1);
    return mien_int8_code_of(range[0], range[1]);
}

mien_status mien_byte_end_open(mien_byte_end *e, mien_step *s,
                               const mien_fold *f) {
    const size_t c = (size_t)s->out.c;
    *e = (mien_byte_end){.x = mien_byte_code(s, s->from[0]),
                         .y = {.scale = 1},
                         .to_float = s->out.h == 1 && s->out.w == 1};
    e->scale = mien_alloc(3 * c + 1, sizeof(float)); /* clip has two slopes */
    if (!e->scale) return MIEN_ENOMEM;
    e->bias = e->scale + c;
    e->slope = e->bias + c;
    s->held += 3 * c * sizeof(float);
    if (!e->to_float) e->y = mien_byte_code(s, s->nodes[s->n_nodes - 1]);
    if (f->residual) e->residual = mien_byte_code(s, s->from[1]);
    e->end = (mien_int8_end){.unit = f->unit,
                             .scale = e->scale,
                             .bias = e->bias,
                             .slope = e->slope,
                             .residual_scale = e->residual.scale / e->y.scale,
                             .zero = e->y.zero};
    return MIEN_OK;
}

void mien_byte_end_set(mien_byte_end *e, const mien_fold *f, int c, float scale,
                       int sum) {
    const double factor = 1 / (double)e->y.scale;
    const double product =
        (double)e->x.scale * (double)scale * (double)f->scale[c] * factor;
    const double residual =
        (double)e->residual.scale * e->residual.zero * factor;
    e->scale[c] = (float)product;
    e->bias[c] = (float)((double)f->bias[c] * factor -
                         (double)e->x.zero * sum * product - residual);
    if (f->unit == MIEN_UNIT_CLIP)
        e->slope[c] = (float)((double)f->slope[c] * factor);
    else
        e->slope[c] = f->unit == MIEN_UNIT_LEAKY ? f->slope[0] : f->slope[c];
}

void mien_byte_end_close(mien_byte_end *e) { mien_free(e->scale); }
