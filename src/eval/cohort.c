/* SPDX-License-Identifier: Apache-2.0 */
/* cohort.c - the errors of one threshold, group by group.
 *
 * In a group are the comparisons of two of its members; one threshold, set by
 * all comparisons together, is used for all groups, as it is in use.
 * Source: Grother, Ngan, Hanaoka, Face Recognition Vendor Test part 3:
 *         demographic effects, NIST IR 8280, 2019. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "eval/cohort_labels.h"
#include "eval/match_set.h"

enum { MAX_FILE = 64 << 20, MAX_GROUPS = 10000 };

static const double default_fmr = 1e-3;

void mien_cohort_defaults(mien_cohort_options *options) {
    *options = (mien_cohort_options){.fmr = default_fmr};
    mien_people_defaults(&options->from.photos);
}

typedef struct run {
    const mien_cohort_options *options;
    mien_match_set m;
    mien_cohort_labels labels;
    const mien_cohort_row **row; /* of each person, or NULL */
    char labels_hash[MIEN_HASH_HEX];
    double threshold;
    mien_det_point all; /* of everybody */
    int draws;          /* the fewest of any group */
    mien_report *report;
} run;

static mien_status read_labels(run *r) {
    const char *path = r->options->labels;
    mien_buf text = {.cap = MAX_FILE};
    char nothing[] = "";
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK) {
        char *bytes = text.size ? (char *)text.data : nothing;
        mien_hash_once(r->labels_hash, bytes, text.size);
        status = strlen(bytes) == text.size
                     ? mien_cohort_labels_parse(&r->labels, bytes, path)
                     : mien_fail(MIEN_EFORMAT, "%s: not a text file", path);
    }
    mien_buf_close(&text);
    return status;
}

/* People are many, groups few: each person's row once. */
static mien_status place_people(run *r) {
    int known = 0;
    r->row = mien_alloc((size_t)r->m.c.people, sizeof *r->row);
    if (!r->row) return MIEN_ENOMEM;
    for (int p = 0; p < r->m.c.people; p++) {
        r->row[p] =
            mien_cohort_labels_find(&r->labels, mien_match_set_label(&r->m, p));
        known += r->row[p] != NULL;
    }
    if (!known)
        return mien_fail(MIEN_EDATA, "%s: none of the %d people is in it",
                         r->options->labels, r->m.c.people);
    if (known < r->m.c.people)
        mien_report_note(r->report, "%d of %d people have no labels",
                         r->m.c.people - known, r->m.c.people);
    return MIEN_OK;
}

static const char *value_of(const run *r, int person, int attribute) {
    return r->row[person] ? r->row[person]->value[attribute] : "";
}

/* ---- one group -------------------------------------------------------- */

typedef struct group {
    const char *attribute, *value;
    mien_comparisons c; /* within it */
    int people;
    double *fmr, *fnmr; /* of each draw */
} group;

/* The comparisons stay in the order of their scores. */
static mien_status gather(group *g, const run *r, int attribute) {
    const mien_comparisons *all = &r->m.c;
    for (int p = 0; p < all->people; p++)
        g->people += !strcmp(value_of(r, p, attribute), g->value);
    for (int64_t i = 0; i < all->n; i++) {
        const mien_comparison *x = &all->item[i];
        if (strcmp(value_of(r, x->a, attribute), g->value) != 0 ||
            strcmp(value_of(r, x->b, attribute), g->value) != 0)
            continue;
        MIEN_TRY(mien_comparisons_add(&g->c, x->score, x->a, x->b));
    }
    return MIEN_OK;
}

static mien_status draw_group(group *g, run *r) {
    const int draws = mien_bootstrap_draws(2 * (double)g->c.n);
    int *times = mien_alloc((size_t)r->m.c.people, sizeof *times);
    g->fmr = mien_alloc((size_t)draws, sizeof *g->fmr);
    g->fnmr = mien_alloc((size_t)draws, sizeof *g->fnmr);
    if (draws < r->draws) r->draws = draws;
    for (int b = 0; b < draws && times && g->fmr && g->fnmr; b++) {
        mien_bootstrap_draw(times, r->m.c.people, b);
        const mien_det_point p = mien_det_of(r->threshold, &g->c, times);
        g->fmr[b] = p.fmr;
        g->fnmr[b] = p.fnmr;
    }
    mien_free(times);
    return times && g->fmr && g->fnmr ? MIEN_OK : MIEN_ENOMEM;
}

