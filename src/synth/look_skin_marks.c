/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin_marks.c - freckles, moles, spots, pores. */
#include "synth/look_skin.h"

void mien_skin_marks(mien_skin_look *k) { k->moles = 0; }

void mien_paint_marks(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    (void)s;
    (void)p;
    (void)k;
}
