/* SPDX-License-Identifier: Apache-2.0 */
/* torso.c - the shape of neck, shoulders and chest that clothes lie on. */
#include "synth/torso.h"

#include "synth/looks.h"
#include "synth/waves.h"

enum { RINGS = 9, COLUMNS = 84, ROWS = 34, ARM_ROWS = 14, ARM_SIDES = 20 };

/* A ring of the mean body below the neck: half its breadth, how far it goes
 * before and behind, and its height before, at the side, behind. */
typedef struct ring {
    float across, front, back, high_front, high_side, high_back;
} ring;

/* The first is the neck's own. */
static const ring rings[RINGS] = {
    {0},
    {78, 48, -99, -10, 14, 20},
    {118, 70, -116, -28, -2, 6},
    {166, 90, -126, -62, -25, -30},
    {200, 101, -129, -106, -52, -76},
    {192, 107, -127, -160, -140, -145},
    {170, 108, -118, -240, -240, -240},
    {160, 100, -112, -380, -380, -380},
    {164, 100, -114, -800, -800, -800},
};

float mien_torso_u(float turn) {
    return mien_clamp(turn / MIEN_PI, -1, 1) * MIEN_CHART_BACK;
}

mien_torso mien_torso_of(const mien_head *head, mien_vec place) {
    const mien_person *p = head->person;
    const float weight = p->trait[MIEN_TRAIT_weight];
    const float woman = mien_step(0.2f, -0.5f, p->trait[MIEN_TRAIT_sex]);
    return (mien_torso){
        .head = head,
        .motion = mien_head_motion((mien_pose){0}, place),
        .broad = p->trait[MIEN_TRAIT_shoulder_breadth] / 410,
        .stout = 1 + 0.055f * weight,
        .bust = woman * (16 + 3 * weight),
        .base = mien_head_at(head, 0, MIEN_TORSO_NECK_V, NULL).y,
    };
}

/* A curve through four values, at t between the second and the third. */
static float curve(const float p[4], float t) {
    const float a = p[2] - p[0], b = 2 * p[0] - 5 * p[1] + 4 * p[2] - p[3];
    const float c = 3 * (p[1] - p[2]) + p[3] - p[0];
    return p[1] + 0.5f * t * (a + t * (b + t * c));
}

/* A point of ring k >= 1 of this body. */
static mien_vec ring_at(const mien_torso *t, int k, float s, float c) {
    const ring *r = &rings[k];
    const float far = k < 4 ? 0.25f * (float)k : 1;
    const float low = mien_clamp((float)k - 3, 0, 1);
    const float across =
        r->across * mien_mix(1, t->broad, far) * mien_mix(1, t->stout, low);
    const float reach = c > 0 ? r->front : r->back;
    const float middle = 0.5f * (r->front + r->back) * 0.6f;
    const float high =
        mien_mix(r->high_side, c > 0 ? r->high_front : r->high_back, c * c);
    const float depth = (reach - middle) * mien_mix(1, t->stout, 0.6f + low);
    return mien_vec_of(across * s, t->base + high, middle + depth * fabsf(c));
}

static mien_vec ring_of(const mien_torso *t, int k, float turn) {
    if (k <= 0) {
        mien_vec p =
            mien_head_at(t->head, mien_torso_u(turn), MIEN_TORSO_NECK_V, NULL);
        return mien_vec_of(p.x * 0.985f, p.y, -24 + (p.z + 24) * 0.985f);
    }
    return ring_at(t, k < RINGS ? k : RINGS - 1, mien_sine(turn),
                   mien_cosine(turn));
}

mien_vec mien_torso_at(const mien_torso *t, float turn, float down) {
    down = mien_clamp(down, 0, MIEN_TORSO_DOWN - 0.001f);
    const int k = (int)down;
    mien_vec p[4];
    for (int i = 0; i < 4; i++) p[i] = ring_of(t, k + i - 1, turn);
    if (k == 0) p[0] = mien_along(p[1], mien_sub(p[2], p[1]), -0.4f);
    const float part = down - (float)k;
    mien_vec q = {
        curve((const float[4]){p[0].x, p[1].x, p[2].x, p[3].x}, part),
        curve((const float[4]){p[0].y, p[1].y, p[2].y, p[3].y}, part),
        curve((const float[4]){p[0].z, p[1].z, p[2].z, p[3].z}, part)};
    if (t->bust > 0 && q.z > 0) {
        const float x = (fabsf(q.x) - 75) / 42;
        const float y = (q.y - t->base + 215) / 48;
        q.z += t->bust * mien_bell(sqrtf(x * x + y * y));
    }
    return q;
}

float mien_neckline_at(const mien_neckline *line, float turn) {
    const float from = fabsf(turn);
    const float behind = mien_step(0.5f * MIEN_PI, MIEN_PI, from);
    const float side = mien_mix(line->side, line->back, behind);
    float part = mien_clamp(1 - from / line->breadth, 0, 1);
    if (!line->pointed) part = part * part * (3 - 2 * part);
    return side + (line->front - line->side) * part;
}

void mien_torso_place(mien_mesh *mesh, const mien_torso *t) {
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &t->motion);
}

/* ---- sheets ---------------------------------------------------------------
 */

