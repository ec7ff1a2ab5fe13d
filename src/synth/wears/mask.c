/* SPDX-License-Identifier: Apache-2.0 */
/* mask.c - a surgical mask. */
#include "synth/paint.h"
#include "synth/waves.h"
#include "synth/wear_parts.h"

enum { ROWS = 26, COLUMNS = 27 };

/* The skin, or rather `off` beyond it, at a place of the mask: across -1 to
 * 1, down 0 to 1. */
static mien_vec skin_at(const mien_head *head, float across, float down,
                        float off) {
    const float far = across * across;
    const float top = mien_mix(-13, -32, mien_step(0, 0.7f, far));
    const float bottom = mien_mix(-118, -92, mien_step(0, 1, far));
    const float wide = mien_mix(70, 60, down);
    mien_vec n;
    const mien_vec p =
        mien_head_at(head, across * wide, mien_mix(top, bottom, down), &n);
    return mien_along(p, n, off);
}

/* Cloth does not go into hollows: from the ridge of nose, lips and chin it
 * runs to the cheeks without a bend. */
static mien_status sheet(mien_mesh *mesh, const mien_head *head) {
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, false}, NULL));
    const mien_vec tip = head->five[2];
    const mien_vec chin = skin_at(head, 0, 0.93f, 4);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        const float down = 1 - (float)(i / COLUMNS) / (ROWS - 1);
        const float across = 2 * (float)(i % COLUMNS) / (COLUMNS - 1) - 1;
        mien_vec p = skin_at(head, across, down, 3);
        const mien_vec middle = skin_at(head, 0, down, 3);
        const float edge = skin_at(head, across > 0 ? 1 : -1, down, 3).z;
        float ridge = middle.z;
        if (middle.y < tip.y && middle.y > chin.y)
            ridge =
                fmaxf(ridge, mien_mix(tip.z + 3, chin.z,
                                      (tip.y - middle.y) / (tip.y - chin.y)));
        const float away = fabsf(across) * sqrtf(fabsf(across));
        p.z = fmaxf(p.z, mien_mix(ridge, edge, away));
        const float fold = 3.6f * mien_clamp((down - 0.2f) / 0.6f, 0, 0.999f);
        const float pleat = fold - floorf(fold);
        p.z += 2.2f * (1 - pleat) * mien_step(0.2f, 0.3f, down) *
               mien_step(0.85f, 0.7f, down) *
               mien_step(1, 0.85f, fabsf(across));
        mesh->position[i] = p;
        mesh->at[i][0] = across * 70;
        mesh->at[i][1] = -down * 95;
    }
    return MIEN_OK;
}

static mien_status loops(mien_mesh *mesh, const mien_head *head) {
    for (int side = 0; side < 2; side++) {
        const float s = side ? 1 : -1;
        const mien_vec top = head->ear_top[side], hole = head->ear_canal[side];
        const mien_vec upper = skin_at(head, s, 0, 3);
        const mien_vec lower = skin_at(head, s, 1, 3);
        const mien_vec path[6] = {
            upper,
            {s * (fabsf(top.x) - 4), top.y - 6, top.z + 12},
            {s * (fabsf(top.x) - 2), top.y + 1, top.z - 4},
            {s * (fabsf(hole.x) + 4), hole.y - 10, hole.z - 16},
            {s * (fabsf(hole.x) + 3), hole.y - 26, hole.z + 2},
            lower};
        const float radius[6] = {1.2f, 1.2f, 1.2f, 1.2f, 1.2f, 1.2f};
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, 6, 5));
    }
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    static const uint32_t colours[] = {0xa9cfe0, 0xb4d6e4, 0xe9ecec, 0x1c1d20,
                                       0xc9d9d2};
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    mien_cloth *band = mien_cloth_new(scene, seed + 1);
    if (!cloth || !band) return MIEN_ENOMEM;
    cloth->colour[0] = mien_srgb(colours[mien_chance_of(seed, 1, 5)]);
    band->colour[0] = mien_srgb(0xe4e6e6);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(sheet(mesh, head));
    mien_wear_fix(mesh, head);
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, band));
    MIEN_TRY(loops(mesh, head));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_mask = {
    .name = "mask",
    .summary = "a surgical mask",
    .place = MIEN_WEAR_FACE,
    .often = 1.2f,
    .hard = false,
    .build = build,
};
