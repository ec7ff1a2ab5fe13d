/* SPDX-License-Identifier: Apache-2.0 */
/* updates.c - |dW| / |W| of each weight tensor over time, with a contour at
 * 1e-3, about what a healthy step moves. */
#include <math.h>
#include <string.h>

#include "health/picture.h"
#include "health/plot.h"

static const double contour = 1e-3;

static bool is_weight(const mien_past_attempt *a, int tensor) {
    return !strcmp(a->roles[tensor], "weight");
}

/* The layer's name says more in less room, if the tensor has one. */
static const char *name(const mien_past_attempt *a, int tensor) {
    const int layer = a->layer_of[tensor];
    return layer < 0 ? a->tensors[tensor] : a->layers[layer];
}

/* Infinite: the update or the weight is no number; NaN: the weight is 0. */
static double ratio(const mien_past_attempt *a, int time, int tensor) {
    const double w = mien_past_row(a, MIEN_SERIES_WEIGHT, time)[tensor];
    const double u = mien_past_row(a, MIEN_SERIES_UPDATE, time)[tensor];
    if (!isfinite(w) || !isfinite(u)) return INFINITY;
    return w > 0 ? u / w : NAN;
}

/* Smoothed along time, so that the contour follows the course and not the
 * noise of single steps. */
static double smooth(const mien_heat *h, int time, int row) {
    double sum = 0;
    int n = 0;
    for (int t = time - 3; t <= time + 3; t++) {
        if (t < 0 || t >= h->times) continue;
        const double value = h->value[(size_t)t * h->rows + row];
        if (!isfinite(value)) continue;
        sum += log(fmax(value, 1e-30));
        n++;
    }
    return n ? exp(sum / n) : NAN;
}

/* -1: not known, 0: below the contour, 1: above it. */
static int side(const mien_heat *h, int time, int row) {
    const double value = smooth(h, time, row);
    return isnan(value) ? -1 : value >= contour;
}

static void add_edge(mien_chart *c, double x0, double y0, double x1,
                     double y1) {
    mien_chart_lift(c);
    mien_chart_corner(c, x0, y0);
    mien_chart_corner(c, x1, y1);
}

/* Along the cells where one side is above and the other below; of long runs
 * every so many times only. */
static void add_edges(mien_chart *c, const mien_heat *h, int row) {
    const mien_axes *a = &h->axes;
    const double step = a->height / h->rows, y = a->top + (row + 1) * step;
    const int stride = 1 + h->times / 160;
    for (int t = 0; t < h->times; t += stride) {
        const bool last = t + stride >= h->times;
        const double x0 = mien_axes_x(a, h->at[t]);
        const double x1 =
            last ? a->left + a->width : mien_axes_x(a, h->at[t + stride]);
        const int here = side(h, t, row);
        if (here < 0) continue;
        if (row + 1 < h->rows && here + side(h, t, row + 1) == 1)
            add_edge(c, x0, y, x1, y);
        if (!last && here + side(h, t + stride, row) == 1)
            add_edge(c, x1, y - step, x1, y);
    }
}

static void draw_contour(mien_chart *c, const mien_heat *h) {
    const mien_stroke strokes[] = {{{1, 1, 1, 0.9}, 3, false},
                                   {{0.13, 0.13, 0.16, 1}, 1.3, false}};
    for (int k = 0; k < 2; k++) {
        for (int row = 0; row < h->rows; row++) add_edges(c, h, row);
        mien_chart_draw(c, &strokes[k]);
    }
}

static mien_layer_map map_of(const mien_past_attempt *a) {
    return (mien_layer_map){.items = a->n_tensors,
                            .name = name,
                            .shown = is_weight,
                            .value = ratio,
                            .range = {1e-6, 1e-1},
                            .log = true,
                            .label = "|dW| / |W|",
                            .over = draw_contour};
}

static int rows_of(const mien_past_attempt *a) {
    const mien_layer_map map = map_of(a);
    return mien_plot_map_rows(&map, a);
}

static bool any(const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    return a->n_times > 0 && rows_of(a) > 0;
}

static int height(const mien_past *past, int attempt) {
    return mien_plot_rows_height(rows_of(&past->attempts[attempt]));
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_layer_map map = map_of(&past->attempts[attempt]);
    mien_plot_note(c,
                   "the line is the contour at 0.001, smoothed over time; "
                   "numbers are interventions");
    return mien_plot_map(c, &map, past, attempt);
}

const mien_picture_ops mien_picture_updates = {
    .name = "updates",
    .title =
        "How far does a step move each layer? Healthy is about a "
        "thousandth of its weights",
    .reading =
        "Yellow layers move by a tenth of their weights in one step and "
        "forget what they knew; violet ones stand still; layers of one colour "
        "learn at one pace.",
    .any = any,
    .height = height,
    .draw = draw,
};
