/* SPDX-License-Identifier: Apache-2.0 */
/* head.c - put a head together: shape, expression, pose, materials. */
#include "synth/head.h"

#include <string.h>

#include "synth/head_form.h"
#include "synth/looks.h"

static mien_form form_of(mien_head *head) {
    const mien_person *p = head->person;
    mien_form f = {.head = head, .mood = &head->shot->expression};
    for (int t = 0; t < MIEN_TRAIT_COUNT; t++) {
        f.trait[t] = p->trait[t];
        f.normal[t] = mien_person_normal(p, (mien_trait)t);
    }
    f.normal[MIEN_TRAIT_sex] = f.trait[MIEN_TRAIT_sex];
    f.old = mien_step(30, 85, f.trait[MIEN_TRAIT_age]);
    return f;
}

static void shape(mien_form *f) {
    mien_form_chart(f->head);
    mien_form_base(f);
    mien_form_features(f);
    mien_form_lips(f);
    mien_form_nose(f);
    mien_form_fit(f);
    mien_form_eyes(f);
    mien_form_lids(f);
    mien_form_mimic(f);
}

/* Leave out the triangles that would close eyes and mouth. */
static void cut_slits(mien_mesh *mesh, const mien_head *head) {
    int kept = 0;
    for (int t = 0; t < mesh->triangles; t++) {
        const uint32_t *c = mesh->corner[t];
        bool cut = true;
        uint32_t low = c[0];
        for (int i = 1; i < 3; i++)
            if (c[i] < low) low = c[i];
        int row = (int)low / MIEN_HEAD_COLUMNS;
        for (int i = 0; i < 3 && cut; i++)
            cut = mien_form_slit(head, row, (int)c[i] % MIEN_HEAD_COLUMNS);
        if (!cut) memmove(mesh->corner[kept++], c, sizeof mesh->corner[0]);
    }
    mesh->triangles = kept;
}

/* Part of a turn: the way from none to all of it, made orthogonal again. */
static mien_turn part_of(const mien_turn *turn, float part) {
    mien_turn t;
    t.row[1] = mien_unit(mien_blend(mien_vec_of(0, 1, 0), turn->row[1], part));
    t.row[2] = mien_blend(mien_vec_of(0, 0, 1), turn->row[2], part);
    t.row[0] = mien_unit(mien_cross(t.row[1], t.row[2]));
    t.row[2] = mien_cross(t.row[0], t.row[1]);
    return t;
}

/* Low on the neck the skin stays with the body. */
static void pose_skin(mien_mesh *mesh, const mien_head *head) {
    for (int r = 0; r < MIEN_HEAD_ROWS; r++) {
        mien_motion m = head->pose;
        float part = mien_step(MIEN_CHART_COLLAR_V + 24, MIEN_CHART_CHIN_V - 17,
                               head->row_v[r]);
        if (part < 1) m.turn = part_of(&head->pose.turn, part);
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            int i = r * MIEN_HEAD_COLUMNS + c;
            mesh->position[i] = mien_moved(&m, head->skin[i]);
            mesh->normal[i] = mien_turned(&m.turn, head->skin_normal[i]);
        }
    }
}

/* Normals of the grid, with the mesh as the place to work them out. */
static mien_status add_skin(mien_scene *scene, mien_head *head) {
    mien_material skin;
    MIEN_TRY(mien_look_skin(&skin, scene, head));
    skin.owner = (int16_t)head->owner;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, skin));
    MIEN_TRY(mien_mesh_grid(
        mesh, (mien_grid){MIEN_HEAD_ROWS, MIEN_HEAD_COLUMNS, true}, NULL));
    for (int i = 0; i < mesh->vertices; i++) {
        mesh->position[i] = mesh->rest[i] = head->skin[i];
        mesh->at[i][0] = head->column_u[i % MIEN_HEAD_COLUMNS];
        mesh->at[i][1] = head->row_v[i / MIEN_HEAD_COLUMNS];
    }
    cut_slits(mesh, head);
    mien_mesh_normals(mesh);
    memcpy(head->skin_normal, mesh->normal,
           (size_t)mesh->vertices * sizeof *mesh->normal);
    pose_skin(mesh, head);
    return MIEN_OK;
}

mien_status mien_head_build(mien_head *head, mien_scene *scene,
                            const mien_person *person, const mien_shot *shot,
                            int owner) {
    const size_t points = (size_t)MIEN_HEAD_ROWS * MIEN_HEAD_COLUMNS;
    head->person = person;
    head->shot = shot;
    head->owner = owner;
    head->skin = mien_scene_room(scene, points * sizeof *head->skin);
    head->skin_normal = mien_scene_room(scene, points * sizeof *head->skin);
    if (!head->skin || !head->skin_normal)
        return mien_fail(MIEN_ENOMEM, "synth: no room for a head");
    mien_form form = form_of(head);
    shape(&form);
    mien_form_landmarks(&form);
    MIEN_TRY(add_skin(scene, head));
    MIEN_TRY(mien_head_ears(scene, &form));
    MIEN_TRY(mien_head_eyes(scene, &form));
    return mien_head_mouth(scene, &form);
}

/* The interval of ascending x[0..n-1] that holds `at`, and how far in it. */
static int interval(const float *x, int n, float at, float *part) {
    int low = 0, high = n - 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (x[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    *part = mien_clamp((at - x[low]) / (x[high] - x[low]), 0, 1);
    return low;
}

mien_vec mien_head_at(const mien_head *head, float u, float v,
                      mien_vec *normal) {
    float a, b;
    int r = interval(head->row_v, MIEN_HEAD_ROWS, v, &b), c, next;
    const float *last = &head->column_u[MIEN_HEAD_COLUMNS - 1];
    if (u > *last) { /* between the last column and the first */
        c = MIEN_HEAD_COLUMNS - 1;
        next = 0;
        a = mien_clamp((u - *last) / (MIEN_CHART_BACK - *last), 0, 1);
    } else {
        c = interval(head->column_u, MIEN_HEAD_COLUMNS, u, &a);
        next = c + 1;
    }
    int low = r * MIEN_HEAD_COLUMNS, high = low + MIEN_HEAD_COLUMNS;
    if (normal) {
        const mien_vec *n = head->skin_normal;
        *normal = mien_unit(
            mien_blend(mien_blend(n[low + c], n[low + next], a),
                       mien_blend(n[high + c], n[high + next], a), b));
    }
    const mien_vec *p = head->skin;
    return mien_blend(mien_blend(p[low + c], p[low + next], a),
                      mien_blend(p[high + c], p[high + next], a), b);
}

/* Roll about the nose, then pitch about the ears, then yaw about the neck:
 * the face points along (sin yaw cos pitch, sin pitch, cos yaw cos pitch). */
mien_motion mien_head_motion(mien_pose pose, mien_vec place) {
    const float degree = MIEN_PI / 180;
    float sy = mien_sine(pose.yaw * degree),
          cy = mien_cosine(pose.yaw * degree);
    float sp = mien_sine(pose.pitch * degree);
    float cp = mien_cosine(pose.pitch * degree);
    float sr = mien_sine(pose.roll * degree);
    float cr = mien_cosine(pose.roll * degree);
    const mien_vec root = {0, -100, -30};
    mien_motion m = {.pivot = root, .shift = mien_sub(place, root)};
    m.turn.row[0] =
        mien_vec_of(cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp);
    m.turn.row[1] = mien_vec_of(-cp * sr, cp * cr, sp);
    m.turn.row[2] =
        mien_vec_of(-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp);
    return m;
}
