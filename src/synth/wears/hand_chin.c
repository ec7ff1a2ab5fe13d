/* SPDX-License-Identifier: Apache-2.0 */
/* hand_chin.c - the chin on a hand, a finger on the cheek. */
#include "synth/hand.h"
#include "synth/paint.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const float side = mien_chance_of(seed, 1, 2) ? 1 : -1; /* -1: right */
    const mien_vec chin = mien_head_at(head, 0, MIEN_CHART_CHIN_V, NULL);
    const bool fist = mien_chance_of(seed, 2, 2);
    const float curl = mien_chance(seed, 3, 0.75f, 0.95f);
    const mien_hand hand = {
        .wrist = {side * 26, chin.y - 104, chin.z + 20},
        .along = {side * 0.16f, 1, -0.1f},
        .back = {side * 0.35f, 0.1f, 1},
        .left = side > 0,
        .curl = {fist ? curl : 0.22f, curl, curl + 0.05f, curl + 0.1f},
        .spread = 0.03f,
        .thumb = {mien_chance(seed, 4, 0.2f, 0.6f), 0.2f},
        .arm = {side * 0.25f, -1, 0.1f}};
    return mien_hand_build(scene, head, &hand);
}

const mien_wear mien_wear_hand_chin = {
    .name = "hand_chin",
    .summary = "the chin on a hand, a finger on the cheek",
    .place = MIEN_WEAR_FACE,
    .often = 0.9f,
    .hard = true,
    .build = build,
};
