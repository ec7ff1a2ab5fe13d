/* SPDX-License-Identifier: Apache-2.0 */
/* megaface.c - feature files to rank-1 rates and TAR at FAR. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "base/log.h"
#include "base/mem.h"
#include "eval/bootstrap.h"
#include "eval/compare.h"
#include "eval/feature_files.h"
#include "eval/mega.h"
#include "mien/eval.h"
#include "nn/dnnl/conv.h"

enum { BLOCK = MIEN_MEGA_BLOCK, MAX_KEPT = 1 << 26 };

static const double default_far = 1e-6;

void mien_megaface_defaults(mien_megaface_options *options) {
    *options = (mien_megaface_options){0};
}

/* A person's ordered pairs, and how many of them are hits. */
typedef struct tally {
    int64_t pairs, hits[MIEN_MEGA_SIZES], accepted;
} tally;

typedef struct run {
    const mien_megaface_options *options;
    mien_features probes, distractors;
    float *probe, *block;
    int *person; /* of each probe */
    int people;
    mien_mega mega;
    double far, threshold;
    bool shows_far;
    tally *tally; /* of each person */
    int *times;
    char hash[MIEN_HASH_HEX];
} run;

/* ---- reading ---------------------------------------------------------- */

/* The first folder of a path is the person. */
static mien_status number_people(run *r) {
    const char *last = "";
    size_t last_length = 0;
    r->person = mien_alloc((size_t)r->probes.paths.n, sizeof *r->person);
    if (!r->person) return MIEN_ENOMEM;
    for (int i = 0; i < r->probes.paths.n; i++) {
        const char *path = r->probes.paths.path[i] + r->probes.head;
        path += strspn(path, "/");
        const size_t length = strcspn(path, "/");
        if (!path[length])
            return mien_fail(MIEN_EDATA,
                             "%s: feature file %d lies in no person's folder",
                             r->options->probes, i + 1);
        if (length != last_length || strncmp(path, last, length) != 0)
            r->people++;
        last = path;
        last_length = length;
        r->person[i] = r->people - 1;
    }
    return MIEN_OK;
}

static mien_status open_all(run *r) {
    const mien_megaface_options *o = r->options;
    if (!o->probes || !o->distractors)
        return mien_fail(MIEN_EINVAL,
                         "folders of feature files of probes and of "
                         "distractors are needed");
    if (o->far < 0 || o->far > 1)
        return mien_fail(MIEN_EINVAL, "FAR is a share, 0 to 1");
    MIEN_TRY(mien_features_open(&r->probes, o->probes, NULL));
    MIEN_TRY(mien_features_open(&r->distractors, o->distractors, o->list));
    if (r->probes.length != r->distractors.length)
        return mien_fail(MIEN_ESHAPE,
                         "probes have %d values and distractors %d",
                         r->probes.length, r->distractors.length);
    MIEN_TRY(number_people(r));
    const size_t n = (size_t)r->probes.paths.n;
    const size_t length = (size_t)r->probes.length;
    r->probe = mien_alloc(n * length, sizeof *r->probe);
    r->block = mien_alloc(BLOCK * length, sizeof *r->block);
    r->tally = mien_alloc((size_t)r->people, sizeof *r->tally);
    r->times = mien_alloc((size_t)r->people, sizeof *r->times);
    if (!r->probe || !r->block || !r->tally || !r->times) return MIEN_ENOMEM;
    return mien_features_read(&r->probes, r->probe, 0, (int)n);
}

/* 10, 100, ... and all of them. */
static int choose_sizes(int *size, int distractors) {
    int n = 0;
    for (int s = 10; s < distractors && n < MIEN_MEGA_SIZES - 1; s *= 10) {
        size[n++] = s;
        if (s > distractors / 10) break;
    }
    if (!n || size[n - 1] != distractors) size[n++] = distractors;
    return n;
}

static mien_status choose_far(run *r, int64_t *room) {
    const int64_t n =
        (int64_t)r->probes.paths.n * (int64_t)r->distractors.paths.n;
    r->far = r->options->far > 0 ? r->options->far : default_far;
    if (r->options->far > 0)
        MIEN_TRY(mien_rate_check(r->far, n, "FAR",
                                 "scores of probes with distractors"));
    r->shows_far = r->far * (double)n >= 1 - 1e-9;
    *room = r->shows_far ? (int64_t)(r->far * (double)n + 1e-9) + 1 : 0;
    if (*room <= MAX_KEPT) return MIEN_OK;
    return mien_fail(MIEN_ELIMIT, "a FAR of %g would keep %lld scores; %d fit",
                     r->far, (long long)*room, MAX_KEPT);
}

static mien_status compare_all(run *r) {
    const int n = r->distractors.paths.n;
    int size[MIEN_MEGA_SIZES];
    int64_t room;
    MIEN_TRY(choose_far(r, &room));
    MIEN_TRY(mien_mega_open(&r->mega, r->probe, r->probes.paths.n,
                            r->probes.length, BLOCK));
    MIEN_TRY(mien_mega_sizes(&r->mega, size, choose_sizes(size, n), room));
    if (mien_cpu_isa() != MIEN_ISA_SCALAR) mien_dnnl_use_gemm();
    for (int i = 0; i < n; i += BLOCK) {
        const int count = n - i < BLOCK ? n - i : BLOCK;
        mien_progress("distractors", i, n, NULL);
        MIEN_TRY(mien_features_read(&r->distractors, r->block, i, count));
        mien_mega_add(&r->mega, r->block, count);
    }
    mien_progress("distractors", n, n, NULL);
    r->threshold = r->shows_far ? mien_mega_threshold(&r->mega, room - 1) : NAN;
    return MIEN_OK;
}

