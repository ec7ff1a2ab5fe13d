/* SPDX-License-Identifier: Apache-2.0 */
/* align.h - turn a face upright by its five points.
 *
 *   mien_similarity s;
 *   MIEN_TRY(mien_align_fit(&s, points));        (photo -> 112x112)
 *   mien_image *face;
 *   MIEN_TRY(mien_align_warp(&face, photo, &s));
 *
 * The points are, in this order: the person's right eye, left eye, tip of the
 * nose, right and left corner of the mouth; so the first eye is the one seen
 * on the left. */
#ifndef MIEN_FACE_ALIGN_H
#define MIEN_FACE_ALIGN_H

#include "base/fail.h"
#include "mien/image.h"

enum { MIEN_ALIGN_SIDE = 112, MIEN_ALIGN_POINTS = 5 };

/* Units: pixels; centres have whole coordinates, the first is (0, 0). */
typedef struct mien_point {
    double x, y;
} mien_point;

/* Where the five points belong in an aligned face of 112x112. */
extern const mien_point mien_align_reference[MIEN_ALIGN_POINTS];

/* Where they lie in a deep-funneled LFW picture of 250x250, by the median: one
 * alignment for the whole set, for pictures that come without points. */
enum { MIEN_FUNNELED_SIDE = 250 };
extern const mien_point mien_align_funneled[MIEN_ALIGN_POINTS];

/* (x, y) goes to (a x - b y + tx, b x + a y + ty): turned by atan2(b, a),
 * scaled by hypot(a, b), then shifted. */
typedef struct mien_similarity {
    double a, b, tx, ty;
} mien_similarity;

/* The similarity that takes `from` to `to` with the least sum of squared
 * distances, over all turns, scales and shifts. It never mirrors.
 *
 * Shapes: from, to: n points, 2 or more.
 * Errors: MIEN_EINVAL for points that are not finite, that coincide, or that
 *         no turn brings nearer; *out is then unchanged.
 * Source: Umeyama, Least-squares estimation of transformation parameters
 *         between two point patterns, IEEE TPAMI 13(4), 1991. */
mien_status mien_similarity_fit(mien_similarity *out, const mien_point *from,
                                const mien_point *to, int n);

mien_point mien_similarity_apply(const mien_similarity *s, mien_point p);

/* From five points in a photo to the reference points.
 *
 * Errors: as mien_similarity_fit(). */
mien_status mien_align_fit(mien_similarity *out,
                           const mien_point points[MIEN_ALIGN_POINTS]);

/* The 112x112 face: each of its pixels is looked up bilinearly in the photo,
 * black beyond its edge. A photo that would shrink by more than two is first
 * reduced by the whole number below that, so that no pixel is skipped.
 *
 * Owns:   *out is the caller's.
 * Errors: MIEN_EINVAL for a similarity that shrinks to nothing; MIEN_ENOMEM;
 *         *out is then NULL. */
mien_status mien_align_warp(mien_image **out, const mien_image *photo,
                            const mien_similarity *s);

#endif
