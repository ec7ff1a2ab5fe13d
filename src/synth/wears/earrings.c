/* SPDX-License-Identifier: Apache-2.0 */
/* earrings.c - studs, drops or hoops in the ears. */
#include "synth/paint.h"
#include "synth/waves.h"
#include "synth/wear_parts.h"

static mien_status bead(mien_mesh *mesh, mien_vec at, float radius) {
    const mien_vec path[2] = {{at.x, at.y - 0.1f, at.z}, at};
    const float thick[2] = {radius, radius};
    return mien_mesh_tube(mesh, path, thick, 2, 10);
}

static mien_status hoop(mien_mesh *mesh, mien_vec at, float radius) {
    enum { POINTS = 25 };
    mien_vec path[POINTS];
    float thick[POINTS];
    for (int i = 0; i < POINTS; i++) {
        const float turn = 2 * MIEN_PI * (float)i / (POINTS - 1);
        path[i] = (mien_vec){at.x, at.y - radius + radius * mien_cosine(turn),
                             at.z + radius * mien_sine(turn)};
        path[i].x += 0.35f * (path[i].z - at.z); /* seen from the front too */
        thick[i] = 1.3f;
    }
    return mien_mesh_tube(mesh, path, thick, POINTS, 6);
}

static mien_status drop(mien_mesh *mesh, mien_vec at, float length) {
    const mien_vec path[5] = {at,
                              {at.x, at.y - 0.4f * length, at.z},
                              {at.x, at.y - 0.6f * length, at.z},
                              {at.x, at.y - 0.85f * length, at.z},
                              {at.x, at.y - length, at.z}};
    const float radius[5] = {0.7f, 0.8f, 2.6f, 3.8f, 1.8f};
    return mien_mesh_tube(mesh, path, radius, 5, 10);
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const mien_gloss pearl = {{0.75f, 0.72f, 0.68f}, 0.2f, 0.08f, 1};
    const int kind = mien_chance_of(seed, 1, 3);
    const mien_gloss metal =
        mien_chance_of(seed, 2, 2) ? mien_gold : mien_silver;
    const float length = head->person->trait[MIEN_TRAIT_ear_length];
    const float size = mien_chance(seed, 3, 0, 1);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head,
                             kind == 0 && size > 0.5f ? pearl : metal));
    for (int side = 0; side < 2; side++) {
        const float s = side ? 1 : -1;
        const mien_vec top = head->ear_top[side], hole = head->ear_canal[side];
        const mien_vec lobe = {hole.x + s * 6, top.y - 0.86f * length,
                               hole.z + 5};
        if (kind == 0)
            MIEN_TRY(bead(mesh, lobe, 2.6f + 2 * size));
        else if (kind == 1)
            MIEN_TRY(hoop(mesh, lobe, 9 + 12 * size));
        else
            MIEN_TRY(drop(mesh, lobe, 14 + 22 * size));
    }
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_earrings = {
    .name = "earrings",
    .summary = "studs, drops or hoops in the ears",
    .place = MIEN_WEAR_EARS,
    .often = 2.0f,
    .hard = false,
    .build = build,
};
