/* SPDX-License-Identifier: Apache-2.0 */
/* wider_arm.c - run one detector over all photos, keep what can be counted. */
#include "eval/wider_arm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "face/align.h"

const mien_truth mien_funneled_box = {78, 61, 95, 130, 1};

/* The box is the same for all photos and not the photo's own, which costs a
 * detector that finds every face up to .6 of the IoU. */
static const double least_iou = 0.4;

static mien_status find(mien_finds *out, const char *model, const char *label,
                        const mien_photo_paths *paths,
                        const mien_wider_options *o) {
    mien_find_plan plan = {.model = model,
                           .path = paths->path,
                           .n = paths->n,
                           .threads = o->threads,
                           .label = label};
    mien_detect_defaults(&plan.detect);
    plan.detect.min_score = o->min_score;
    plan.detect.size = o->size;
    plan.detect.tiles = o->tiles;
    plan.detect.turn = false;
    return mien_find_all(out, &plan);
}

/* ---- the set ---------------------------------------------------------- */

/* To the size that the list's boxes are for. */
static void rescale(mien_finds *f, const mien_wider_list *list) {
    for (int p = 0; p < f->n; p++) {
        const mien_wider_photo *photo = &list->photo[p];
        if (!photo->width) continue;
        const float sx = (float)photo->width / (float)f->size[p][0];
        const float sy = (float)photo->height / (float)f->size[p][1];
        for (int i = 0; i < f->photo[p].count; i++) {
            mien_face *face = &f->photo[p].face[i];
            face->x *= sx, face->width *= sx;
            face->y *= sy, face->height *= sy;
        }
    }
}

static mien_status make_room(mien_wider_arm *a, const mien_wider_list *list) {
    const size_t photos = (size_t)list->photos;
    a->first = mien_alloc(photos + 1, sizeof *a->first);
    if (!a->first) return MIEN_ENOMEM;
    for (size_t p = 0; p < photos; p++)
        a->first[p + 1] = a->first[p] + a->set.photo[p].count;
    a->after = mien_alloc((size_t)a->first[photos], sizeof *a->after);
    for (int k = 0; k < list->levels; k++) {
        a->rows[k] =
            mien_alloc(photos * MIEN_WIDER_THRESHOLDS, sizeof *a->rows[k]);
        if (!a->rows[k]) return MIEN_ENOMEM;
    }
    return a->after ? MIEN_OK : MIEN_ENOMEM;
}

/* A photo without any face known is left out, as the toolbox does. */
static void count_photo(mien_wider_arm *a, const mien_wider_list *list, int p,
                        mien_score_range range, bool *taken) {
    const mien_wider_photo *photo = &list->photo[p];
    for (int k = 0; k < list->levels && photo->count; k++) {
        const mien_wider_truth truth = {list->face + photo->first, photo->count,
                                        1u << k};
        mien_wider_match(a->after + a->first[p], taken, &truth,
                         &a->set.photo[p]);
        mien_wider_count(a->rows[k] + (size_t)p * MIEN_WIDER_THRESHOLDS,
                         &a->set.photo[p], a->after + a->first[p], range);
    }
}

static mien_status find_set(mien_wider_arm *a, const char *model,
                            const mien_wider_job *job) {
    const mien_wider_list *list = &job->list;
    const char **path = mien_alloc((size_t)list->photos, sizeof *path);
    bool *taken = mien_alloc((size_t)list->faces, sizeof *taken);
    mien_status status = path && taken ? MIEN_OK : MIEN_ENOMEM;
    for (int i = 0; i < list->photos && path; i++)
        path[i] = list->photo[i].path;
    const mien_photo_paths paths = {.path = path, .n = list->photos};
    if (status == MIEN_OK)
        status = find(&a->set, model, job->options->data, &paths, job->options);
    if (status == MIEN_OK) {
        rescale(&a->set, list);
        status = make_room(a, list);
    }
    const mien_score_range range = mien_scores_of(a->set.photo, a->set.n);
    for (int p = 0; p < list->photos && status == MIEN_OK; p++)
        count_photo(a, list, p, range, taken);
    mien_free(taken);
    mien_free(path);
    return status;
}

/* ---- photos without faces --------------------------------------------- */

static int compare(const void *x, const void *y) {
    const mien_alarm *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return (a->photo > b->photo) - (a->photo < b->photo);
}

