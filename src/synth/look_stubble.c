/* SPDX-License-Identifier: Apache-2.0 */
/* look_stubble.c - the shadow of a shaven beard, and what has grown since. */
#include "synth/look_skin.h"

void mien_paint_stubble(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k) {
    float here = p->zone.beard * k->shadow;
    if (here <= 0) return;
    float cover = here * (0.12f + 0.4f * k->stubble);
    s->albedo = mien_blend(s->albedo, k->beard, cover);
}
