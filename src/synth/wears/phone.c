/* SPDX-License-Identifier: Apache-2.0 */
/* phone.c - a phone held before the face. */
#include "synth/hand.h"
#include "synth/paint.h"
#include "synth/waves.h"

/* A slab: half its breadth, height and thickness, corners rounded. */
static mien_status slab(mien_mesh *mesh, mien_vec middle, mien_vec half) {
    enum { SIDES = 40, RINGS = 6 };
    static const float in[RINGS] = {0, 0.97f, 1, 1, 0.97f, 0};
    static const float deep[RINGS] = {-1, -1, -0.6f, 0.6f, 1, 1};
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){RINGS, SIDES, true}, &first));
    for (int i = 0; i < RINGS * SIDES; i++) {
        const int ring = i / SIDES;
        const float turn = 2 * MIEN_PI * (float)(i % SIDES) / SIDES;
        const float c = mien_cosine(turn), s = mien_sine(turn);
        /* A rectangle pulled in at its corners. */
        const float most = fabsf(c) > fabsf(s) ? fabsf(c) : fabsf(s);
        const float corner = mien_step(0.80f, 0.707f, most);
        const float reach = in[ring] / most;
        const float pull = in[ring] * (1 - 0.04f * corner);
        mesh->position[first + i] =
            (mien_vec){middle.x + half.x * reach * c * pull,
                       middle.y + half.y * reach * s * (1 - 0.02f * corner),
                       middle.z + half.z * deep[ring]};
    }
    return MIEN_OK;
}

static mien_status eye(mien_mesh *mesh, mien_vec at, float radius) {
    const mien_vec path[2] = {{at.x, at.y, at.z}, {at.x, at.y, at.z + 0.8f}};
    const float thick[2] = {radius, radius};
    const int first = mesh->vertices;
    MIEN_TRY(mien_mesh_tube(mesh, path, thick, 2, 16));
    for (int i = first; i < mesh->vertices; i++)
        mesh->position[i].z = fminf(mesh->position[i].z, at.z + 1.2f);
    return MIEN_OK;
}

/* The back of the phone with its lenses in a corner. */
static mien_status phone(mien_scene *scene, const mien_head *head, mien_vec at,
                         uint32_t seed) {
    static const uint32_t cases[] = {0x17181b, 0x22252b, 0xe4e3df, 0x35506b,
                                     0x9a2f35, 0x8a8d92, 0xd9b6ad};
    const mien_gloss shell = {mien_srgb(cases[mien_chance_of(seed, 10, 7)]),
                              0.35f, 0.045f, 1};
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_gloss(scene, &mesh, head, shell));
    MIEN_TRY(slab(mesh, at, (mien_vec){36, 74, 4.5f}));
    mien_wear_fix(mesh, head);
    MIEN_TRY(
        mien_wear_gloss(scene, &mesh, head,
                        (mien_gloss){{0.01f, 0.01f, 0.012f}, 0.1f, 0.05f, 1}));
    for (int i = 0; i < 3; i++)
        MIEN_TRY(eye(mesh,
                     (mien_vec){at.x - 22 + (i == 1 ? 15 : 0),
                                at.y + 60 - 9 * (float)i, at.z + 4.2f},
                     5.2f));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const float side = mien_chance_of(seed, 1, 2) ? 1 : -1;
    const mien_vec at = {side * mien_chance(seed, 2, 6, 40),
                         mien_chance(seed, 3, -85, -30), 158};
    MIEN_TRY(phone(scene, head, at, seed));
    /* The palm is behind the phone, the fingers come round its edge. */
    const mien_hand hand = {.wrist = {at.x + side * 34, at.y - 104, at.z - 22},
                            .along = {-side * 0.25f, 1, 0.1f},
                            .back = {side * 0.55f, 0, -0.8f},
                            .left = side > 0,
                            .curl = {0.5f, 0.55f, 0.6f, 0.6f},
                            .spread = 0.06f,
                            .thumb = {0.5f, -0.2f},
                            .arm = {side * 0.35f, -1, -0.1f}};
    return mien_hand_build(scene, head, &hand);
}

const mien_wear mien_wear_phone = {
    .name = "phone",
    .summary = "a phone held before the face",
    .place = MIEN_WEAR_FACE,
    .often = 0.7f,
    .hard = true,
    .build = build,
};
