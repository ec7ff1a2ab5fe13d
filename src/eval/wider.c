/* SPDX-License-Identifier: Apache-2.0 */
/* wider.c - one or two detectors on one set of photos. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "eval/bootstrap.h"
#include "eval/wider_arm.h"
#include "face/contract.h"

enum { MAX_PATH = 4096, ARMS = 2, SCENE_DRAWS = 1 << 20, FACE_DRAWS = 1 << 21 };

void mien_wider_defaults(mien_wider_options *options) {
    *options = (mien_wider_options){.alarms = 0.1,
                                    .min_size = 16,
                                    .min_score = 0.02f,
                                    .size = 640,
                                    .threads = 1};
}

typedef struct run {
    mien_wider_job job;
    char path[ARMS][MAX_PATH];
    mien_wider_arm arm[ARMS];
    int arms, draws;
    int *times[3]; /* of a draw: photos, scenes, faces */
    double *drawn[ARMS];
    mien_wider_point curve[MIEN_WIDER_THRESHOLDS];
    mien_report *report;
} run;

/* ---- before any photo is looked at ------------------------------------ */

static mien_status check(const mien_wider_options *o) {
    if (!o->model || !o->data)
        return mien_fail(MIEN_EINVAL,
                         "a detector and a list of photos are needed");
    if (o->threads < 1 || o->min_size < 0 || !(o->alarms > 0))
        return mien_fail(MIEN_EINVAL,
                         "threads must be at least 1, min_size at least 0, "
                         "alarms above 0");
    return MIEN_OK;
}

static mien_status count_faces(mien_wider_job *job) {
    const mien_wider_list *list = &job->list;
    for (int k = 0; k < list->levels; k++) {
        int all = 0;
        job->counts[k] =
            mien_alloc((size_t)list->photos, sizeof *job->counts[k]);
        if (!job->counts[k]) return MIEN_ENOMEM;
        for (int p = 0; p < list->photos; p++) {
            const mien_truth *face = list->face + list->photo[p].first;
            for (int i = 0; i < list->photo[p].count; i++)
                job->counts[k][p] += face[i].counts >> k & 1;
            all += job->counts[k][p];
        }
        if (!all)
            return mien_fail(MIEN_EDATA, "%s: no face counts at level '%s'",
                             job->options->data, list->level[k]);
    }
    return MIEN_OK;
}

static mien_status open_photos(mien_wider_job *job) {
    const mien_wider_options *o = job->options;
    MIEN_TRY(mien_wider_list_read(&job->list, o->data, o->photos, o->min_size));
    MIEN_TRY(count_faces(job));
    if (o->scenes) MIEN_TRY(mien_photo_paths_read(&job->scenes, o->scenes));
    if (o->scenes && o->alarms * job->scenes.n < 1 - 1e-9)
        return mien_fail(MIEN_EINVAL,
                         "%g false alarms a photo cannot be shown by %d "
                         "photos; from 1/%d on can",
                         o->alarms, job->scenes.n, job->scenes.n);
    if (o->faces) MIEN_TRY(mien_photo_paths_read(&job->faces, o->faces));
    return MIEN_OK;
}

/* What the detector is made of, before it is tried. */
static mien_status state_model(run *r, int arm, const char *model) {
    mien_model *m;
    char hash[MIEN_HASH_HEX];
    MIEN_TRY(mien_model_path(r->path[arm], sizeof r->path[arm], model));
    MIEN_TRY(mien_model_load(&m, r->path[arm], 1));
    mien_contract_hash(hash, m);
    if (arm)
        mien_report_add(r->report,
                        mien_figure_text("against_model", "against", hash));
    else
        mien_report_model(r->report, m);
    mien_model_free(m);
    return MIEN_OK;
}

/* ---- figures ---------------------------------------------------------- */

/* A figure of one detector in draw b (-1: as the photos are). */
typedef double (*measure)(run *r, int arm, int b, int level);

static double measure_ap(run *r, int arm, int b, int level) {
    return mien_wider_arm_ap(r->curve, &r->arm[arm], &r->job, level,
                             b < 0 ? NULL : r->times[0]);
}

static double threshold_of(const run *r, int arm, int b) {
    return mien_wider_arm_threshold(&r->arm[arm], r->job.options->alarms,
                                    b < 0 ? NULL : r->times[1]);
}

static double measure_recall(run *r, int arm, int b, int level) {
    (void)level;
    return mien_wider_arm_recall(&r->arm[arm], &r->job, threshold_of(r, arm, b),
                                 b < 0 ? NULL : r->times[0]);
}

