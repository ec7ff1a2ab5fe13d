/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - the loss over learning rates that grow from step to step. */
#include <math.h>
#include <stdio.h>

#include "health/picture.h"
#include "health/plot.h"

enum { PLANE = 320 };

static bool any(const mien_past *past, int attempt) {
    (void)attempt;
    for (int i = 0; i < past->n_sweeps; i++)
        for (int k = 0; k < past->sweeps[i].n; k++)
            if (past->sweeps[i].lr[k] > 0 && isfinite(past->sweeps[i].loss[k]))
                return true;
    return false;
}

static int height(const mien_past *past, int attempt) {
    (void)past;
    (void)attempt;
    return MIEN_PLOT_TOP + PLANE + MIEN_PLOT_FOOT;
}

/* From the least loss to well above the first: what lies higher has diverged,
 * and how far no longer matters. */
static void set_ranges(mien_axes *a, const mien_past *past) {
    double least = INFINITY, most = -INFINITY, first = -INFINITY;
    for (int i = 0; i < past->n_sweeps; i++) {
        const mien_past_sweep *s = &past->sweeps[i];
        bool begun = false;
        for (int k = 0; k < s->n; k++) {
            mien_plot_widen(a->x, s->lr[k]);
            if (!isfinite(s->loss[k])) continue;
            if (!begun) first = fmax(first, s->loss[k]);
            begun = true;
            least = fmin(least, s->loss[k]);
            most = fmax(most, s->loss[k]);
        }
    }
    const double fall = fmax(first - least, 0.1 * fabs(first));
    mien_plot_decades(a->x, 24);
    a->y[0] = least - 0.1 * fall;
    a->y[1] = fmin(most, first + 0.6 * fall) + 0.1 * fall;
    if (!(a->y[1] > a->y[0])) a->y[1] = a->y[0] + 1;
}

static void draw_curve(mien_chart *c, const mien_axes *a,
                       const mien_past_sweep *s, bool last) {
    mien_chart_clip(c, (mien_rect){a->left, a->top, a->width, a->height});
    for (int k = 0; k < s->n; k++) {
        if (!(s->lr[k] > 0) || !isfinite(s->loss[k])) {
            mien_chart_lift(c);
            continue;
        }
        mien_chart_corner(c, mien_axes_x(a, s->lr[k]),
                          fmax(mien_axes_y(a, s->loss[k]), a->top - 1000));
    }
    mien_chart_draw(c, last ? &(mien_stroke){mien_blue, 2.2, false}
                            : &(mien_stroke){mien_grey, 1.4, false});
    mien_chart_unclip(c);
}

static void draw_rate(mien_chart *c, const mien_axes *a, double lr,
                      const char *what, mien_paint paint, int side) {
    char text[96];
    if (!(lr >= a->x[0] && lr <= a->x[1])) return;
    const double x = mien_axes_x(a, lr);
    const int along = x > a->left + a->width - 110 ? -1
                      : x < a->left + 110          ? 1
                                                   : side;
    mien_chart_line(c, (double[]){x, a->top}, (double[]){x, a->top + a->height},
                    &(mien_stroke){paint, 1.8, true});
    snprintf(text, sizeof text, "%s %.2g", what, lr);
    mien_chart_text(
        c, x + 7 * along, a->top + 14, text,
        &(mien_lettering){
            .size = 13, .along = along, .bold = true, .paint = paint});
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_past_sweep *last = &past->sweeps[past->n_sweeps - 1];
    mien_axes a = {.left = 84,
                   .top = MIEN_PLOT_TOP,
                   .width = MIEN_PLOT_WIDTH - 84 - 40,
                   .height = PLANE,
                   .log_x = true};
    (void)attempt;
    set_ranges(&a, past);
    mien_axes_draw(c, &a, "learning rate", "loss");
    for (int i = 0; i < past->n_sweeps; i++)
        draw_curve(c, &a, &past->sweeps[i], i + 1 == past->n_sweeps);
    draw_rate(c, &a, last->suggested, "suggested", mien_blue, -1);
    draw_rate(c, &a, last->diverged, "diverged", mien_red, 1);
    if (past->n_sweeps > 1) mien_plot_note(c, "grey: earlier sweeps");
    return MIEN_OK;
}

const mien_picture_ops mien_picture_sweep = {
    .name = "sweep",
    .title =
        "Which learning rates does this network bear? Take one well left "
        "of where the loss turns up",
    .reading =
        "The rate grows from step to step: where the curve falls fastest the "
        "network learns, where it shoots up the training would break.",
    .whole = true,
    .any = any,
    .height = height,
    .draw = draw,
};
