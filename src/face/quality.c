/* SPDX-License-Identifier: Apache-2.0 */
/* quality.c - what a photo of a face is worth for recognition.
 *
 * Everything but size and pose is read from the luma L of the aligned face of
 * 112 x 112, which is what a network sees, within the ellipse of the face and
 * where it lies in the photo. A ramp from a to b is 100 clamp((x - a)/(b - a)).
 *
 *   inter_eye_distance   35.2 / scale of the alignment, pixels of the photo:
 *                        all five points decide, so that a turned head does
 *                        not look small;  ramp of its logarithm, 8 to 40
 *   sharpness            sqrt(D(1) / D(4)), D(h) the mean of (L(x+h) - L(x))^2
 *                        across and down: .25 for a smooth slope, 1 for
 *                        noise; light that falls off slowly and contrast
 *                        cancel;  ramp .26 to .36
 *   under_exposure       share of pixels below 26;   ramp .6 to .1
 *   over_exposure        share of pixels above 246;  ramp .4 to .05
 *   dynamic_range        log2 of the light at the 95th to that at the 5th
 *                        percentile, light = (L + 5)^2.2: stops, so that dark
 *                        skin has no less of it;  ramp .4 to 1.6
 *   illumination_uniformity  |left - right| / (left + right), means of the
 *                        halves;  ramp .6 to .2
 *   head_pose_*          pose.h;  100 cos^2
 *   face_in_picture      share of the box inside the photo;  ramp .5 to .95
 *
 *   overall = 100 prod_i (value_i / 100)^weight_i
 *
 * A value never falls when its measure gets better, nor the whole when a value
 * rises. Noise counts as sharp: no single photo tells it from pores.
 * Source: the vocabulary of ISO/IEC 29794-5, Face image data; the measures and
 *         ramps are our own, and so are the figures. */
#include <math.h>
#include <string.h>

#include "face/align.h"
#include "face/pose.h"
#include "mien/face.h"

enum { SIDE = MIEN_ALIGN_SIDE, LOW = 60, FAR = 4 };

static const mien_quality_info infos[MIEN_QUALITY_PARTS] = {
#define MIEN_QUALITY(name, unit, weight, reason) \
    {#name, unit, (float)(weight), reason},
#include "mien/quality.def"
#undef MIEN_QUALITY
};

const mien_quality_info *mien_quality_describe(mien_quality_part part) {
    return &infos[part];
}

/* The luma of the aligned face, and which pixels of it count. */
typedef struct view {
    const mien_image *luma;
    bool seen[SIDE][SIDE];
    int n;
} view;

static float ramp(double x, double from, double to) {
    return (float)(100 * fmax(0, fmin(1, (x - from) / (to - from))));
}

/* ---- what is looked at ------------------------------------------------ */

/* Without points: the box's square, as if the face filled it. */
static mien_status fit(mien_similarity *out, const mien_face *f) {
    mien_point p[MIEN_ALIGN_POINTS];
    if (f->has_points) {
        for (int k = 0; k < MIEN_ALIGN_POINTS; k++)
            p[k] =
                (mien_point){(double)f->points[k][0], (double)f->points[k][1]};
        return mien_align_fit(out, p);
    }
    const double side = fmax((double)f->width, (double)f->height);
    const double s = SIDE / side;
    *out = (mien_similarity){
        s, 0, SIDE / 2.0 - s * ((double)f->x + (double)f->width / 2),
        SIDE / 2.0 - s * ((double)f->y + (double)f->height / 2)};
    return MIEN_OK;
}

static bool in_ellipse(int x, int y) {
    const double u = (x - 56) / 34.0, v = (y - 68) / 42.0;
    return u * u + v * v <= 1;
}

static void mark_seen(view *v, const mien_similarity *s,
                      const mien_image *photo) {
    const double q = s->a * s->a + s->b * s->b;
    v->n = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const double u = x - s->tx, w = y - s->ty;
            const double px = (s->a * u + s->b * w) / q;
            const double py = (s->a * w - s->b * u) / q;
            v->seen[y][x] = in_ellipse(x, y) && px >= 0 && py >= 0 &&
                            px <= photo->width - 1 && py <= photo->height - 1;
            v->n += v->seen[y][x];
        }
}

static int level(const view *v, int x, int y) {
    return v->luma->pixels[(size_t)y * v->luma->stride + (size_t)x];
}

/* ---- measures --------------------------------------------------------- */

static double differences(const view *v, int h) {
    double sum = 0;
    int n = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            if (!v->seen[y][x]) continue;
            if (x + h < SIDE && v->seen[y][x + h]) {
                const int d = level(v, x + h, y) - level(v, x, y);
                sum += d * d, n++;
            }
            if (y + h < SIDE && v->seen[y + h][x]) {
                const int d = level(v, x, y + h) - level(v, x, y);
                sum += d * d, n++;
            }
        }
    return n ? sum / n : 0;
}

static double sharpness(const view *v) {
    const double wide = differences(v, FAR);
    return wide > 0 ? sqrt(differences(v, 1) / wide) : 0;
}

/* The level below which `share` of the pixels lie. */
static int percentile(const int *count, int n, double share) {
    int below = 0, at = 0;
    while (at < 255 && below + count[at] <= share * n) below += count[at++];
    return at;
}

static void measure_levels(mien_quality *q, const view *v) {
    int count[256] = {0}, dark = 0, bright = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (v->seen[y][x]) count[level(v, x, y)]++;
    for (int i = 0; i < 256; i++) {
        dark += i < 26 ? count[i] : 0;
        bright += i > 246 ? count[i] : 0;
    }
    const float n = (float)v->n;
    q->measure[MIEN_QUALITY_under_exposure] = (float)dark / n;
    q->measure[MIEN_QUALITY_over_exposure] = (float)bright / n;
    q->measure[MIEN_QUALITY_dynamic_range] =
        (float)(2.2 * log2((percentile(count, v->n, 0.95) + 5.0) /
                           (percentile(count, v->n, 0.05) + 5.0)));
}