static void add_row(const group *g, run *r) {
    const mien_det_point p = mien_det_of(r->threshold, &g->c, NULL);
    mien_report *t = r->report;
    const int draws = mien_bootstrap_draws(2 * (double)g->c.n);
    mien_report_row(t);
    mien_report_cell(t,
                     mien_figure_text("attribute", "attribute", g->attribute));
    mien_report_cell(t, mien_figure_text("cohort", "cohort", g->value));
    mien_report_cell(t, mien_figure_count("people", "people", g->people));
    mien_report_cell(
        t, mien_figure_count("genuines", "genuine", (double)g->c.genuines));
    mien_report_cell(
        t, mien_figure_count("impostors", "impostor", (double)g->c.impostors));
    mien_report_cell(
        t, mien_figure_share(
               "fmr", "FMR", p.fmr,
               mien_bootstrap_share(g->fmr, draws, p.fmr, g->people)));
    mien_report_cell(
        t, mien_figure_number("fmr_ratio", "/ all", p.fmr / r->all.fmr));
    mien_report_cell(
        t, mien_figure_share(
               "fnmr", "FNMR", p.fnmr,
               mien_bootstrap_share(g->fnmr, draws, p.fnmr, g->people)));
}

static mien_status measure_group(run *r, int attribute, const char *value) {
    group g = {.attribute = r->labels.attribute[attribute], .value = value};
    mien_status status = gather(&g, r, attribute);
    if (status == MIEN_OK) status = draw_group(&g, r);
    if (status == MIEN_OK) add_row(&g, r);
    mien_free(g.fmr);
    mien_free(g.fnmr);
    mien_comparisons_close(&g.c);
    return status;
}

/* ---- all of them ------------------------------------------------------ */

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static mien_status measure_attribute(run *r, int attribute) {
    const int people = r->m.c.people;
    const char **value = mien_alloc((size_t)people, sizeof *value);
    if (!value) return MIEN_ENOMEM;
    mien_status status = MIEN_OK;
    for (int p = 0; p < people; p++) value[p] = value_of(r, p, attribute);
    qsort(value, (size_t)people, sizeof *value, compare);
    int groups = 0;
    for (int p = 0; p < people && status == MIEN_OK; p++) {
        if (!value[p][0] || (p && !strcmp(value[p - 1], value[p]))) continue;
        status = ++groups > MAX_GROUPS
                     ? mien_fail(MIEN_ELIMIT, "%s: over %d groups of '%s'",
                                 r->options->labels, MAX_GROUPS,
                                 r->labels.attribute[attribute])
                     : measure_group(r, attribute, value[p]);
    }
    mien_free(value);
    return status;
}

static mien_status measure_all(run *r) {
    const char *only = r->options->column;
    int measured = 0;
    mien_report_table(r->report, "cohorts", "groups at one threshold");
    for (int k = 0; k < r->labels.attributes; k++) {
        if (only && strcmp(only, r->labels.attribute[k]) != 0) continue;
        MIEN_TRY(measure_attribute(r, k));
        measured++;
    }
    if (measured) return MIEN_OK;
    return mien_fail(MIEN_EINVAL, "%s: no attribute '%s'", r->options->labels,
                     only);
}

static mien_status set_threshold(run *r) {
    const double fmr = r->options->fmr;
    MIEN_TRY(
        mien_rate_check(fmr, r->m.c.impostors, "FMR", "impostor comparisons"));
    mien_det_at(&r->all, &fmr, 1, &r->m.c, NULL);
    r->threshold = r->all.threshold;
    if (isinf(r->threshold))
        return mien_fail(MIEN_EDATA,
                         "no threshold has an FMR of %g: too many comparisons "
                         "share the highest score",
                         fmr);
    return MIEN_OK;
}

static mien_status fill(run *r) {
    mien_report *t = r->report;
    MIEN_TRY(place_people(r));
    MIEN_TRY(set_threshold(r));
    mien_report_add(t,
                    mien_figure_number("threshold", "threshold", r->threshold));
    mien_report_add(t, mien_figure_share("fmr", "FMR of all", r->all.fmr,
                                         mien_no_interval));
    mien_report_add(t, mien_figure_share("fnmr", "FNMR of all", r->all.fnmr,
                                         mien_no_interval));
    mien_match_set_state(&r->m, t);
    mien_report_add(t,
                    mien_figure_text("labels_hash", "labels", r->labels_hash));
    MIEN_TRY(measure_all(r));
    mien_bootstrap_state(t, "person", r->draws);
    return mien_det_charts(&r->m.c, t);
}

mien_status mien_cohort_run(mien_report **out,
                            const mien_cohort_options *options) {
    run r = {.options = options, .draws = MIEN_DRAWS};
    *out = NULL;
    mien_status status =
        options->labels
            ? read_labels(&r)
            : mien_fail(MIEN_EINVAL, "a file of people's groups is needed");
    if (status == MIEN_OK) status = mien_match_set_open(&r.m, &options->from);
    if (status == MIEN_OK)
        status = mien_report_new(&r.report, "cohorts at one threshold");
    if (status == MIEN_OK) status = fill(&r);
    if (status == MIEN_OK)
        status = mien_report_finish(out, r.report);
    else
        mien_report_free(r.report);
    mien_free(r.row);
    mien_cohort_labels_close(&r.labels);
    mien_match_set_close(&r.m);
    return status;
}
