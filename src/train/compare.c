/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - the losses of several runs in one chart.
 *
 * Along x the steps in the order in which they were made: those of a start
 * that the doctor gave up are shown, too. Long runs are drawn as the mean of
 * every so many steps, in a pale band from their least to their largest. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/finite.h"
#include "base/mem.h"
#include "health/explain.h"
#include "image/chart.h"
#include "mien/health.h"
#include "train/logged.h"

enum {
    WIDTH = 960,
    LEFT = 84,
    RIGHT = 36,
    KEYS = 56, /* the first line of the legend */
    ROW = 22,
    PLANE = 400,
    FOOT = 66,
    POINTS = 400, /* of a curve, at most */
    PATH_ROOM = 4096
};

/* Steps that are one point of a curve; NaN: none was finite. */
typedef struct point {
    double at, low, mean, high;
    bool begins, bad; /* a new start; one was not finite or skipped */
} point;

typedef struct curve {
    const char *name;
    mien_paint paint;
    double width;
    mien_logged log;
    int n;
    point *points;
} curve;

typedef struct comparison {
    int n, rows; /* rows of the legend */
    bool restarted, broke;
    curve curves[MIEN_COMPARE_RUNS];
    mien_axes axes;
} comparison;

static const mien_paint paints[MIEN_COMPARE_RUNS] = {
    {0.12, 0.37, 0.69, 1}, {0.84, 0.45, 0.04, 1}, {0.13, 0.55, 0.33, 1},
    {0.75, 0.15, 0.20, 1}, {0.48, 0.32, 0.68, 1}, {0.45, 0.45, 0.48, 1},
    {0.05, 0.60, 0.66, 1}, {0.62, 0.55, 0.10, 1}};

/* ---- curves ----------------------------------------------------------- */

static point sum_up(const mien_logged_step *s, size_t n, size_t at) {
    point p = {.at = (double)at + (double)(n - 1) / 2,
               .low = INFINITY,
               .high = -INFINITY};
    double sum = 0, good = 0;
    for (size_t i = 0; i < n; i++) {
        p.bad |= s[i].skipped || mien_bad_f64(s[i].loss);
        if (mien_bad_f64(s[i].loss)) continue;
        p.low = fmin(p.low, s[i].loss);
        p.high = fmax(p.high, s[i].loss);
        sum += s[i].loss;
        good++;
    }
    p.mean = good > 0 ? sum / good : NAN;
    return p;
}

/* A point holds steps of one start only. */
static mien_status make_points(curve *c) {
    const mien_logged *log = &c->log;
    const size_t every = 1 + log->n / POINTS;
    c->points = mien_alloc(log->n + 1, sizeof *c->points);
    if (!c->points) return MIEN_ENOMEM;
    for (size_t at = 0, n; at < log->n; at += n) {
        for (n = 1; n < every && at + n < log->n; n++)
            if (log->steps[at + n].attempt != log->steps[at].attempt) break;
        c->points[c->n] = sum_up(&log->steps[at], n, at);
        c->points[c->n++].begins =
            at && log->steps[at].attempt != log->steps[at - 1].attempt;
    }
    return MIEN_OK;
}

static mien_status read_curve(curve *c, const char *run, mien_paint paint) {
    char path[PATH_ROOM];
    c->name = mien_run_name(run);
    c->paint = paint;
    MIEN_TRY(mien_path_join(path, sizeof path, run, "log.jsonl"));
    if (!mien_file_exists(path))
        return mien_fail(MIEN_ENOTFOUND,
                         "%s: there is no log.jsonl; is it a run folder?", run);
    MIEN_TRY(mien_logged_read(&c->log, path));
    return make_points(c);
}

/* Two runs of one name are told apart by their paths. */
static void name_curves(comparison *all, const char *const *runs) {
    bool same[MIEN_COMPARE_RUNS] = {0};
    for (int i = 0; i < all->n; i++)
        for (int k = 0; k < all->n; k++)
            same[i] |=
                i != k && !strcmp(all->curves[i].name, all->curves[k].name);
    for (int i = 0; i < all->n; i++)
        if (same[i]) all->curves[i].name = runs[i];
}

/* The first are the widest: what lies below others can still be seen. */
static mien_status read_all(comparison *all, const char *const *runs, int n) {
    for (int i = 0; i < n; i++) {
        all->curves[i].width = 1.6 + 2.4 * (n - 1 - i) / n;
        MIEN_TRY(read_curve(&all->curves[i], runs[i], paints[i]));
    }
    all->n = n;
    name_curves(all, runs);
    return MIEN_OK;
}

/* ---- axes ------------------------------------------------------------- */

/* Along powers of ten when losses differ fiftyfold. */
static void set_axes(comparison *all) {
    mien_axes *a = &all->axes;
    double low = INFINITY, high = -INFINITY, most = 1;
    for (int i = 0; i < all->n; i++) {
        const curve *c = &all->curves[i];
        most = fmax(most, (double)c->log.n);
        for (int k = 0; k < c->n; k++) {
            all->restarted |= c->points[k].begins;
            all->broke |= c->points[k].bad;
            low = fmin(low, c->points[k].low);
            high = fmax(high, c->points[k].high);
        }
    }
    if (!(high >= low)) low = 0, high = 1;
    a->x[1] = most;
    a->log_y = low > 0 && high > 50 * low;
    const double room = 0.05 * (high - low) + 1e-9;
    a->y[0] = a->log_y ? low / 1.2 : fmax(low - room, low < 0 ? low - room : 0);
    a->y[1] = a->log_y ? high * 1.2 : high + room;
}

