/* SPDX-License-Identifier: Apache-2.0 */
/* scarf.c - a woollen scarf up to the chin. */
#include "synth/paint.h"
#include "synth/waves.h"
#include "synth/wear_parts.h"

/* One turn about the neck, sagging in front. */
typedef struct loop {
    float high, sag, wide, deep, thick;
} loop;

static mien_status wind(mien_mesh *mesh, const loop *l, uint32_t seed) {
    enum { POINTS = 41 };
    mien_vec path[POINTS];
    float radius[POINTS];
    const int first = mesh->vertices;
    for (int i = 0; i < POINTS; i++) {
        const float turn = 2 * MIEN_PI * (float)i / (POINTS - 1) + MIEN_PI;
        const float c = mien_cosine(turn), s = mien_sine(turn);
        path[i] =
            (mien_vec){l->wide * s, l->high - l->sag * mien_step(-0.3f, 1, c),
                       -22 + l->deep * c};
        radius[i] = l->thick * (1 + 0.12f * mien_noise2(turn * 1.3f, 2, seed));
    }
    path[POINTS - 1] = path[0];
    MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 18));
    for (int i = first; i < mesh->vertices; i++) {
        const float along = mesh->at[i][0] * 2 * MIEN_PI;
        const float around = mesh->at[i][1] * 2 * MIEN_PI;
        /* Folds run along the scarf. */
        const mien_vec place = {1.6f * mien_cosine(around),
                                1.6f * mien_sine(around),
                                2.2f * mien_cosine(along)};
        const float fold = mien_noise3(place, seed) +
                           0.5f * mien_noise3(mien_scale(place, 2.3f), seed);
        mesh->position[i] = mien_along(mesh->position[i], mesh->normal[i],
                                       0.3f * l->thick * fold);
        mesh->at[i][0] = mesh->at[i][0] * 480;
        mesh->at[i][1] = mesh->at[i][1] * 150;
    }
    return MIEN_OK;
}

/* An end that hangs down in front. */
static mien_status end(mien_mesh *mesh, float x, float length, uint32_t seed) {
    enum { ROWS = 16, COLUMNS = 9 };
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, false}, &first));
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        const float down = (float)(i / COLUMNS) / (ROWS - 1);
        const float t = 2 * (float)(i % COLUMNS) / (COLUMNS - 1) - 1;
        const float wide = mien_mix(26, 48, mien_step(0, 0.6f, down));
        mesh->position[first + i] = (mien_vec){
            x + wide * t, -185 - length * down,
            74 + 26 * mien_step(0, 0.4f, down) +
                5 * mien_noise2(t * 2.5f, down * 2, seed) + 6 * (1 - t * t)};
        mesh->at[first + i][0] = 480 + length * down;
        mesh->at[first + i][1] = wide * t;
    }
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_STRIPES | 1 << MIEN_CLOTH_CHECKS |
                                  1 << MIEN_CLOTH_MELANGE);
    cloth->roughness = 0.95f;
    const float chin = mien_head_at(head, 0, MIEN_CHART_CHIN_V, NULL).y;
    const float high = chin + mien_chance(seed, 1, -22, 4);
    const loop lower = {high - 44, 12, 94, 92, 30};
    const loop upper = {high - 12, 6, 84, 78, 27};
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(wind(mesh, &lower, seed));
    MIEN_TRY(wind(mesh, &upper, seed + 1));
    mien_wear_drape(mesh, head, -300, -60);
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(end(mesh, mien_chance(seed, 2, -40, 40),
                 mien_chance(seed, 3, 120, 300), seed));
    mien_wear_drape(mesh, head, -300, -60);
    return MIEN_OK;
}

const mien_wear mien_wear_scarf = {
    .name = "scarf",
    .summary = "a woollen scarf up to the chin",
    .place = MIEN_WEAR_NECK,
    .often = 1.0f,
    .hard = false,
    .build = build,
};
