/* SPDX-License-Identifier: Apache-2.0 */
/* align.c - the similarity between two sets of points, and the warp by it.
 *
 * With centred points p_i and q_i as complex numbers, the least squares
 *
 *   min over c of  sum |q_i - c p_i|^2     c = sum conj(p_i) q_i
 *                                              / sum |p_i|^2
 *
 * is what Umeyama's closed form by the singular value decomposition of the
 * covariance comes to in two dimensions: its R and its scale are the angle
 * and the modulus of c, and its correction of the sign is what keeps R a
 * turn, as a complex factor always is. The shift takes mean to mean.
 * Source: Umeyama, IEEE TPAMI 13(4), 1991, equations 39 to 43. */
#include "face/align.h"

#include <assert.h>
#include <math.h>

const mien_point mien_align_reference[MIEN_ALIGN_POINTS] = {{38.2946, 51.6963},
                                                            {73.5318, 51.5014},
                                                            {56.0252, 71.7366},
                                                            {41.5493, 92.3655},
                                                            {70.7299, 92.2041}};

/* Medians of what the detector YuNet finds in the 1,549 pictures of view 1's
 * test pairs; half of them lie within 1.9 pixels, the nose within 4.4 across.
 * tools/funneled_points.py made them. */
const mien_point mien_align_funneled[MIEN_ALIGN_POINTS] = {{103.58, 111.95},
                                                           {146.46, 111.26},
                                                           {125.11, 137.65},
                                                           {107.35, 156.53},
                                                           {145.38, 155.72}};

/* Spread below this part of the points' size counts as none. */
static const double least_spread = 1e-6;

static mien_point mean_of(const mien_point *p, int n) {
    mien_point mean = {0, 0};
    for (int i = 0; i < n; i++) mean.x += p[i].x / n, mean.y += p[i].y / n;
    return mean;
}

/* Root of the mean squared distance from the mean. */
static double spread_of(const mien_point *p, mien_point mean, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double x = p[i].x - mean.x, y = p[i].y - mean.y;
        sum += x * x + y * y;
    }
    return sqrt(sum / n);
}

static bool spreads(const mien_point *p, mien_point mean, int n) {
    const double size = fabs(mean.x) + fabs(mean.y) + 1;
    const double spread = spread_of(p, mean, n);
    return isfinite(spread) && spread > least_spread * size;
}

mien_status mien_similarity_fit(mien_similarity *out, const mien_point *from,
                                const mien_point *to, int n) {
    assert(n >= 2);
    const mien_point p = mean_of(from, n), q = mean_of(to, n);
    if (!spreads(from, p, n) || !spreads(to, q, n))
        return mien_fail(MIEN_EINVAL,
                         "%d points that coincide or are not "
                         "finite give no alignment",
                         n);
    double re = 0, im = 0, square = 0;
    for (int i = 0; i < n; i++) {
        const double px = from[i].x - p.x, py = from[i].y - p.y;
        const double qx = to[i].x - q.x, qy = to[i].y - q.y;
        re += px * qx + py * qy;
        im += px * qy - py * qx;
        square += px * px + py * py;
    }
    const double a = re / square, b = im / square;
    const double sized = spread_of(to, q, n) / spread_of(from, p, n);
    if (!(hypot(a, b) > least_spread * sized))
        return mien_fail(MIEN_EINVAL,
                         "no turn and scale brings the %d points "
                         "nearer to where they belong",
                         n);
    *out = (mien_similarity){.a = a,
                             .b = b,
                             .tx = q.x - (a * p.x - b * p.y),
                             .ty = q.y - (b * p.x + a * p.y)};
    return MIEN_OK;
}

mien_point mien_similarity_apply(const mien_similarity *s, mien_point p) {
    return (mien_point){s->a * p.x - s->b * p.y + s->tx,
                        s->b * p.x + s->a * p.y + s->ty};
}

mien_status mien_align_fit(mien_similarity *out,
                           const mien_point points[MIEN_ALIGN_POINTS]) {
    return mien_similarity_fit(out, points, mien_align_reference,
                               MIEN_ALIGN_POINTS);
}

/* Row of the look-up, x' = m0 x + m1 y + m2 in the photo, to the photo that
 * was reduced by `factor` along this axis: (x' + 1/2) / factor - 1/2. */
static void reduce_row(double *m, double factor) {
    m[0] /= factor;
    m[1] /= factor;
    m[2] = (m[2] + 0.5) / factor - 0.5;
}

mien_status mien_align_warp(mien_image **out, const mien_image *photo,
                            const mien_similarity *s) {
    const double square = s->a * s->a + s->b * s->b;
    *out = NULL;
    if (!(square > 1e-12) || !isfinite(square + s->tx + s->ty))
        return mien_fail(MIEN_EINVAL,
                         "an alignment by %g %g %g %g shows "
                         "nothing",
                         s->a, s->b, s->tx, s->ty);
    /* The inverse: conj(c) (z - t) / |c|^2. */
    const double a = s->a / square, b = s->b / square;
    mien_warp warp = {
        .m = {a, b, -a * s->tx - b * s->ty, -b, a, b * s->tx - a * s->ty}};
    const int longest =
        photo->width > photo->height ? photo->width : photo->height;
    const double shrink = fmin(1 / sqrt(square), longest);
    if (shrink <= 2)
        return mien_image_warp(out, photo, &warp, MIEN_ALIGN_SIDE,
                               MIEN_ALIGN_SIDE);
    const int factor = (int)shrink;
    const int width = (photo->width + factor - 1) / factor;
    const int height = (photo->height + factor - 1) / factor;
    mien_image *small;
    MIEN_TRY(mien_image_resize(&small, photo, width, height, MIEN_FILTER_AREA));
    reduce_row(warp.m, (double)photo->width / width);
    reduce_row(warp.m + 3, (double)photo->height / height);
    const mien_status status =
        mien_image_warp(out, small, &warp, MIEN_ALIGN_SIDE, MIEN_ALIGN_SIDE);
    mien_image_free(small);
    return status;
}
