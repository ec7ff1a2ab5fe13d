/* SPDX-License-Identifier: Apache-2.0 */
/* chart.h - draw a chart into a PNG or SVG file, or into memory.
 *
 *   mien_chart *c;
 *   MIEN_TRY(mien_chart_open(&c, "roc.png", 900, 600));
 *   mien_axes axes = {.left = 80, .top = 50, .width = 700, .height = 450,
 *                     .x = {0, 1}, .y = {0, 1}};
 *   mien_axes_draw(c, &axes, "false accepts", "true accepts");
 *   for (int i = 0; i < n; i++)
 *       mien_chart_corner(c, mien_axes_x(&axes, x[i]),
 *                         mien_axes_y(&axes, y[i]));
 *   mien_chart_draw(c, &(mien_stroke){mien_blue, 2, false});
 *   MIEN_TRY(mien_chart_save(c));       (frees it)
 *
 * Errors while drawing are remembered; mien_chart_save() reports the first.
 * Thread: a chart belongs to one thread. */
#ifndef MIEN_IMAGE_CHART_H
#define MIEN_IMAGE_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

typedef struct mien_chart mien_chart;

/* An empty white chart, in pixels; the extension of the path decides.
 *
 * Errors: MIEN_EINVAL for another extension than .png and .svg, MIEN_ENOMEM;
 *         *out is then NULL. */
mien_status mien_chart_open(mien_chart **out, const char *path, int width,
                            int height);
mien_status mien_chart_save(mien_chart *chart); /* frees it, always */

/* The same for a chart that is wanted in memory, as SVG or PNG; append() puts
 * its bytes behind what `out` holds and frees the chart, always. */
mien_status mien_chart_open_memory(mien_chart **out, bool png, int width,
                                   int height);
mien_status mien_chart_append(mien_chart *chart, mien_buf *out);
void mien_chart_close(mien_chart *chart); /* NULL is fine */

/* ---- shapes, in pixels from the top left ------------------------------ */

typedef struct mien_paint {
    double r, g, b, a; /* 0 to 1 */
} mien_paint;

extern const mien_paint mien_ink, mien_faint, mien_grey, mien_blue, mien_orange,
    mien_red;

/* From a dark violet over green to a pale yellow: equal steps of `share`, 0 to
 * 1, look equally far apart, and lightness alone carries the order, so that a
 * print in grey reads the same.
 *
 * Source: Ottosson, A perceptual color space for image processing, 2020. */
mien_paint mien_shade(double share);

typedef struct mien_rect {
    double x, y, width, height;
} mien_rect;

void mien_chart_fill(mien_chart *chart, mien_rect rect, mien_paint paint);

typedef struct mien_stroke {
    mien_paint paint;
    double width;
    bool dashed;
} mien_stroke;

/* Lines: add their corners one by one, then draw them. After a lift() the next
 * corner begins another line of the same drawing. */
void mien_chart_corner(mien_chart *chart, double x, double y);
void mien_chart_lift(mien_chart *chart);
void mien_chart_draw(mien_chart *chart, const mien_stroke *stroke);
void mien_chart_line(mien_chart *chart, const double from[2],
                     const double to[2], const mien_stroke *stroke);

/* The area within corners that were added. */
void mien_chart_area(mien_chart *chart, mien_paint paint);
void mien_chart_dot(mien_chart *chart, double x, double y, double radius,
                    mien_paint paint);
void mien_chart_outline(mien_chart *chart, mien_rect rect,
                        const mien_stroke *stroke);

/* Until mien_chart_unclip() only what lies in the rectangle is drawn. */
void mien_chart_clip(mien_chart *chart, mien_rect rect);
void mien_chart_unclip(mien_chart *chart);

/* A rectangle of cells[rows][columns], as one picture however many they are.
 * Opaque ones only. */
void mien_chart_cells(mien_chart *chart, mien_rect rect,
                      const mien_paint *cells, int columns, int rows);

/* Where the text lies from its point: -1 before it, 0 around it, 1 behind it;
 * across the line of writing likewise. */
typedef struct mien_lettering {
    double size;
    int along, across;
    bool bold, upwards; /* upwards: turned a quarter to the left */
    mien_paint paint;   /* all zero: ink */
} mien_lettering;

void mien_chart_text(mien_chart *chart, double x, double y, const char *text,
                     const mien_lettering *style);
double mien_chart_text_width(mien_chart *chart, const char *text,
                             const mien_lettering *style);

/* ---- axes ------------------------------------------------------------- */

typedef struct mien_axes {
    double left, top, width, height; /* of the plane, in pixels */
    double x[2], y[2];               /* the values at its edges */
    bool log_x, log_y;               /* powers of ten along it */
} mien_axes;

double mien_axes_x(const mien_axes *axes, double x);
double mien_axes_y(const mien_axes *axes, double y);

/* Frame, grid, ticks at round values, and what the axes show. */
void mien_axes_draw(mien_chart *chart, const mien_axes *axes,
                    const char *x_label, const char *y_label);

/* One axis alone: its lines across the plane, its ticks and their values. */
void mien_axes_draw_x(mien_chart *chart, const mien_axes *axes);
void mien_axes_draw_y(mien_chart *chart, const mien_axes *axes);

/* A value as an axis writes it: "0.001", "1e-5". */
void mien_tick_text(char *out, size_t room, double value);

/* The distance of ticks for about `n` of them: 1, 2 or 5 times a power of 10.
 * Units: range above 0. */
double mien_tick_step(double range, int n);

#endif
