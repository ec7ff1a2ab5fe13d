/* SPDX-License-Identifier: Apache-2.0 */
/* photo.h - one picture of one or several people, and the truth about it.
 *
 *   mien_studio *studio;
 *   MIEN_TRY(mien_studio_open(&studio));
 *   mien_person who;
 *   mien_shot how;
 *   mien_person_draw(&who, seed, 3);
 *   mien_shot_draw(&how, &who, seed, 3, 0, MIEN_SHOT_USUAL);
 *   mien_image *photo;
 *   mien_photo_face truth;
 *   MIEN_TRY(mien_photo_portrait(studio, &photo, &truth, &who, &how, 256));
 *   mien_studio_close(studio); */
#ifndef MIEN_SYNTH_PHOTO_H
#define MIEN_SYNTH_PHOTO_H

#include "mien/image.h"
#include "synth/head.h"

/* What is true of a face in a photo. Pixels as everywhere: centres have whole
 * coordinates. */
typedef struct mien_photo_face {
    uint32_t person;
    float x, y, width, height; /* box: brow or hairline to chin, as far as the
                                  cheeks are seen; what hides it is ignored */
    mien_vec five[5];          /* x, y; z the distance */
    mien_vec point[MIEN_LANDMARKS];
    uint8_t seen[MIEN_LANDMARKS]; /* mien_sight, 0 clear */
    mien_pose pose;               /* towards the camera */
    mien_expression expression;
    float hidden;      /* share of the face behind something else or out of
                          the picture, 0 to 1 */
    float light_ratio; /* brighter half of the face to the darker one */
} mien_photo_face;

typedef struct mien_studio mien_studio; /* buffers, kept for the next */
mien_status mien_studio_open(mien_studio **out);
void mien_studio_close(mien_studio *studio);

/* Units:  side in pixels, 32 to 4096.
 * Owns:   *out is the caller's. Thread: one studio per thread.
 * Errors: MIEN_EINVAL, MIEN_ENOMEM; *out is then NULL. */
mien_status mien_photo_portrait(mien_studio *studio, mien_image **out,
                                mien_photo_face *truth,
                                const mien_person *person,
                                const mien_shot *shot, int side);

/* Several people at different distances; light, backdrop and lens are those
 * of shot[0]. truth[n] in the order given.
 *
 * Errors: also MIEN_EINVAL for n outside 1..16. */
typedef struct mien_group {
    int n, width, height;
    const mien_person *const *person;
    const uint32_t *number;
    const mien_shot *shot;
} mien_group;
mien_status mien_photo_group(mien_studio *studio, mien_image **out,
                             mien_photo_face *truth, const mien_group *group);

#endif
