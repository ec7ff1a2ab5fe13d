/* SPDX-License-Identifier: Apache-2.0 */
/* lrfind_plot.c - the loss over the rate, and the rates that were found. */
#include <math.h>
#include <stdio.h>

#include "base/finite.h"
#include "image/chart.h"
#include "train/lrfind.h"

enum {
    WIDTH = 960,
    LEFT = 84,
    RIGHT = 120, /* room for the text of a mark at the edge */
    FLAGS = 92,  /* the first mark's text; each has its row */
    ROW = 19,
    MARKS = 5,
    TOP = FLAGS + MARKS * ROW,
    PLANE = 380,
    HEIGHT = TOP + PLANE + 72
};

/* Decades along x. Along y what lies far above the start has diverged, and how
 * far no longer matters. */
static mien_axes ranges(const mien_sweep *s) {
    mien_axes a = {.left = LEFT,
                   .top = TOP,
                   .width = WIDTH - LEFT - RIGHT,
                   .height = PLANE,
                   .log_x = true};
    double least = s->start, most = s->start;
    a.x[0] = pow(10, floor(log10(s->lr[0]) + 1e-9));
    a.x[1] = pow(10, ceil(log10(s->lr[s->n - 1]) - 1e-9));
    for (int i = 0; i < s->n; i++) {
        if (mien_bad_f64(s->loss[i])) continue;
        least = fmin(least, s->loss[i]);
        most = fmax(most, s->loss[i]);
    }
    const double fall = fmax(s->start - least, 0.1 * fabs(s->start));
    a.y[0] = least - 0.12 * fall;
    if (least >= 0 && a.y[0] < 0) a.y[0] = 0;
    a.y[1] = s->start + fmin(most - s->start, 0.45 * fall) + 0.12 * fall;
    return a;
}

/* Each batch's loss; a tick at the edge for one that is higher. */
static void draw_losses(mien_chart *c, const mien_axes *a,
                        const mien_sweep *s) {
    mien_paint paint = mien_blue;
    paint.a = 0.4;
    for (int i = 0; i < s->n; i++) {
        const double x = mien_axes_x(a, s->lr[i]);
        if (!mien_bad_f64(s->loss[i]) && s->loss[i] <= a->y[1]) {
            mien_chart_dot(c, x, mien_axes_y(a, s->loss[i]), 2.6, paint);
            continue;
        }
        mien_chart_corner(c, x - 4, a->top + 9);
        mien_chart_corner(c, x + 4, a->top + 9);
        mien_chart_corner(c, x, a->top + 2);
        mien_chart_area(c, mien_red);
    }
}

static void draw_smooth(mien_chart *c, const mien_axes *a,
                        const mien_sweep *s) {
    mien_chart_clip(c, (mien_rect){a->left, a->top, a->width, a->height});
    for (int i = 0; i < s->n; i++)
        mien_chart_corner(c, mien_axes_x(a, s->lr[i]),
                          mien_axes_y(a, s->smooth[i]));
    mien_chart_draw(c, &(mien_stroke){mien_blue, 2.4, false});
    mien_chart_unclip(c);
}

/* A rate that was found. */
typedef struct mark {
    const char *what;
    double lr;
    const mien_paint *paint;
} mark;

/* Its line, up to its row above the plane, and what it is. */
static void draw_mark(mien_chart *c, const mien_axes *a, const mark *m,
                      int row) {
    char text[96];
    const bool chosen = m->paint == &mien_ink;
    const double x = mien_axes_x(a, m->lr), y = FLAGS + row * ROW;
    mien_chart_line(c, (double[]){x, y - 7}, (double[]){x, a->top + a->height},
                    &(mien_stroke){*m->paint, chosen ? 2 : 1.2, !chosen});
    snprintf(text, sizeof text, "%s %.2g", m->what, m->lr);
    mien_chart_text(
        c, x + 7, y, text,
        &(mien_lettering){
            .size = 13, .along = 1, .bold = chosen, .paint = *m->paint});
}

/* From the least rate to the greatest, each a row lower: no line crosses a
 * text. */
static void draw_marks(mien_chart *c, const mien_axes *a, const mien_sweep *s) {
    /* A best that improved on nothing is an accident. */
    const double best = mien_bad_f64(s->steepest) ? NAN : s->best;
    const mark marks[MARKS] = {
        {"suggested", s->suggested, &mien_ink},
        {"the recipe's", s->recipe, &mien_orange},
        {"steepest", s->steepest, &mien_grey},
        {"best", best, &mien_grey},
        {"diverges", s->diverged, &mien_red},
    };
    double last = 0;
    for (int row = 0; row < MARKS; row++) {
        const mark *next = NULL;
        for (int i = 0; i < MARKS; i++)
            if (marks[i].lr > last && marks[i].lr >= a->x[0] &&
                marks[i].lr <= a->x[1] && (!next || marks[i].lr < next->lr))
                next = &marks[i];
        if (!next) return;
        draw_mark(c, a, next, row);
        last = next->lr;
    }
}

mien_status mien_sweep_plot(const mien_sweep *s, const char *path,
                            const char *name) {
    mien_chart *c;
    char title[320];
    const mien_axes a = ranges(s);
    MIEN_TRY(mien_chart_open(&c, path, WIDTH, HEIGHT));
    if (mien_bad_f64(s->suggested))
        snprintf(title, sizeof title, "%.200s: no learning rate to suggest",
                 name);
    else
        snprintf(title, sizeof title, "%.200s: a learning rate of %.2g", name,
                 s->suggested);
    mien_chart_text(c, LEFT, 34, title,
                    &(mien_lettering){.size = 18, .along = 1, .bold = true});
    mien_chart_text(c, LEFT, 62, s->why,
                    &(mien_lettering){.size = 13, .along = 1});
    mien_axes_draw(c, &a, "learning rate, growing from step to step",
                   "loss of a batch, and smoothed");
    mien_chart_line(c, (double[]){a.left, mien_axes_y(&a, s->start)},
                    (double[]){a.left + a.width, mien_axes_y(&a, s->start)},
                    &(mien_stroke){mien_grey, 1.2, true});
    draw_losses(c, &a, s);
    draw_smooth(c, &a, s);
    draw_marks(c, &a, s);
    return mien_chart_save(c);
}
