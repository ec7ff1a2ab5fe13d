/* SPDX-License-Identifier: Apache-2.0 */
/* full.c - long and full, hanging below the chin. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {.lip = 1,
                             .beside = 1,
                             .below = 1,
                             .chin = 1,
                             .jaw = 1,
                             .cheek = 1,
                             .neck = 0.8f,
                             .chin_broad = 44,
                             .length = 17,
                             .hang = 34,
                             .lip_broad = 40,
                             .lip_length = 9};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_full = {
    .name = "full",
    .summary = "long and full, hanging below the chin",
    .often = 0.8f,
    .build = build,
};
