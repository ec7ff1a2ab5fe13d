/* SPDX-License-Identifier: Apache-2.0 */
/* confusion_plot.c - the confusion matrix as a table and as a picture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "image/chart.h"
#include "eval/classify_result.h"
#include "eval/report.h"

enum { MAX_PICTURE = 1000, SIDE = 640, TOP = 96, BAR = 22, TURNED = 7 };

/* ---- as CSV ----------------------------------------------------------- */

static mien_status put_class(mien_buf *out, const mien_classify *c, int i,
                             bool names) {
    const char *name = c->summary.per_class[i].name;
    if (names && name) return mien_csv_field(out, name);
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

/* Where things lie: what the labels need decides the left and the bottom. */
typedef struct layout {
    const mien_classify *of;
    bool names;
    double left, label; /* of the matrix; the room for a label */
} layout;

static const char *label_of(const layout *l, int i, char number[16]) {
    const char *name = l->of->summary.per_class[i].name;
    snprintf(number, 16, "%d", i);
    return l->names && name ? name : number;
}

static layout lay_out(const mien_classify *of, bool names) {
    layout l = {.of = of, .names = names};
    char number[16];
    size_t longest = 1;
    for (int i = 0; i < of->confusion.classes; i++) {
        const size_t n = strlen(label_of(&l, i, number));
        if (n > longest) longest = n;
    }
    l.label = fmin(110, 8.0 * (double)longest);
    l.left = floor(60 + l.label);
    return l;
}

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

static void draw_cells(mien_chart *c, const layout *l) {
    const mien_confusion *k = &l->of->confusion;
    for (int truth = 0; truth < k->classes; truth++)
        for (int i = 0; i < k->classes; i++) {
            const int64_t count =
                k->cells[(size_t)truth * (size_t)k->classes + (size_t)i];
            const double share =
                k->n[truth] ? mien_share(count, k->n[truth]) : 0;
            const double x = cell_edge(l->left, i, k->classes);
            const double y = cell_edge(TOP, truth, k->classes);
            const mien_rect cell = {x, y,
                                    cell_edge(l->left, i + 1, k->classes) - x,
                                    cell_edge(TOP, truth + 1, k->classes) - y};
            mien_chart_fill(c, cell, shade(share));
            if (cell.width >= (count ? 28 : 150))
                write_share(c, &cell, share, count);
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
static void draw_grid(mien_chart *c, const layout *l) {
    const mien_stroke line = {mien_faint, 1, false};
    const int classes = l->of->confusion.classes;
    for (int i = 1; i < classes && SIDE / classes >= 8; i++) {
        const double x = cell_edge(l->left, i, classes) + 0.5;
        const double y = cell_edge(TOP, i, classes) + 0.5;
        mien_chart_line(c, (double[]){x, TOP}, (double[]){x, TOP + SIDE},
                        &line);
        mien_chart_line(c, (double[]){l->left, y},
                        (double[]){l->left + SIDE, y}, &line);
    }
    draw_frame(c, l->left, TOP, SIDE, SIDE);
}

/* A name cut to what fits, at whole UTF-8 letters. */
static void fit_label(char out[64], mien_chart *c, const char *text,
                      double width) {
    const mien_lettering style = {.size = 12};
    snprintf(out, 63, "%s", text);
    size_t n = strlen(out);
    while (n > 1 && mien_chart_text_width(c, out, &style) > width) {
        for (n--; n > 1 && (text[n] & 0xc0) == 0x80;) n--;
        snprintf(out + n, 64 - n, ".");
    }
}

static bool turned(const layout *l) {
    return l->names && l->of->confusion.classes >= TURNED;
}

static void draw_label(mien_chart *c, const layout *l, int i) {
    const int classes = l->of->confusion.classes;
    const double half = 0.5 * SIDE / classes;
    const double x = cell_edge(l->left, i, classes) + half;
    const double y = cell_edge(TOP, i, classes) + half;
    char text[64], number[16];
    fit_label(text, c, label_of(l, i, number), l->label);
    mien_chart_text(c, l->left - 8, y, text,
                    &(mien_lettering){.size = 12, .along = -1});
    mien_chart_text(c, x, TOP + SIDE + 8, text,
                    &(mien_lettering){.size = 12,
                                      .upwards = turned(l),
                                      .along = turned(l) ? -1 : 0,
                                      .across = turned(l) ? 0 : 1});
}

/* Below the matrix: labels, then what they are. */
static double foot_of(const layout *l) {
    return TOP + SIDE + 32 + (turned(l) ? l->label : 12);
}

static void draw_labels(mien_chart *c, const layout *l) {
    const int classes = l->of->confusion.classes;
    const double middle = SIDE / 2.0;
    const int most = l->names ? 40 : 20;
    const int every = classes <= most ? 1 : (int)mien_tick_step(classes, 10);
    for (int i = 0; i < classes; i += every) draw_label(c, l, i);
    mien_chart_text(c, l->left + middle, foot_of(l),
                    "class that the model answered",
                    &(mien_lettering){.size = 14});
    mien_chart_text(c, 32, TOP + middle, "true class",
                    &(mien_lettering){.size = 14, .upwards = true});
}

static void draw_bar(mien_chart *c, const layout *l) {
    const double x = l->left + SIDE + 36;
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
    const char *which = !strcmp(s->split, "test")  ? "the test samples"
                        : !strcmp(s->split, "val") ? "the validation samples"
                                                   : "all samples";
    char text[160];
    snprintf(text, sizeof text, "Confusion on %s: accuracy %.2f %%", which,
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
    const layout l = lay_out(k, names);
    MIEN_TRY(mien_chart_open(&c, path, (int)l.left + SIDE + 150,
                             (int)foot_of(&l) + 30));
    write_title(c, &k->summary);
    draw_cells(c, &l);
    draw_grid(c, &l);
    draw_labels(c, &l);
    draw_bar(c, &l);
    return mien_chart_save(c);
}
