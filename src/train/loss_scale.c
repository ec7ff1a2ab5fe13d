/* SPDX-License-Identifier: Apache-2.0 */
/* loss_scale.c - find the scale while training. */
#include "train/loss_scale.h"

enum { GOOD_STEPS = 2000 };
static const double first = 65536, most = 16777216;

static bool finds(const mien_trainer *t) {
    const mien_precision_settings *p = &t->recipe.precision;
    return p->type != MIEN_PRECISION_F32 && p->loss_scale <= 0;
}

double mien_loss_scale(mien_trainer *t) {
    const mien_precision_settings *p = &t->recipe.precision;
    if (p->type == MIEN_PRECISION_F32) return 1;
    if (!finds(t)) return p->loss_scale;
    if (t->at.loss_scale <= 0) t->at.loss_scale = first;
    return t->at.loss_scale;
}

bool mien_loss_scale_lower(mien_trainer *t) {
    if (!finds(t) || t->at.loss_scale <= 1) return false;
    t->at.loss_scale /= 2;
    t->at.scaled_well = 0;
    return true;
}

void mien_loss_scale_raise(mien_trainer *t) {
    if (!finds(t) || ++t->at.scaled_well < GOOD_STEPS) return;
    t->at.scaled_well = 0;
    if (t->at.loss_scale < most) t->at.loss_scale *= 2;
}