/* ---- counting --------------------------------------------------------- */

static void count_pair(run *r, int probe, int mate) {
    const double score = mien_mega_pair(&r->mega, probe, mate);
    const size_t probes = (size_t)r->mega.probes;
    tally *t = &r->tally[r->person[probe]];
    t->pairs++;
    t->accepted += r->shows_far && score > r->threshold;
    for (int k = 0; k < r->mega.sizes; k++)
        t->hits[k] +=
            score > (double)r->mega.most[(size_t)k * probes + (size_t)probe];
}

static mien_status count_all(run *r) {
    int64_t pairs = 0;
    for (int i = 0; i < r->mega.probes; i++)
        for (int j = 0; j < r->mega.probes; j++)
            if (i != j && r->person[i] == r->person[j]) {
                count_pair(r, i, j);
                pairs++;
            }
    if (pairs) return MIEN_OK;
    return mien_fail(MIEN_EDATA, "%s: nobody has two feature files",
                     r->options->probes);
}

/* Column -1: TAR; else hits among size[column]. */
static double share(const run *r, int column, const int *times) {
    double part = 0, whole = 0;
    for (int p = 0; p < r->people; p++) {
        const double weight = times ? times[p] : 1;
        const tally *t = &r->tally[p];
        whole += weight * (double)t->pairs;
        part += weight * (double)(column < 0 ? t->accepted : t->hits[column]);
    }
    return whole > 0 ? part / whole : NAN;
}

static mien_figure figure_of(run *r, const char *key, const char *label,
                             int column) {
    double drawn[MIEN_DRAWS];
    for (int b = 0; b < MIEN_DRAWS; b++) {
        mien_bootstrap_draw(r->times, r->people, b);
        drawn[b] = share(r, column, r->times);
    }
    const double value = share(r, column, NULL);
    return mien_figure_share(
        key, label, value,
        mien_bootstrap_share(drawn, MIEN_DRAWS, value, r->people));
}

static void state_data(run *r, mien_report *report) {
    char hex[2][MIEN_HASH_HEX];
    mien_hash both;
    mien_hash_end(&r->probes.hash, hex[0]);
    mien_hash_end(&r->distractors.hash, hex[1]);
    mien_hash_begin(&both);
    mien_hash_add(&both, hex, sizeof hex);
    mien_hash_end(&both, r->hash);
    mien_report_data(report, r->hash);
    mien_report_add(report, mien_figure_count("people", "people", r->people));
    mien_report_add(report,
                    mien_figure_count("probes", "probes", r->mega.probes));
    mien_report_add(report, mien_figure_count("distractors", "distractors",
                                              r->distractors.paths.n));
    mien_report_add(report, mien_figure_count("failed", "failed",
                                              (double)(r->probes.failed +
                                                       r->distractors.failed)));
    mien_bootstrap_state(report, "person", MIEN_DRAWS);
    mien_report_note(report,
                     "these are features that came without their model: its "
                     "contract is not known");
}

static void add_sizes(run *r, mien_report *report) {
    double x[MIEN_MEGA_SIZES], y[MIEN_MEGA_SIZES];
    mien_report_table(report, "sizes", "mates among growing numbers");
    for (int k = 0; k < r->mega.sizes; k++) {
        const mien_figure f = figure_of(r, "rank1", "rank 1", k);
        x[k] = r->mega.size[k];
        y[k] = f.value;
        mien_report_row(report);
        mien_report_cell(report,
                         mien_figure_count("distractors", "distractors", x[k]));
        mien_report_cell(report, f);
    }
    mien_report_panel(
        report,
        &(mien_panel){.key = "rank1",
                      .x_label = "distractors",
                      .y_label = "rank 1",
                      .log_x = true,
                      .x = {fmin(10, x[0]), fmax(100, x[r->mega.sizes - 1])},
                      .y = {0, 1}});
    mien_report_curve(report, "rank 1", x, y, r->mega.sizes);
}

static mien_status fill(run *r, mien_report *report) {
    mien_report_add(report, figure_of(r, "rank1", "rank 1", r->mega.sizes - 1));
    if (r->shows_far) {
        mien_report_add(report, mien_figure_number("far", "FAR", r->far));
        mien_report_add(report, figure_of(r, "tar", "TAR", -1));
        mien_report_add(
            report, mien_figure_number("threshold", "threshold", r->threshold));
    } else {
        mien_report_note(report,
                         "%d probes and %d distractors cannot show a FAR of "
                         "%g: no TAR",
                         r->mega.probes, r->distractors.paths.n, r->far);
    }
    state_data(r, report);
    add_sizes(r, report);
    return MIEN_OK;
}

static void close_all(run *r) {
    mien_mega_close(&r->mega);
    mien_features_close(&r->probes);
    mien_features_close(&r->distractors);
    mien_free(r->probe);
    mien_free(r->block);
    mien_free(r->person);
    mien_free(r->tally);
    mien_free(r->times);
}

mien_status mien_megaface_run(mien_report **out,
                              const mien_megaface_options *options) {
    run r = {.options = options};
    mien_report *report = NULL;
    *out = NULL;
    mien_status status = open_all(&r);
    if (status == MIEN_OK) status = compare_all(&r);
    if (status == MIEN_OK) status = count_all(&r);
    if (status == MIEN_OK) status = mien_report_new(&report, "megaface");
    if (status == MIEN_OK) status = fill(&r, report);
    if (status == MIEN_OK)
        status = mien_report_finish(out, report);
    else
        mien_report_free(report);
    close_all(&r);
    return status;
}
