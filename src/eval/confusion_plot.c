/* SPDX-License-Identifier: Apache-2.0 */
/* confusion_plot.c - the confusion matrix as a table and as a picture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "eval/chart.h"
#include "eval/classify_result.h"

enum { MAX_PICTURE = 1000, SIDE = 640, LEFT = 150, TOP = 96, BAR = 22 };

/* ---- as CSV ----------------------------------------------------------- */

/* A field as RFC 4180 wants it. */
static mien_status put_field(mien_buf *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) return mien_buf_printf(out, "%s", text);
    MIEN_TRY(mien_buf_append(out, "\"", 1));
    for (; *text; text++)
        MIEN_TRY(mien_buf_append(out, *text == '"' ? "\"\"" : text,
                                 *text == '"' ? 2 : 1));
    return mien_buf_append(out, "\"", 1);
}

static mien_status put_class(mien_buf *out, const mien_classify *c, int i,
                             bool names) {
    const char *name = c->summary.per_class[i].name;
    if (names && name) return put_field(out, name);
    return mien_buf_printf(out, "%d", i);
}

static mien_status put_row(mien_buf *out, const mien_classify *c, int truth,
                           bool names) {
    const mien_confusion *k = &c->confusion;
    const int64_t *row = k->cells + (size_t)truth * (size_t)k->classes;
    int64_t left = k->n[truth];
    MIEN_TRY(put_class(out, c, truth, names));
    for (int i = 0; i < k->classes; i++) {
        left -= row[i];
        MIEN_TRY(mien_buf_printf(out, ",%lld", (long long)row[i]));
    }
    if (k->unanswered) MIEN_TRY(mien_buf_printf(out, ",%lld", (long long)left));
    return mien_buf_append(out, "\n", 1);
}

static mien_status put_table(mien_buf *out, const mien_classify *c,
                             bool names) {
    MIEN_TRY(mien_buf_printf(out, "truth"));
    for (int i = 0; i < c->confusion.classes; i++) {
        MIEN_TRY(mien_buf_append(out, ",", 1));
        MIEN_TRY(put_class(out, c, i, names));
    }
    MIEN_TRY(mien_buf_printf(out, c->confusion.unanswered ? ",none\n" : "\n"));
    for (int i = 0; i < c->confusion.classes; i++)
        MIEN_TRY(put_row(out, c, i, names));
    return MIEN_OK;
}

mien_status mien_classify_write_confusion(const mien_classify *c,
                                          const char *path, bool names) {
    mien_buf text = {.cap = (size_t)1 << 30};
    if (!c->confusion.cells)
        return mien_fail(MIEN_ELIMIT,
                         "%s: no matrix is kept of %d classes; "
                         "up to %d can be",
                         path, c->confusion.classes, MIEN_CONFUSION_CLASSES);
    mien_status status = put_table(&text, c, names);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}

/* ---- as a picture ----------------------------------------------------- */

/* From white over blue to a dark navy, evenly darker to the eye. */
static mien_paint shade(double share) {
    static const double stops[][3] = {{0.97, 0.98, 1.00},
                                      {0.77, 0.86, 0.95},
                                      {0.42, 0.68, 0.84},
                                      {0.13, 0.44, 0.71},
                                      {0.03, 0.19, 0.42}};
    const double at = fmin(fmax(share, 0), 1) * 4;
    const int i = at >= 4 ? 3 : (int)at;
    const double t = at - i, *a = stops[i], *b = stops[i + 1];
    return (mien_paint){a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]),
                        a[2] + t * (b[2] - a[2]), 1};
}

static double cell_edge(double from, int i, int classes) {
    return from + floor((double)SIDE * i / classes + 0.5);
}

static void write_share(mien_chart *c, const mien_rect *cell, double share,
                        int64_t count) {
    const mien_paint white = {1, 1, 1, 1};
    const mien_paint paint = share > 0.5 ? white : mien_ink;
    const double x = cell->x + cell->width / 2, y = cell->y + cell->height / 2;
    const bool roomy = cell->width >= 64;
    char text[32];
    snprintf(text, sizeof text, "%.0f%s", 100 * share, roomy ? " %" : "");
    mien_chart_text(c, x, roomy ? y - 10 : y, text,
                    &(mien_lettering){.size = roomy ? 16 : 11, .paint = paint});
    if (!roomy) return;
    snprintf(text, sizeof text, "%lld", (long long)count);
    mien_chart_text(c, x, y + 12, text,
                    &(mien_lettering){.size = 12, .paint = paint});
}

static void draw_cells(mien_chart *c, const mien_confusion *k) {
    for (int truth = 0; truth < k->classes; truth++)
        for (int i = 0; i < k->classes; i++) {
            const int64_t count =
                k->cells[(size_t)truth * (size_t)k->classes + (size_t)i];
            const double share =
                k->n[truth] ? mien_share(count, k->n[truth]) : 0;
            const double x = cell_edge(LEFT, i, k->classes);
            const double y = cell_edge(TOP, truth, k->classes);
            const mien_rect cell = {x, y,
                                    cell_edge(LEFT, i + 1, k->classes) - x,
                                    cell_edge(TOP, truth + 1, k->classes) - y};
            mien_chart_fill(c, cell, shade(share));
            if (cell.width >= 28 && count) write_share(c, &cell, share, count);
        }
}

