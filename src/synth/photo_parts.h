/* SPDX-License-Identifier: Apache-2.0 */
/* photo_parts.h - what portraits and group photos are made with; for photo*.c.
 *
 *   MIEN_TRY(mien_studio_begin(s, shot, camera, turned));
 *   MIEN_TRY(mien_studio_seat(s, 0, &seat));
 *   MIEN_TRY(mien_studio_take(s, out, truth, shot)); */
#ifndef MIEN_SYNTH_PHOTO_PARTS_H
#define MIEN_SYNTH_PHOTO_PARTS_H

#include "synth/photo.h"
#include "synth/render.h"

enum { MIEN_GROUP_MOST = 16 };

/* The neck's root in head space, and a head from chin to crown. */
#define MIEN_NECK_ROOT ((mien_vec){0, -100, -30})
#define MIEN_HEAD_TALL 237.0f

struct mien_studio {
    mien_scene scene;
    mien_renderer *renderer;
    mien_frame frame;
    size_t room; /* pixels of the frame */
    int heads;
    mien_head head[MIEN_GROUP_MOST];
};

/* Somebody at a place: of the root of the neck, in the world. */
typedef struct mien_seat {
    const mien_person *person;
    const mien_shot *shot;
    mien_vec place;
} mien_seat;

/* An empty scene with a light, and a frame with the backdrop in it. The light
 * turns with the camera, which stands `turned` degrees round from the front.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_studio_begin(mien_studio *s, const mien_shot *shot,
                              const mien_camera *camera, float turned);

/* Add a person who holds the pose of the shot towards the camera. */
mien_status mien_studio_seat(mien_studio *s, const mien_seat *seat);

/* Render, note the truth of each head, develop. */
mien_status mien_studio_take(mien_studio *s, mien_image **out,
                             mien_photo_face *truth, const mien_shot *shot);

/* What the camera sees of a head in the picture just rendered; frame->light
 * must still be the light. */
void mien_photo_truth(mien_photo_face *truth, const mien_studio *s,
                      const mien_head *head);

/* The direction from a face at `p` to the camera, as degrees of yaw and pitch
 * of a head that looks at it. */
mien_pose mien_camera_bearing(const mien_camera *camera, mien_vec p);

/* A camera at `eye`, level, turned about the vertical; 0 looks along -z. */
mien_camera mien_camera_at(mien_vec eye, float turned);

/* Errors: MIEN_EINVAL for a side outside 32..4096. */
mien_status mien_photo_check_side(int side);

/* The tangent of degrees below 90. */
float mien_tangent(float degrees);

#endif
