/* SPDX-License-Identifier: Apache-2.0 */
/* clothes.h - garments over the torso, and their parts. */
#ifndef MIEN_SYNTH_CLOTHES_H
#define MIEN_SYNTH_CLOTHES_H

#include "synth/cloth.h"
#include "synth/torso.h"

typedef struct mien_garment {
    const char *name;
    float women, men; /* how often, relative to the others */
    mien_status (*build)(mien_scene *scene, const mien_torso *t, uint32_t seed);
} mien_garment;

extern const mien_garment mien_garment_tee, mien_garment_sweater,
    mien_garment_turtleneck, mien_garment_blouse, mien_garment_hoodie,
    mien_garment_shirt, mien_garment_jacket;

/* What the clothes of this photo come from; the garment's first cloth is
 * mien_cloth_new() of it. */
uint32_t mien_clothes_seed(const mien_head *head);

/* Sheet, sleeves and (radius > 0) hem of one cloth. */
mien_status mien_clothes_top(mien_scene *scene, const mien_torso *t,
                             const mien_sheet *sheet, const mien_cloth *cloth,
                             float hem);

/* A collar that is folded over; `open` radians are left between its points,
 * which hang `points` millimetres below the fold. */
typedef struct mien_collar {
    float open, points, lift;
} mien_collar;
mien_status mien_clothes_collar(mien_scene *scene, const mien_torso *t,
                                const mien_collar *collar,
                                const mien_cloth *cloth);
/* Shirt without sleeves: sheet, band of buttons, collar. */
mien_status mien_clothes_shirt_front(mien_scene *scene, const mien_torso *t,
                                     const mien_cloth *cloth, bool open);

#endif
