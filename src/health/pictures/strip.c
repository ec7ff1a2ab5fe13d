/* SPDX-License-Identifier: Apache-2.0 */
/* strip.c - the whole run as one strip: loss, gradient norm with its
 * threshold, rate, findings, and every intervention. */
#include <math.h>
#include <stdio.h>

#include "health/picture.h"
#include "health/plot.h"

enum {
    TOP = 124, /* room for two levels of badges */
    LEFT = 84,
    LOSS = 200,
    NORM = 170,
    RATE = 70,
    TROUBLE = 26, /* the row of findings */
    GAP = 16,
    FEW = 120 /* steps, each with a dot */
};

static bool any(const mien_past *past, int attempt) {
    (void)attempt;
    return past->n_steps > 0;
}

static int height(const mien_past *past, int attempt) {
    (void)past;
    (void)attempt;
    return TOP + LOSS + NORM + RATE + TROUBLE + 3 * GAP + MIEN_PLOT_FOOT;
}

/* One curve: its least and largest value in step i. */
typedef double value_of(const mien_past_step *step, int side);

static double loss_of(const mien_past_step *s, int side) {
    return s->loss[side];
}

static double norm_of(const mien_past_step *s, int side) {
    return s->norm[side];
}

static double threshold_of(const mien_past_step *s, int side) {
    (void)side;
    return s->threshold;
}

static double rate_of(const mien_past_step *s, int side) {
    (void)side;
    return s->lr;
}

/* Where a value lies; beyond the plane it stays at its edge. */
static double place(const mien_axes *a, double value) {
    const double least = fmin(a->y[0], a->y[1]);
    const double y = mien_axes_y(a, fmax(value, least));
    return fmin(fmax(y, a->top), a->top + a->height);
}

static bool drawable(const mien_axes *a, double value) {
    return isfinite(value) && (!a->log_y || value > 0);
}

/* Between the least and the largest of merged steps; from step i on to where
 * the numbers or the attempt end, which is returned. */
static int draw_band(mien_chart *c, const mien_axes *a, const mien_past *past,
                     int i, value_of *value) {
    const mien_past_step *s = past->steps;
    int end = i;
    while (end < past->n_steps && s[end].attempt == s[i].attempt &&
           drawable(a, value(&s[end], 0)))
        end++;
    if (end == i) return i + 1;
    for (int k = i; k < end; k++)
        mien_chart_corner(c, mien_axes_x(a, s[k].at),
                          place(a, value(&s[k], 1)));
    for (int k = end - 1; k >= i; k--)
        mien_chart_corner(c, mien_axes_x(a, s[k].at),
                          place(a, value(&s[k], 0)));
    return end;
}

/* A step between two gaps has no line of its own. */
static void draw_dots(mien_chart *c, const mien_axes *a, const mien_past *past,
                      value_of *value, mien_paint paint) {
    for (int i = 0; i < past->n_steps; i++) {
        const double y = value(&past->steps[i], 1);
        if (drawable(a, y))
            mien_chart_dot(c, mien_axes_x(a, past->steps[i].at), place(a, y),
                           2.4, paint);
    }
}

static void draw_curve(mien_chart *c, const mien_axes *a, const mien_past *past,
                       value_of *value, const mien_stroke *stroke) {
    mien_paint pale = stroke->paint;
    pale.a = 0.35;
    for (int i = 0; past->every > 1 && i < past->n_steps;) {
        i = draw_band(c, a, past, i, value);
        mien_chart_area(c, pale);
    }
    const mien_past_step *s = past->steps;
    for (int i = 0; i < past->n_steps; i++) {
        if (i && s[i].attempt != s[i - 1].attempt) mien_chart_lift(c);
        const double middle = (value(&s[i], 0) + value(&s[i], 1)) / 2;
        if (drawable(a, middle))
            mien_chart_corner(c, mien_axes_x(a, s[i].at), place(a, middle));
        else
            mien_chart_lift(c);
    }
    mien_chart_draw(c, stroke);
    if (past->n_steps <= FEW) draw_dots(c, a, past, value, stroke->paint);
}

/* ---- the three planes ------------------------------------------------- */

static mien_axes axes_at(const mien_past *past, double top, double height_) {
    return (mien_axes){.left = LEFT,
                       .top = top,
                       .width = MIEN_PLOT_WIDTH - LEFT - 30,
                       .height = height_,
                       .x = {0, fmax((double)past->made, 1)}};
}

