/* SPDX-License-Identifier: Apache-2.0 */
/* head.h - the shape of a head with its expression, and where things are on it.
 *
 *   mien_head head;
 *   MIEN_TRY(mien_head_build(&head, &scene, &person, &shot, owner));
 *   mien_vec nose = head.five[2];   (head space; mien_moved(&head.pose, nose))
 *
 * Head space: millimetres, the origin inside the skull half way between the
 * ears at the height of the eyes; x to the person's left (the right of the
 * picture), y up, z forward. At the mean the pupils are at (+-31.5, 0, 82),
 * the tip of the nose at (0, -38, 108), the middle of the lips at (0, -68,
 * 92), the chin at (0, -112, 88), the crown at (0, 125, -10), the back at z =
 * -98, the ears' canals at (+-74, -6, -8); the neck leaves downwards and back.
 *
 * Chart: each point of the skin has coordinates (u, v), the same ones in every
 * person: where it would be, in millimetres, on the mean face unrolled onto a
 * plane. u = 0 is the middle line, u = +-240 the middle line of the back;
 * v = 0 is the height of the pupils. The constants below are places in it, so
 * lips, brows and stubble are painted by (u, v), and a landmark is the image
 * of a constant. The skin is slit along the lids, from corner to corner at
 * EYE_V, and along the lips at MOUTH_V. The upper lid is what lies between v =
 * 1, the edge of its rim, and its crease at 9, open or shut; the lower lid's
 * edge is at -1. The nostrils are at (+-7.2, -50). Traits and expressions move
 * the skin, not its coordinates; of the brows brow_height does, and arch, tilt
 * and the rest are paint. */
#ifndef MIEN_SYNTH_HEAD_H
#define MIEN_SYNTH_HEAD_H

#include "base/fail.h"
#include "synth/person.h"
#include "synth/scene.h"
#include "synth/shot.h"

/* Places in the chart, for u > 0; the other side is mirrored. */
#define MIEN_CHART_BACK 240.0f
#define MIEN_CHART_EYE_U 32.0f /* pupil; its lids' corners 15 to each side */
#define MIEN_CHART_EYE_V 0.0f
#define MIEN_CHART_EYE_HALF 15.0f
#define MIEN_CHART_BROW_V 19.0f  /* the middle of the brow; u 12 to 58 */
#define MIEN_CHART_NOSE_TIP_V -42.0f
#define MIEN_CHART_NOSE_BASE_V -53.0f
#define MIEN_CHART_NOSE_WING_U 17.0f
#define MIEN_CHART_MOUTH_V -71.0f /* the line between closed lips */
#define MIEN_CHART_MOUTH_U 25.0f  /* its corner */
#define MIEN_CHART_LIP_TOP_V -63.5f
#define MIEN_CHART_LIP_BOTTOM_V -80.5f
#define MIEN_CHART_CHIN_V -110.0f
#define MIEN_CHART_HAIRLINE_V 68.0f /* in the middle of the forehead */
#define MIEN_CHART_EAR_U 118.0f     /* where the ear joins; v -30 to 30 */
#define MIEN_CHART_CROWN_V 165.0f   /* the top row of the grid: one point */
#define MIEN_CHART_COLLAR_V -190.0f /* the lowest row: inside the collar */

enum { MIEN_HEAD_ROWS = 132, MIEN_HEAD_COLUMNS = 120, MIEN_LANDMARKS = 68 };

typedef struct mien_head {
    const mien_person *person;
    const mien_shot *shot;
    int owner;
    mien_motion pose; /* head space to the world */
    /* The skin of head and neck, before the pose, as a grid over the chart:
     * columns go round from u = -BACK at the back over the face to +BACK,
     * rows from the collar up to the crown; column_u and row_v say where each
     * lies. They are denser about the eyes, the nose and the mouth. */
    mien_vec *skin, *skin_normal; /* [row * MIEN_HEAD_COLUMNS + column] */
    float row_v[MIEN_HEAD_ROWS], column_u[MIEN_HEAD_COLUMNS];
    mien_vec five[5];              /* right eye (seen left), left eye, nose
                                      tip, corners of the mouth */
    mien_vec point[MIEN_LANDMARKS]; /* order of iBUG 300-W */
    mien_vec ear_top[2], ear_canal[2]; /* [0] seen on the left */
    mien_vec bridge;   /* where glasses sit */
    mien_vec eye[2];   /* middles of the eyeballs */
    float eye_radius;
} mien_head;

/* Add skin, ears, eyeballs, lids, lashes, teeth and mouth of a person to a
 * scene, posed, with their materials; memory is the scene's.
 *
 * head->pose must be set by the caller before: it places the head.
 * The rows below MIEN_CHART_CHIN_V - 17 take part in the pose less and less,
 * so that the neck stays in the collar (see body.h).
 * Errors: MIEN_ENOMEM. */
mien_status mien_head_build(mien_head *head, mien_scene *scene,
                            const mien_person *person, const mien_shot *shot,
                            int owner);

/* The skin at a place of the chart, head space, before the pose: position and
 * unit normal (may be NULL). Between grid points: bilinear. */
mien_vec mien_head_at(const mien_head *head, float u, float v,
                      mien_vec *normal);

/* The motion that takes a head upright about the root of its neck to a pose,
 * and then to `place`: the neck's root, (0, -100, -30) in head space. The body
 * (body.h) is placed by the same with the pose of zero. */
mien_motion mien_head_motion(mien_pose pose, mien_vec place);

#endif
