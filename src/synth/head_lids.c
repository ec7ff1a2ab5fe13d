/* SPDX-License-Identifier: Apache-2.0 */
/* head_lids.c - eyelids: the skin about each eye is laid on its ball.
 *
 * The grid is slit at v = 0 from corner to corner. Above the slit the skin up
 * to the crease is the upper lid: open, it is gathered below the crease, and
 * shut it is drawn down over the ball. The rows next to the slit are the lid's
 * rim, from its outer edge back to the ball. */
#include "synth/head_form.h"

enum { LEFT, RIGHT };

void mien_form_eyes(mien_form *f) {
    float smile = fmaxf(f->mood->smile, 0), brows = f->mood->brows;
    float look = f->mood->gaze[1];
    f->head->eye_radius = 16.5f;
    for (int i = LEFT; i <= RIGHT; i++) {
        mien_form_eye *e = &f->eye[i];
        float side = i == LEFT ? -1 : 1;
        e->middle.x = side * 0.5f * MIEN_AMOUNT(f, eye_distance);
        e->middle.y = MIEN_AMOUNT(f, eye_height) +
                      side * 0.5f * MIEN_AMOUNT(f, uneven_eyes);
        e->middle.z =
            82 - f->head->eye_radius - 1.2f * MIEN_NORMAL(f, eye_depth);
        e->half = 0.5f * MIEN_AMOUNT(f, eye_width);
        float open =
            MIEN_AMOUNT(f, eye_open) + 0.4f * MIEN_NORMAL(f, eye_round);
        e->rise = open * (0.58f - 0.02f * smile) + 0.13f * look +
                  fmaxf(brows, 0) * 0.8f + fminf(brows, 0) * 0.6f;
        e->fall = open * (0.42f - 0.13f * smile) - 0.07f * look;
        e->rise = fmaxf(e->rise, 1);
        e->fall = fmaxf(e->fall, 0.6f);
        float tilt = MIEN_AMOUNT(f, eye_tilt);
        e->lean = e->half * mien_sine(tilt * MIEN_PI / 180);
        e->shut = mien_clamp(f->mood->closed[i], 0, 1);
        f->head->eye[i] = e->middle;
    }
}

/* Line through both corners. */
static float level(const mien_form_eye *e, float x) {
    return -1.6f + e->lean * x;
}

/* Where both lids meet when shut. */
static float seam(const mien_form_eye *e, float x) {
    return level(e, x) - 0.8f * e->fall * (1 - x * x);
}

float mien_lid_upper(const mien_form_eye *e, float x) {
    x = mien_clamp(x, -1, 1);
    float skew = x + 0.14f * (1 - x * x);
    float arch = 1 - skew * skew;
    float open = level(e, x) + e->rise * arch * (1.15f - 0.15f * arch);
    return mien_mix(open, seam(e, x), e->shut);
}

float mien_lid_lower(const mien_form_eye *e, float x) {
    x = mien_clamp(x, -1, 1);
    float skew = x - 0.12f * (1 - x * x);
    float arch = 1 - skew * skew;
    float open = level(e, x) - e->fall * arch * (1.2f - 0.2f * arch);
    return mien_mix(open, seam(e, x), e->shut);
}

/* Height of the crease of the upper lid. */
static float crease(const mien_form *f, const mien_form_eye *e, float x) {
    x = mien_clamp(x, -1, 1);
    float above = 3.4f - 0.9f * MIEN_NORMAL(f, eye_fold) - 0.8f * f->old;
    float arch = 1 - 0.55f * x * x;
    return level(e, x) + (e->rise + fmaxf(above, 0.8f)) * arch;
}

/* On the ball of a radius more than the eye's. */
static mien_vec on_ball(const mien_form *f, const mien_form_eye *e, float x,
                        float y, float more) {
    float r = f->head->eye_radius + more;
    float within = mien_clamp(x, -e->half, e->half); /* no ball beyond */
    float left = 1 - (within * within + y * y) / (r * r);
    float z = r * (left > 0.15f ? sqrtf(left)
                                : 0.387298f + 1.290994f * (left - 0.15f));
    return mien_add(e->middle, mien_vec_of(x, y, z));
}

