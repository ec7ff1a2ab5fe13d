/* SPDX-License-Identifier: Apache-2.0 */
/* boxed.c - short and trimmed, from ear to ear. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {.lip = 1,
                             .beside = 1,
                             .below = 1,
                             .chin = 1,
                             .jaw = 1,
                             .cheek = 0.95f,
                             .neck = 0.4f,
                             .chin_broad = 40,
                             .length = 6,
                             .hang = 2,
                             .lip_broad = 38,
                             .lip_length = 5};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_boxed = {
    .name = "boxed",
    .summary = "short and trimmed, from ear to ear",
    .often = 2.0f,
    .build = build,
};
