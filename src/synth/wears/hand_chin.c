/* SPDX-License-Identifier: Apache-2.0 */
/* hand_chin.c - the chin on a fist or the cheek on a hand. */
#include "synth/hand.h"
#include "synth/paint.h"

static mien_hand fist(mien_vec chin, float side, uint32_t seed) {
    const float curl = mien_chance(seed, 3, 0.75f, 0.95f);
    return (mien_hand){.wrist = {side * 26, chin.y - 104, chin.z + 20},
                       .along = {side * 0.16f, 1, -0.1f},
                       .back = {side * 0.35f, 0.1f, 1},
                       .curl = {curl, curl, curl + 0.05f, curl + 0.1f},
                       .spread = 0.03f,
                       .thumb = {mien_chance(seed, 4, 0.2f, 0.6f), 0.2f},
                       .arm = {side * 0.25f, -1, 0.1f}};
}

/* The fingers lie on the cheek, the ball of the hand on the jaw. */
static mien_hand open_hand(mien_vec chin, float side, uint32_t seed) {
    const float curl = mien_chance(seed, 3, 0.3f, 0.45f);
    return (mien_hand){.wrist = {side * 58, chin.y - 62, chin.z - 2},
                       .along = {side * 0.24f, 1, -0.22f},
                       .back = {side * 0.85f, 0.1f, 0.75f},
                       .curl = {curl, curl, curl + 0.1f, curl + 0.2f},
                       .spread = 0.05f,
                       .thumb = {0.5f, 0.4f},
                       .arm = {side * 0.3f, -1, 0.15f}};
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const float side = mien_chance_of(seed, 1, 2) ? 1 : -1; /* -1: right */
    const mien_vec chin = mien_head_at(head, 0, MIEN_CHART_CHIN_V, NULL);
    mien_hand hand = mien_chance_of(seed, 2, 2) ? fist(chin, side, seed)
                                                : open_hand(chin, side, seed);
    hand.left = side > 0;
    return mien_hand_build(scene, head, &hand);
}

const mien_wear mien_wear_hand_chin = {
    .name = "hand_chin",
    .summary = "the chin on a fist or the cheek on a hand",
    .place = MIEN_WEAR_FACE,
    .often = 0.9f,
    .hard = true,
    .build = build,
};
