/* SPDX-License-Identifier: Apache-2.0 */
/* angles.c - how the samples' angles to their right class are spread, over
 * time. */
#include <math.h>

#include "base/mem.h"
#include "health/picture.h"
#include "health/plot.h"

enum { PLANE = 330, DEGREES = 180 / MIEN_ANGLES };

static bool any(const mien_past *past, int attempt) {
    (void)attempt;
    return past->n_angles > 0;
}

static int height(const mien_past *past, int attempt) {
    (void)past;
    (void)attempt;
    return MIEN_PLOT_TOP + PLANE + MIEN_PLOT_FOOT;
}

static double sum_of(const mien_past_angles *x) {
    double sum = 0;
    for (int b = 0; b < MIEN_ANGLES; b++) sum += x->bins[b];
    return sum;
}

static double mean_of(const mien_past_angles *x) {
    double sum = 0;
    for (int b = 0; b < MIEN_ANGLES; b++)
        sum += x->bins[b] * (b + 0.5) * DEGREES;
    return sum / sum_of(x);
}

/* The axis of angles lies left of the plane, without lines across it. */
static void draw_degrees(mien_chart *c, const mien_axes *a) {
    char text[32];
    for (int degrees = 0; degrees <= 180; degrees += 30) {
        const double y = mien_axes_y(a, degrees);
        mien_tick_text(text, sizeof text, degrees);
        mien_chart_text(c, a->left - 9, y, text,
                        &(mien_lettering){.size = 12, .along = -1});
    }
    mien_chart_text(
        c, a->left - 48, a->top + a->height / 2,
        "angle to the right class, degrees",
        &(mien_lettering){.size = 13, .across = -1, .upwards = true});
}

static void draw_mean(mien_chart *c, const mien_axes *a,
                      const mien_past *past) {
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < past->n_angles; i++)
            if (sum_of(&past->angles[i]) > 0)
                mien_chart_corner(c, mien_axes_x(a, past->angles[i].at),
                                  mien_axes_y(a, mean_of(&past->angles[i])));
        mien_chart_draw(c, k ? &(mien_stroke){mien_ink, 1.6, false}
                             : &(mien_stroke){{1, 1, 1, 0.8}, 4, false});
    }
    const double y = mien_axes_y(a, 90);
    mien_chart_line(c, (double[]){a->left, y},
                    (double[]){a->left + a->width, y},
                    &(mien_stroke){{1, 1, 1, 0.9}, 1.2, true});
}

/* Rows from 180 degrees down to 0. */
static double fill(const mien_past *past, double *value, double *at) {
    double most = 0;
    for (int t = 0; t < past->n_angles; t++) {
        const double sum = sum_of(&past->angles[t]);
        at[t] = past->angles[t].at;
        for (int b = 0; b < MIEN_ANGLES; b++) {
            const double share = sum > 0 ? past->angles[t].bins[b] / sum : NAN;
            value[t * MIEN_ANGLES + MIEN_ANGLES - 1 - b] = share;
            most = fmax(most, share);
        }
    }
    return most;
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const int n = past->n_angles;
    double *value = mien_alloc((size_t)n * MIEN_ANGLES, sizeof *value);
    double *at = mien_alloc(n, sizeof *at);
    mien_status status = value && at ? MIEN_OK : MIEN_ENOMEM;
    (void)attempt;
    if (status != MIEN_OK) goto out;
    const double most = fill(past, value, at);
    const mien_heat heat = {
        .axes = {.left = 84,
                 .top = MIEN_PLOT_TOP,
                 .width = MIEN_PLOT_WIDTH - 84 - MIEN_PLOT_RIGHT,
                 .height = PLANE,
                 .y = {0, 180},
                 .x = {at[0], fmax((double)past->made, at[0] + 1)}},
        .rows = MIEN_ANGLES,
        .times = n,
        .value = value,
        .at = at,
        .range = {0, most > 0 ? fmin(ceil(most * 10) / 10, 1) : 1},
        .label = "share"};
    mien_plot_note(c,
                   "the dark line is the mean; dashed: 90 degrees, where an "
                   "answer knows nothing");
    mien_plot_time(c, &heat.axes, past);
    status = mien_plot_heat(c, &heat);
    if (status != MIEN_OK) goto out;
    draw_degrees(c, &heat.axes);
    draw_mean(c, &heat.axes, past);
    mien_plot_acts(c, &heat.axes, past);
out:
    mien_free(value);
    mien_free(at);
    return status;
}

const mien_picture_ops mien_picture_angles = {
    .name = "angles",
    .title =
        "Do faces move towards their class? The cloud should sink from "
        "90 degrees and narrow",
    .reading =
        "Each column is the spread of one batch's angles; a head that "
        "collapses keeps its cloud at 90 degrees, and mislabelled faces stay "
        "behind as a second cloud.",
    .whole = true,
    .any = any,
    .height = height,
    .draw = draw,
};
