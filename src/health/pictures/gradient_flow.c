/* SPDX-License-Identifier: Apache-2.0 */
/* gradient_flow.c - the gradient that reaches each layer, mean size and
 * largest value, as bars along powers of ten. */
#include <math.h>
#include <stdio.h>

#include "health/picture.h"
#include "health/plot.h"

static const mien_paint pale = {0.12, 0.37, 0.69, 0.32};

static bool any(const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    return a->n_times > 0 && a->n_layers > 0;
}

static int height(const mien_past *past, int attempt) {
    return mien_plot_rows_height(past->attempts[attempt].n_layers);
}

static void draw_bar(mien_chart *c, const mien_axes *axes, mien_rect row,
                     double value, mien_paint paint) {
    const double end = mien_axes_x(axes, fmax(value, axes->x[0]));
    if (isfinite(value) && value > 0)
        mien_chart_fill(c, (mien_rect){row.x, row.y, end - row.x, row.height},
                        paint);
}

/* A row: mean size over largest value, and a mark for the first probe. */
static void draw_row(mien_chart *c, const mien_axes *axes, mien_rect row,
                     const double value[3]) {
    const double mean = value[0], most = value[1], first = value[2];
    if (!isfinite(mean) || !isfinite(most)) {
        mien_chart_fill(c, row, (mien_paint){0.79, 0.12, 0.18, 0.25});
        mien_chart_text(
            c, row.x + 8, row.y + row.height / 2, "not a number",
            &(mien_lettering){.size = 11, .along = 1, .paint = mien_red});
        return;
    }
    draw_bar(c, axes, row, most, pale);
    draw_bar(c, axes, row, mean, mien_blue);
    if (!isfinite(first) || first < axes->x[0]) return;
    const double x = mien_axes_x(axes, first);
    mien_chart_line(c, (double[]){x, row.y - 1},
                    (double[]){x, row.y + row.height + 1},
                    &(mien_stroke){mien_orange, 2.2, false});
}

static void draw_keys(mien_chart *c) {
    const struct {
        mien_paint paint;
        const char *text;
    } keys[] = {{mien_blue, "root of the mean square"},
                {pale, "largest value"},
                {mien_orange, "root of the mean square at the start"}};
    double x = MIEN_PLOT_LEFT;
    for (int i = 0; i < 3; i++) {
        const mien_lettering style = {.size = 12, .along = 1};
        mien_chart_fill(c, (mien_rect){x, 66, i == 2 ? 3 : 16, 12},
                        keys[i].paint);
        mien_chart_text(c, x + 22, 72, keys[i].text, &style);
        x += 44 + mien_chart_text_width(c, keys[i].text, &style);
    }
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    const int n = a->n_layers, last = a->n_times - 1;
    const float *mean = mien_past_row(a, MIEN_SERIES_DY_RMS, last);
    const float *most = mien_past_row(a, MIEN_SERIES_DY_MAX, last);
    const float *first = mien_past_row(a, MIEN_SERIES_DY_RMS, 0);
    const mien_rect plane = mien_plot_rows_plane(n);
    mien_axes axes = {.left = plane.x,
                      .top = plane.y,
                      .width = plane.width,
                      .height = plane.height,
                      .log_x = true};
    for (int i = 0; i < n; i++) {
        mien_plot_widen(axes.x, mean[i] / 2);
        mien_plot_widen(axes.x, most[i]);
        mien_plot_widen(axes.x, first[i]);
    }
    mien_plot_decades(axes.x, 24);
    mien_axes_draw_x(c, &axes);
    draw_keys(c);
    const double step = plane.height / n;
    for (int i = 0; i < n; i++)
        draw_row(c, &axes,
                 (mien_rect){plane.x, plane.y + i * step + step * 0.14,
                             plane.width, step * 0.72},
                 (double[]){mean[i], most[i], first[i]});
    mien_plot_names(c, plane, a->layers, n);
    char note[96];
    snprintf(note, sizeof note,
             "at the last probe, %.0f steps after the start; the input is at "
             "the top, the loss below",
             a->at[last] - a->began);
    mien_plot_note(c, note);
    mien_chart_text(c, plane.x + plane.width / 2, plane.y + plane.height + 34,
                    "gradient that reaches the layer, per value",
                    &(mien_lettering){.size = 13, .across = 1});
    return MIEN_OK;
}

const mien_picture_ops mien_picture_gradient_flow = {
    .name = "gradient_flow",
    .title =
        "Does the gradient keep its size on its way from the loss up to "
        "the first layer?",
    .reading =
        "Read it from below: bars that lose a power of ten every few rows "
        "mean that the first layers hardly learn, bars that gain one that the "
        "gradient explodes.",
    .any = any,
    .height = height,
    .draw = draw,
};
