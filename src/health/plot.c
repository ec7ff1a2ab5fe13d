/* SPDX-License-Identifier: Apache-2.0 */
/* plot.c - parts of the pictures. */
#include "health/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { NAME_ROOM = 160 };

void mien_plot_title(mien_chart *c, const char *title) {
    mien_chart_text(c, 18, 26, title,
                    &(mien_lettering){.size = 17, .along = 1, .bold = true});
}

void mien_plot_note(mien_chart *c, const char *text) {
    mien_chart_text(
        c, 18, 50, text,
        &(mien_lettering){.size = 13, .along = 1, .paint = mien_grey});
}

/* ---- layers ----------------------------------------------------------- */

double mien_plot_row_height(int rows) {
    return rows <= 12 ? 26 : rows <= 24 ? 20 : rows <= 70 ? 15 : 13;
}

int mien_plot_rows_height(int rows) {
    return MIEN_PLOT_TOP + (int)(rows * mien_plot_row_height(rows)) +
           MIEN_PLOT_FOOT;
}

mien_rect mien_plot_rows_plane(int rows) {
    return (mien_rect){MIEN_PLOT_LEFT, MIEN_PLOT_TOP,
                       MIEN_PLOT_WIDTH - MIEN_PLOT_LEFT - MIEN_PLOT_RIGHT,
                       rows * mien_plot_row_height(rows)};
}

/* Long names lose their middle: both ends tell layers apart. */
static void shorten(mien_chart *c, char out[NAME_ROOM], const char *name,
                    const mien_lettering *style) {
    const size_t n = strlen(name);
    const double room = MIEN_PLOT_LEFT - 20;
    snprintf(out, NAME_ROOM, "%s", name);
    for (size_t keep = n < 60 ? n : 60;
         keep > 4 && mien_chart_text_width(c, out, style) > room; keep--)
        snprintf(out, NAME_ROOM, "%.*s\u2026%s", (int)(keep / 2), name,
                 name + n - keep / 2);
}

void mien_plot_names(mien_chart *c, mien_rect plane, const char *const *names,
                     int n) {
    const double row = plane.height / (n ? n : 1);
    const mien_lettering style = {.size = row < 15 ? 10.5 : 12, .along = -1};
    char name[NAME_ROOM];
    for (int i = 0; i < n; i++) {
        shorten(c, name, names[i], &style);
        mien_chart_text(c, plane.x - 8, plane.y + (i + 0.5) * row, name,
                        &style);
    }
}

/* ---- ranges ----------------------------------------------------------- */

void mien_plot_widen(double range[2], double value) {
    if (!isfinite(value) || value <= 0) return;
    if (range[0] <= 0 || value < range[0]) range[0] = value;
    if (value > range[1]) range[1] = value;
}

void mien_plot_decades(double range[2], int most) {
    if (range[0] <= 0) range[0] = range[1] = 1;
    double low = floor(log10(range[0]) + 1e-9);
    double high = ceil(log10(range[1]) - 1e-9);
    if (high <= low) high = low + 1;
    if (high - low > most) low = high - most;
    range[0] = pow(10, low);
    range[1] = pow(10, high);
}

/* ---- time ------------------------------------------------------------- */

void mien_plot_time(mien_chart *c, const mien_axes *a, const mien_past *past) {
    mien_axes_draw_x(c, a);
    mien_chart_text(
        c, a->left + a->width / 2, a->top + a->height + 34,
        past->straight ? "step" : "steps made, those undone included",
        &(mien_lettering){.size = 13, .across = 1});
}

static void draw_badge(mien_chart *c, double x, double y, int number,
                       mien_paint paint) {
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    mien_chart_dot(c, x, y, 8.5, paint);
    mien_chart_text(c, x, y, text,
                    &(mien_lettering){.size = number < 100 ? 11 : 9,
                                      .bold = true,
                                      .paint = {1, 1, 1, 1}});
}

void mien_plot_acts(mien_chart *c, const mien_axes *a, const mien_past *past) {
    double taken[2] = {-100, -100}; /* where the badges of a level end */
    for (int i = 0; i < past->n_acts; i++) {
        const mien_past_act *act = &past->acts[i];
        if (act->at < a->x[0] || act->at > a->x[1]) continue;
        const double x = mien_axes_x(a, act->at);
        const mien_paint paint = act->kept ? mien_blue : mien_grey;
        const double top[] = {x, a->top}, foot[] = {x, a->top + a->height};
        mien_chart_line(c, top, foot, &(mien_stroke){{1, 1, 1, 0.7}, 3, false});
        mien_chart_line(c, top, foot, &(mien_stroke){paint, 1.2, !act->kept});
        const int level = x < taken[0] + 18 ? 1 : 0;
        if (x < taken[level] + 18) continue; /* the line must do */
        taken[level] = x;
        draw_badge(c, x, a->top - 11 - 18 * level, i + 1, paint);
    }
}

int mien_plot_time_at(const double *times, int n, double at) {
    int low = 0, high = n; /* times[low - 1] <= at < times[high] */
    while (low < high) {
        const int middle = (low + high) / 2;
        if (times[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}