static mien_status sort_alarms(mien_wider_arm *a) {
    int n = 0;
    for (int p = 0; p < a->scenes.n; p++) n += a->scenes.photo[p].count;
    a->alarm = mien_alloc((size_t)n, sizeof *a->alarm);
    if (!a->alarm) return MIEN_ENOMEM;
    for (int p = 0; p < a->scenes.n; p++)
        for (int i = 0; i < a->scenes.photo[p].count; i++)
            a->alarm[a->alarms++] =
                (mien_alarm){a->scenes.photo[p].face[i].score, p};
    qsort(a->alarm, (size_t)n, sizeof *a->alarm, compare);
    return MIEN_OK;
}

double mien_wider_arm_threshold(const mien_wider_arm *a, double alarms,
                                const int *times) {
    const double most = alarms * a->scenes.n + 1e-9;
    double n = 0;
    for (int i = 0; i < a->alarms; i++) {
        n += times ? times[a->alarm[i].photo] : 1;
        if (n > most) return (double)a->alarm[i].score;
    }
    return -1;
}

/* ---- photos of one face each ------------------------------------------ */

static mien_status find_faces(mien_wider_arm *a, const mien_wider_job *job) {
    a->best = mien_alloc((size_t)a->faces.n, sizeof *a->best);
    if (!a->best) return MIEN_ENOMEM;
    for (int p = 0; p < a->faces.n; p++) {
        const mien_faces *f = &a->faces.photo[p];
        if (a->faces.size[p][0] != MIEN_FUNNELED_SIDE ||
            a->faces.size[p][1] != MIEN_FUNNELED_SIDE)
            return mien_fail(MIEN_EDATA,
                             "%s: photo %d is %dx%d; deep-funneled ones have "
                             "250x250",
                             job->options->faces, p + 1, a->faces.size[p][0],
                             a->faces.size[p][1]);
        a->best[p] = -1;
        for (int i = 0; i < f->count; i++)
            if (mien_box_iou(&mien_funneled_box, &f->face[i]) >= least_iou)
                a->best[p] = fmaxf(a->best[p], f->face[i].score);
    }
    return MIEN_OK;
}

/* ---- all -------------------------------------------------------------- */

mien_status mien_wider_arm_open(mien_wider_arm *a, const char *model,
                                const mien_wider_job *job) {
    const mien_wider_options *o = job->options;
    *a = (mien_wider_arm){0};
    mien_status status = find_set(a, model, job);
    if (status == MIEN_OK && job->scenes.n)
        status = find(&a->scenes, model, "a scene, photo", &job->scenes, o);
    if (status == MIEN_OK && job->scenes.n) status = sort_alarms(a);
    if (status == MIEN_OK && job->faces.n)
        status = find(&a->faces, model, "a face, photo", &job->faces, o);
    if (status == MIEN_OK && job->faces.n) status = find_faces(a, job);
    if (status != MIEN_OK) mien_wider_arm_close(a);
    return status;
}

void mien_wider_arm_close(mien_wider_arm *a) {
    for (int k = 0; k < MIEN_WIDER_LEVELS; k++) mien_free(a->rows[k]);
    mien_free(a->after);
    mien_free(a->first);
    mien_free(a->alarm);
    mien_free(a->best);
    mien_finds_close(&a->set);
    mien_finds_close(&a->scenes);
    mien_finds_close(&a->faces);
    *a = (mien_wider_arm){0};
}

double mien_wider_arm_ap(mien_wider_point *curve, const mien_wider_arm *a,
                         const mien_wider_job *job, int level,
                         const int *times) {
    mien_wider_sum(curve, a->rows[level], job->counts[level], times,
                   job->list.photos);
    return mien_wider_ap(curve, MIEN_WIDER_THRESHOLDS);
}

double mien_wider_arm_recall(const mien_wider_arm *a, const mien_wider_job *job,
                             double threshold, const int *times) {
    const int *counts = job->counts[job->list.levels - 1];
    double hits = 0, all = 0;
    for (int p = 0; p < job->list.photos; p++) {
        const mien_faces *f = &a->set.photo[p];
        const double weight = times ? times[p] : 1;
        int n = 0;
        while (n < f->count && (double)f->face[n].score > threshold) n++;
        all += weight * counts[p];
        if (n) hits += weight * a->after[a->first[p] + n - 1].hits;
    }
    return all > 0 ? hits / all : NAN;
}

double mien_wider_arm_faces(const mien_wider_arm *a, double threshold,
                            const int *times) {
    double hits = 0, all = 0;
    for (int p = 0; p < a->faces.n; p++) {
        const double weight = times ? times[p] : 1;
        all += weight;
        if (a->best[p] >= 0 && (double)a->best[p] > threshold) hits += weight;
    }
    return all > 0 ? hits / all : NAN;
}