static double measure_faces(run *r, int arm, int b, int level) {
    (void)level;
    return mien_wider_arm_faces(&r->arm[arm], threshold_of(r, arm, b),
                                b < 0 ? NULL : r->times[2]);
}

typedef struct wanted {
    const char *key, *label;
    measure of;
    int level;
} wanted;

static void add_figure(run *r, const char *prefix, const wanted *w, int arm) {
    char key[64], label[96];
    snprintf(key, sizeof key, "%s%s", prefix, w->key);
    snprintf(label, sizeof label, "%s%s", w->label, arm ? ", against" : "");
    const double value = w->of(r, arm, -1, w->level);
    const mien_interval interval =
        mien_bootstrap_interval(r->drawn[arm], r->draws);
    mien_report_add(r->report, mien_figure_share(key, label, value, interval));
}

/* The same draws for both detectors, so that what is hard for both does not
 * widen the interval of their ratio. */
static void add_figures(run *r, const wanted *w) {
    for (int b = 0; b < r->draws; b++) {
        mien_bootstrap_draw(r->times[0], r->job.list.photos, b);
        mien_bootstrap_draw(r->times[1], r->job.scenes.n, b + SCENE_DRAWS);
        mien_bootstrap_draw(r->times[2], r->job.faces.n, b + FACE_DRAWS);
        for (int a = 0; a < r->arms; a++)
            r->drawn[a][b] = w->of(r, a, b, w->level);
    }
    double ratio[MIEN_DRAWS];
    for (int b = 0; b < r->draws && r->arms > 1; b++)
        ratio[b] = r->drawn[0][b] / r->drawn[1][b];
    add_figure(r, "", w, 0);
    if (r->arms < 2) return;
    char key[64], label[96];
    add_figure(r, "against_", w, 1);
    snprintf(key, sizeof key, "ratio_%s", w->key);
    snprintf(label, sizeof label, "%s, ratio", w->label);
    mien_report_add(
        r->report,
        mien_figure_ratio(key, label,
                          w->of(r, 0, -1, w->level) / w->of(r, 1, -1, w->level),
                          mien_bootstrap_interval(ratio, r->draws)));
}

static void add_levels(run *r) {
    const mien_wider_list *list = &r->job.list;
    for (int k = 0; k < list->levels; k++) {
        char key[32], label[64];
        const bool only = !strcmp(list->level[k], "all");
        snprintf(key, sizeof key, only ? "ap" : "ap_%s", list->level[k]);
        snprintf(label, sizeof label, only ? "AP" : "AP %s", list->level[k]);
        add_figures(r, &(wanted){key, label, measure_ap, k});
    }
}

static void add_alarms(run *r) {
    const mien_wider_options *o = r->job.options;
    if (!o->scenes) return;
    mien_report_add(r->report, mien_figure_number("false_alarms",
                                                  "alarms/photo", o->alarms));
    add_figures(r, &(wanted){"recall", "recall", measure_recall, 0});
    if (o->faces)
        add_figures(r,
                    &(wanted){"faces_recall", "LFW recall", measure_faces, 0});
    for (int a = 0; a < r->arms; a++)
        mien_report_add(r->report, mien_figure_number(
                                       a ? "against_threshold" : "threshold",
                                       a ? "threshold, against" : "threshold",
                                       threshold_of(r, a, -1)));
}

static void add_curves(run *r) {
    static const char *const names[] = {"this", "against"};
    const mien_wider_list *list = &r->job.list;
    double x[MIEN_WIDER_THRESHOLDS], y[MIEN_WIDER_THRESHOLDS];
    for (int k = 0; k < list->levels; k++) {
        mien_report_panel(r->report, &(mien_panel){.key = list->level[k],
                                                   .x_label = "recall",
                                                   .y_label = "precision",
                                                   .x = {0, 1},
                                                   .y = {0, 1}});
        for (int a = 0; a < r->arms; a++) {
            measure_ap(r, a, -1, k);
            int n = 0;
            for (int i = 0; i < MIEN_WIDER_THRESHOLDS; i++)
                if (r->curve[i].recall > 0) {
                    x[n] = r->curve[i].recall;
                    y[n++] = r->curve[i].precision;
                }
            mien_report_curve(r->report, names[a], x, y, n);
        }
    }
}

