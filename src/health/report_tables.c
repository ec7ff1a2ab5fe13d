/* SPDX-License-Identifier: Apache-2.0 */
/* report_tables.c - the report's tables and the small charts in them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "health/account.h"
#include "health/report_parts.h"
#include "image/chart.h"

enum { CHART_WIDTH = 180, CHART_HEIGHT = 56, MOST_FINDINGS = 200 };

static mien_status begin_table(mien_buf *out, const char *const *heads) {
    MIEN_TRY(mien_buf_printf(out, "<div class=\"scroll\"><table>\n<tr>"));
    for (; *heads; heads++) { /* "#name": a column of numbers */
        const bool figures = **heads == '#';
        MIEN_TRY(mien_buf_printf(out, "<th%s>%s</th>",
                                 figures ? " class=\"n\"" : "",
                                 *heads + figures));
    }
    return mien_buf_printf(out, "</tr>\n");
}

static mien_status end_table(mien_buf *out) {
    return mien_buf_printf(out, "</table></div>\n");
}

static mien_status put_cell(mien_buf *out, const char *text) {
    MIEN_TRY(mien_buf_printf(out, "<td>"));
    MIEN_TRY(mien_report_put(out, text));
    return mien_buf_printf(out, "</td>");
}

static mien_status put_whole(mien_buf *out, int64_t n) {
    return mien_buf_printf(out, "<td class=\"n\">%lld</td>", (long long)n);
}

/* Three digits; "" where a figure does not exist. */
static mien_status put_figure(mien_buf *out, double x) {
    char text[32] = "";
    const double size = fabs(x);
    if (isinf(x))
        snprintf(text, sizeof text, "not a number");
    else if (isfinite(x) && (size == 0 || (size >= 1e-3 && size < 1e4)))
        snprintf(text, sizeof text, "%.3g", x);
    else if (isfinite(x))
        mien_tick_text(text, sizeof text, x);
    return mien_buf_printf(out, "<td class=\"n\">%s</td>", text);
}

/* ---- fork tests ------------------------------------------------------- */

/* The range of both curves, the explosion of one cut off at three times what
 * they began with. */
static void fork_range(double range[2], const mien_past_act *a) {
    const double *curves[] = {a->with, a->without};
    const int n[] = {a->n_with, a->n_without};
    double top = -INFINITY, first = -INFINITY;
    range[0] = INFINITY;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < n[k]; i++) {
            if (!isfinite(curves[k][i])) continue;
            if (i == 0) first = fmax(first, curves[k][i]);
            range[0] = fmin(range[0], curves[k][i]);
            top = fmax(top, curves[k][i]);
        }
    range[1] = first > 0 ? fmin(top, 3 * first) : top;
    if (!(range[1] > range[0])) range[1] = range[0] + 1;
}

static mien_status put_curve(mien_buf *out, const double *y, int n, int most,
                             const double range[2]) {
    bool down = false; /* the pen */
    for (int i = 0; i < n; i++) {
        if (!isfinite(y[i])) {
            down = false;
            continue;
        }
        const double share =
            (fmin(y[i], range[1]) - range[0]) / (range[1] - range[0]);
        MIEN_TRY(mien_buf_printf(
            out, "%s%.1f %.1f", down ? "L" : "M",
            4 + (CHART_WIDTH - 8.0) * i / (most > 1 ? most - 1 : 1),
            CHART_HEIGHT - 5 - (CHART_HEIGHT - 10) * share));
        down = true;
    }
    return MIEN_OK;
}

/* "2.31 to 1.12", "2.31 to not a number". */
static void fork_words(char out[64], const double *y, int n) {
    if (!n)
        snprintf(out, 64, "not run");
    else if (isfinite(y[n - 1]))
        snprintf(out, 64, "%.3g to %.3g", y[0], y[n - 1]);
    else
        snprintf(out, 64, "%.3g to not a number", y[0]);
}

mien_status mien_report_fork(mien_buf *out, const mien_past_act *a) {
    const int most = a->n_with > a->n_without ? a->n_with : a->n_without;
    char with[64], without[64];
    double range[2];
    if (!most) return MIEN_OK;
    fork_range(range, a);
    fork_words(with, a->with, a->n_with);
    fork_words(without, a->without, a->n_without);
    MIEN_TRY(mien_buf_printf(
        out,
        "<svg class=\"fork\" role=\"img\" viewBox=\"0 0 %d %d\" "
        "aria-label=\"loss with: %s; without: %s\"><path fill=\"none\" "
        "stroke=\"currentColor\" stroke-opacity=\".5\" stroke-width=\"1.5\" "
        "stroke-dasharray=\"4 3\" d=\"",
        CHART_WIDTH, CHART_HEIGHT, with, without));
    MIEN_TRY(put_curve(out, a->without, a->n_without, most, range));
    MIEN_TRY(mien_buf_printf(out,
                             "\"/><path fill=\"none\" stroke=\"var(--blue)\" "
                             "stroke-width=\"2\" d=\""));
    MIEN_TRY(put_curve(out, a->with, a->n_with, most, range));
    return mien_buf_printf(out,
                           "\"/></svg><span class=\"soft\">with %s<br/>"
                           "without %s</span>",
                           with, without);
}

