/* SPDX-License-Identifier: Apache-2.0 */
/* survival.h - the survival map: which settings a training outlives, without
 * help and with it, side by side.
 *
 *   mien_survival map = {.title = "...", .columns = 9, .rows = 7,
 *                        .rates = lr, .scales = scale, .n_panels = 2,
 *                        .panels = {{"plain", a}, {"doctor", b}}};
 *   MIEN_TRY(mien_survival_draw(&map, "survival.svg")); */
#ifndef MIEN_HEALTH_SURVIVAL_H
#define MIEN_HEALTH_SURVIVAL_H

#include "base/fail.h"

enum { MIEN_SURVIVAL_PANELS = 3 };

typedef struct mien_survival_panel {
    const char *title;
    const double *value; /* [rows][columns] 0 to 1; NaN: stopped by a
                            diagnosis */
} mien_survival_panel;

typedef struct mien_survival {
    const char *title, *note; /* a sentence; small print below it, or NULL */
    const char *x_label, *y_label, *value_label; /* NULL: learning rate, scale
                                                    of the weights, score */
    int columns, rows;
    const double *rates, *scales; /* along x and, from below, along y */
    int n_panels;
    mien_survival_panel panels[MIEN_SURVIVAL_PANELS];
} mien_survival;

/* Draw it as PNG or SVG.
 *
 * Errors: MIEN_EINVAL for an empty map, too many panels or another extension;
 *         MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_survival_draw(const mien_survival *map, const char *path);

#endif
