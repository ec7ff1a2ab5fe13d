/* SPDX-License-Identifier: Apache-2.0 */
/* wear_parts.h - what the things worn are made of: plastic, metal, glass, and
 * the ways to fasten a mesh to a head. */
#ifndef MIEN_SYNTH_WEAR_PARTS_H
#define MIEN_SYNTH_WEAR_PARTS_H

#include "synth/cloth.h"
#include "synth/wear.h"

/* One colour, hard and smooth: plastic, metal, glass. */
typedef struct mien_gloss {
    mien_vec colour;
    float roughness, specular;
    float opacity; /* under 1: glass */
} mien_gloss;

/* Add a thing of that stuff, owned by the head. Errors: MIEN_ENOMEM. */
mien_status mien_wear_gloss(mien_scene *scene, mien_mesh **mesh,
                            const mien_head *head, mien_gloss gloss);
mien_status mien_wear_cloth(mien_scene *scene, mien_mesh **mesh,
                            const mien_head *head, const mien_cloth *cloth);
extern const mien_gloss mien_gold, mien_silver, mien_black;

/* A mesh in head space, finished: it moves with the head. */
void mien_wear_fix(mien_mesh *mesh, const mien_head *head);
/* The same for what hangs to the shoulders: with the head above `high`, with
 * the body below `low` (head space, y), between the two by parts. */
void mien_wear_drape(mien_mesh *mesh, const mien_head *head, float low,
                     float high);

/* The seed of what a person keeps, and of what they wear in this photo. */
uint32_t mien_wear_own_seed(const mien_head *head);
uint32_t mien_wear_seed(const mien_head *head);

/* A smooth hull about the skull, hair included: the place at a turn about the
 * vertical (radians, 0 front, + to the left) and at a height from the brim
 * (0) to the crown (1); `lift` beyond the skin.
 *
 * The brim lies at v = front before, side, and back behind. */
typedef struct mien_hull {
    const mien_head *head;
    float front, side, back; /* of the chart */
    float lift;
} mien_hull;
mien_vec mien_hull_at(const mien_hull *hull, float turn, float up);
/* How far the hair in the scene rises above the crown, millimetres; 0: none. */
float mien_wear_hair_rise(const mien_scene *scene, const mien_head *head);
/* The room that a hat leaves for hair that it presses. */
float mien_wear_hair(const mien_scene *scene, const mien_head *head);

/* Press the hair of this head that is in the scene already below a hull: what
 * is above the brim and farther out comes in. Cheap: a table of directions. */
void mien_hull_press(mien_scene *scene, const mien_hull *hull);
/* Take that hair away: all of it is under cloth. Beards stay. */
void mien_wear_hide_hair(mien_scene *scene, const mien_head *head);

#endif
