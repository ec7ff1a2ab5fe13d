/* SPDX-License-Identifier: Apache-2.0 */
/* wider_curve.h - boxes found against boxes known, as WIDER FACE counts them.
 *
 *   MIEN_TRY(mien_wider_match(after, taken, &truth, found, 0.5));
 *   mien_wider_count(row, &found, after, range);        (a row a photo)
 *   mien_wider_curve(curve, rows, times, photos, faces);
 *   double ap = mien_wider_ap(curve);
 *
 * Detections of a photo are looked at from the best on. Each belongs to the
 * face of the largest IoU (boxes of whole pixels: +1), the first of equals;
 * from .5 on it is a hit, once; on an ignored face it is dropped. Source: Yang
 * et al., WIDER FACE, CVPR 2016, and the toolbox distributed with it. */
#ifndef MIEN_EVAL_WIDER_CURVE_H
#define MIEN_EVAL_WIDER_CURVE_H

#include "eval/wider_list.h"
#include "mien/face.h"

enum { MIEN_WIDER_THRESHOLDS = 1000 };

/* IoU of two boxes whose last pixel belongs to them. */
double mien_box_iou(const mien_truth *truth, const mien_face *found);

/* The truth of one photo at one level. */
typedef struct mien_wider_truth {
    const mien_truth *face;
    int count;
    unsigned bit; /* faces with it in `counts` count */
} mien_wider_truth;

/* After so many detections: the faces hit, the detections not dropped. */
typedef struct mien_wider_tally {
    int hits, kept;
} mien_wider_tally;

/* Shapes: after takes found->count tallies; taken, truth->count flags to work
 *         with. Detections must come best first. */
void mien_wider_match(mien_wider_tally *after, bool *taken,
                      const mien_wider_truth *truth, const mien_faces *found);

/* The least and the largest score of the whole set. */
typedef struct mien_score_range {
    float least, most;
} mien_score_range;

mien_score_range mien_scores_of(const mien_faces *found, int photos);

/* The tallies of one photo at the thresholds 1 - k/1000, k = 1 ... 1000, of
 * the scores brought to 0 ... 1 by the range; 1 where all are alike.
 *
 * Shapes: row takes MIEN_WIDER_THRESHOLDS. */
void mien_wider_count(mien_wider_tally *row, const mien_faces *found,
                      const mien_wider_tally *after, mien_score_range range);

typedef struct mien_wider_point {
    double recall, precision; /* precision 0 where nothing was found */
} mien_wider_point;

/* Sum the rows of all photos, each as often as `times` says (NULL: once).
 *
 * Shapes: curve takes MIEN_WIDER_THRESHOLDS; faces[i] is how many faces of
 *         photo i count. */
void mien_wider_sum(mien_wider_point *curve, const mien_wider_tally *rows,
                    const int *faces, const int *times, int photos);

/* The area under precision over recall after precision was made to fall
 * (VOC): at each recall the best precision from there on. */
double mien_wider_ap(const mien_wider_point *curve, int n);

#endif