/* Folds hang from the shoulders and run from the armpits; none at the hem. */
static float fold_at(const mien_sheet *sheet, mien_vec p, float from_hem) {
    const mien_vec fine = {p.x / 34, p.y / 75, p.z / 40};
    const float slant = (fabsf(p.x) * 0.8f + p.y) / 26;
    const float pull = mien_step(40, 170, fabsf(p.x));
    const mien_vec across = {slant, p.y / 160, p.z / 90};
    const float soft = mien_noise3(fine, sheet->seed);
    const float crease = 0.4f - 2 * fabsf(mien_noise3(across, sheet->seed + 1));
    const float n = 0.8f * soft + pull * crease;
    return sheet->folds * n * mien_step(0, 0.6f, from_hem);
}

/* The outer columns of the grid lie denser in front. */
static float column_turn(int column) {
    const float t = (float)column / COLUMNS * 2 - 1;
    return MIEN_PI * t * mien_mix(0.75f, 1, t * t);
}

mien_status mien_torso_sheet(mien_mesh *mesh, const mien_torso *t,
                             const mien_sheet *sheet) {
    int first;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, true}, &first));
    for (int c = 0; c < COLUMNS; c++) {
        const float turn = column_turn(c);
        const float from = mien_neckline_at(&sheet->line, turn);
        for (int r = 0; r < ROWS; r++) {
            const float part = 1 - (float)r / (ROWS - 1);
            const float down =
                mien_mix(from, sheet->down, part * mien_mix(0.6f, 1, part));
            mesh->position[first + r * COLUMNS + c] =
                mien_torso_at(t, turn, down);
        }
    }
    mien_mesh_normals(mesh);
    for (int i = first; i < mesh->vertices; i++) {
        const mien_vec p = mesh->position[i];
        const float part = 1 - (float)((i - first) / COLUMNS) / (ROWS - 1);
        const float lift = sheet->lift + fold_at(sheet, p, 8 * part);
        mesh->position[i] = mien_along(p, mesh->normal[i], lift);
        mesh->at[i][0] = p.x;
        mesh->at[i][1] = p.y - t->base;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

/* The middle of an arm, `part` of the way down to the hand. */
static mien_vec arm_at(const mien_torso *t, float side, float part) {
    const float x = 193 * t->broad * mien_mix(1, t->stout, 0.3f) - 16;
    return mien_vec_of(side * (x + 34 * mien_step(-0.2f, 1, part)),
                       t->base - 99 - 620 * part, -22 + 24 * part);
}

static float arm_radius(const mien_torso *t, float part) {
    const float taper = mien_mix(51, 44, mien_step(0, 0.8f, part));
    return taper * t->stout * mien_mix(1, t->broad, 0.5f);
}

mien_status mien_torso_sleeves(mien_mesh *mesh, const mien_torso *t,
                               const mien_sheet *sheet) {
    for (int s = -1; s <= 1; s += 2) {
        mien_vec path[ARM_ROWS];
        float radius[ARM_ROWS];
        const int first = mesh->vertices;
        for (int r = 0; r < ARM_ROWS; r++) {
            const float part = (float)r / (ARM_ROWS - 1);
            path[r] = arm_at(t, (float)s, part);
            radius[r] = arm_radius(t, part) + sheet->lift;
        }
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, ARM_ROWS, ARM_SIDES));
        for (int i = first; i < mesh->vertices; i++) {
            const mien_vec p = mesh->position[i];
            const float lift = fold_at(sheet, p, t->base - p.y);
            mesh->position[i] = mien_along(p, mesh->normal[i], lift);
            mesh->at[i][0] = p.x;
            mesh->at[i][1] = p.y - t->base;
        }
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

mien_status mien_torso_hem(mien_mesh *mesh, const mien_torso *t,
                           const mien_sheet *sheet, float radius) {
    enum { POINTS = 65 };
    mien_vec path[POINTS];
    float thick[POINTS];
    for (int i = 0; i < POINTS; i++) {
        const float turn = MIEN_PI * (2 * (float)i / (POINTS - 1) - 1);
        const float down = mien_neckline_at(&sheet->line, turn);
        path[i] = mien_torso_at(t, turn, down);
        path[i].x += sheet->lift * 0.7f * mien_sine(turn);
        path[i].z += sheet->lift * 0.7f * mien_cosine(turn);
        path[i].y += sheet->lift * 0.7f;
        thick[i] = radius;
    }
    MIEN_TRY(mien_mesh_tube(mesh, path, thick, POINTS, 8));
    for (int i = 0; i < mesh->vertices; i++) {
        mesh->at[i][0] = mesh->position[i].x;
        mesh->at[i][1] = mesh->position[i].y - t->base;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

mien_status mien_torso_skin(mien_scene *scene, const mien_torso *t) {
    enum { SKIN_ROWS = 12, SKIN_COLUMNS = 56 };
    mien_material skin;
    mien_mesh *mesh;
    MIEN_TRY(mien_look_skin(&skin, scene, t->head));
    skin.owner = (int16_t)t->head->owner;
    skin.face = false;
    MIEN_TRY(mien_scene_thing(scene, &mesh, skin));
    MIEN_TRY(
        mien_mesh_grid(mesh, (mien_grid){SKIN_ROWS, SKIN_COLUMNS, true}, NULL));
    for (int i = 0; i < mesh->vertices; i++) {
        const int r = i / SKIN_COLUMNS, c = i % SKIN_COLUMNS;
        const float turn = MIEN_PI * (2 * (float)c / SKIN_COLUMNS - 1);
        const float down = 5 - 5 * (float)r / (SKIN_ROWS - 1);
        mesh->position[i] = mien_torso_at(t, turn, down);
        mesh->at[i][0] = mien_torso_u(turn);
        mesh->at[i][1] = MIEN_CHART_COLLAR_V;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}
