/* SPDX-License-Identifier: Apache-2.0 */
/* shot.h - how a photo is taken: pose, expression, light, lens, occluders.
 *
 *   mien_shot shot;
 *   mien_shot_draw(&shot, &person, seed, number, photo, MIEN_SHOT_USUAL);
 */
#ifndef MIEN_SYNTH_SHOT_H
#define MIEN_SYNTH_SHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "synth/person.h"
#include "synth/vec.h"

/* Degrees. yaw + : the face turns to the right of the picture; pitch + : it
 * looks up; roll + : the head leans to the right of the picture. */
typedef struct mien_pose {
    float yaw, pitch, roll;
} mien_pose;

typedef struct mien_expression {
    float smile;     /* -1 sad, 0 none, 1 broad */
    float open;      /* 0 lips closed, 1 wide open */
    float closed[2]; /* 0 eye open, 1 shut; [0] the eye seen on the left */
    float brows;     /* -1 frown, 1 raised */
    float gaze[2];   /* degrees from straight ahead of the head: right, up */
} mien_expression;

enum { MIEN_SHOT_WEARS = 4 };

typedef struct mien_shot {
    uint32_t seed;  /* of noise that belongs to the photo */
    mien_pose pose;
    mien_expression expression;
    const struct mien_wear *wear[MIEN_SHOT_WEARS]; /* glasses too; NULL ends */
    const struct mien_lamp *lamp;                  /* lights.def */
    const struct mien_backdrop *backdrop;          /* backdrops.def */
    float heading;      /* degrees the lamp is turned about the vertical */
    float exposure;     /* stops */
    float warmth;       /* of the white balance: -1 blue to 1 amber */
    float field;        /* degrees the long side of the picture spans */
    float near;         /* height of the head in that of the picture */
    float shift[2];     /* of the face from the middle, in heads */
    float blur;         /* of what lies beyond the face: pixels at 256 */
    float shake[2];     /* motion blur: pixels at 256, along x and y */
    float defocus;      /* of the face itself: pixels at 256 */
    float noise;        /* deviation, black to white being 1 */
    int quality;        /* of the JPEG */
} mien_shot;

/* frontal: yaw and pitch within 12 degrees, even light, eyes open, nothing
 * before the face; usual: what people take of each other; hard: large pose,
 * harsh light, blur, occluders. */
typedef enum mien_shot_kind {
    MIEN_SHOT_FRONTAL,
    MIEN_SHOT_USUAL,
    MIEN_SHOT_HARD
} mien_shot_kind;

/* The same for the same seed and numbers, whatever else is made. */
void mien_shot_draw(mien_shot *shot, const mien_person *person, uint64_t seed,
                    uint32_t person_number, uint32_t photo_number,
                    mien_shot_kind kind);

#endif
