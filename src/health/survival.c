/* SPDX-License-Identifier: Apache-2.0 */
/* survival.c - draw the survival map. */
#include "health/survival.h"

#include <math.h>
#include <stdio.h>

#include "image/chart.h"

enum { LEFT = 92, TOP = 108, RIGHT = 104, FOOT = 70, GUTTER = 34, MOST = 200 };

static const mien_paint stopped = {0.16, 0.16, 0.18, 1};

typedef struct layout {
    const mien_survival *map;
    double cell, width, height; /* of a cell, of a panel */
} layout;

static layout lay_out(const mien_survival *m) {
    layout l = {.map = m};
    const double by_width = (m->n_panels > 1 ? 400.0 : 560.0) / m->columns;
    l.cell = floor(fmin(fmax(fmin(by_width, 480.0 / m->rows), 8), 64));
    l.width = l.cell * m->columns;
    l.height = l.cell * m->rows;
    return l;
}

static int width_of(const layout *l) {
    const int n = l->map->n_panels;
    return LEFT + RIGHT + (int)(n * l->width) + (n - 1) * GUTTER;
}

/* ---- one panel -------------------------------------------------------- */

/* Stopped by a diagnosis: a cross on black, no shade of the scale. */
static void draw_cross(mien_chart *c, mien_rect cell) {
    const double in = fmin(cell.width, cell.height) * 0.3;
    mien_chart_fill(c, cell, stopped);
    mien_chart_corner(c, cell.x + in, cell.y + in);
    mien_chart_corner(c, cell.x + cell.width - in, cell.y + cell.height - in);
    mien_chart_lift(c);
    mien_chart_corner(c, cell.x + cell.width - in, cell.y + in);
    mien_chart_corner(c, cell.x + in, cell.y + cell.height - in);
    mien_chart_draw(c, &(mien_stroke){{0.98, 0.5, 0.45, 1}, 1.8, false});
}

static void draw_value(mien_chart *c, mien_rect cell, double value) {
    const mien_paint white = {1, 1, 1, 1};
    char text[16];
    mien_chart_fill(c, cell, mien_shade(value));
    if (cell.width < 26) return;
    snprintf(text, sizeof text, "%.0f", 100 * fmin(fmax(value, 0), 1));
    mien_chart_text(
        c, cell.x + cell.width / 2, cell.y + cell.height / 2, text,
        &(mien_lettering){.size = cell.width < 36 ? 10 : 12,
                          .paint = value < 0.55 ? white : mien_ink});
}

static void draw_cells(mien_chart *c, const layout *l, double left,
                       const double *value) {
    const mien_survival *m = l->map;
    for (int y = 0; y < m->rows; y++)
        for (int x = 0; x < m->columns; x++) {
            const mien_rect cell = {left + x * l->cell,
                                    TOP + (m->rows - 1 - y) * l->cell,
                                    l->cell - 1, l->cell - 1};
            const double v = value[y * m->columns + x];
            if (isfinite(v))
                draw_value(c, cell, v);
            else
                draw_cross(c, cell);
        }
}

/* Values of an axis as far apart as they can be read. */
static void draw_rates(mien_chart *c, const layout *l, double left) {
    const int every = 1 + (int)(40 / l->cell);
    char text[32];
    for (int x = 0; x < l->map->columns; x += every) {
        snprintf(text, sizeof text, "%.2g", l->map->rates[x]);
        mien_chart_text(c, left + (x + 0.5) * l->cell, TOP + l->height + 8,
                        text, &(mien_lettering){.size = 11, .across = 1});
    }
    mien_chart_text(c, left + l->width / 2, TOP + l->height + 34,
                    l->map->x_label ? l->map->x_label : "learning rate",
                    &(mien_lettering){.size = 13, .across = 1});
}

static void draw_scales(mien_chart *c, const layout *l) {
    const mien_survival *m = l->map;
    const int every = 1 + (int)(14 / l->cell);
    char text[32];
    for (int y = 0; y < m->rows; y += every) {
        snprintf(text, sizeof text, "%.3g", m->scales[y]);
        mien_chart_text(c, LEFT - 8, TOP + (m->rows - y - 0.5) * l->cell, text,
                        &(mien_lettering){.size = 11, .along = -1});
    }
    mien_chart_text(
        c, LEFT - 58, TOP + l->height / 2,
        m->y_label ? m->y_label : "scale of the first weights, He's = 1",
        &(mien_lettering){.size = 13, .across = -1, .upwards = true});
}

