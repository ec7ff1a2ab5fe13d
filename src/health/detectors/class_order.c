/* SPDX-License-Identifier: Apache-2.0 */
/* class_order.c - batches of one class, one after the other.
 *
 * n labels drawn from C classes show C (1 - (1 - 1/C)^n) of them on average.
 * Batches with one label, three in a row, or ten in a row with less than a
 * tenth of that, are not drawn but sorted. (Samplers that take a few people
 * and several pictures of each keep well above a tenth.) */
#include <math.h>

#include "health/signs.h"

enum { IN_A_ROW = 3, FEW_IN_A_ROW = 10 };

/* state[0]: batches of one label in a row; [1]: of few */
static void look(mien_watch *w, const mien_frame *f, double *state) {
    const double c = f->classes, drawn = c * (1 - pow(1 - 1 / c, f->samples));
    if (f->samples < 4 || f->classes <= 2 || f->distinct < 1) return;
    state[0] = f->distinct == 1 ? state[0] + 1 : 0;
    state[1] = f->distinct < 0.1 * drawn ? state[1] + 1 : 0;
    const bool one = state[0] >= IN_A_ROW;
    if (!one && state[1] < FEW_IN_A_ROW) return;
    const mien_finding found = {.severity = one ? MIEN_FAIL : MIEN_WARN,
                                .cause = MIEN_CAUSE_CLASS_ORDER,
                                .value = f->distinct,
                                .limit = 0.1 * drawn};
    mien_watch_say(w, &found,
                   "%.0f batches in a row of %d samples hold %d of "
                   "%d classes; drawn at random they would hold %.3g",
                   one ? state[0] : state[1], f->samples, f->distinct,
                   f->classes, drawn);
}

const mien_detector_ops mien_detector_class_order = {
    .name = "class_order",
    .summary = "batches hold one class each",
    .n_state = 2,
    .look = look,
};
