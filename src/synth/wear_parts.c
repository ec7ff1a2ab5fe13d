/* SPDX-License-Identifier: Apache-2.0 */
/* wear_parts.c - what the things worn are made of, and how they fasten. */
#include "synth/wear_parts.h"

#include "synth/waves.h"

const mien_gloss mien_gold = {{0.75f, 0.52f, 0.22f}, 0.25f, 0.5f, 1};
const mien_gloss mien_silver = {{0.55f, 0.55f, 0.56f}, 0.22f, 0.5f, 1};
const mien_gloss mien_black = {{0.018f, 0.018f, 0.02f}, 0.3f, 0.04f, 1};

static void gloss_look(mien_surface *s, const void *what,
                       const mien_fragment *f) {
    (void)f;
    const mien_gloss *g = what;
    s->albedo = g->colour;
    s->roughness = g->roughness;
    s->specular = g->specular;
    s->opacity = g->opacity;
}

mien_status mien_wear_gloss(mien_scene *scene, mien_mesh **mesh,
                            const mien_head *head, mien_gloss gloss) {
    mien_gloss *kept = mien_scene_room(scene, sizeof *kept);
    if (!kept) return MIEN_ENOMEM;
    *kept = gloss;
    const bool glass = gloss.opacity < 1;
    return mien_scene_thing(scene, mesh,
                            (mien_material){.name = "gloss",
                                            .look = gloss_look,
                                            .what = kept,
                                            .unshadowing = glass,
                                            .translucent = glass,
                                            .owner = (int16_t)head->owner});
}

mien_status mien_wear_cloth(mien_scene *scene, mien_mesh **mesh,
                            const mien_head *head, const mien_cloth *cloth) {
    return mien_scene_thing(scene, mesh,
                            mien_cloth_material(cloth, head->owner));
}

void mien_wear_fix(mien_mesh *mesh, const mien_head *head) {
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &head->pose);
}

void mien_wear_drape(mien_mesh *mesh, const mien_head *head, float low,
                     float high) {
    mien_motion body = head->pose;
    body.turn = (mien_turn){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    mien_mesh_rest(mesh);
    for (int i = 0; i < mesh->vertices; i++) {
        const mien_vec p = mesh->position[i];
        mesh->position[i] =
            mien_blend(mien_moved(&body, p), mien_moved(&head->pose, p),
                       mien_step(low, high, p.y));
    }
    mien_mesh_normals(mesh);
}

uint32_t mien_wear_own_seed(const mien_head *head) {
    return mien_hash(head->person->seed, 0x3ea7u, 1);
}

uint32_t mien_wear_seed(const mien_head *head) {
    return mien_hash(head->person->seed, head->shot->seed, 0x3ea8u);
}

/* Of the chart's v at the brim. */
static float brim_at(const mien_hull *hull, float turn) {
    const float c = mien_cosine(turn);
    const float end = c > 0 ? hull->front : hull->back;
    return mien_mix(hull->side, end, c * c);
}

mien_vec mien_hull_at(const mien_hull *hull, float turn, float up) {
    const float u = mien_clamp(turn / MIEN_PI, -1, 1) * MIEN_CHART_BACK;
    const float low = brim_at(hull, turn);
    /* Fewer steps of v near the top, where the chart closes to a point. */
    const float v = mien_mix(low, MIEN_CHART_CROWN_V, up);
    mien_vec n;
    const mien_vec p = mien_head_at(hull->head, u, v, &n);
    const mien_vec from = {0, 10, -10};
    const mien_vec out = mien_unit(mien_sub(p, from));
    return mien_along(p, mien_unit(mien_blend(out, n, 0.3f)), hull->lift);
}
