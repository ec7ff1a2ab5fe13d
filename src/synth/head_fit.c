/* SPDX-License-Identifier: Apache-2.0 */
/* head_fit.c - widths that traits give in millimetres: what was shaped so far
 * is stretched sideways until the measured place lies where it should.
 *
 * The stretch grows in proportion from the middle line to the place, holds to
 * `flat` and ends at `end`. */
#include "synth/head_form.h"

typedef struct stretch {
    float u, v; /* what is measured */
    float flat, end;
    float high; /* rows: all of it to half of this, none beyond */
} stretch;

static void widen(const mien_form *f, const stretch *s, float target) {
    float reach = mien_head_at(f->head, s->u, s->v, NULL).x;
    float more = target - reach;
    int first, end;
    mien_form_rows(f, s->v - s->high, s->v + s->high, &first, &end);
    for (int r = first; r < end; r++) {
        float far = fabsf(f->head->row_v[r] - s->v) / s->high;
        float up = mien_step(1, 0.4f, far);
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float u = f->head->column_u[c], out = fabsf(u);
            if (out >= s->end) continue;
            float w = out < s->u ? out / s->u : mien_step(s->end, s->flat, out);
            mien_form_skin(f, r, c)->x += (u < 0 ? -1 : 1) * w * up * more;
        }
    }
}

void mien_form_fit(const mien_form *f) {
    const stretch eyes = {32, 0, 40, 76, 30};
    const stretch wings = {17, -46.5f, 18, 34, 15};
    const stretch lips = {25, -71, 27, 56, 26};
    widen(f, &eyes, 0.5f * MIEN_AMOUNT(f, eye_distance));
    widen(f, &wings, 0.5f * MIEN_AMOUNT(f, nose_breadth));
    widen(f, &lips, 0.5f * MIEN_AMOUNT(f, mouth_breadth));
}
