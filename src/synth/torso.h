/* SPDX-License-Identifier: Apache-2.0 */
/* torso.h - the shape of neck, shoulders and chest that clothes lie on.
 *
 *   mien_torso t = mien_torso_of(head);
 *   mien_vec breastbone = mien_torso_at(&t, 0, 2.5f);
 *
 * A place is a turn about the vertical (radians: 0 front, + to the person's
 * left, +-pi the back) and how far down it lies: 0 where the head's skin ends,
 * 1 the root of the neck, 4 the widest of the shoulders, MIEN_TORSO_DOWN the
 * hips. Millimetres, head space of an upright head; the body does not turn
 * with the head. */
#ifndef MIEN_SYNTH_TORSO_H
#define MIEN_SYNTH_TORSO_H

#include "synth/head.h"

#define MIEN_TORSO_DOWN 8.0f
/* Where in the chart the neck's skin goes below the clothes. */
#define MIEN_TORSO_NECK_V (MIEN_CHART_COLLAR_V + 27)

typedef struct mien_torso {
    const mien_head *head;
    mien_motion motion; /* head space, upright, to the world */
    float broad, stout; /* of shoulders and girth: 1 at the mean */
    float bust;         /* mm */
    float base;         /* height of the neck's last ring */
} mien_torso;

mien_torso mien_torso_of(const mien_head *head, mien_vec place);
mien_vec mien_torso_at(const mien_torso *t, float turn, float down);
/* The chart's u at a turn. */
float mien_torso_u(float turn);

/* Where cloth begins: `down` by the turn. */
typedef struct mien_neckline {
    float back, side, front; /* down */
    float breadth;           /* radians that the front's depth spans */
    bool pointed;            /* V, or round */
} mien_neckline;
float mien_neckline_at(const mien_neckline *line, float turn);

/* A sheet over the torso from a neckline to the hips, `lift` away from the
 * skin, with folds `folds` high. at: millimetres right and up, as seen from
 * the front. Positions are in the world. Errors: MIEN_ENOMEM. */
typedef struct mien_sheet {
    mien_neckline line;
    float lift, folds;
    float down; /* where it ends */
    uint32_t seed;
} mien_sheet;
mien_status mien_torso_sheet(mien_mesh *mesh, const mien_torso *t,
                             const mien_sheet *sheet);
/* Two sleeves that hang from the shoulders. */
mien_status mien_torso_sleeves(mien_mesh *mesh, const mien_torso *t,
                               const mien_sheet *sheet);
/* A cord of that radius along a neckline. */
mien_status mien_torso_hem(mien_mesh *mesh, const mien_torso *t,
                           const mien_sheet *sheet, float radius);
/* The skin that a neckline leaves bare. */
mien_status mien_torso_skin(mien_scene *scene, const mien_torso *t);

/* A mesh that was made in head space: its rest is kept, then it moves to the
 * world; normals are worked out. */
void mien_torso_place(mien_mesh *mesh, const mien_torso *t);

#endif