/* ---- interventions ---------------------------------------------------- */

static mien_status put_changes(mien_buf *out, const mien_past_act *a) {
    mien_buf text = {.cap = 1 << 20};
    mien_status status = MIEN_OK;
    for (int i = 0; i < a->n_changes && status == MIEN_OK; i++) {
        text.size = 0;
        status = mien_account_change(&text, a->changes[i]);
        if (status == MIEN_OK) status = mien_buf_printf(out, "<br/><code>");
        if (status == MIEN_OK)
            status = mien_report_put(out, (const char *)text.data);
        if (status == MIEN_OK) status = mien_buf_printf(out, "</code>");
    }
    mien_buf_close(&text);
    return status;
}

static mien_status put_act(mien_buf *out, const mien_past_act *a, int number) {
    MIEN_TRY(mien_buf_printf(out, "<tr id=\"act-%d\">", number));
    MIEN_TRY(put_whole(out, number));
    MIEN_TRY(put_whole(out, a->attempt + 1));
    MIEN_TRY(put_whole(out, a->step));
    MIEN_TRY(put_cell(out, mien_cause_text(a->cause)));
    MIEN_TRY(mien_buf_printf(out, "<td><strong>"));
    MIEN_TRY(mien_report_put(out, a->remedy));
    MIEN_TRY(mien_buf_printf(out, "</strong>"));
    MIEN_TRY(put_changes(out, a));
    MIEN_TRY(mien_buf_printf(out, "</td><td class=\"%s\">%s</td>",
                             a->kept ? "kept" : "soft",
                             a->kept ? "kept" : "dropped"));
    MIEN_TRY(put_cell(out, a->why));
    MIEN_TRY(mien_buf_printf(out, "<td>"));
    MIEN_TRY(mien_report_fork(out, a));
    return mien_buf_printf(out, "</td></tr>\n");
}

mien_status mien_report_acts(mien_buf *out, const mien_past *past) {
    static const char *const heads[] = {
        "#",      "#start", "#step", "cause",
        "remedy", "",       "why",   "loss of the fork test",
        NULL};
    MIEN_TRY(mien_report_heading(out, "interventions", "Interventions"));
    if (!past->n_acts) return mien_buf_printf(out, "<p>None was needed.</p>\n");
    MIEN_TRY(mien_buf_printf(
        out,
        "<p class=\"soft\">Each was tried on a copy of the training, "
        "beside one without it, on the same batches: the solid line is "
        "the loss with it, the dashed one without. The numbers are those "
        "in the pictures.</p>\n"));
    MIEN_TRY(begin_table(out, heads));
    for (int i = 0; i < past->n_acts; i++)
        MIEN_TRY(put_act(out, &past->acts[i], i + 1));
    return end_table(out);
}

/* ---- findings and quarantine ------------------------------------------ */

static mien_status put_finding(mien_buf *out, const mien_past_finding *f) {
    static const char *const classes[] = {"soft", "warn", "fail"};
    static const char *const words[] = {"note", "warning", "trouble"};
    const mien_finding *x = &f->finding;
    MIEN_TRY(mien_buf_printf(out, "<tr>"));
    MIEN_TRY(put_whole(out, f->attempt + 1));
    MIEN_TRY(put_whole(out, x->step));
    MIEN_TRY(put_whole(out, f->last));
    MIEN_TRY(put_whole(out, f->times));
    MIEN_TRY(mien_buf_printf(out, "<td class=\"%s\">%s</td>",
                             classes[x->severity], words[x->severity]));
    MIEN_TRY(put_cell(out, mien_cause_text(x->cause)));
    MIEN_TRY(put_cell(out, x->where));
    MIEN_TRY(put_cell(out, x->text));
    return mien_buf_printf(out, "</tr>\n");
}

