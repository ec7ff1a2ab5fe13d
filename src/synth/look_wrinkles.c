/* SPDX-License-Identifier: Apache-2.0 */
/* look_wrinkles.c - folds and lines of age and of expression. */
#include "synth/look_skin.h"

void mien_skin_folds(mien_skin_look *k) { k->folds = 0; }

void mien_paint_folds(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    (void)s;
    (void)p;
    (void)k;
}
