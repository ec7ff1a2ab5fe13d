/* SPDX-License-Identifier: Apache-2.0 */
/* hand_mouth.c - a hand over the mouth. */
#include "synth/hand.h"
#include "synth/paint.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const float side = mien_chance_of(seed, 1, 2) ? 1 : -1; /* -1: right */
    const mien_vec mouth = mien_head_at(head, 0, MIEN_CHART_MOUTH_V, NULL);
    const float lift = mien_chance(seed, 2, -14, 4);
    const float curl = mien_chance(seed, 3, 0.16f, 0.3f);
    const mien_hand hand = {
        .wrist = {side * 66, mouth.y + lift - 10, mouth.z + 15},
        .along = {-side, mien_chance(seed, 4, 0.08f, 0.4f), 0.02f},
        .back = {side * 0.1f, -0.05f, 1},
        .left = side > 0,
        .curl = {curl, curl + 0.03f, curl + 0.06f, curl + 0.1f},
        .spread = mien_chance(seed, 5, 0.02f, 0.09f),
        .thumb = {mien_chance(seed, 6, 0.5f, 0.9f), 0.3f},
        .arm = {side * 0.8f, -0.9f, 0.1f}};
    return mien_hand_build(scene, head, &hand);
}

const mien_wear mien_wear_hand_mouth = {
    .name = "hand_mouth",
    .summary = "a hand over the mouth",
    .place = MIEN_WEAR_FACE,
    .often = 0.8f,
    .hard = true,
    .build = build,
};
