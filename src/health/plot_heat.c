/* SPDX-License-Identifier: Apache-2.0 */
/* plot_heat.c - heat maps of layers over time. */
#include <math.h>

#include "base/mem.h"
#include "health/plot.h"

static const mien_paint unknown = {0.87, 0.87, 0.89, 1};

static double share_of(const mien_heat *h, double value) {
    if (h->log)
        return log(fmax(value, h->range[0]) / h->range[0]) /
               log(h->range[1] / h->range[0]);
    return (value - h->range[0]) / (h->range[1] - h->range[0]);
}

static mien_paint paint_of(const mien_heat *h, double value) {
    return isnan(value)   ? unknown
           : isinf(value) ? mien_red
                          : mien_shade(share_of(h, value));
}

static void draw_key(mien_chart *c, double x, double y, mien_paint paint,
                     const char *text) {
    mien_chart_fill(c, (mien_rect){x, y - 6, 12, 12}, paint);
    mien_chart_text(c, x + 17, y, text,
                    &(mien_lettering){.size = 11, .along = 1});
}

static void draw_scale_values(mien_chart *c, const mien_heat *h,
                              const mien_axes *bar) {
    const double span = log10(h->range[1] / h->range[0]);
    const int n = h->log ? (int)(span + 0.5) : 4;
    const int every = 1 + n / 8;
    char text[32];
    for (int i = 0; i <= n; i += every) {
        const double value =
            h->log ? h->range[0] * pow(10, i)
                   : h->range[0] + (h->range[1] - h->range[0]) * i / n;
        mien_tick_text(text, sizeof text,
                       h->log ? pow(10, round(log10(value))) : value);
        mien_chart_text(c, bar->left + bar->width + 6, mien_axes_y(bar, value),
                        text, &(mien_lettering){.size = 11, .along = 1});
    }
}

/* A ladder of colours, its values, and what the two others mean. */
static void draw_scale(mien_chart *c, const mien_heat *h) {
    enum { STEPS = 64 };
    const mien_axes *a = &h->axes;
    const mien_axes bar = {.left = a->left + a->width + 16,
                           .top = a->top + 16,
                           .width = 13,
                           .height = fmin(a->height - 16, 190),
                           .y = {h->range[0], h->range[1]},
                           .log_y = h->log};
    mien_paint cells[STEPS];
    for (int i = 0; i < STEPS; i++)
        cells[i] = mien_shade(1 - (i + 0.5) / STEPS);
    const mien_rect rect = {bar.left, bar.top, bar.width, bar.height};
    mien_chart_cells(c, rect, cells, 1, STEPS);
    draw_scale_values(c, h, &bar);
    mien_chart_text(c, bar.left, a->top + 2, h->label,
                    &(mien_lettering){.size = 11, .along = 1});
    bool seen[2] = {false, false};
    for (int i = 0; i < h->rows * h->times; i++) {
        seen[0] = seen[0] || isinf(h->value[i]);
        seen[1] = seen[1] || isnan(h->value[i]);
    }
    const bool beside = bar.height + 80 < a->height;
    double y = beside ? bar.top + bar.height + 30 : a->top + a->height + 24;
    if (seen[0]) draw_key(c, bar.left - 2, y, mien_red, "not a number");
    if (seen[0]) y += 18;
    if (seen[1]) draw_key(c, bar.left - 2, y, unknown, "not known");
}

mien_status mien_plot_heat(mien_chart *c, const mien_heat *h) {
    const mien_axes *a = &h->axes;
    const int columns = (int)a->width;
    mien_paint *cells =
        mien_alloc((size_t)columns * (size_t)h->rows, sizeof *cells);
    if (!cells) return MIEN_ENOMEM;
    for (int x = 0; x < columns; x++) {
        const double at = a->x[0] + (a->x[1] - a->x[0]) * (x + 0.5) / columns;
        const int t = mien_plot_time_at(h->at, h->times, at);
        for (int r = 0; r < h->rows; r++)
            cells[(size_t)r * columns + x] =
                t < 0 ? unknown
                      : paint_of(h, h->value[(size_t)t * h->rows + r]);
    }
    const mien_rect plane = {a->left, a->top, a->width, a->height};
    mien_chart_cells(c, plane, cells, columns, h->rows);
    mien_chart_outline(c, plane, &(mien_stroke){mien_ink, 1, false});
    draw_scale(c, h);
    mien_free(cells);
    return MIEN_OK;
}

/* ---- of layers -------------------------------------------------------- */

int mien_plot_map_rows(const mien_layer_map *map, const mien_past_attempt *a) {
    int n = 0;
    for (int i = 0; i < map->items; i++) n += map->shown(a, i);
    return n;
}

/* Values and names of the rows that are shown. */
static void gather(const mien_layer_map *map, const mien_past_attempt *a,
                   double *value, const char **names) {
    const int rows = mien_plot_map_rows(map, a);
    for (int i = 0, r = 0; i < map->items; i++) {
        if (!map->shown(a, i)) continue;
        for (int t = 0; t < a->n_times; t++)
            value[(size_t)t * rows + r] = map->value(a, t, i);
        names[r++] = map->name(a, i);
    }
}

mien_status mien_plot_map(mien_chart *c, const mien_layer_map *map,
                          const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    const int rows = mien_plot_map_rows(map, a);
    const mien_rect plane = mien_plot_rows_plane(rows);
    double *value = mien_alloc((size_t)rows * a->n_times, sizeof *value);
    const char **names = mien_alloc(rows, sizeof *names);
    mien_status status = value && names ? MIEN_OK : MIEN_ENOMEM;
    if (status != MIEN_OK) goto out;
    gather(map, a, value, names);
    const mien_heat heat = {
        .axes = {.left = plane.x,
                 .top = plane.y,
                 .width = plane.width,
                 .height = plane.height,
                 .x = {a->began, fmax(a->ended, a->began + 1)}},
        .rows = rows,
        .times = a->n_times,
        .value = value,
        .at = a->at,
        .range = {map->range[0], map->range[1]},
        .log = map->log,
        .label = map->label};
    mien_plot_time(c, &heat.axes, past);
    status = mien_plot_heat(c, &heat);
    if (status != MIEN_OK) goto out;
    if (map->over) map->over(c, &heat);
    mien_plot_acts(c, &heat.axes, past);
    mien_plot_names(c, plane, names, rows);
out:
    mien_free(value);
    mien_free(names);
    return status;
}