mien_status mien_report_findings(mien_buf *out, const mien_past *past) {
    static const char *const heads[] = {"#start", "#step", "#to",
                                        "#times", "",      "cause",
                                        "where",  "found", NULL};
    MIEN_TRY(mien_report_heading(out, "findings", "Findings"));
    if (!past->n_findings)
        return mien_buf_printf(out, "<p>Nothing was found wrong.</p>\n");
    MIEN_TRY(begin_table(out, heads));
    for (int i = 0; i < past->n_findings && i < MOST_FINDINGS; i++)
        MIEN_TRY(put_finding(out, &past->findings[i]));
    MIEN_TRY(end_table(out));
    if (past->n_findings <= MOST_FINDINGS) return MIEN_OK;
    return mien_buf_printf(out,
                           "<p class=\"soft\">And %d more, in "
                           "<code>health.jsonl</code>.</p>\n",
                           past->n_findings - MOST_FINDINGS);
}

mien_status mien_report_quarantines(mien_buf *out, const mien_past *past) {
    static const char *const heads[] = {"#start",  "#step",  "#epoch", "#batch",
                                        "#sample", "reason", NULL};
    MIEN_TRY(mien_report_heading(out, "quarantine", "Quarantined batches"));
    if (!past->n_quarantines)
        return mien_buf_printf(out, "<p>No batch was left out.</p>\n");
    MIEN_TRY(begin_table(out, heads));
    for (int i = 0; i < past->n_quarantines; i++) {
        const mien_past_quarantine *q = &past->quarantines[i];
        MIEN_TRY(mien_buf_printf(out, "<tr>"));
        MIEN_TRY(put_whole(out, q->attempt + 1));
        MIEN_TRY(put_whole(out, q->step));
        MIEN_TRY(put_whole(out, q->epoch + 1));
        MIEN_TRY(put_whole(out, q->batch));
        MIEN_TRY(q->sample < 0 ? mien_buf_printf(out, "<td class=\"n\"></td>")
                               : put_whole(out, q->sample));
        MIEN_TRY(put_cell(out, q->reason));
        MIEN_TRY(mien_buf_printf(out, "</tr>\n"));
    }
    return end_table(out);
}

/* ---- layers ----------------------------------------------------------- */

/* |dW| / |W| of a layer's weight tensors, the largest; NaN: it has none. */
static double ratio_of(const mien_past_attempt *a, int layer, int time) {
    const float *weight = mien_past_row(a, MIEN_SERIES_WEIGHT, time);
    const float *update = mien_past_row(a, MIEN_SERIES_UPDATE, time);
    double most = NAN;
    for (int i = 0; i < a->n_tensors; i++) {
        if (a->layer_of[i] != layer || strcmp(a->roles[i], "weight")) continue;
        if (!isfinite(update[i])) return INFINITY;
        if (weight[i] > 0) most = fmax(most, update[i] / weight[i]);
    }
    return most;
}

/* An unknown value of a measured series is one that was not finite. */
static double shown(const mien_past_attempt *a, mien_series series, int time,
                    int layer) {
    const double x = mien_past_row(a, series, time)[layer];
    return isnan(x) && series != MIEN_SERIES_DEAD ? INFINITY : x;
}

static mien_status put_layer(mien_buf *out, const mien_past_attempt *a,
                             int layer, int time) {
    static const mien_series series[] = {
        MIEN_SERIES_Y_RMS, MIEN_SERIES_FORWARD_GAIN, MIEN_SERIES_DY_RMS,
        MIEN_SERIES_BACKWARD_GAIN, MIEN_SERIES_DEAD};
    MIEN_TRY(mien_buf_printf(out, "<tr>"));
    MIEN_TRY(put_whole(out, layer + 1));
    MIEN_TRY(put_cell(out, a->layers[layer]));
    MIEN_TRY(put_cell(out, a->kinds[layer]));
    for (size_t k = 0; k < sizeof series / sizeof *series; k++)
        MIEN_TRY(put_figure(out, shown(a, series[k], time, layer)));
    MIEN_TRY(put_figure(out, ratio_of(a, layer, time)));
    return mien_buf_printf(out, "</tr>\n");
}

mien_status mien_report_layers(mien_buf *out, const mien_past *past,
                               int attempt) {
    static const char *const heads[] = {"#",
                                        "layer",
                                        "kind",
                                        "#values, rms",
                                        "#forward gain",
                                        "#gradient, rms",
                                        "#backward gain",
                                        "#dead share",
                                        "#|dW| / |W|",
                                        NULL};
    const mien_past_attempt *a = &past->attempts[attempt];
    MIEN_TRY(mien_report_heading(out, "layers", "Layers at the last probe"));
    MIEN_TRY(begin_table(out, heads));
    for (int i = 0; i < a->n_layers; i++)
        MIEN_TRY(put_layer(out, a, i, a->n_times - 1));
    return end_table(out);
}
