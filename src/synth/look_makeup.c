/* SPDX-License-Identifier: Apache-2.0 */
/* look_makeup.c - colour on the lids and a line along the lashes. */
#include "synth/look_skin.h"

void mien_paint_makeup(mien_surface *s, mien_skin_point *p,
                       const mien_skin_look *k) {
    if (k->makeup <= 0 || p->v < -8 || p->v > 18 || p->out > 60) return;
    float lid = mien_bell((p->out - 34) / 12) * mien_bell((p->v - 6) / 4);
    s->albedo = mien_scale(s->albedo, 1 - 0.4f * k->makeup * lid);
}