/* "62 of 63 alive" - alive is at least half of a healthy run. */
static void draw_head(mien_chart *c, const layout *l, double left,
                      const mien_survival_panel *panel) {
    const int n = l->map->rows * l->map->columns;
    const mien_lettering bold = {.size = 15, .along = 1, .bold = true};
    int alive = 0;
    char text[64];
    for (int i = 0; i < n; i++) alive += panel->value[i] >= 0.5;
    snprintf(text, sizeof text, "%d of %d learn", alive, n);
    mien_chart_text(c, left, TOP - 16, panel->title, &bold);
    mien_chart_text(
        c, left + l->width, TOP - 16, text,
        &(mien_lettering){.size = 12, .along = -1, .paint = mien_grey});
}

/* ---- the scale -------------------------------------------------------- */

static void draw_scale(mien_chart *c, const layout *l, double left) {
    enum { STEPS = 64 };
    mien_paint cells[STEPS];
    char text[16];
    const double height = fmin(l->height - 50, 220);
    for (int i = 0; i < STEPS; i++)
        cells[i] = mien_shade(1 - (i + 0.5) / STEPS);
    const mien_rect bar = {left, TOP, 14, fmax(height, 60)};
    mien_chart_cells(c, bar, cells, 1, STEPS);
    mien_chart_text(c, left, TOP - 16,
                    l->map->value_label ? l->map->value_label : "score",
                    &(mien_lettering){.size = 12, .along = 1});
    for (int i = 0; i <= 4; i++) {
        snprintf(text, sizeof text, "%d", 25 * (4 - i));
        mien_chart_text(c, left + 20, TOP + bar.height * i / 4, text,
                        &(mien_lettering){.size = 11, .along = 1});
    }
    const mien_rect cross = {left, TOP + bar.height + 14, 14, 14};
    draw_cross(c, cross);
    mien_chart_text(c, left + 20, cross.y + 7, "stopped by",
                    &(mien_lettering){.size = 11, .along = 1});
    mien_chart_text(c, left + 20, cross.y + 21, "a diagnosis",
                    &(mien_lettering){.size = 11, .along = 1});
}

static mien_status check(const mien_survival *m) {
    if (m->columns < 1 || m->rows < 1 || m->columns > MOST || m->rows > MOST)
        return mien_fail(MIEN_EINVAL,
                         "a survival map has 1 to %d rows and "
                         "columns, not %d and %d",
                         MOST, m->rows, m->columns);
    if (m->n_panels < 1 || m->n_panels > MIEN_SURVIVAL_PANELS)
        return mien_fail(MIEN_EINVAL,
                         "a survival map has 1 to %d panels, not "
                         "%d",
                         MIEN_SURVIVAL_PANELS, m->n_panels);
    return MIEN_OK;
}

mien_status mien_survival_draw(const mien_survival *m, const char *path) {
    mien_chart *c;
    MIEN_TRY(check(m));
    const layout l = lay_out(m);
    const int height = TOP + (int)fmax(l.height, 120) + FOOT;
    MIEN_TRY(mien_chart_open(&c, path, width_of(&l), height));
    mien_chart_text(c, 18, 28, m->title,
                    &(mien_lettering){.size = 18, .along = 1, .bold = true});
    if (m->note)
        mien_chart_text(
            c, 18, 54, m->note,
            &(mien_lettering){.size = 13, .along = 1, .paint = mien_grey});
    draw_scales(c, &l);
    for (int p = 0; p < m->n_panels; p++) {
        const double left = LEFT + p * (l.width + GUTTER);
        draw_head(c, &l, left, &m->panels[p]);
        draw_cells(c, &l, left, m->panels[p].value);
        draw_rates(c, &l, left);
    }
    draw_scale(c, &l, width_of(&l) - RIGHT + 18);
    return mien_chart_save(c);
}