static void state_data(run *r) {
    const mien_wider_options *o = r->job.options;
    const mien_wider_arm *a = &r->arm[0];
    char hex[MIEN_HASH_HEX];
    mien_hash h;
    mien_hash_begin(&h);
    mien_hash_add(&h, r->job.list.hash, MIEN_HASH_HEX);
    mien_hash_add(&h, a->set.hash, MIEN_HASH_HEX);
    mien_hash_add(&h, a->scenes.hash, MIEN_HASH_HEX);
    mien_hash_add(&h, a->faces.hash, MIEN_HASH_HEX);
    mien_hash_end(&h, hex);
    mien_report_data(r->report, hex);
    mien_bootstrap_state(r->report, "photo", r->draws);
    mien_report_add(r->report,
                    mien_figure_count("photos", "photos", r->job.list.photos));
    const int last = r->job.list.levels - 1;
    int counted = 0;
    for (int p = 0; p < r->job.list.photos; p++)
        counted += r->job.counts[last][p];
    mien_report_add(r->report, mien_figure_count("faces", "faces", counted));
    mien_report_add(r->report, mien_figure_count("ignored", "ignored",
                                                 r->job.list.faces - counted));
    mien_report_add(r->report,
                    mien_figure_count("input_size", "input", o->size));
    mien_report_add(r->report, mien_figure_number("min_score", "least score",
                                                  (double)o->min_score));
    if (o->scenes)
        mien_report_add(r->report,
                        mien_figure_count("scenes", "scenes", a->scenes.n));
    if (o->faces)
        mien_report_add(r->report,
                        mien_figure_count("face_photos", "LFW", a->faces.n));
}

/* ---- all of it -------------------------------------------------------- */

static mien_status make_room(run *r) {
    const int n[] = {r->job.list.photos, r->job.scenes.n, r->job.faces.n};
    r->draws = mien_bootstrap_draws((double)n[0] * MIEN_WIDER_THRESHOLDS *
                                    r->arms * r->job.list.levels);
    for (int i = 0; i < 3; i++) {
        r->times[i] = mien_alloc((size_t)n[i], sizeof *r->times[i]);
        if (!r->times[i]) return MIEN_ENOMEM;
    }
    for (int a = 0; a < r->arms; a++) {
        r->drawn[a] = mien_alloc((size_t)r->draws, sizeof *r->drawn[a]);
        if (!r->drawn[a]) return MIEN_ENOMEM;
    }
    return MIEN_OK;
}

static mien_status name_protocol(run *r) {
    char text[96];
    const mien_wider_options *o = r->job.options;
    if (!strcmp(r->job.list.level[0], "all"))
        snprintf(text, sizeof text, "wider boxes, faces of %d pixels and more",
                 o->min_size);
    else
        snprintf(text, sizeof text, "wider face, %s",
                 r->job.list.levels == MIEN_WIDER_LEVELS ? "easy, medium, hard"
                                                         : "some levels");
    return mien_report_new(&r->report, text);
}

static mien_status measure_all(run *r) {
    const mien_wider_options *o = r->job.options;
    const char *const models[ARMS] = {o->model, o->against};
    MIEN_TRY(open_photos(&r->job));
    MIEN_TRY(name_protocol(r));
    for (int a = 0; a < r->arms; a++) MIEN_TRY(state_model(r, a, models[a]));
    for (int a = 0; a < r->arms; a++)
        MIEN_TRY(mien_wider_arm_open(&r->arm[a], r->path[a], &r->job));
    MIEN_TRY(make_room(r));
    add_levels(r);
    add_alarms(r);
    state_data(r);
    add_curves(r);
    return MIEN_OK;
}

static void close_all(run *r) {
    for (int a = 0; a < ARMS; a++) {
        mien_wider_arm_close(&r->arm[a]);
        mien_free(r->drawn[a]);
    }
    for (int i = 0; i < 3; i++) mien_free(r->times[i]);
    for (int k = 0; k < MIEN_WIDER_LEVELS; k++) mien_free(r->job.counts[k]);
    mien_photo_paths_close(&r->job.scenes);
    mien_photo_paths_close(&r->job.faces);
    mien_wider_list_close(&r->job.list);
}

mien_status mien_wider_run(mien_report **out,
                           const mien_wider_options *options) {
    *out = NULL;
    MIEN_TRY(check(options));
    run *r = mien_alloc(1, sizeof *r);
    if (!r) return MIEN_ENOMEM;
    r->job.options = options;
    r->arms = options->against ? 2 : 1;
    mien_status status = measure_all(r);
    if (status == MIEN_OK)
        status = mien_report_finish(out, r->report);
    else
        mien_report_free(r->report);
    close_all(r);
    mien_free(r);
    return status;
}
