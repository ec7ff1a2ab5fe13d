/* SPDX-License-Identifier: Apache-2.0 */
/* axes.c - a plane with ticks at round values. */
#include <math.h>
#include <stdio.h>

#include "image/chart.h"

enum { TICKS = 6, TICK_MARK = 5, GAP = 4, FINE_ROOM = 64 };

static const double small_text = 12, label_text = 13;

double mien_tick_step(double range, int n) {
    const double rough = range / n, power = pow(10, floor(log10(rough)));
    const double lead = rough / power;
    const double nice = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
    return nice * power;
}

static double share_of(double value, const double range[2], bool powers) {
    return powers ? log(value / range[0]) / log(range[1] / range[0])
                  : (value - range[0]) / (range[1] - range[0]);
}

double mien_axes_x(const mien_axes *a, double x) {
    return a->left + a->width * share_of(x, a->x, a->log_x);
}

double mien_axes_y(const mien_axes *a, double y) {
    return a->top + a->height * (1 - share_of(y, a->y, a->log_y));
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
    if (!text) return;
    mien_chart_line(c, mark, left, &frame);
    mien_chart_text(c, a->left - TICK_MARK - GAP, y, text,
                    &(mien_lettering){.size = small_text, .along = -1});
}

void mien_tick_text(char *out, size_t room, double value) {
    const double size = fabs(value);
    if (size == 0 || (size >= 1e-3 && size < 1e5)) {
        snprintf(out, room, "%.6g", value);
        return;
    }
    const int power = (int)floor(log10(size) + 1e-9);
    snprintf(out, room, "%.3ge%d", value / pow(10, power), power);
}

typedef void tick_drawer(mien_chart *c, const mien_axes *a, double value,
                         const char *text);

/* Every power of ten, at most TICKS + 2 of them with their value; between
 * them 2, 3, ... 9 of it where there is room. */
static void tick_powers(mien_chart *c, const mien_axes *a,
                        const double range[2], tick_drawer *draw) {
    const double dust = 1 + 1e-9;
    const double length = draw == tick_x ? a->width : a->height;
    const int first = (int)floor(log10(range[0] * dust));
    const int powers = (int)floor(log10(range[1] * dust)) - first;
    const double room = length / log10(range[1] / range[0]); /* of a power */
    const int crowded = (int)ceil((draw == tick_x ? 56 : 20) / room);
    const int every = fmax(1 + powers / (TICKS + 3), crowded);
    char text[32];
    for (int i = 0; i <= powers; i++)
        for (int k = 1; k < (room < FINE_ROOM ? 2 : 10); k++) {
            const double value = k * pow(10, first + i);
            if (value * dust < range[0] || value > range[1] * dust) continue;
            mien_tick_text(text, sizeof text, value);
            draw(c, a, value, k == 1 && i % every == 0 ? text : NULL);
        }
}

static void tick_steps(mien_chart *c, const mien_axes *a, const double range[2],
                       tick_drawer *draw) {
    char text[32];
    const double length = draw == tick_x ? a->width : a->height;
    const int most = fmin(TICKS, 1 + length / 30);
    const double step = mien_tick_step(range[1] - range[0], most);
    const double end = range[1] + step / 1000;
    for (double k = ceil(range[0] / step - 0.001); k * step <= end; k++) {
        /* a value without the dust of its arithmetic: -0 becomes 0 */
        const double value = fabs(k * step) < step / 1000 ? 0 : k * step;
        mien_tick_text(text, sizeof text, value);
        draw(c, a, k * step, text);
    }
}

void mien_axes_draw_x(mien_chart *c, const mien_axes *a) {
    (a->log_x ? tick_powers : tick_steps)(c, a, a->x, tick_x);
}

void mien_axes_draw_y(mien_chart *c, const mien_axes *a) {
    (a->log_y ? tick_powers : tick_steps)(c, a, a->y, tick_y);
}

void mien_axes_draw(mien_chart *c, const mien_axes *a, const char *x_label,
                    const char *y_label) {
    const double left = sharp(a->left), bottom = sharp(a->top + a->height);
    mien_axes_draw_x(c, a);
    mien_axes_draw_y(c, a);
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
