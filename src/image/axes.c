/* SPDX-License-Identifier: Apache-2.0 */
/* axes.c - a plane with ticks at round values. */
#include <math.h>
#include <stdio.h>

#include "image/chart.h"

enum { TICKS = 6, TICK_MARK = 5, GAP = 4 };

static const double small_text = 12, label_text = 13;

double mien_tick_step(double range, int n) {
    const double rough = range / n, power = pow(10, floor(log10(rough)));
    const double lead = rough / power;
    const double nice = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
    return nice * power;
}

double mien_axes_x(const mien_axes *a, double x) {
    const double share = a->log_x ? log(x / a->x[0]) / log(a->x[1] / a->x[0])
                                  : (x - a->x[0]) / (a->x[1] - a->x[0]);
    return a->left + a->width * share;
}

double mien_axes_y(const mien_axes *a, double y) {
    return a->top + a->height * (a->y[1] - y) / (a->y[1] - a->y[0]);
}

static const mien_stroke grid = {{0.88, 0.88, 0.9, 1}, 1, false};
static const mien_stroke frame = {{0.13, 0.13, 0.16, 1}, 1, false};

/* Lines along whole pixels are sharp when they run through their middle. */
static double sharp(double x) { return floor(x) + 0.5; }

static void tick_x(mien_chart *c, const mien_axes *a, double value,
                   const char *text) {
    const double x = sharp(mien_axes_x(a, value)), end = a->top + a->height;
    const double top[] = {x, a->top}, bottom[] = {x, end};
    const double mark[] = {x, end + TICK_MARK};
    mien_chart_line(c, top, bottom, &grid);
    if (!text) return;
    mien_chart_line(c, bottom, mark, &frame);
    mien_chart_text(c, x, end + TICK_MARK + GAP, text,
                    &(mien_lettering){.size = small_text, .across = 1});
}

static void tick_y(mien_chart *c, const mien_axes *a, double value,
                   const char *text) {
    const double y = sharp(mien_axes_y(a, value));
    const double left[] = {a->left, y}, right[] = {a->left + a->width, y};
    const double mark[] = {a->left - TICK_MARK, y};
    mien_chart_line(c, left, right, &grid);
    mien_chart_line(c, mark, left, &frame);
    mien_chart_text(c, a->left - TICK_MARK - GAP, y, text,
                    &(mien_lettering){.size = small_text, .along = -1});
}

/* A tick's value without the dust of its arithmetic: -0 becomes 0. */
static void write_value(char *out, size_t room, double value, double step) {
    snprintf(out, room, "%.6g", fabs(value) < step / 1000 ? 0 : value);
}

static void ticks_x(mien_chart *c, const mien_axes *a) {
    char text[32];
    if (a->log_x) {
        const double dust = 1 + 1e-9;
        for (double p = pow(10, floor(log10(a->x[0]))); p <= a->x[1] * dust;
             p *= 10)
            for (int k = 1; k < 10; k++) {
                if (p * k * dust < a->x[0] || p * k > a->x[1] * dust) continue;
                write_value(text, sizeof text, p * k, 0);
                tick_x(c, a, p * k, k == 1 ? text : NULL);
            }
        return;
    }
    const double step = mien_tick_step(a->x[1] - a->x[0], TICKS);
    const double end = a->x[1] + step / 1000;
    for (double k = ceil(a->x[0] / step - 0.001); k * step <= end; k++) {
        write_value(text, sizeof text, k * step, step);
        tick_x(c, a, k * step, text);
    }
}

static void ticks_y(mien_chart *c, const mien_axes *a) {
    char text[32];
    const double step = mien_tick_step(a->y[1] - a->y[0], TICKS);
    const double end = a->y[1] + step / 1000;
    for (double k = ceil(a->y[0] / step - 0.001); k * step <= end; k++) {
        write_value(text, sizeof text, k * step, step);
        tick_y(c, a, k * step, text);
    }
}

void mien_axes_draw(mien_chart *c, const mien_axes *a, const char *x_label,
                    const char *y_label) {
    const double left = sharp(a->left), bottom = sharp(a->top + a->height);
    ticks_x(c, a);
    ticks_y(c, a);
    mien_chart_corner(c, left, a->top);
    mien_chart_corner(c, left, bottom);
    mien_chart_corner(c, a->left + a->width, bottom);
    mien_chart_draw(c, &frame);
    mien_chart_text(c, a->left + a->width / 2, bottom + 34, x_label,
                    &(mien_lettering){.size = label_text, .across = 1});
    mien_chart_text(
        c, a->left - 48, a->top + a->height / 2, y_label,
        &(mien_lettering){.size = label_text, .across = -1, .upwards = true});
}
