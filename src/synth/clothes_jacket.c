/* SPDX-License-Identifier: Apache-2.0 */
/* clothes_jacket.c - jackets: lapels over a shirt and tie, or a T-shirt. */
#include "synth/clothes.h"
#include "synth/paint.h"
#include "synth/waves.h"

static const mien_neckline opening = {0.35f, 0.6f, 5.4f, 0.85f, true};

static mien_status add(mien_scene *scene, mien_mesh **mesh, const mien_torso *t,
                       const mien_cloth *cloth) {
    return mien_scene_thing(scene, mesh,
                            mien_cloth_material(cloth, t->head->owner));
}

/* How broad the lapel is, `part` of the way from the lowest point of the
 * opening (0) to the nape (1): it widens to the notch, then the collar. */
static float lapel_breadth(float part) {
    if (part < 0.56f) return mien_mix(6, 72, mien_step(-0.1f, 0.56f, part));
    if (part < 0.585f) return 40;
    return mien_mix(58, 40, mien_step(0.585f, 0.9f, part));
}

static mien_status lapels(mien_mesh *mesh, const mien_torso *t, float lift) {
    enum { ROWS = 54, COLUMNS = 6 };
    for (int s = -1; s <= 1; s += 2) {
        int first;
        MIEN_TRY(
            mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, false}, &first));
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            const float part = (float)(i / COLUMNS) / (ROWS - 1);
            const float across = (float)(i % COLUMNS) / (COLUMNS - 1);
            /* Most of the rows lie along the opening in front. */
            const float edge =
                part < 0.75f ? 0.03f + part * 1.1f
                             : mien_mix(0.855f, MIEN_PI, (part - 0.75f) * 4);
            const float down = mien_neckline_at(&opening, edge);
            const float girth = 70 + 28 * mien_clamp(down, 0, 4);
            const float front = mien_step(0.9f, 0.7f, edge);
            const float breadth = lapel_breadth(part) * across;
            const float turn = edge + front * breadth / girth;
            const float lower =
                (1 - front) * breadth / 48 + front * breadth * -0.004f;
            mien_vec p = mien_torso_at(
                t, (float)s * mien_clamp(turn, 0, MIEN_PI), down + lower);
            const float bulge = lift + 3 + 5 * mien_sine(MIEN_PI * across);
            p.x += bulge * mien_sine((float)s * turn) * 0.8f;
            p.z += bulge * mien_cosine(turn);
            p.y += 0.5f * bulge + (1 - front) * 9 * (1 - across);
            mesh->position[first + i] = p;
            mesh->at[first + i][0] = breadth;
            mesh->at[first + i][1] = 300 * part;
        }
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

/* Half the breadth of a tie, mm below its knot's top. */
static float tie_half(float low, float broad) {
    if (low < 34) return mien_mix(20, 12, low / 34);
    return mien_mix(12, broad, mien_step(30, 330, low));
}

static mien_status tie(mien_mesh *mesh, const mien_torso *t, float broad) {
    enum { ROWS = 40, COLUMNS = 7 };
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, false}, NULL));
    for (int i = 0; i < mesh->vertices; i++) {
        const float part = (float)(i / COLUMNS) / (ROWS - 1);
        const float across = 2 * (float)(i % COLUMNS) / (COLUMNS - 1) - 1;
        mien_vec p = mien_torso_at(t, 0, 6.6f * part * part + 0.4f * part);
        p.y += 8 * mien_step(0.1f, 0, part);
        const float low = t->base + 6 - p.y;
        const float knot = mien_step(44, 30, low);
        const float half = tie_half(low, broad);
        p.x = half * across;
        p.z += 8 + (3 + 8 * knot) * (1 - across * across);
        mesh->position[i] = p;
        mesh->at[i][0] = 0.8f * p.x + 0.6f * p.y; /* stripes run aslant */
        mesh->at[i][1] = 0.8f * p.y - 0.6f * p.x;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

static mien_status under(mien_scene *scene, const mien_torso *t,
                         uint32_t seed) {
    mien_cloth *inner = mien_cloth_new(scene, seed + 1);
    mien_cloth *silk = mien_cloth_new(scene, seed + 2);
    if (!inner || !silk) return MIEN_ENOMEM;
    static const uint32_t whites[] = {0xf1f1ee, 0xe8edf2, 0xcfdbe8, 0xf0e6dc};
    inner->colour[0] = mien_srgb(whites[mien_chance_of(seed, 60, 4)]);
    mien_cloth_pattern(inner, 1 << MIEN_CLOTH_STRIPES);
    inner->colour[1] = mien_srgb(0x9fb3cc);
    MIEN_TRY(mien_torso_skin(scene, t));
    const int kind = mien_chance_of(seed, 61, 4);
    if (kind == 0) { /* a T-shirt */
        const mien_sheet sheet = {.line = {0.5f, 0.7f, 1.1f, 1.5f, false},
                                  .lift = 3,
                                  .folds = 2,
                                  .down = 6,
                                  .seed = seed};
        mien_mesh *mesh;
        inner->colour[0] = mien_cloth_colour(seed, 63);
        MIEN_TRY(add(scene, &mesh, t, inner));
        return mien_torso_sheet(mesh, t, &sheet);
    }
    const bool tied = kind > 1 && t->head->person->trait[MIEN_TRAIT_sex] > 0;
    MIEN_TRY(mien_clothes_shirt_front(scene, t, inner, !tied));
    if (!tied) return MIEN_OK;
    silk->roughness = 0.45f;
    mien_cloth_pattern(silk, 1 << MIEN_CLOTH_STRIPES | 1 << MIEN_CLOTH_DOTS);
    mien_mesh *mesh;
    MIEN_TRY(add(scene, &mesh, t, silk));
    return tie(mesh, t, mien_chance(seed, 62, 26, 42));
}

static mien_status jacket(mien_scene *scene, const mien_torso *t,
                          uint32_t seed) {
    static const uint32_t wools[] = {0x1d2128, 0x262d3c, 0x3a3f47, 0x5c5f63,
                                     0x4a3b30, 0x8a7a62, 0x2c3a33, 0x6d2f35};
    mien_cloth *wool = mien_cloth_new(scene, seed);
    if (!wool) return MIEN_ENOMEM;
    wool->colour[0] = mien_srgb(wools[mien_chance_of(seed, 55, 8)]);
    mien_cloth_pattern(wool, 1 << MIEN_CLOTH_STRIPES | 1 << MIEN_CLOTH_MELANGE);
    wool->share = 0.15f; /* pinstripes */
    wool->colour[1] = mien_along(wool->colour[0], (mien_vec){1, 1, 1}, 0.06f);
    const mien_sheet sheet = {.line = opening,
                              .lift = 11,
                              .folds = 3.5f,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    mien_mesh *mesh;
    MIEN_TRY(under(scene, t, seed));
    MIEN_TRY(mien_clothes_top(scene, t, &sheet, wool, 0));
    MIEN_TRY(add(scene, &mesh, t, wool));
    return lapels(mesh, t, sheet.lift);
}

const mien_garment mien_garment_jacket = {"jacket", 0.9f, 1.3f, jacket};