static void widen(double log_range[2], double range[2], double value) {
    mien_plot_widen(log_range, value);
    if (!isfinite(value)) return;
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

/* Along powers of ten when values differ fiftyfold. */
static void set_range(mien_axes *a, const mien_past *past, value_of *first,
                      value_of *second) {
    double powers[2] = {0, 0}, range[2] = {INFINITY, -INFINITY};
    for (int i = 0; i < past->n_steps; i++)
        for (int side = 0; side < 2; side++) {
            widen(powers, range, first(&past->steps[i], side));
            if (second) widen(powers, range, second(&past->steps[i], side));
        }
    a->log_y = range[0] > 0 && range[1] > 50 * range[0];
    if (a->log_y) {
        mien_plot_decades(powers, 40);
        a->y[0] = powers[0], a->y[1] = powers[1];
        return;
    }
    if (!(range[1] >= range[0])) range[0] = 0, range[1] = 1;
    const double room =
        fmax(0.06 * (range[1] - range[0]), 0.02 * fabs(range[1]) + 1e-9);
    a->y[0] = range[0] - room, a->y[1] = range[1] + room;
    if (range[0] >= 0 && a->y[0] < 0) a->y[0] = 0;
}

static void draw_label(mien_chart *c, const mien_axes *a, const char *text) {
    mien_chart_text(
        c, a->left - 58, a->top + a->height / 2, text,
        &(mien_lettering){.size = 13, .across = -1, .upwards = true});
}

static void draw_plane(mien_chart *c, const mien_axes *a, const char *label) {
    mien_axes_draw_y(c, a);
    mien_chart_outline(c, (mien_rect){a->left, a->top, a->width, a->height},
                       &(mien_stroke){mien_faint, 1, false});
    draw_label(c, a, label);
}

/* Small marks along an edge of a plane for the steps that `count`s. */
static void draw_marks(mien_chart *c, const mien_axes *a, const mien_past *past,
                       bool skipped, mien_paint paint) {
    const double y = skipped ? a->top + a->height - 4 : a->top + 4;
    for (int i = 0; i < past->n_steps; i++) {
        const mien_past_step *s = &past->steps[i];
        if (skipped ? s->skipped : s->bad)
            mien_chart_fill(
                c, (mien_rect){mien_axes_x(a, s->at) - 1, y - 4, 2.5, 8},
                paint);
    }
}

static void draw_findings(mien_chart *c, const mien_axes *a,
                          const mien_past *past) {
    const mien_paint paints[] = {mien_grey, mien_orange, mien_red};
    mien_chart_fill(c, (mien_rect){a->left, a->top, a->width, a->height},
                    (mien_paint){0.96, 0.96, 0.97, 1});
    for (int i = 0; i < past->n_findings; i++) {
        const mien_past_finding *f = &past->findings[i];
        const double x = mien_axes_x(a, f->at);
        const double end = mien_axes_x(a, f->last_at);
        const mien_severity s = f->finding.severity;
        mien_chart_fill(c,
                        (mien_rect){x - 1, a->top + 2 + 8 * (2 - (int)s),
                                    fmax(end - x, 3), 6},
                        paints[s]);
    }
    mien_chart_text(c, a->left - 9, a->top + a->height / 2, "findings",
                    &(mien_lettering){.size = 12, .along = -1});
}

static void draw_attempts(mien_chart *c, const mien_axes *a,
                          const mien_past *past) {
    char text[32];
    for (int i = 1; i < past->n_attempts; i++) {
        const double x = mien_axes_x(a, past->attempts[i].began);
        mien_chart_line(c, (double[]){x, a->top},
                        (double[]){x, a->top + a->height},
                        &(mien_stroke){mien_ink, 1.6, false});
        snprintf(text, sizeof text, "start %d", i + 1);
        mien_chart_text(
            c, x + 4, a->top + 10, text,
            &(mien_lettering){.size = 11, .along = 1, .bold = true});
    }
}

/* ---- keys ------------------------------------------------------------- */

static void draw_keys(mien_chart *c) {
    const struct {
        mien_paint paint;
        double width;
        const char *text;
    } keys[] = {{mien_blue, 16, "loss, |g|, rate"},
                {mien_orange, 16, "threshold of the clip"},
                {mien_red, 3, "not a number"},
                {mien_orange, 3, "step skipped"},
                {mien_blue, 12, "intervention, kept"},
                {mien_grey, 12, "tried and dropped"}};
    double x = LEFT;
    for (int i = 0; i < 6; i++) {
        const mien_lettering style = {.size = 12, .along = 1};
        if (i < 4)
            mien_chart_fill(
                c,
                (mien_rect){x, i < 2 ? 54 : 50, keys[i].width, i < 2 ? 3 : 11},
                keys[i].paint);
        else
            mien_chart_dot(c, x + 6, 55, 6, keys[i].paint);
        mien_chart_text(c, x + keys[i].width + 6, 55, keys[i].text, &style);
        x +=
            keys[i].width + 26 + mien_chart_text_width(c, keys[i].text, &style);
    }
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_stroke blue = {mien_blue, 1.4, false};
    mien_axes loss = axes_at(past, TOP, LOSS);
    mien_axes norm = axes_at(past, TOP + LOSS + GAP, NORM);
    mien_axes rate = axes_at(past, norm.top + NORM + GAP, RATE);
    const mien_axes found = axes_at(past, rate.top + RATE + GAP, TROUBLE);
    mien_axes all = axes_at(past, TOP, found.top + TROUBLE - TOP);
    (void)attempt;
    set_range(&loss, past, loss_of, NULL);
    set_range(&norm, past, norm_of, threshold_of);
    set_range(&rate, past, rate_of, NULL);
    draw_keys(c);
    mien_plot_time(c, &all, past);
    draw_plane(c, &loss, "loss");
    draw_plane(c, &norm, "gradient |g|");
    draw_plane(c, &rate, "rate");
    draw_findings(c, &found, past);
    draw_attempts(c, &all, past);
    mien_plot_acts(c, &all, past);
    draw_curve(c, &loss, past, loss_of, &blue);
    draw_curve(c, &norm, past, norm_of, &blue);
    draw_curve(c, &norm, past, threshold_of,
               &(mien_stroke){mien_orange, 1.6, false});
    draw_curve(c, &rate, past, rate_of, &blue);
    draw_marks(c, &loss, past, false, mien_red);
    draw_marks(c, &loss, past, true, mien_orange);
    return MIEN_OK;
}

const mien_picture_ops mien_picture_strip = {
    .name = "strip",
    .title =
        "What happened? Loss and gradient along the run, and where the "
        "training was helped",
    .reading =
        "A number above a line is an intervention of the table above; "
        "findings stand in the lowest row, the grave ones on top. Steps that "
        "were undone are shown where they were made.",
    .whole = true,
    .any = any,
    .height = height,
    .draw = draw,
};
