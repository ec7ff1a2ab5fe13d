/* SPDX-License-Identifier: Apache-2.0 */
/* report_plot.c - the charts of a report side by side, each with its key. */
#include <math.h>
#include <stdio.h>

#include "eval/report.h"
#include "image/chart.h"

enum { PLANE_WIDTH = 450, PLANE_HEIGHT = 400, STEP = 574, TOP = 128 };

static const mien_paint *const paints[] = {&mien_blue, &mien_orange, &mien_red,
                                           &mien_grey, &mien_ink};

static mien_paint paint_of(int curve) {
    return *paints[curve % (int)(sizeof paints / sizeof *paints)];
}

static bool shown(const mien_figure *f) {
    return (f->unit == MIEN_UNIT_SHARE || f->unit == MIEN_UNIT_NUMBER) &&
           isfinite(f->value);
}

/* The first figures in one line, with their intervals. */
static void write_title(mien_chart *c, const mien_report_facts *f) {
    char text[512];
    size_t at = 0;
    mien_chart_text(c, 30, 34, f->protocol,
                    &(mien_lettering){.size = 18, .along = 1, .bold = true});
    text[0] = 0;
    for (int i = 0, n = 0; i < f->figures && n < 3; i++) {
        const mien_figure *x = &f->figure[i];
        const bool share = x->unit == MIEN_UNIT_SHARE;
        if (!shown(x)) continue;
        at += (size_t)snprintf(
            text + at, sizeof text - at, "%s%s %.4g%s", n++ ? "   " : "",
            x->label, share ? 100 * x->value : x->value, share ? " %" : "");
        if (at >= sizeof text) return;
    }
    mien_chart_text(c, 30, 58, text, &(mien_lettering){.size = 13, .along = 1});
    snprintf(text, sizeof text, "data %.12s%s%.12s",
             f->data_hash ? f->data_hash : "-", f->model ? ", model " : "",
             f->model ? f->model : "");
    mien_chart_text(
        c, 30, 78, text,
        &(mien_lettering){.size = 11, .along = 1, .paint = mien_grey});
}

static double inside(double x, const double range[2]) {
    return fmin(fmax(x, range[0]), range[1]);
}

static void draw_line(mien_chart *c, const mien_axes *a, const mien_curve *k,
                      mien_paint paint) {
    for (int i = 0; i < k->n; i++) {
        if (!isfinite(k->x[i]) || !isfinite(k->y[i])) continue;
        mien_chart_corner(c, mien_axes_x(a, inside(k->x[i], a->x)),
                          mien_axes_y(a, inside(k->y[i], a->y)));
    }
    mien_chart_draw(c, &(mien_stroke){paint, 2, false});
}

/* Equal parts: the last is as wide as the others. */
static void draw_bars(mien_chart *c, const mien_axes *a, const mien_curve *k,
                      mien_paint paint) {
    const double ground = a->top + a->height;
    mien_paint fill = paint;
    fill.a = 0.35;
    if (k->n < 2) return;
    const double step = k->x[1] - k->x[0];
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < k->n; i++) {
            const double left = mien_axes_x(a, k->x[i]);
            const double right = mien_axes_x(a, k->x[i] + step);
            const double y = mien_axes_y(a, inside(k->y[i], a->y));
            if (pass) mien_chart_corner(c, left, y);
            if (pass) mien_chart_corner(c, right, y);
            if (!pass)
                mien_chart_fill(
                    c, (mien_rect){left, y, right - left, ground - y}, fill);
        }
    }
    mien_chart_draw(c, &(mien_stroke){paint, 1.5, false});
}

static void write_keys(mien_chart *c, const mien_axes *a, const mien_panel *p) {
    double x = a->left;
    for (int i = 0; i < p->curves; i++) {
        const mien_lettering style = {.size = 13, .along = 1};
        mien_paint paint = paint_of(i);
        paint.a = 0.7;
        mien_chart_fill(c, (mien_rect){x, a->top - 20, 18, 12}, paint);
        mien_chart_text(c, x + 24, a->top - 14, p->curve[i].label, &style);
        x += 44 + mien_chart_text_width(c, p->curve[i].label, &style);
    }
}

static void draw_panel(mien_chart *c, const mien_panel *p, int number) {
    const mien_axes a = {.left = 88 + number * (double)STEP,
                         .top = TOP,
                         .width = PLANE_WIDTH,
                         .height = PLANE_HEIGHT,
                         .x = {p->x[0], p->x[1]},
                         .y = {p->y[0], p->y[1]},
                         .log_x = p->log_x,
                         .log_y = p->log_y};
    mien_axes_draw(c, &a, p->x_label, p->y_label);
    for (int i = 0; i < p->curves; i++) {
        if (p->bars)
            draw_bars(c, &a, &p->curve[i], paint_of(i));
        else
            draw_line(c, &a, &p->curve[i], paint_of(i));
    }
    write_keys(c, &a, p);
}

mien_status mien_report_plot(const mien_report *r, const char *path) {
    const mien_report_facts *f = mien_report_facts_of(r);
    mien_chart *c;
    if (!f->panels)
        return mien_fail(MIEN_EINVAL, "%s: there is no chart of this", path);
    MIEN_TRY(mien_chart_open(&c, path, 12 + STEP * f->panels, 596));
    write_title(c, f);
    for (int i = 0; i < f->panels; i++) draw_panel(c, &f->panel[i], i);
    return mien_chart_save(c);
}