static double imbalance(const view *v) {
    double sum[2] = {0};
    int n[2] = {0};
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (v->seen[y][x]) {
                sum[x >= SIDE / 2] += level(v, x, y);
                n[x >= SIDE / 2]++;
            }
    if (!n[0] || !n[1]) return 1;
    const double left = sum[0] / n[0], right = sum[1] / n[1];
    return left + right > 0 ? fabs(left - right) / (left + right) : 0;
}

static double share_inside(const mien_face *f, const mien_image *photo) {
    const double x0 = fmax(0, (double)f->x), y0 = fmax(0, (double)f->y);
    const double x1 = fmin(photo->width, (double)f->x + (double)f->width);
    const double y1 = fmin(photo->height, (double)f->y + (double)f->height);
    const double whole = (double)f->width * (double)f->height;
    return fmax(0, x1 - x0) * fmax(0, y1 - y0) / whole;
}

static mien_status measure_pose(mien_quality *q, const mien_face *f) {
    static const mien_quality_part parts[] = {MIEN_QUALITY_head_pose_yaw,
                                              MIEN_QUALITY_head_pose_pitch,
                                              MIEN_QUALITY_head_pose_roll};
    mien_point p[MIEN_ALIGN_POINTS];
    mien_head_pose pose = {NAN, NAN, NAN};
    for (int k = 0; k < MIEN_ALIGN_POINTS; k++)
        p[k] = (mien_point){(double)f->points[k][0], (double)f->points[k][1]};
    if (f->has_points) MIEN_TRY(mien_head_pose_fit(&pose, p));
    const double degrees[] = {pose.yaw, pose.pitch, pose.roll};
    for (int i = 0; i < 3; i++) {
        const double c = cos(degrees[i] * 0.017453292519943295);
        q->measure[parts[i]] = (float)degrees[i];
        q->value[parts[i]] = (float)(c > 0 ? 100 * c * c : isnan(c) ? c : 0);
    }
    return MIEN_OK;
}

/* ---- all together ----------------------------------------------------- */

static void judge(mien_quality *q) {
    static const struct {
        mien_quality_part part;
        float from, to;
    } ramps[] = {
        {MIEN_QUALITY_sharpness, 0.26f, 0.36f},
        {MIEN_QUALITY_under_exposure, 0.6f, 0.1f},
        {MIEN_QUALITY_over_exposure, 0.4f, 0.05f},
        {MIEN_QUALITY_dynamic_range, 0.4f, 1.6f},
        {MIEN_QUALITY_illumination_uniformity, 0.6f, 0.2f},
        {MIEN_QUALITY_face_in_picture, 0.5f, 0.95f},
    };
    for (size_t i = 0; i < sizeof ramps / sizeof *ramps; i++)
        q->value[ramps[i].part] =
            ramp((double)q->measure[ramps[i].part], (double)ramps[i].from,
                 (double)ramps[i].to);
    q->value[MIEN_QUALITY_inter_eye_distance] =
        ramp(log((double)q->measure[MIEN_QUALITY_inter_eye_distance]), log(8),
             log(40));
    double overall = 100;
    for (int i = 0; i < MIEN_QUALITY_PARTS; i++)
        if (!isnan(q->value[i]))
            overall *= pow((double)q->value[i] / 100, (double)infos[i].weight);
    q->overall = (float)overall;
}

static mien_status measure_pixels(mien_quality *q, const mien_image *photo,
                                  const mien_similarity *s) {
    mien_image *face, *luma;
    view v;
    MIEN_TRY(mien_align_warp(&face, photo, s));
    const mien_status status = mien_image_convert(&luma, face, 1);
    mien_image_free(face);
    MIEN_TRY(status);
    v.luma = luma;
    mark_seen(&v, s, photo);
    q->measure[MIEN_QUALITY_inter_eye_distance] =
        (float)(35.24 / hypot(s->a, s->b));
    if (v.n) measure_levels(q, &v);
    q->measure[MIEN_QUALITY_sharpness] = (float)sharpness(&v);
    q->measure[MIEN_QUALITY_illumination_uniformity] = (float)imbalance(&v);
    mien_image_free(luma);
    return MIEN_OK;
}

mien_status mien_face_quality(mien_quality *out, const mien_image *photo,
                              const mien_face *face) {
    mien_similarity s;
    memset(out, 0, sizeof *out);
    const float place = face->x + face->y;
    if (!(face->width > 0 && face->height > 0) ||
        !isfinite(face->width + face->height + place))
        return mien_fail(MIEN_EINVAL, "a face of %g x %g pixels at %g, %g",
                         (double)face->width, (double)face->height,
                         (double)face->x, (double)face->y);
    MIEN_TRY(fit(&s, face));
    MIEN_TRY(measure_pixels(out, photo, &s));
    MIEN_TRY(measure_pose(out, face));
    out->measure[MIEN_QUALITY_face_in_picture] =
        (float)share_inside(face, photo);
    judge(out);
    return MIEN_OK;
}

int mien_quality_reasons(mien_quality_part *out, int room,
                         const mien_quality *quality) {
    int n = 0;
    for (int i = 0; i < MIEN_QUALITY_PARTS; i++) {
        if (!(quality->value[i] < LOW)) continue;
        int at = n < room ? n : room;
        while (at > 0 && quality->value[out[at - 1]] > quality->value[i]) {
            if (at < room) out[at] = out[at - 1];
            at--;
        }
        if (at < room) out[at] = (mien_quality_part)i;
        n += n < room;
    }
    return n;
}
