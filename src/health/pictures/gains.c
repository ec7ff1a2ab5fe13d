/* SPDX-License-Identifier: Apache-2.0 */
/* gains.c - how values grow from layer to layer, and gradients on their way
 * back, as two waterfalls.
 *
 *   forward   level of layer i = rms(y_i) / rms(input)
 *   backward  level of layer i = rms(dy_i) / rms(dy_last)
 *
 * Each bar runs from the level of the layer before it to its own. In a chain
 * the levels are the products of the gains; with skips products mean nothing
 * but levels still do, which is why they are drawn. */
#include <math.h>
#include <stdio.h>

#include "health/picture.h"
#include "health/plot.h"

enum { GUTTER = 44 };

static const mien_paint up = {0.87, 0.45, 0.1, 1};
static const mien_paint down = {0.12, 0.37, 0.69, 1};
static const double limits[] = {1e-3, 1e3}; /* of a whole pass */

static bool any(const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    return a->n_times > 0 && a->n_layers > 0;
}

static int height(const mien_past *past, int attempt) {
    return mien_plot_rows_height(past->attempts[attempt].n_layers);
}

/* One of the two falls. */
typedef struct fall {
    mien_axes axes;
    const float *size; /* of each layer's values or gradients */
    double unit;       /* what level 1 is */
    int n, from, step; /* the first layer, and to the next: 1 or -1 */
    const char *title, *label;
} fall;

static bool known(double size) { return isfinite(size) && size > 0; }

static void draw_limits(mien_chart *c, const mien_axes *a) {
    for (int k = 0; k < 2; k++) {
        if (limits[k] <= a->x[0] || limits[k] >= a->x[1]) continue;
        const double x = mien_axes_x(a, limits[k]);
        mien_chart_line(c, (double[]){x, a->top},
                        (double[]){x, a->top + a->height},
                        &(mien_stroke){mien_red, 1.2, true});
    }
}

static void draw_gap(mien_chart *c, const mien_axes *a, double y, double height,
                     double size) {
    mien_chart_fill(
        c, (mien_rect){a->left, y, a->width, height},
        size == 0 ? mien_faint : (mien_paint){0.79, 0.12, 0.18, 0.25});
    mien_chart_text(c, a->left + 6, y + height / 2,
                    size == 0 ? "all zero" : "not a number",
                    &(mien_lettering){.size = 11, .along = 1});
}

static void draw_fall(mien_chart *c, const fall *f) {
    const mien_axes *a = &f->axes;
    const double step = a->height / f->n, thick = step * 0.7;
    double level = 1;
    mien_axes_draw_x(c, a);
    for (int k = 0, i = f->from; k < f->n; k++, i += f->step) {
        const double y = a->top + i * step + step * 0.15;
        if (!known(f->size[i])) {
            draw_gap(c, a, y, thick, f->size[i]);
            continue;
        }
        const double next = f->size[i] / f->unit;
        const double x0 = mien_axes_x(a, fmax(level, a->x[0]));
        const double x1 = mien_axes_x(a, fmax(next, a->x[0]));
        mien_chart_fill(
            c, (mien_rect){fmin(x0, x1) - 1, y, fabs(x1 - x0) + 2, thick},
            next >= level ? up : down);
        level = next;
    }
    draw_limits(c, a);
    mien_chart_text(c, a->left, a->top - 12, f->title,
                    &(mien_lettering){.size = 13, .along = 1, .bold = true});
    mien_chart_text(c, a->left + a->width / 2, a->top + a->height + 34,
                    f->label, &(mien_lettering){.size = 13, .across = 1});
}

static void set_range(fall *f) {
    mien_plot_widen(f->axes.x, 0.1);
    mien_plot_widen(f->axes.x, 10);
    for (int i = 0; i < f->n; i++)
        mien_plot_widen(f->axes.x, f->size[i] / f->unit);
    mien_plot_decades(f->axes.x, 30);
}

static double first_known(const fall *f) {
    for (int k = 0, i = f->from; k < f->n; k++, i += f->step)
        if (known(f->size[i])) return f->size[i];
    return 1;
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    const int n = a->n_layers, t = a->n_times - 1;
    const mien_rect plane = mien_plot_rows_plane(n);
    const double width = (plane.width + MIEN_PLOT_RIGHT - 30 - GUTTER) / 2;
    const mien_axes axes = {.left = plane.x,
                            .top = plane.y,
                            .width = width,
                            .height = plane.height,
                            .log_x = true};
    fall forward = {.axes = axes,
                    .n = n,
                    .step = 1,
                    .size = mien_past_row(a, MIEN_SERIES_Y_RMS, t),
                    .unit = a->input_rms[t],
                    .title = "forward, from above",
                    .label = "size of the values, input = 1"};
    fall backward = {.axes = axes,
                     .n = n,
                     .from = n - 1,
                     .step = -1,
                     .size = mien_past_row(a, MIEN_SERIES_DY_RMS, t),
                     .title = "backward, from below",
                     .label = "size of the gradient, at the loss = 1"};
    if (!known(forward.unit)) forward.unit = first_known(&forward);
    backward.unit = first_known(&backward);
    backward.axes.left += width + GUTTER;
    set_range(&forward);
    set_range(&backward);
    draw_fall(c, &forward);
    draw_fall(c, &backward);
    mien_plot_names(c, plane, a->layers, n);
    char note[96];
    snprintf(note, sizeof note,
             "at the last probe, %.0f steps after the start; dashed: a "
             "thousandth and a thousandfold",
             a->at[t] - a->began);
    mien_plot_note(c, note);
    return MIEN_OK;
}

const mien_picture_ops mien_picture_gains = {
    .name = "gains",
    .title =
        "Do values and gradients keep their size from layer to layer? "
        "The stairs should not run away",
    .reading =
        "Each bar goes from the size before a layer to the size behind it, "
        "orange where it grew and blue where it shrank; many short steps in "
        "one direction are as bad as one long one.",
    .any = any,
    .height = height,
    .draw = draw,
};
