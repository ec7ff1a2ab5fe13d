/* SPDX-License-Identifier: Apache-2.0 */
/* goatee.c - on the chin only. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {
        .below = 0.8f, .chin = 1, .chin_broad = 22, .length = 9, .hang = 8};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_goatee = {
    .name = "goatee",
    .summary = "on the chin only",
    .often = 0.5f,
    .build = build,
};
