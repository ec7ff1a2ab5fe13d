/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - put a report together.
 *
 *   mien_report *r;
 *   MIEN_TRY(mien_report_new(&r, "lfw view 2"));
 *   mien_report_add(r, mien_figure_share("ap", "AP", ap, interval));
 *   mien_report_table(r, "levels", "by FMR");
 *   mien_report_row(r);
 *   mien_report_cell(r, mien_figure_number("threshold", "threshold", t));
 *   mien_report_panel(r, &(mien_panel){...});
 *   mien_report_curve(r, "own", x, y, n);
 *   return mien_report_finish(out, r);
 *
 * The first error is remembered and finish() reports it; what was added after
 * it is lost. Texts and curves are copied. */
#ifndef MIEN_EVAL_REPORT_H
#define MIEN_EVAL_REPORT_H

#include "base/buf.h"
#include "base/fail.h"
#include "base/hash.h"
#include "mien/model.h"
#include "mien/report.h"

/* Both NaN: no interval. */
typedef struct mien_interval {
    double low, high;
} mien_interval;

extern const mien_interval mien_no_interval;

mien_figure mien_figure_share(const char *key, const char *label, double value,
                              mien_interval interval);
mien_figure mien_figure_number(const char *key, const char *label,
                               double value);
mien_figure mien_figure_ratio(const char *key, const char *label, double value,
                              mien_interval interval);
mien_figure mien_figure_count(const char *key, const char *label, double value);
mien_figure mien_figure_text(const char *key, const char *label,
                             const char *text);

/* Owns:   *out is the caller's until mien_report_finish().
 * Errors: MIEN_ENOMEM; *out is then NULL. */
mien_status mien_report_new(mien_report **out, const char *protocol);

/* What was tested on what; a NULL changes nothing. */
void mien_report_data(mien_report *r, const char *data_hash);
void mien_report_model(mien_report *r, const mien_model *model);
void mien_report_interval(mien_report *r, const char *text);
void mien_report_note(mien_report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void mien_report_add(mien_report *r, mien_figure figure);

/* A table; then rows; then cells, which every row has equally many of. */
void mien_report_table(mien_report *r, const char *key, const char *label);
void mien_report_row(mien_report *r);
void mien_report_cell(mien_report *r, mien_figure figure);

/* A chart without curves; then its curves. */
void mien_report_panel(mien_report *r, const mien_panel *panel);
void mien_report_curve(mien_report *r, const char *label, const double *x,
                       const double *y, int n);

/* Hand it over, or free it and report the first error.
 *
 * Owns:   *out is the caller's; mien_report_free() frees it. */
mien_status mien_report_finish(mien_report **out, mien_report *r);

/* Append a field as RFC 4180 wants it; nothing for NULL. */
mien_status mien_csv_field(mien_buf *out, const char *text);

#endif
