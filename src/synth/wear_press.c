/* SPDX-License-Identifier: Apache-2.0 */
/* wear_press.c - hats press the hair below them. */
#include <string.h>

#include "synth/waves.h"
#include "synth/wear_parts.h"

/* How far the hull is from the skull's middle by direction: columns round,
 * rows from straight down to straight up; 0: no hull there. */
enum { ROUND = 48, UP = 40, STEPS = 48 };
typedef struct limits {
    float far[ROUND][UP];
} limits;

static const mien_vec middle = {0, 10, -10};

/* From the world back to head space. */
static mien_vec back(const mien_motion *m, mien_vec p) {
    const mien_vec q = mien_sub(mien_sub(p, m->shift), m->pivot);
    const mien_vec *row = m->turn.row;
    const mien_vec turned = {row[0].x * q.x + row[1].x * q.y + row[2].x * q.z,
                             row[0].y * q.x + row[1].y * q.y + row[2].y * q.z,
                             row[0].z * q.x + row[1].z * q.y + row[2].z * q.z};
    return mien_add(turned, m->pivot);
}

/* Rows are even in the sine of the height: no arctangent for those. */
static int row_of(mien_vec d, float length) {
    return (int)mien_clamp((d.y / length + 1) * 0.5f * UP, 0, UP - 1);
}

static int column_of(mien_vec d) {
    const float turn = mien_arctan2(d.x, d.z) / MIEN_PI;
    return (int)mien_clamp((turn + 1) * 0.5f * ROUND, 0, ROUND - 1);
}

static void measure(limits *l, const mien_hull *hull) {
    memset(l, 0, sizeof *l);
    for (int c = 0; c < ROUND; c++) {
        const float turn = MIEN_PI * ((2 * (float)c + 1) / ROUND - 1);
        for (int i = 0; i <= STEPS; i++) {
            const mien_vec d =
                mien_sub(mien_hull_at(hull, turn, (float)i / STEPS), middle);
            const float length = mien_length(d);
            float *far = &l->far[c][row_of(d, length)];
            if (*far == 0 || length < *far) *far = length;
        }
        for (int r = 1; r < UP; r++) /* gaps between steps */
            if (l->far[c][r] == 0) l->far[c][r] = l->far[c][r - 1];
    }
}

static bool is_hair(const mien_thing *thing, const mien_head *head) {
    const mien_material *m = &thing->material;
    return m->owner == head->owner && m->name && strcmp(m->name, "hair") == 0;
}

void mien_hull_press(mien_scene *scene, const mien_hull *hull) {
    const mien_head *head = hull->head;
    limits l;
    measure(&l, hull);
    for (int t = 0; t < scene->things; t++) {
        if (!is_hair(&scene->thing[t], head)) continue;
        mien_mesh *mesh = &scene->thing[t].mesh;
        for (int i = 0; i < mesh->vertices; i++) {
            const mien_vec p = back(&head->pose, mesh->position[i]);
            const mien_vec d = mien_sub(p, middle);
            const float length = mien_length(d);
            if (length < 1) continue;
            const float far = l.far[column_of(d)][row_of(d, length)] - 3;
            if (far <= 0 || length <= far) continue;
            const mien_vec in = mien_along(middle, d, far / length);
            mesh->position[i] = mien_moved(&head->pose, in);
        }
    }
}

/* The highest place of a hair or beard, head space. */
static float top_of(const mien_mesh *mesh, const mien_head *head) {
    float top = -1000;
    for (int i = 0; i < mesh->vertices; i++)
        top = fmaxf(top, back(&head->pose, mesh->position[i]).y);
    return top;
}

float mien_wear_hair_rise(const mien_scene *scene, const mien_head *head) {
    float top = mien_head_at(head, 0, MIEN_CHART_CROWN_V, NULL).y;
    const float crown = top;
    for (int t = 0; t < scene->things; t++)
        if (is_hair(&scene->thing[t], head))
            top = fmaxf(top, top_of(&scene->thing[t].mesh, head));
    return top - crown;
}

float mien_wear_hair(const mien_scene *scene, const mien_head *head) {
    return mien_clamp(mien_wear_hair_rise(scene, head), 6, 13);
}

void mien_wear_hide_hair(mien_scene *scene, const mien_head *head) {
    for (int t = 0; t < scene->things; t++)
        if (is_hair(&scene->thing[t], head) &&
            top_of(&scene->thing[t].mesh, head) > 40)
            scene->thing[t].mesh.triangles = 0;
}
