/* SPDX-License-Identifier: Apache-2.0 */
/* wider_curve.c - hits, thresholds, average precision. */
#include "eval/wider_curve.h"

#include <math.h>
#include <string.h>

static const double least_iou = 0.5;

double mien_box_iou(const mien_truth *t, const mien_face *f) {
    const double left = fmax(t->x, f->x), top = fmax(t->y, f->y);
    const double right = fmin((double)t->x + t->width, (double)f->x + f->width);
    const double bottom =
        fmin((double)t->y + t->height, (double)f->y + f->height);
    const double w = right - left + 1, h = bottom - top + 1;
    if (!(w > 0 && h > 0)) return 0;
    const double both = w * h;
    return both / ((t->width + 1.0) * (t->height + 1.0) +
                   (f->width + 1.0) * (f->height + 1.0) - both);
}

/* The face of the largest IoU, the first of equals. */
static int nearest(double *iou, const mien_wider_truth *truth,
                   const mien_face *found) {
    int best = 0;
    *iou = -1;
    for (int i = 0; i < truth->count; i++) {
        const double x = mien_box_iou(&truth->face[i], found);
        if (x > *iou) *iou = x, best = i;
    }
    return best;
}

void mien_wider_match(mien_wider_tally *after, bool *taken,
                      const mien_wider_truth *truth, const mien_faces *found) {
    mien_wider_tally sum = {0, 0};
    memset(taken, 0, (size_t)truth->count * sizeof *taken);
    for (int i = 0; i < found->count; i++) {
        double iou;
        const int face = nearest(&iou, truth, &found->face[i]);
        const bool near = iou >= least_iou;
        const bool counts = near && truth->face[face].counts & truth->bit;
        if (counts && !taken[face]) {
            taken[face] = true;
            sum.hits++;
        }
        sum.kept += !near || counts;
        after[i] = sum;
    }
}

mien_score_range mien_scores_of(const mien_faces *found, int photos) {
    mien_score_range r = {INFINITY, -INFINITY};
    for (int p = 0; p < photos; p++)
        for (int i = 0; i < found[p].count; i++) {
            r.least = fminf(r.least, found[p].face[i].score);
            r.most = fmaxf(r.most, found[p].face[i].score);
        }
    return r;
}

void mien_wider_count(mien_wider_tally *row, const mien_faces *found,
                      const mien_wider_tally *after, mien_score_range range) {
    const double span = (double)range.most - range.least;
    int n = 0;
    for (int k = 0; k < MIEN_WIDER_THRESHOLDS; k++) {
        const double threshold = 1 - (k + 1.0) / MIEN_WIDER_THRESHOLDS;
        for (; n < found->count; n++) {
            const double above = (double)found->face[n].score - range.least;
            if ((span > 0 ? above / span : 1) < threshold) break;
        }
        row[k] = n ? after[n - 1] : (mien_wider_tally){0, 0};
    }
}

void mien_wider_sum(mien_wider_point *curve, const mien_wider_tally *rows,
                    const int *faces, const int *times, int photos) {
    double hits[MIEN_WIDER_THRESHOLDS] = {0};
    double kept[MIEN_WIDER_THRESHOLDS] = {0}, all = 0;
    for (int p = 0; p < photos; p++) {
        const mien_wider_tally *row = rows + (size_t)p * MIEN_WIDER_THRESHOLDS;
        const double weight = times ? times[p] : 1;
        if (weight == 0) continue;
        all += weight * faces[p];
        for (int k = 0; k < MIEN_WIDER_THRESHOLDS; k++) {
            hits[k] += weight * row[k].hits;
            kept[k] += weight * row[k].kept;
        }
    }
    for (int k = 0; k < MIEN_WIDER_THRESHOLDS; k++)
        curve[k] = (mien_wider_point){all > 0 ? hits[k] / all : NAN,
                                      kept[k] > 0 ? hits[k] / kept[k] : 0};
}

double mien_wider_ap(const mien_wider_point *curve, int n) {
    double area = 0, best = 0;
    for (int k = n - 1; k >= 0; k--) {
        const double before = k ? curve[k - 1].recall : 0;
        best = fmax(best, curve[k].precision);
        area += (curve[k].recall - before) * best;
    }
    return area;
}
