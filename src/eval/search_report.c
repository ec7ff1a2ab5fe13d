/* SPDX-License-Identifier: Apache-2.0 */
/* search_report.c - investigation: the rank alone; identification: a fixed
 * share of strangers who are taken for somebody. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/compare.h"
#include "eval/search.h"

enum { LEVELS = 6, RANKS = 6, MAX_CHART = 50, CURVE = 400 };

static const int ranks[RANKS] = {1, 2, 5, 10, 20, 50};

/* What is drawn; each has a value a draw. */
typedef struct draws {
    const mien_searches *s;
    double level[LEVELS];
    int levels, n, gallery;
    int *times;
    double *rank[RANKS];                 /* FNIR(N, R, 0) */
    double *any[LEVELS], *first[LEVELS]; /* FNIR at each level */
    double *all;                         /* where they lie */
} draws;

static mien_status make_room(draws *d) {
    const size_t n = (size_t)d->n;
    d->times = mien_alloc((size_t)d->s->people, sizeof *d->times);
    d->all = mien_alloc(n * (RANKS + 2 * LEVELS), sizeof *d->all);
    if (!d->times || !d->all) return MIEN_ENOMEM;
    for (size_t k = 0; k < RANKS; k++) d->rank[k] = d->all + n * k;
    for (size_t k = 0; k < LEVELS; k++) {
        d->any[k] = d->all + n * (RANKS + k);
        d->first[k] = d->all + n * (RANKS + LEVELS + k);
    }
    return MIEN_OK;
}

static void draw_all(draws *d) {
    for (int b = 0; b < d->n; b++) {
        mien_bootstrap_draw(d->times, d->s->people, b);
        for (int k = 0; k < RANKS; k++)
            d->rank[k][b] = mien_fnir(d->s, ranks[k], 0, d->times);
        for (int k = 0; k < d->levels; k++) {
            const double t = mien_fpir_threshold(d->s, d->level[k], d->times);
            d->any[k][b] = mien_fnir(d->s, 0, t, d->times);
            d->first[k][b] = mien_fnir(d->s, 1, t, d->times);
        }
    }
}

static void add_fnir(const draws *d, mien_report *r, const char *key,
                     const char *label, double value, double *drawn) {
    mien_report_cell(
        r, mien_figure_share(
               key, label, value,
               mien_bootstrap_share(drawn, d->n, value, d->s->people)));
}

static void add_tables(const draws *d, mien_report *r) {
    mien_report_table(r, "ranks", "investigation: threshold 0");
    for (int k = 0; k < RANKS && ranks[k] <= d->gallery; k++) {
        mien_report_row(r);
        mien_report_cell(r, mien_figure_count("rank", "rank", ranks[k]));
        add_fnir(d, r, "fnir", "FNIR", mien_fnir(d->s, ranks[k], 0, NULL),
                 d->rank[k]);
    }
    mien_report_table(r, "levels", "identification: a fixed FPIR");
    for (int k = 0; k < d->levels; k++) {
        const double t = mien_fpir_threshold(d->s, d->level[k], NULL);
        mien_report_row(r);
        mien_report_cell(r, mien_figure_number("fpir", "FPIR", d->level[k]));
        mien_report_cell(r, mien_figure_number("threshold", "threshold", t));
        mien_report_cell(r, mien_figure_number("fpir_there", "there",
                                               mien_fpir(d->s, t, NULL)));
        add_fnir(d, r, "fnir", "FNIR", mien_fnir(d->s, 0, t, NULL), d->any[k]);
        add_fnir(d, r, "fnir_rank1", "FNIR of rank 1",
                 mien_fnir(d->s, 1, t, NULL), d->first[k]);
    }
}

static void add_ranks_chart(const draws *d, mien_report *r) {
    double x[MAX_CHART], y[MAX_CHART];
    int n = 0;
    for (; n < MAX_CHART && n < d->gallery; n++) {
        x[n] = n + 1;
        y[n] = 1 - mien_fnir(d->s, n + 1, 0, NULL);
    }
    mien_report_panel(r, &(mien_panel){.key = "cmc",
                                       .x_label = "rank",
                                       .y_label = "mated searches: hits",
                                       .log_x = true,
                                       .x = {1, fmax(n, 2)},
                                       .y = {0, 1}});
    mien_report_curve(r, "CMC", x, y, n);
}

static void add_levels_chart(const draws *d, mien_report *r) {
    const double strangers = d->s->n - d->s->mated;
    double x[CURVE], y[CURVE];
    for (int i = 0; i < CURVE; i++) {
        const double fpir = pow(1 / strangers, 1 - i / (CURVE - 1.0));
        const double t = mien_fpir_threshold(d->s, fpir, NULL);
        x[i] = mien_fpir(d->s, t, NULL);
        y[i] = mien_fnir(d->s, 0, t, NULL);
    }
    mien_report_panel(
        r, &(mien_panel){.key = "iet",
                         .x_label = "FPIR: strangers taken for somebody",
                         .y_label = "FNIR: people not found",
                         .log_x = true,
                         .log_y = true,
                         .x = {1 / strangers, 1},
                         .y = {1.0 / d->s->mated, 1}});
    mien_report_curve(r, "identification", x, y, CURVE);
}

static mien_status choose_levels(draws *d, double fpir, mien_report *r) {
    const int strangers = d->s->n - d->s->mated;
    if (fpir > 0) {
        MIEN_TRY(
            mien_rate_check(fpir, strangers, "FPIR", "non-mated searches"));
        d->level[d->levels++] = fpir;
        return MIEN_OK;
    }
    d->levels = mien_rate_levels(d->level, strangers);
    if (d->levels < LEVELS)
        mien_report_note(r,
                         "%d non-mated searches cannot show an FPIR below %.3g",
                         strangers, 1.0 / strangers);
    return MIEN_OK;
}

mien_status mien_searches_report(const mien_searches *s, double fpir,
                                 int gallery, mien_report *r) {
    draws d = {.s = s, .gallery = gallery};
    d.n = mien_bootstrap_draws((RANKS + 3.0 * LEVELS) * s->n);
    mien_status status = choose_levels(&d, fpir, r);
    if (status == MIEN_OK) status = make_room(&d);
    if (status == MIEN_OK) {
        draw_all(&d);
        mien_report_add(r, mien_figure_count("gallery", "gallery", gallery));
        mien_report_add(r, mien_figure_count("mated", "mated", s->mated));
        mien_report_add(
            r, mien_figure_count("non_mated", "non-mated", s->n - s->mated));
        mien_bootstrap_state(r, "person", d.n);
        add_tables(&d, r);
        add_ranks_chart(&d, r);
        add_levels_chart(&d, r);
    }
    mien_free(d.times);
    mien_free(d.all);
    return status;
}
