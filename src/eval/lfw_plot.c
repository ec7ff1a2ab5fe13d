/* SPDX-License-Identifier: Apache-2.0 */
/* lfw_plot.c - the ROC curve, and the scores of both sides beside it. */
#include <math.h>
#include <stdio.h>

#include "image/chart.h"
#include "eval/lfw_result.h"

enum { WIDTH = 1160, HEIGHT = 572, BINS = 50 };

static const double margin = 30;
static const mien_stroke curve = {{0.12, 0.37, 0.69, 1}, 2, false};
static const mien_stroke help_line = {{0.45, 0.45, 0.48, 1}, 1.2, true};

static void write_title(mien_chart *c, const mien_lfw_summary *s) {
    char text[256];
    snprintf(text, sizeof text, "%s: accuracy %.2f %% \302\261 %.2f (%s)",
             s->protocol, 100 * s->accuracy,
             100 * (s->prints_sd ? s->sd : s->se),
             s->prints_sd ? "sd of the folds" : "standard error");
    mien_chart_text(c, margin, 34, text,
                    &(mien_lettering){.size = 18, .along = 1, .bold = true});
    const int n = snprintf(text, sizeof text,
                           "%d pairs, %d pictures, "
                           "alignment %s, model %.12s   AUC %.4f   EER %.2f %%",
                           s->pairs, s->pictures, s->align, s->model, s->auc,
                           100 * s->eer);
    if (!isnan(s->val))
        snprintf(text + n, sizeof text - (size_t)n, "   VAL %.2f %% at FAR %g",
                 100 * s->val, s->far);
    mien_chart_text(c, margin, 60, text,
                    &(mien_lettering){.size = 13, .along = 1});
}

/* Steps: a threshold takes in impostors first, then the genuine scores. */
static void draw_roc(mien_chart *c, const mien_lfw *lfw) {
    const mien_roc *roc = &lfw->roc;
    const mien_axes a = {.left = 88,
                         .top = 104,
                         .width = 450,
                         .height = 400,
                         .x = {1.0 / roc->impostors, 1},
                         .y = {0, 1},
                         .log_x = true};
    mien_axes_draw(c, &a, "FAR: different people accepted",
                   "VAL: same people accepted");
    for (int i = 0; i <= 100; i++) { /* chance: VAL = FAR */
        const double x = pow(a.x[0], 1 - i / 100.0);
        mien_chart_corner(c, mien_axes_x(&a, x), mien_axes_y(&a, x));
    }
    mien_chart_draw(c, &help_line);
    double last = 0;
    for (int i = 0; i < roc->n; i++) {
        const double x = mien_axes_x(&a, fmax(roc->points[i].fmr, a.x[0]));
        if (roc->points[i].fmr > 0)
            mien_chart_corner(c, x, mien_axes_y(&a, last));
        last = roc->points[i].tmr;
        if (roc->points[i].fmr > 0 || i + 1 == roc->n ||
            roc->points[i + 1].fmr > 0)
            mien_chart_corner(c, x, mien_axes_y(&a, last));
    }
    mien_chart_draw(c, &curve);
}

/* Shares of each side's scores in BINS equal parts of the range. */
typedef struct histogram {
    double low, high, top;
    double share[2][BINS]; /* different, same */
} histogram;

static histogram count_scores(const mien_lfw *lfw) {
    const mien_trials *t = &lfw->trials;
    histogram h = {.low = 1, .high = -1};
    for (int i = 0; i < t->n; i++) {
        h.low = fmin(h.low, t->score[i]);
        h.high = fmax(h.high, t->score[i]);
    }
    h.low = floor(h.low * 10 - 1e-6) / 10;
    h.high = ceil(h.high * 10 + 1e-6) / 10;
    const double weight[] = {1.0 / lfw->roc.impostors, 1.0 / lfw->roc.genuines};
    for (int i = 0; i < t->n; i++) {
        int bin = (int)(BINS * (t->score[i] - h.low) / (h.high - h.low));
        bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
        double *share = &h.share[t->same[i]][bin];
        *share += weight[t->same[i]];
        h.top = fmax(h.top, *share);
    }
    return h;
}

static void draw_side(mien_chart *c, const mien_axes *a, const histogram *h,
                      int side, mien_paint paint) {
    const double step = (h->high - h->low) / BINS, floor_y = a->top + a->height;
    mien_paint fill = paint;
    fill.a = 0.35;
    mien_chart_corner(c, a->left, floor_y);
    for (int i = 0; i < BINS; i++) {
        const double left = mien_axes_x(a, h->low + i * step);
        const double right = mien_axes_x(a, h->low + (i + 1) * step);
        const double y = mien_axes_y(a, h->share[side][i]);
        mien_chart_corner(c, left, y);
        mien_chart_corner(c, right, y);
    }
    mien_chart_corner(c, a->left + a->width, floor_y);
    mien_chart_draw(c, &(mien_stroke){paint, 1.5, false});
    for (int i = 0; i < BINS; i++) {
        const double left = mien_axes_x(a, h->low + i * step);
        const double right = mien_axes_x(a, h->low + (i + 1) * step);
        const double y = mien_axes_y(a, h->share[side][i]);
        mien_chart_fill(c, (mien_rect){left, y, right - left, floor_y - y},
                        fill);
    }
}

static void write_key(mien_chart *c, double x, double y, const char *text,
                      mien_paint paint) {
    paint.a = 0.6;
    mien_chart_fill(c, (mien_rect){x, y - 6, 18, 12}, paint);
    mien_chart_text(c, x + 26, y, text,
                    &(mien_lettering){.size = 13, .along = 1});
}

/* The mean of the folds' thresholds, as a cosine. */
static double mean_threshold(const mien_lfw *lfw) {
    double sum = 0;
    for (int f = 0; f < lfw->folds.folds; f++) sum += lfw->folds.threshold[f];
    const double mean = sum / lfw->folds.folds;
    return lfw->distance ? 1 - mean / 2 : mean;
}

static void draw_scores(mien_chart *c, const mien_lfw *lfw) {
    const histogram h = count_scores(lfw);
    const mien_axes a = {.left = 662,
                         .top = 104,
                         .width = 460,
                         .height = 400,
                         .x = {h.low, h.high},
                         .y = {0, h.top * 1.12}};
    mien_axes_draw(c, &a, "cosine of the two embeddings", "share of the pairs");
    draw_side(c, &a, &h, 0, mien_orange);
    draw_side(c, &a, &h, 1, mien_blue);
    const double cut = mean_threshold(lfw);
    if (cut > h.low && cut < h.high) {
        const double x = mien_axes_x(&a, cut);
        mien_chart_line(c, (double[]){x, a.top},
                        (double[]){x, a.top + a.height}, &help_line);
        mien_chart_text(c, x + 6, a.top + 12, "threshold (mean)",
                        &(mien_lettering){.size = 12, .along = 1});
    }
    write_key(c, a.left + 170, a.top - 14, "different people", mien_orange);
    write_key(c, a.left + 322, a.top - 14, "the same person", mien_blue);
}

mien_status mien_lfw_plot(const mien_lfw *lfw, const char *path) {
    mien_chart *c;
    MIEN_TRY(mien_chart_open(&c, path, WIDTH, HEIGHT));
    write_title(c, &lfw->summary);
    draw_roc(c, lfw);
    draw_scores(c, lfw);
    return mien_chart_save(c);
}
