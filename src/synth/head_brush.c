/* SPDX-License-Identifier: Apache-2.0 */
/* head_brush.c - hills and hollows of the face, as a table: what all faces
 * have (`mean`) and what a deviation of a trait adds to it (`gain`). */
#include "synth/head_form.h"

typedef struct feature {
    mien_brush brush;
    float mean, gain;
    mien_trait trait;
} feature;

#define T(name) MIEN_TRAIT_##name

static const feature features[] = {
    /* brow and eye sockets */
    {{24, 15, 30, 13, {0, -0.3f, 1}, 0}, 1.3f, 1.6f, T(brow_ridge)},
    {{0, 17, 20, 14, {0, 0, 1}, 0}, 0.3f, 1.2f, T(brow_ridge)},
    {{52, 13, 18, 14, {0.3f, 0, 1}, 0}, 2, 1.17f, T(brow_ridge)},
    {{31, 4, 40, 24, {0, 0, -1}, 0}, 5.6f, 1.95f, T(eye_depth)},
    {{15, 2, 14, 17, {0, 0, -1}, 0}, 1.3f, 0.78f, T(eye_depth)},
    {{31, -13, 20, 6, {0, 0, 1}, 0}, 0.3f, 1.17f, T(eye_bag)},
    {{31, -18, 20, 6, {0, 0, -1}, 0}, 0.4f, 0.65f, T(eye_bag)},
    /* forehead and temples */
    {{72, 22, 30, 34, {-1, 0, -0.5f}, 0}, 2.4f, -2.34f, T(forehead_breadth)},
    {{32, 48, 30, 28, {0.3f, 0, 1}, 0}, 0.8f, 1.04f, T(forehead_round)},
    /* cheeks */
    {{54, -20, 30, 22, {0.4f, 0, 1}, 0}, 2.2f, 2.86f, T(cheekbone)},
    {{38, -26, 34, 34, {0, 0, 1}, 0}, 0.6f, 2.21f, T(face_flat)},
    {{60, -54, 32, 34, {1, 0, 0.8f}, 0}, -0.4f, 2.6f, T(cheek_full)},
    {{42, -66, 30, 34, {0.6f, 0, 1}, 0}, 0.6f, 1.3f, T(cheek_full)},
    {{70, -80, 40, 34, {1, -0.6f, 0.4f}, 0}, 0, 2.6f, T(weight)},
    {{40, -60, 46, 50, {0.5f, 0, 0.8f}, 0}, 0, 1.3f, T(weight)},
    {{54, -98, 44, 30, {0.8f, -0.5f, 0.6f}, 0}, 0, 1.4f, T(weight)},
    /* jaw and chin */
    {{46, -93, 26, 20, {0.4f, -0.4f, 1}, 0}, 0.4f, 0.6f, T(age)},
    {{84, -68, 40, 40, {1, -0.4f, -0.1f}, 0}, 1, 2.08f, T(jaw_angle)},
    {{0, -101, 34, 19, {0, 0, 1}, 0}, 1.9f, 0, T(chin_forward)},
    {{0, -104, 54, 34, {0, 0, 1}, 0.2f}, 0, 3.12f, T(chin_forward)},
    {{21, -106, 22, 20, {0.8f, -0.2f, 1}, 0}, 0.8f, 3.38f, T(chin_breadth)},
    {{0, -108, 44, 20, {0, -1, 0}, 0.2f}, 0, 1.3f, T(chin_height)},
    {{0, -88.5f, 24, 8, {0, 0, -1}, 0}, 1.7f, 0.45f, T(chin_height)},
    /* what sets the sexes apart beyond their means: -1 woman, 1 man */
    {{0, -152, 14, 17, {0, 0, 1}, 0}, 0.8f, 0.6f, T(sex)},
    {{84, -68, 40, 40, {1, -0.4f, -0.1f}, 0}, 0, 1.6f, T(sex)},
    {{21, -106, 22, 20, {0.8f, -0.2f, 1}, 0}, 0, 1.6f, T(sex)},
    {{24, 15, 30, 13, {0, -0.3f, 1}, 0}, 0, 1.2f, T(sex)},
    {{0, 17, 20, 14, {0, 0, 1}, 0}, 0, 0.7f, T(sex)},
    {{31, 4, 40, 24, {0, 0, -1}, 0}, 0, 1.5f, T(sex)},
    {{32, 48, 30, 28, {0.3f, 0, 1}, 0}, 0, -0.8f, T(sex)},
    {{44, -38, 34, 34, {0.4f, 0, 1}, 0}, 0, -1.2f, T(sex)},
    {{0, -72, 30, 20, {0, 0, 1}, 0}, 0, -0.8f, T(sex)},
    /* mouth and below the nose */
    {{0, -70, 46, 36, {0, 0, 1}, 0.15f}, 0, 2.6f, T(mouth_forward)},
    {{0, -58.5f, 5.5f, 10, {0, 0, -1}, 0}, 0.9f, 0.65f, T(philtrum)},
    {{5.6f, -60, 5, 9, {0, 0, 1}, 0}, 0.6f, 0.45f, T(philtrum)},
    {{27, -72, 7, 9, {0, 0, -1}, 0}, 1.6f, 0, T(age)},
};

/* Those that only show on one side of the mean. */
static const feature deeper[] = {
    {{0, -106, 5, 11, {0, 0, -1}, 0}, 0, 1.17f, T(chin_cleft)},
    {{0, -124, 70, 20, {0, -1, 0.9f}, 0.1f}, 0, 3.4f, T(double_chin)},
};

void mien_form_features(const mien_form *f) {
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        const feature *a = &features[i];
        float amount = a->mean + a->gain * f->normal[a->trait];
        mien_form_brush(f, &a->brush, amount, amount);
    }
    for (size_t i = 0; i < sizeof deeper / sizeof deeper[0]; i++) {
        const feature *a = &deeper[i];
        float amount = a->gain * fmaxf(f->trait[a->trait], 0);
        if (amount > 0) mien_form_brush(f, &a->brush, amount, amount);
    }
    float uneven = 0.5f * MIEN_AMOUNT(f, uneven_jaw);
    const mien_brush jaw = {70, -80, 60, 50, {1, 0, 0}, 0.2f};
    mien_form_brush(f, &jaw, -uneven, uneven);
    const mien_brush brows = {36, 20, 40, 15, {0, 1, 0}, 0.3f};
    float rise = 1.9f * MIEN_NORMAL(f, brow_height);
    mien_form_brush(f, &brows, rise, rise);
}