/* ---- drawing ---------------------------------------------------------- */

/* From point i on to where the numbers or the start end, returned: the band,
 * and the line in its midst. */
static int draw_stretch(mien_chart *c, const mien_axes *a, const curve *run,
                        int i) {
    const point *p = run->points;
    mien_paint pale = run->paint;
    int end = i;
    pale.a = 0.22;
    while (end < run->n && isfinite(p[end].mean) &&
           (end == i || !p[end].begins))
        end++;
    if (end == i) return i + 1;
    for (int k = i; k < end; k++)
        mien_chart_corner(c, mien_axes_x(a, p[k].at),
                          mien_axes_y(a, p[k].high));
    for (int k = end - 1; k >= i; k--)
        mien_chart_corner(c, mien_axes_x(a, p[k].at), mien_axes_y(a, p[k].low));
    mien_chart_area(c, pale);
    for (int k = i; k < end; k++)
        mien_chart_corner(c, mien_axes_x(a, p[k].at),
                          mien_axes_y(a, p[k].mean));
    mien_chart_draw(c, &(mien_stroke){run->paint, run->width, false});
    return end;
}

static void draw_curve(mien_chart *c, const mien_axes *a, const curve *run) {
    for (int i = 0; i < run->n;) i = draw_stretch(c, a, run, i);
    for (int i = 0; i < run->n; i++) {
        const point *p = &run->points[i];
        const double x = mien_axes_x(a, p->at);
        if (p->begins && isfinite(p->mean))
            mien_chart_dot(c, x, mien_axes_y(a, p->mean), 4.5, run->paint);
        if (p->bad)
            mien_chart_fill(c, (mien_rect){x - 1, a->top + 2, 2.5, 9},
                            run->paint);
    }
}

/* Lines of colours with their names; draws nothing without a chart that is
 * drawn on. Returns how many rows they fill. */
static int draw_legend(mien_chart *c, const comparison *all, bool draw) {
    const mien_lettering style = {.size = 13, .along = 1};
    double x = LEFT;
    int row = 0;
    for (int i = 0; i < all->n; i++) {
        const curve *run = &all->curves[i];
        const double width = 54 + mien_chart_text_width(c, run->name, &style);
        if (x > LEFT && x + width > WIDTH - RIGHT) x = LEFT, row++;
        if (draw) {
            const double y = KEYS + row * ROW;
            mien_chart_fill(c, (mien_rect){x, y - 2, 22, 4}, run->paint);
            mien_chart_text(c, x + 29, y, run->name, &style);
        }
        x += width;
    }
    return row + 1;
}

static void draw_notes(mien_chart *c, const comparison *all) {
    const mien_axes *a = &all->axes;
    char text[160];
    if (!all->restarted && !all->broke) return;
    snprintf(
        text, sizeof text, "%s%s%s",
        all->restarted ? "dot: the doctor began again" : "",
        all->restarted && all->broke ? "    " : "",
        all->broke ? "mark at the top: a step was not finite or skipped" : "");
    mien_chart_text(
        c, WIDTH - RIGHT, a->top + a->height + 42, text,
        &(mien_lettering){
            .size = 12, .along = -1, .across = 1, .paint = mien_grey});
}

static mien_status draw(comparison *all, const char *path) {
    mien_chart *c, *ruler;
    set_axes(all);
    /* Letters are measured before the height of the picture is known. */
    MIEN_TRY(mien_chart_open_memory(&ruler, false, WIDTH, ROW));
    all->rows = draw_legend(ruler, all, false);
    mien_chart_close(ruler);
    mien_axes *a = &all->axes;
    a->left = LEFT, a->width = WIDTH - LEFT - RIGHT;
    a->top = KEYS + all->rows * ROW, a->height = PLANE;
    MIEN_TRY(mien_chart_open(&c, path, WIDTH, (int)a->top + PLANE + FOOT));
    mien_chart_text(c, 18, 26, "Which of them learn? The loss of each step",
                    &(mien_lettering){.size = 17, .along = 1, .bold = true});
    draw_legend(c, all, true);
    mien_axes_draw(c, a, all->restarted ? "steps made" : "step", "loss");
    for (int i = 0; i < all->n; i++) draw_curve(c, a, &all->curves[i]);
    draw_notes(c, all);
    return mien_chart_save(c);
}

mien_status mien_health_compare(const char *path, const char *const *runs,
                                int n) {
    comparison all = {0};
    if (n < 1 || n > MIEN_COMPARE_RUNS)
        return mien_fail(MIEN_EINVAL, "%d runs to compare; 1 to %d fit", n,
                         MIEN_COMPARE_RUNS);
    mien_status status = read_all(&all, runs, n);
    if (status == MIEN_OK) status = draw(&all, path);
    for (int i = 0; i < MIEN_COMPARE_RUNS; i++) {
        mien_logged_close(&all.curves[i].log);
        mien_free(all.curves[i].points);
    }
    return status;
}
