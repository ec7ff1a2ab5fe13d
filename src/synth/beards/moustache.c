/* SPDX-License-Identifier: Apache-2.0 */
/* moustache.c - on the upper lip only. */
#include "synth/hair_beard.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const mien_whiskers w = {.lip = 1, .lip_broad = 31, .lip_length = 7};
    return mien_beard_grow(scene, head, &w);
}

const mien_beard mien_beard_moustache = {
    .name = "moustache",
    .summary = "on the upper lip only",
    .often = 0.7f,
    .build = build,
};
