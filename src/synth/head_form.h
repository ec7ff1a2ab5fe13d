/* SPDX-License-Identifier: Apache-2.0 */
/* head_form.h - what the files that shape a head share.
 *
 * The skin is made in layers, each moving what the last one left:
 *
 *   base        skull, face and neck without features      head_base.c
 *   brushes     brow ridge, cheekbones, chin, jaw ...       head_brush.c
 *   nose        head_nose.c
 *   lips        head_lips.c
 *   fit         widths in mm of nose, mouth, face           head_fit.c
 *   lids        head_lids.c
 *   expression  jaw, smile, brows                           head_mimic.c
 *
 * A layer moves point (row, column) by a product of a window over the rows
 * and one over the columns, so most of them cost a few multiplications for
 * the points that they reach. */
#ifndef MIEN_SYNTH_HEAD_FORM_H
#define MIEN_SYNTH_HEAD_FORM_H

#include "synth/head.h"
#include "synth/waves.h"

enum {
    MIEN_FORM_SIDE = MIEN_HEAD_COLUMNS / 2, /* columns from u = 0 to the back */
    MIEN_FORM_MIDDLE = MIEN_HEAD_COLUMNS / 2 /* the column of u = 0 */
};

/* Places in the chart that only the shape needs. */
#define MIEN_FORM_LID_EDGE  1.0f /* |v| of the outer edge of the lids' rim */
#define MIEN_FORM_LID_INNER 0.4f /* |v| of its inner edge, on the eyeball */
#define MIEN_FORM_CREASE    9.0f /* v of the upper lid's crease */

/* Of one eye, in head space. */
typedef struct mien_form_eye {
    mien_vec middle;        /* of the ball */
    float half, rise, fall; /* of the opening: breadth, upper, lower */
    float lean;             /* outer corner up: mm */
    float shut;             /* 0 to 1 */
} mien_form_eye;

typedef struct mien_form {
    mien_head *head;
    const mien_expression *mood;
    float trait[MIEN_TRAIT_COUNT];  /* mm, years */
    float normal[MIEN_TRAIT_COUNT]; /* deviations from the mean */
    float old;                      /* 0 to 1 */
    mien_form_eye eye[2];           /* [0] seen on the left, u < 0 */
} mien_form;

/* The trait in deviations. */
#define MIEN_NORMAL(form, name) ((form)->normal[MIEN_TRAIT_##name])
#define MIEN_AMOUNT(form, name) ((form)->trait[MIEN_TRAIT_##name])

/* Column for step k = 0..60 away from the middle on side -1 or 1. */
static inline int mien_form_column(int k, int side) {
    int c = MIEN_FORM_MIDDLE + side * k;
    return c < MIEN_HEAD_COLUMNS ? c : 0;
}

static inline mien_vec *mien_form_skin(const mien_form *f, int row,
                                       int column) {
    return &f->head->skin[row * MIEN_HEAD_COLUMNS + column];
}

/* A smooth hill or a shift in the chart: at its middle the skin moves by
 * `by`; on the other side mirrored. `flat` is the part of the radius, 0 to
 * 1, within which all of it holds: 0 gives a bell. */
typedef struct mien_brush {
    float u, v, wide, high; /* middle (u >= 0) and where it ends */
    mien_vec by;
    float flat;
} mien_brush;

/* Move the skin by brush * amount; [0] the left of the picture. */
void mien_form_brush(const mien_form *f, const mien_brush *b, float left,
                     float right);

/* First and one past the last row within low <= v <= high. */
void mien_form_rows(const mien_form *f, float low, float high, int *first,
                    int *end);

/* The smooth curve through n keys (ascending x) at x; flat beyond the ends.
 * Tangents are those of the chords (Catmull and Rom). */
float mien_form_curve(const float (*key)[2], int n, float x);

/* Is this the row below the slit of the lids or of the lips? The slit runs
 * between it and the next row. */
bool mien_form_slit(const mien_head *head, int row, int column);

void mien_form_chart(mien_head *head); /* row_v, column_u */
void mien_form_base(const mien_form *f);
void mien_form_features(const mien_form *f);
void mien_form_nose(const mien_form *f);
void mien_form_lips(const mien_form *f);
void mien_form_fit(const mien_form *f);
void mien_form_eyes(mien_form *f);
void mien_form_lids(const mien_form *f);
void mien_form_mimic(const mien_form *f);
void mien_form_landmarks(const mien_form *f);

/* The jaw's part at a place: 0 stays, 1 turns with it; and its turn. */
float mien_jaw_share(float out, float v);
mien_vec mien_jaw_turned(const mien_form *f, mien_vec p, float share);

/* Height of the opening's edges above the ball's middle, x = -1 at the inner
 * to 1 at the outer corner. */
float mien_lid_upper(const mien_form_eye *e, float x);
float mien_lid_lower(const mien_form_eye *e, float x);

/* Things of their own: ear.c, eye.c, mouth.c */
mien_status mien_head_ears(mien_scene *scene, mien_form *f);
mien_status mien_head_eyes(mien_scene *scene, const mien_form *f);
mien_status mien_head_mouth(mien_scene *scene, const mien_form *f);

#endif
