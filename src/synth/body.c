/* SPDX-License-Identifier: Apache-2.0 */
/* body.c - choose what a person wears today. */
#include "synth/body.h"

#include "synth/clothes.h"
#include "synth/waves.h"

static const mien_garment *const garments[] = {
    &mien_garment_tee,    &mien_garment_sweater, &mien_garment_turtleneck,
    &mien_garment_blouse, &mien_garment_hoodie,  &mien_garment_shirt,
    &mien_garment_jacket};

enum { GARMENTS = sizeof garments / sizeof *garments };

static float often(const mien_garment *g, float man) {
    return mien_mix(g->women, g->men, man);
}

uint32_t mien_clothes_seed(const mien_head *head) {
    return mien_hash(head->shot->seed, head->person->seed, 0xb0d7u);
}

mien_status mien_body_build(mien_scene *scene, const mien_head *head,
                            mien_vec place) {
    const uint32_t seed = mien_clothes_seed(head);
    const float man =
        mien_step(-0.3f, 0.3f, head->person->trait[MIEN_TRAIT_sex]);
    const mien_torso t = mien_torso_of(head, place);
    float sum = 0;
    for (int i = 0; i < GARMENTS; i++) sum += often(garments[i], man);
    float left = sum * mien_hash_unit(seed, 1, 2);
    int chosen = 0;
    while (chosen + 1 < GARMENTS && left >= often(garments[chosen], man))
        left -= often(garments[chosen++], man);
    return garments[chosen]->build(scene, &t, seed);
}
