/* SPDX-License-Identifier: Apache-2.0 */
/* circle.c - round the mouth: moustache and chin joined. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {.lip = 1,
                             .beside = 1,
                             .below = 0.9f,
                             .chin = 1,
                             .chin_broad = 29,
                             .length = 6,
                             .hang = 3,
                             .lip_broad = 36,
                             .lip_length = 5};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_circle = {
    .name = "circle",
    .summary = "round the mouth: moustache and chin joined",
    .often = 1.0f,
    .build = build,
};
