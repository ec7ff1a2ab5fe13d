/* SPDX-License-Identifier: Apache-2.0 */
/* photo.c - the studio, and portraits.
 *
 * The camera stands where a head of 237 mm takes the part of the picture that
 * the shot asks for. People who turn their head turn their shoulders with it:
 * the camera goes round the person by a part of the yaw, and the head turns by
 * the rest. */
#include "base/mem.h"
#include "synth/backdrop.h"
#include "synth/body.h"
#include "synth/hair.h"
#include "synth/lens.h"
#include "synth/photo_parts.h"
#include "synth/waves.h"
#include "synth/wear.h"

#define DEGREE (MIEN_PI / 180)

/* The part of the yaw that the shoulders follow. */
static const float follow = 0.45f;

/* What is behind people where a shot names no backdrop. */
static const mien_vec wall = {0.3f, 0.3f, 0.3f};

enum { LEAST_SIDE = 32, MOST_SIDE = 4096 };

/* ---- studio ----------------------------------------------------------- */

mien_status mien_studio_open(mien_studio **out) {
    *out = NULL;
    mien_studio *s = mien_alloc(1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    const mien_status status = mien_renderer_open(&s->renderer);
    if (status != MIEN_OK) {
        mien_studio_close(s);
        return status;
    }
    *out = s;
    return MIEN_OK;
}

void mien_studio_close(mien_studio *s) {
    if (!s) return;
    mien_scene_free(&s->scene);
    if (s->renderer) mien_renderer_close(s->renderer);
    mien_free(s->frame.light);
    mien_free(s->frame.depth);
    mien_free(s);
}

static mien_status make_frame(mien_studio *s, int width, int height) {
    const size_t n = (size_t)width * (size_t)height;
    if (n > s->room) {
        mien_free(s->frame.light);
        mien_free(s->frame.depth);
        s->room = 0;
        s->frame.light = mien_alloc(n, sizeof *s->frame.light);
        s->frame.depth = mien_alloc(n, sizeof *s->frame.depth);
        if (!s->frame.light || !s->frame.depth) return MIEN_ENOMEM;
        s->room = n;
    }
    s->frame.width = width;
    s->frame.height = height;
    return MIEN_OK;
}

mien_status mien_studio_begin(mien_studio *s, const mien_shot *shot,
                              const mien_camera *camera, float turned) {
    MIEN_TRY(make_frame(s, camera->width, camera->height));
    mien_scene_empty(&s->scene);
    s->heads = 0;
    s->scene.camera = *camera;
    s->scene.light = (mien_light){0};
    if (shot->lamp)
        shot->lamp->shine(&s->scene.light, shot->heading + turned, shot->seed);
    for (size_t i = 0; i < (size_t)s->frame.width * (size_t)s->frame.height;
         i++)
        s->frame.light[i] = wall;
    if (shot->backdrop) shot->backdrop->paint(&s->frame, shot->seed);
    return MIEN_OK;
}

static mien_status dress(mien_studio *s, const mien_head *head) {
    const mien_person *person = head->person;
    const mien_shot *shot = head->shot;
    if (person->hair) MIEN_TRY(person->hair->build(&s->scene, head));
    if (person->beard) MIEN_TRY(person->beard->build(&s->scene, head));
    for (int i = 0; i < MIEN_SHOT_WEARS && shot->wear[i]; i++)
        MIEN_TRY(shot->wear[i]->build(&s->scene, head));
    return MIEN_OK;
}

mien_status mien_studio_seat(mien_studio *s, const mien_seat *seat) {
    mien_head *head = &s->head[s->heads];
    const mien_vec face = mien_sub(seat->place, MIEN_NECK_ROOT);
    mien_pose pose = mien_camera_bearing(&s->scene.camera, face);
    pose.yaw += seat->shot->pose.yaw;
    pose.pitch += seat->shot->pose.pitch;
    pose.roll += seat->shot->pose.roll;
    *head = (mien_head){.pose = mien_head_motion(pose, seat->place)};
    MIEN_TRY(
        mien_head_build(head, &s->scene, seat->person, seat->shot, s->heads++));
    MIEN_TRY(mien_body_build(&s->scene, head, seat->place));
    return dress(s, head);
}

mien_status mien_studio_take(mien_studio *s, mien_image **out,
                             mien_photo_face *truth, const mien_shot *shot) {
    MIEN_TRY(mien_render(s->renderer, &s->frame, &s->scene));
    for (int i = 0; i < s->heads; i++)
        mien_photo_truth(&truth[i], s, &s->head[i]);
    float focus = 0; /* nobody is beyond it */
    for (int i = 0; i < s->heads; i++)
        if (truth[i].five[0].z > focus) focus = truth[i].five[0].z;
    return mien_lens_develop(out, &s->frame, shot, focus);
}

/* ---- camera ----------------------------------------------------------- */

float mien_tangent(float degrees) {
    return mien_sine(degrees * DEGREE) / mien_cosine(degrees * DEGREE);
}

mien_camera mien_camera_at(mien_vec eye, float turned) {
    const float c = mien_cosine(turned * DEGREE);
    const float s = mien_sine(turned * DEGREE);
    return (mien_camera){.eye = eye,
                         .turn.row = {{c, 0, -s}, {0, 1, 0}, {s, 0, c}}};
}

mien_pose mien_camera_bearing(const mien_camera *camera, mien_vec p) {
    const mien_vec d = mien_sub(camera->eye, p);
    const float level = sqrtf(d.x * d.x + d.z * d.z);
    return (mien_pose){.yaw = mien_arctan2(d.x, d.z) / DEGREE,
                       .pitch = mien_arctan2(d.y, level) / DEGREE};
}

mien_status mien_photo_check_side(int side) {
    if (side >= LEAST_SIDE && side <= MOST_SIDE) return MIEN_OK;
    return mien_fail(MIEN_EINVAL, "a photo of %d pixels: %d to %d", side,
                     LEAST_SIDE, MOST_SIDE);
}

/* ---- portrait --------------------------------------------------------- */

/* Looks at the face from the direction `turned`, so far away and so much to
 * the side that the head has its size and its place in the picture. */
static mien_camera portrait_camera(const mien_shot *shot, int side,
                                   float turned) {
    const float half = mien_tangent(shot->field / 2);
    const float distance = MIEN_HEAD_TALL / (2 * shot->near * half);
    const mien_camera level = mien_camera_at((mien_vec){0}, turned);
    /* The middle of the head, between chin and crown. */
    const mien_vec middle = {0, 6, 0};
    mien_vec eye = mien_along(middle, level.turn.row[2], distance);
    eye = mien_along(eye, level.turn.row[0], -shot->shift[0] * MIEN_HEAD_TALL);
    eye = mien_along(eye, level.turn.row[1], -shot->shift[1] * MIEN_HEAD_TALL);
    mien_camera camera = mien_camera_at(eye, turned);
    camera.focal = (float)side / (2 * half);
    camera.centre[0] = camera.centre[1] = 0.5f * (float)(side - 1);
    camera.width = camera.height = side;
    return camera;
}

mien_status mien_photo_portrait(mien_studio *studio, mien_image **out,
                                mien_photo_face *truth,
                                const mien_person *person,
                                const mien_shot *shot, int side) {
    *out = NULL;
    MIEN_TRY(mien_photo_check_side(side));
    const float turned = -follow * shot->pose.yaw;
    const mien_camera camera = portrait_camera(shot, side, turned);
    const mien_seat seat = {person, shot, MIEN_NECK_ROOT};
    MIEN_TRY(mien_studio_begin(studio, shot, &camera, turned));
    MIEN_TRY(mien_studio_seat(studio, &seat));
    return mien_studio_take(studio, out, truth, shot);
}