static void draw_frame(mien_chart *c, double x, double y, double width,
                       double height) {
    const double corners[5][2] = {{x, y},
                                  {x + width, y},
                                  {x + width, y + height},
                                  {x, y + height},
                                  {x, y}};
    for (int i = 0; i < 5; i++)
        mien_chart_corner(c, corners[i][0] + 0.5, corners[i][1] + 0.5);
    mien_chart_draw(c, &(mien_stroke){mien_ink, 1, false});
}

/* Thin lines between the cells while there is room for them. */
static void draw_grid(mien_chart *c, int classes) {
    const mien_stroke line = {{1, 1, 1, 0.8}, 1, false};
    for (int i = 1; i < classes && SIDE / classes >= 8; i++) {
        const double x = cell_edge(LEFT, i, classes) + 0.5;
        const double y = cell_edge(TOP, i, classes) + 0.5;
        mien_chart_line(c, (double[]){x, TOP}, (double[]){x, TOP + SIDE},
                        &line);
        mien_chart_line(c, (double[]){LEFT, y}, (double[]){LEFT + SIDE, y},
                        &line);
    }
    draw_frame(c, LEFT, TOP, SIDE, SIDE);
}

/* A name cut to what fits; whole UTF-8 letters only. */
static void fit_label(char *out, size_t room, mien_chart *c, const char *text,
                      double width) {
    const mien_lettering style = {.size = 12};
    snprintf(out, room, "%s", text);
    size_t n = strlen(out);
    while (n > 1 && mien_chart_text_width(c, out, &style) > width) {
        do n--;
        while (n > 1 && (out[n] & 0xc0) == 0x80);
        snprintf(out + n, room - n, ".");
    }
}

static void draw_label(mien_chart *c, const mien_classify *k, int i,
                       bool names) {
    const int classes = k->confusion.classes;
    const double half = 0.5 * SIDE / classes;
    const double x = cell_edge(LEFT, i, classes) + half;
    const double y = cell_edge(TOP, i, classes) + half;
    const char *name = k->summary.per_class[i].name;
    const bool named = names && name;
    char text[64], number[16];
    snprintf(number, sizeof number, "%d", i);
    fit_label(text, sizeof text - 1, c, named ? name : number, 90);
    const bool turned = named && classes > 6;
    mien_chart_text(c, LEFT - 8, y, text,
                    &(mien_lettering){.size = 12, .along = -1});
    mien_chart_text(c, x, TOP + SIDE + 8, text,
                    &(mien_lettering){.size = 12,
                                      .upwards = turned,
                                      .along = turned ? -1 : 0,
                                      .across = turned ? 0 : 1});
}

static void draw_labels(mien_chart *c, const mien_classify *k, bool names) {
    const int classes = k->confusion.classes;
    const double middle = SIDE / 2.0;
    const int every = classes <= 40 && names ? 1
                      : classes <= 20        ? 1
                                             : (int)mien_tick_step(classes, 10);
    for (int i = 0; i < classes; i += every) draw_label(c, k, i, names);
    mien_chart_text(c, LEFT + middle, TOP + SIDE + (names ? 112 : 40),
                    "class that the model answered",
                    &(mien_lettering){.size = 14});
    mien_chart_text(c, names ? 30 : 90, TOP + middle, "true class",
                    &(mien_lettering){.size = 14, .upwards = true});
}

static void draw_bar(mien_chart *c) {
    const double x = LEFT + SIDE + 36;
    for (int i = 0; i < SIDE; i++)
        mien_chart_fill(c, (mien_rect){x, TOP + i, BAR, 1},
                        shade(1 - (i + 0.5) / SIDE));
    draw_frame(c, x, TOP, BAR, SIDE);
    for (int i = 0; i <= 4; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d %%", 25 * i);
        mien_chart_text(c, x + BAR + 8, TOP + SIDE * (4 - i) / 4.0, text,
                        &(mien_lettering){.size = 12, .along = 1});
    }
    mien_chart_text(c, x + BAR + 62, TOP + SIDE / 2.0,
                    "share of the true class",
                    &(mien_lettering){.size = 13, .upwards = true});
}

static void write_title(mien_chart *c, const mien_classify_summary *s) {
    char text[160];
    snprintf(text, sizeof text, "Confusion on %s: accuracy %.2f %%",
             !strcmp(s->split, "test") ? "the test samples" : "all samples",
             100 * s->accuracy);
    mien_chart_text(c, 30, 34, text,
                    &(mien_lettering){.size = 18, .along = 1, .bold = true});
    snprintf(text, sizeof text,
             "%lld samples, %d classes, 95 %% interval "
             "%.2f to %.2f %%, model %.12s",
             (long long)s->samples, s->classes, 100 * s->low, 100 * s->high,
             s->model);
    mien_chart_text(c, 30, 60, text, &(mien_lettering){.size = 13, .along = 1});
}

mien_status mien_classify_plot(const mien_classify *k, const char *path,
                               bool names) {
    mien_chart *c;
    if (!k->confusion.cells || k->confusion.classes > MAX_PICTURE)
        return mien_fail(MIEN_ELIMIT,
                         "%s: %d classes do not fit a picture; "
                         "up to %d do",
                         path, k->confusion.classes, MAX_PICTURE);
    MIEN_TRY(mien_chart_open(&c, path, LEFT + SIDE + 150,
                             TOP + SIDE + (names ? 130 : 60)));
    write_title(c, &k->summary);
    draw_cells(c, &k->confusion);
    draw_grid(c, k->confusion.classes);
    draw_labels(c, k, names);
    draw_bar(c);
    return mien_chart_save(c);
}