/* How far out of the ball the skin at v lies: the rim goes back to the ball
 * and, hidden, below it; beyond the corners there is none. */
static float thick(float x, float v) {
    float rim = mien_step(1, 0.95f, fabsf(x));
    float out = 1.5f - 0.9f * mien_step(0.75f, 1, fabsf(x));
    v = fabsf(v);
    return v < 0.2f   ? mien_mix(out, -0.6f, rim)
           : v < 0.7f ? mien_mix(out, 0.15f, rim)
                      : out;
}

static mien_vec upper_lid(const mien_form *f, const mien_form_eye *e, float x,
                          float v) {
    float edge = mien_lid_upper(e, x);
    float high = fmaxf(crease(f, e, x), edge + 0.6f);
    float t =
        (v - MIEN_FORM_LID_EDGE) / (MIEN_FORM_CREASE - MIEN_FORM_LID_EDGE);
    float y = t < 0   ? edge
              : t < 1 ? mien_mix(edge, high, t)
                      : high + (v - MIEN_FORM_CREASE);
    float within = mien_step(1.25f, 0.7f, fabsf(x));
    float fold = MIEN_NORMAL(f, eye_fold);
    float groove =
        (0.9f - 0.35f * fold) * mien_bell((v - MIEN_FORM_CREASE) / 0.7f) -
        0.5f * mien_bell((t - 0.35f) / 0.25f);
    float more = thick(x, v) - within * groove + mien_step(9.5f, 13, v) * 1.5f +
                 within * 0.45f * fmaxf(fold, 0) * mien_bell((v - 10) / 2);
    return on_ball(f, e, x * e->half, y, more);
}

static mien_vec lower_lid(const mien_form *f, const mien_form_eye *e, float x,
                          float v) {
    float edge = mien_lid_lower(e, x),
          rest = level(e, mien_clamp(x, -1, 1)) - 9.6f;
    float t = (-v - MIEN_FORM_LID_EDGE) / 9;
    float y = t < 0 ? edge : mien_mix(edge, rest, t);
    float within = mien_step(1.2f, 0.8f, fabsf(x));
    float more = thick(x, v) + 0.5f * within * mien_bell((t - 0.35f) / 0.2f);
    return on_ball(f, e, x * e->half, y, more);
}

/* No skin but the rim within the ball. */
static mien_vec outside(const mien_form *f, const mien_form_eye *e,
                        mien_vec p) {
    float least = f->head->eye_radius + 1;
    mien_vec from = mien_sub(p, e->middle);
    float far = mien_length(from);
    if (far >= least || far < 1) return p;
    return mien_along(e->middle, from, least / far);
}

/* How far the skin at this place belongs to the lids: less wide beside the
 * nose, whose side rises from the inner corner. */
static float share(float x, float v) {
    float nose = mien_step(-0.4f, -1.15f, x);
    float up = v > 0 ? mien_step(16 - 3 * nose, 8 - 3 * nose, v)
                     : mien_step(-17 + 7 * nose, -4 + 2 * nose, v);
    return up * mien_step(x < 0 ? 1.5f : 1.6f, 1, fabsf(x));
}

void mien_form_lids(const mien_form *f) {
    int first, end;
    mien_form_rows(f, -17, 16, &first, &end);
    for (int r = first; r < end; r++) {
        float v = f->head->row_v[r];
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float u = f->head->column_u[c];
            float x = (fabsf(u) - MIEN_CHART_EYE_U) / MIEN_CHART_EYE_HALF;
            float w = share(x, v);
            if (w <= 0) continue;
            const mien_form_eye *e = &f->eye[u < 0 ? LEFT : RIGHT];
            float side = u < 0 ? -1 : 1;
            mien_vec lid =
                v > 0 ? upper_lid(f, e, x, v) : lower_lid(f, e, x, v);
            lid.x = e->middle.x + side * (lid.x - e->middle.x);
            mien_vec *p = mien_form_skin(f, r, c);
            *p = mien_blend(*p, lid, w);
            if (fabsf(v) > 0.7f) *p = outside(f, e, *p);
        }
    }
}
