/* SPDX-License-Identifier: Apache-2.0 */
/* chin_strap.c - a narrow band along the jaw. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {
        .chin = 0.8f, .jaw = 0.95f, .chin_broad = 24, .length = 4};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_chin_strap = {
    .name = "chin_strap",
    .summary = "a narrow band along the jaw",
    .often = 0.4f,
    .build = build,
};
