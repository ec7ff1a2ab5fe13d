/* SPDX-License-Identifier: Apache-2.0 */
/* headphones.c - headphones over the head. */
#include "synth/paint.h"
#include "synth/waves.h"
#include "synth/wear_parts.h"

static mien_status bow(mien_mesh *mesh, const mien_head *head, float lift) {
    enum { POINTS = 25 };
    mien_vec path[POINTS];
    float radius[POINTS];
    const mien_vec right = head->ear_canal[0], left = head->ear_canal[1];
    const mien_vec top = mien_head_at(head, 0, MIEN_CHART_CROWN_V, NULL);
    const float wide = 0.5f * (left.x - right.x) + 20;
    const float high = top.y + lift - left.y;
    for (int i = 0; i < POINTS; i++) {
        const float turn = MIEN_PI * (float)i / (POINTS - 1);
        const float s = mien_sine(turn);
        path[i] =
            (mien_vec){0.5f * (left.x + right.x) + wide * mien_cosine(turn),
                       left.y + high * mien_power(s, 0.8f), left.z - 2};
        radius[i] = mien_mix(5, 8, s);
    }
    return mien_mesh_tube(mesh, path, radius, POINTS, 10);
}

/* A cup is a flat drum; a cushion lies between it and the ear. */
static mien_status cups(mien_mesh *mesh, const mien_head *head, float radius,
                        float from, float to) {
    for (int side = 0; side < 2; side++) {
        const float s = side ? 1 : -1;
        const mien_vec ear = head->ear_canal[side];
        const mien_vec path[2] = {{ear.x + s * from, ear.y + 2, ear.z - 4},
                                  {ear.x + s * to, ear.y + 2, ear.z - 4}};
        const float thick[2] = {radius, radius * 0.92f};
        const int first = mesh->vertices;
        MIEN_TRY(mien_mesh_tube(mesh, path, thick, 2, 28));
        for (int i = first; i < mesh->vertices; i++) { /* flatten the ends */
            mien_vec *p = &mesh->position[i];
            const float low = fminf(path[0].x, path[1].x) - 3;
            p->x = mien_clamp(p->x, low, low + fabsf(to - from) + 6);
        }
    }
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    static const uint32_t colours[] = {0x17181a, 0x1d1f22, 0xe8e8e6,
                                       0x8a2b2b, 0x2f4a6b, 0xb9bcc0};
    const uint32_t seed = mien_wear_seed(head);
    const mien_gloss shell = {mien_srgb(colours[mien_chance_of(seed, 1, 6)]),
                              0.35f, 0.045f, 1};
    const mien_gloss pad = {{0.02f, 0.02f, 0.02f}, 0.7f, 0.03f, 1};
    const float size = mien_chance(seed, 2, 33, 41);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head, shell));
    MIEN_TRY(bow(mesh, head, mien_wear_hair_rise(scene, head) + 7));
    MIEN_TRY(cups(mesh, head, size, 21, 33));
    mien_wear_fix(mesh, head);
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head, pad));
    MIEN_TRY(cups(mesh, head, size - 2, 4, 20));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_headphones = {
    .name = "headphones",
    .summary = "headphones over the head",
    .place = MIEN_WEAR_EARS,
    .often = 0.5f,
    .hard = false,
    .build = build,
};
