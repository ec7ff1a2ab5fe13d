/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - what an evaluation found: named figures, tables and charts.
 *
 *   const mien_report_facts *f = mien_report_facts_of(report);
 *   for (int i = 0; i < f->figures; i++)
 *       printf("%s %g\n", f->figure[i].key, f->figure[i].value);
 *   mien_report_write_csv(report, "figures.csv");
 *   mien_report_plot(report, "figures.svg");
 *   mien_report_free(report);
 *
 * All protocols answer in this form, so that one program can print, store and
 * draw any of them. */
#ifndef MIEN_REPORT_H
#define MIEN_REPORT_H

#include <stdbool.h>

#include "mien/status.h"

typedef enum mien_unit {
    MIEN_UNIT_SHARE,  /* 0 to 1 */
    MIEN_UNIT_NUMBER, /* a score, a ratio */
    MIEN_UNIT_COUNT,
    MIEN_UNIT_TEXT
} mien_unit;

typedef struct mien_figure {
    const char *key;   /* snake_case, "fnmr" */
    const char *label; /* for people, "FNMR" */
    mien_unit unit;
    double value;     /* NaN: there is none */
    double low, high; /* its interval; NaN: none was made */
    const char *text; /* of MIEN_UNIT_TEXT, else NULL */
} mien_figure;

/* Every row has the same columns, which its cells name. */
typedef struct mien_table {
    const char *key, *label;
    const mien_figure *cell; /* rows x columns */
    int rows, columns;
} mien_table;

typedef struct mien_curve {
    const char *label;
    const double *x, *y; /* n of each */
    int n;
} mien_curve;

typedef struct mien_panel {
    const char *key, *x_label, *y_label;
    bool log_x, log_y;
    bool bars; /* a histogram: y of equal parts of x, which are their left
                  edges */
    double x[2], y[2]; /* what the axes show */
    const mien_curve *curve;
    int curves;
} mien_panel;

/* Texts live as long as the report. */
typedef struct mien_report_facts {
    const char *protocol;  /* its full name */
    const char *interval;  /* what low and high are; NULL: there are none */
    const char *data_hash; /* BLAKE2b-256 of all that was read, hex */
    const char *model;     /* of weights, alignment and preprocessing; NULL: the
                              scores or features came without a model */
    const char *weights_hash;
    const mien_figure *figure;
    int figures;
    const mien_table *table;
    int tables;
    const mien_panel *panel;
    int panels;
    const char *const *note; /* what the figures do not say */
    int notes;
} mien_report_facts;

typedef struct mien_report mien_report;

const mien_report_facts *mien_report_facts_of(const mien_report *report);
void mien_report_free(mien_report *report); /* NULL is fine */

/* All of it as CSV: part,name,row,key,value,low,high,text, where part is
 * "figure", "table" or "chart".
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOTFOUND, MIEN_ENOMEM. */
mien_status mien_report_write_csv(const mien_report *report, const char *path);

/* The charts side by side, .png or .svg.
 *
 * Errors: MIEN_EINVAL for another extension or a report without charts; as
 *         above. */
mien_status mien_report_plot(const mien_report *report, const char *path);

#endif
