/* SPDX-License-Identifier: Apache-2.0 */
/* det.c - FNMR at thresholds of given FMR, as NIST reports verification.
 *
 * Source: ISO/IEC 19795-1:2021; Grother, Ngan, Hanaoka, Face Recognition
 *         Vendor Test part 1: verification, NIST. */
#include <math.h>

#include "base/log.h"
#include "base/mem.h"
#include "eval/match_set.h"

enum { LEVELS = 6 };

void mien_det_defaults(mien_det_options *options) {
    *options = (mien_det_options){0};
    mien_people_defaults(&options->from.photos);
}

typedef struct run {
    mien_match_set m;
    double level[LEVELS];
    mien_det_point at[LEVELS];
    int levels, draws;
    int *times;
    double *eer, *fnmr; /* of each draw; of each level and draw */
} run;

/* As printed: what the comparisons cannot show is refused when asked for, and
 * left out with a word when not. */
static mien_status choose_levels(run *r, double fmr, mien_report *report) {
    const int64_t n = r->m.c.impostors;
    if (fmr > 0) {
        MIEN_TRY(mien_rate_check(fmr, n, "FMR", "impostor comparisons"));
        r->level[0] = fmr;
        r->levels = 1;
        return MIEN_OK;
    }
    r->levels = mien_rate_levels(r->level, n);
    if (r->levels < LEVELS)
        mien_report_note(report,
                         "%lld impostor comparisons cannot show an FMR below "
                         "%.3g",
                         (long long)n, 1.0 / (double)n);
    return MIEN_OK;
}

static mien_status draw_all(run *r) {
    const mien_comparisons *c = &r->m.c;
    const size_t draws = (size_t)mien_bootstrap_draws(5 * (double)c->n);
    r->draws = (int)draws;
    r->times = mien_alloc((size_t)c->people, sizeof *r->times);
    r->eer = mien_alloc(draws, sizeof *r->eer);
    r->fnmr = mien_alloc(draws * LEVELS, sizeof *r->fnmr);
    if (!r->times || !r->eer || !r->fnmr) return MIEN_ENOMEM;
    for (int b = 0; b < r->draws; b++) {
        mien_det_point at[LEVELS];
        mien_bootstrap_draw(r->times, c->people, b);
        mien_det_at(at, r->level, r->levels, c, r->times);
        r->eer[b] = mien_det_eer(c, r->times);
        for (int k = 0; k < r->levels; k++)
            r->fnmr[(size_t)k * draws + (size_t)b] = at[k].fnmr;
        mien_progress("bootstrap", b + 1, r->draws, NULL);
    }
    return MIEN_OK;
}

static void add_levels(run *r, mien_report *report) {
    mien_det_at(r->at, r->level, r->levels, &r->m.c, NULL);
    mien_report_table(report, "levels", "errors at thresholds of given FMR");
    for (int k = 0; k < r->levels; k++) {
        double *drawn = r->fnmr + (size_t)k * (size_t)r->draws;
        mien_report_row(report);
        mien_report_cell(report, mien_figure_number("fmr", "FMR", r->level[k]));
        mien_report_cell(report, mien_figure_number("threshold", "threshold",
                                                    r->at[k].threshold));
        mien_report_cell(
            report, mien_figure_number("fmr_there", "there", r->at[k].fmr));
        mien_report_cell(
            report, mien_figure_share(
                        "fnmr", "FNMR", r->at[k].fnmr,
                        mien_bootstrap_share(drawn, r->draws, r->at[k].fnmr,
                                             r->m.c.people)));
    }
}

static mien_status fill(run *r, const mien_det_options *o,
                        mien_report *report) {
    MIEN_TRY(choose_levels(r, o->fmr, report));
    MIEN_TRY(draw_all(r));
    mien_report_add(
        report, mien_figure_share("eer", "EER", mien_det_eer(&r->m.c, NULL),
                                  mien_bootstrap_interval(r->eer, r->draws)));
    mien_match_set_state(&r->m, report);
    add_levels(r, report);
    mien_bootstrap_state(report, "person", r->draws);
    return mien_det_charts(&r->m.c, report);
}

mien_status mien_det_run(mien_report **out, const mien_det_options *options) {
    run r = {0};
    mien_report *report = NULL;
    *out = NULL;
    mien_status status = options->fmr < 0 || options->fmr > 1
                             ? mien_fail(MIEN_EINVAL, "FMR is a share, 0 to 1")
                             : mien_match_set_open(&r.m, &options->from);
    if (status == MIEN_OK)
        status = mien_report_new(&report,
                                 options->from.pairs    ? "det, given pairs"
                                 : options->from.scores ? "det, given scores"
                                                        : "det, all with all");
    if (status == MIEN_OK) status = fill(&r, options, report);
    if (status == MIEN_OK)
        status = mien_report_finish(out, report);
    else
        mien_report_free(report);
    mien_free(r.times);
    mien_free(r.eer);
    mien_free(r.fnmr);
    mien_match_set_close(&r.m);
    return status;
}
