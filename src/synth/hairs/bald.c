/* SPDX-License-Identifier: Apache-2.0 */
/* bald.c - no hair on the head. */
#include "synth/hair_style.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    (void)scene;
    (void)head;
    return MIEN_OK;
}

const mien_hair mien_hair_bald = {
    .name = "bald",
    .summary = "no hair on the head",
    .women = 0.04f,
    .men = 0.4f,
    .old = 2,
    .build = build,
};
