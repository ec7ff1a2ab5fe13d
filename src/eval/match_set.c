/* SPDX-License-Identifier: Apache-2.0 */
/* match_set.c - comparisons and where they come from. */
#include "eval/match_set.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { MAX_FILE = 1 << 30, POINTS = 4096, BINS = 50 };

static mien_status read_scores(mien_match_set *m, const char *path) {
    mien_buf text = {.cap = MAX_FILE};
    char nothing[] = "";
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK) {
        char *bytes = text.size ? (char *)text.data : nothing;
        mien_hash_once(m->hash, bytes, text.size);
        status = strlen(bytes) == text.size
                     ? mien_scores_parse(&m->c, &m->labels, bytes, path)
                     : mien_fail(MIEN_EFORMAT, "%s: not a text file", path);
    }
    mien_buf_close(&text);
    return status;
}

static mien_status open_set(mien_match_set *m, const mien_match_source *s) {
    const bool photos = s->photos.model || s->photos.data;
    if (photos == (s->scores != NULL) || (s->scores && s->pairs))
        return mien_fail(MIEN_EINVAL,
                         "comparisons come either from a model and photos or "
                         "from a table of scores");
    if (s->scores) {
        MIEN_TRY(read_scores(m, s->scores));
    } else {
        MIEN_TRY(mien_templates_make(&m->t, &s->photos, s->pairs));
        MIEN_TRY(mien_templates_compare(&m->c, &m->t));
    }
    return mien_comparisons_sort(&m->c);
}

mien_status mien_match_set_open(mien_match_set *m,
                                const mien_match_source *source) {
    *m = (mien_match_set){0};
    const mien_status status = open_set(m, source);
    if (status != MIEN_OK) mien_match_set_close(m);
    return status;
}

void mien_match_set_close(mien_match_set *m) {
    mien_comparisons_close(&m->c);
    mien_templates_close(&m->t);
    mien_labels_close(&m->labels);
}

void mien_match_set_state(const mien_match_set *m, mien_report *r) {
    if (m->t.model) {
        mien_templates_state(&m->t, r);
    } else {
        mien_report_data(r, m->hash);
        mien_report_add(r, mien_figure_count("people", "people", m->labels.n));
    }
    mien_report_add(
        r, mien_figure_count("genuines", "genuine", (double)m->c.genuines));
    mien_report_add(
        r, mien_figure_count("impostors", "impostor", (double)m->c.impostors));
}

const char *mien_match_set_label(const mien_match_set *m, int person) {
    return m->t.model ? m->t.name[person] : m->labels.label[person];
}

/* ---- charts ----------------------------------------------------------- */

static mien_status det_chart(const mien_comparisons *c, mien_report *r) {
    mien_det_point *point = mien_alloc(POINTS, sizeof *point);
    double *x = mien_alloc(POINTS, sizeof *x);
    double *y = mien_alloc(POINTS, sizeof *y);
    if (point && x && y) {
        const int n = mien_det_curve(point, POINTS, c);
        for (int i = 0; i < n; i++) x[i] = point[i].fmr, y[i] = point[i].fnmr;
        mien_report_panel(
            r, &(mien_panel){.key = "det",
                             .x_label = "FMR: different people accepted",
                             .y_label = "FNMR: same people rejected",
                             .log_x = true,
                             .log_y = true,
                             .x = {1.0 / (double)c->impostors, 1},
                             .y = {1.0 / (double)c->genuines, 1}});
        mien_report_curve(r, "DET", x, y, n);
    }
    const bool good = point && x && y;
    mien_free(point);
    mien_free(x);
    mien_free(y);
    return good ? MIEN_OK : MIEN_ENOMEM;
}

/* Shares of each side in equal parts of the range, to the next tenth. */
static void score_chart(const mien_comparisons *c, mien_report *r) {
    double left[BINS], share[2][BINS] = {{0}}, top = 0;
    const double scale = 10;
    const double low = floor(c->item[c->n - 1].score * scale - 1e-6) / scale;
    const double high = ceil(c->item[0].score * scale + 1e-6) / scale;
    for (int64_t i = 0; i < c->n; i++) {
        const bool same = c->item[i].a == c->item[i].b;
        int bin = (int)(BINS * (c->item[i].score - low) / (high - low));
        bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
        share[same][bin] += 1.0 / (double)(same ? c->genuines : c->impostors);
        top = fmax(top, share[same][bin]);
    }
    for (int i = 0; i < BINS; i++) left[i] = low + i * (high - low) / BINS;
    mien_report_panel(r, &(mien_panel){.key = "scores",
                                       .x_label = "score",
                                       .y_label = "share of the comparisons",
                                       .bars = true,
                                       .x = {low, high},
                                       .y = {0, 1.05 * top}});
    mien_report_curve(r, "the same person", left, share[1], BINS);
    mien_report_curve(r, "different people", left, share[0], BINS);
}

mien_status mien_det_charts(const mien_comparisons *c, mien_report *r) {
    MIEN_TRY(det_chart(c, r));
    score_chart(c, r);
    return MIEN_OK;
}
