/* SPDX-License-Identifier: Apache-2.0 */
/* headscarf.c - a scarf about head and neck that leaves the face free. */
#include "synth/paint.h"
#include "synth/waves.h"
#include "synth/wear_parts.h"

enum { ROWS = 48, COLUMNS = 72 };

/* The face is left free: an oval of the chart. */
typedef struct veil {
    const mien_cloth *cloth;
    float top, wide;
} veil;

static bool covers(const void *what, const mien_fragment *f) {
    const veil *v = what;
    const float y =
        f->at[1] > -20 ? (f->at[1] + 20) / (v->top + 20) : (f->at[1] + 20) / 92;
    const float x = f->at[0] / v->wide;
    return x * x + y * y > 1;
}

static void look(mien_surface *s, const void *what, const mien_fragment *f) {
    const veil *v = what;
    const mien_material stuff = mien_cloth_material(v->cloth, 0);
    stuff.look(s, stuff.what, f);
}

/* Below the jaw the cloth hangs from there to the shoulders. */
static mien_vec hang(const mien_head *head, float turn, float u, float v,
                     float lift) {
    const float front = mien_step(1.1f, 0.35f, fabsf(turn));
    const float jaw = mien_mix(-24, -100, front);
    mien_vec n;
    mien_vec p = mien_head_at(head, u, v > jaw ? v : jaw, &n);
    const mien_vec out = {p.x, 0.3f * p.y, p.z + 12};
    p = mien_along(p, mien_unit(out), lift);
    if (v >= jaw) return p;
    const float part = (jaw - v) / (190 + jaw + 40);
    const float c = mien_cosine(turn);
    const mien_vec rim = {172 * mien_sine(turn), -256 - 42 * c,
                          -26 + (c > 0 ? 134 : 122) * c};
    mien_vec q = mien_blend(p, rim, part);
    const float tuck = mien_sine(MIEN_PI * part);
    q.x *= 1 - 0.04f * tuck;
    q.z -= 14 * tuck * c;
    return q;
}

static mien_status drape(mien_mesh *mesh, const mien_head *head, float hair,
                         uint32_t seed) {
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, true}, NULL));
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        const float part = (float)(i / COLUMNS) / (ROWS - 1);
        const float turn = MIEN_PI * (2 * (float)(i % COLUMNS) / COLUMNS - 1);
        const float u = turn / MIEN_PI * MIEN_CHART_BACK;
        const float v = mien_mix(-230, MIEN_CHART_CROWN_V, part);
        const float face = mien_bell(u / 52) * mien_step(70, 50, v);
        const float ear =
            14 * mien_bell((fabsf(turn) - 1.6f) / 0.4f) * mien_step(60, 30, v);
        mien_vec p = hang(head, turn, u, v, mien_mix(hair, 7, face) + ear);
        const float wave =
            mien_noise3((mien_vec){p.x / 40, p.y / 22, p.z / 40}, seed);
        const float loose = mien_step(-60, -150, v);
        p.z += (1.5f + 6 * loose) * wave;
        p.y += (1 + 4 * loose) * wave;
        mesh->position[i] = p;
        mesh->at[i][0] = u;
        mesh->at[i][1] = v;
    }
    mien_wear_drape(mesh, head, -215, -75);
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    veil *v = mien_scene_room(scene, sizeof *v);
    if (!cloth || !v) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_DOTS | 1 << MIEN_CLOTH_MELANGE);
    cloth->roughness = 0.65f;
    *v = (veil){cloth, mien_chance(seed, 1, 52, 64), 74};
    mien_mesh *mesh;
    mien_wear_hide_hair(scene, head);
    MIEN_TRY(mien_scene_thing(scene, &mesh,
                              (mien_material){.name = "headscarf",
                                              .covers = covers,
                                              .look = look,
                                              .what = v,
                                              .owner = (int16_t)head->owner}));
    return drape(mesh, head, 13, seed);
}

const mien_wear mien_wear_headscarf = {
    .name = "headscarf",
    .summary = "a scarf about head and neck that leaves the face free",
    .place = MIEN_WEAR_HEAD,
    .often = 0.5f,
    .hard = false,
    .build = build,
};
