/* SPDX-License-Identifier: Apache-2.0 */
/* mesh.c - triangles: a surface by its corners. */
#include "synth/mesh.h"

#include <string.h>

#include "base/mem.h"
#include "synth/waves.h"

#define MOST (1 << 22)

/* `array` with room for so many elements, or as it was and *ok false. */
static void *grown(void *array, int room, size_t size, bool *ok) {
    void *fresh = *ok ? mien_realloc(array, (size_t)room, size) : NULL;
    if (!fresh) *ok = false;
    return fresh ? fresh : array;
}

/* The next room that is enough: half as much again, so that appending one by
 * one costs no more than copying everything twice. */
static int enough(int room, int wanted) {
    const int more = room + room / 2;
    return wanted > more ? wanted : more;
}

mien_status mien_mesh_reserve(mien_mesh *mesh, int vertices, int triangles) {
    if (vertices < 0 || triangles < 0 || vertices > MOST - mesh->vertices ||
        triangles > MOST - mesh->triangles)
        return mien_fail(MIEN_ELIMIT,
                         "mesh: %d vertices and %d triangles more than %d and "
                         "%d; at most %d of either",
                         vertices, triangles, mesh->vertices, mesh->triangles,
                         MOST);
    bool ok = true;
    int room = mesh->vertices + vertices;
    if (room > mesh->vertex_room) {
        room = enough(mesh->vertex_room, room);
        mesh->position =
            grown(mesh->position, room, sizeof *mesh->position, &ok);
        mesh->normal = grown(mesh->normal, room, sizeof *mesh->normal, &ok);
        mesh->rest = grown(mesh->rest, room, sizeof *mesh->rest, &ok);
        mesh->at = grown(mesh->at, room, sizeof *mesh->at, &ok);
        if (ok) mesh->vertex_room = room;
    }
    room = mesh->triangles + triangles;
    if (room > mesh->triangle_room) {
        room = enough(mesh->triangle_room, room);
        mesh->corner = grown(mesh->corner, room, sizeof *mesh->corner, &ok);
        if (ok) mesh->triangle_room = room;
    }
    return ok ? MIEN_OK : MIEN_ENOMEM;
}

int mien_mesh_vertex(mien_mesh *mesh, mien_vec position, float u, float v) {
    const int i = mesh->vertices++;
    mesh->position[i] = mesh->rest[i] = position;
    mesh->normal[i] = (mien_vec){0};
    mesh->at[i][0] = u;
    mesh->at[i][1] = v;
    return i;
}

void mien_mesh_triangle(mien_mesh *mesh, int a, int b, int c) {
    uint32_t *corner = mesh->corner[mesh->triangles++];
    corner[0] = (uint32_t)a;
    corner[1] = (uint32_t)b;
    corner[2] = (uint32_t)c;
}

mien_status mien_mesh_grid(mien_mesh *mesh, mien_grid grid, int *first) {
    const int rows = grid.rows, columns = grid.columns;
    if (rows < 2 || columns < 2 || rows > MOST / columns)
        return mien_fail(MIEN_ELIMIT,
                         "mesh: a grid of %d rows and %d columns; at least 2 "
                         "of either and at most %d vertices",
                         rows, columns, MOST);
    const int strips = grid.around ? columns : columns - 1;
    MIEN_TRY(mien_mesh_reserve(mesh, rows * columns, 2 * (rows - 1) * strips));
    const int start = mesh->vertices;
    for (int i = 0; i < rows * columns; i++)
        mien_mesh_vertex(mesh, (mien_vec){0}, 0, 0);
    for (int r = 0; r + 1 < rows; r++)
        for (int c = 0; c < strips; c++) {
            const int a = start + r * columns + c;
            const int b = start + r * columns + (c + 1) % columns;
            mien_mesh_triangle(mesh, a, b, b + columns);
            mien_mesh_triangle(mesh, a, b + columns, a + columns);
        }
    if (first) *first = start;
    return MIEN_OK;
}

/* ---- tubes ------------------------------------------------------------- */

enum { CAP_RINGS = 3 }; /* pole and two rings before each end's own ring */

/* A tube being made: the frame follows the path without twisting. */
typedef struct tube {
    mien_mesh *mesh;
    int sides, ring; /* rings made so far */
    mien_vec along, across;
} tube;

static mien_vec any_across(mien_vec along) {
    const float x = along.x < 0 ? -along.x : along.x;
    const mien_vec off = x < 0.7f ? (mien_vec){1, 0, 0} : (mien_vec){0, 1, 0};
    return mien_unit(mien_cross(along, off));
}

/* Bring the frame to a new direction by the least turn. */
static void steer(tube *t, mien_vec along) {
    if (!(mien_dot(along, along) > 0)) return;
    t->along = along;
    const mien_vec flat =
        mien_along(t->across, along, -mien_dot(t->across, along));
    t->across =
        mien_dot(flat, flat) > 1e-6f ? mien_unit(flat) : any_across(along);
}

/* Add a ring about `centre`; `lean` is the sine of the normal's tilt along
 * the path. The first and the last vertex coincide: at runs from 0 to 1. */
static void add_ring(tube *t, mien_vec centre, float radius, float lean,
                     float u) {
    mien_mesh *mesh = t->mesh;
    const mien_vec up = mien_cross(t->along, t->across);
    const float out = sqrtf(mien_clamp(1 - lean * lean, 0, 1));
    for (int s = 0; s <= t->sides; s++) {
        const float v = (float)s / (float)t->sides;
        const float turn = 2 * MIEN_PI * (s == t->sides ? 0 : v);
        const mien_vec side = mien_along(
            mien_scale(t->across, mien_cosine(turn)), up, mien_sine(turn));
        const int i =
            mien_mesh_vertex(mesh, mien_along(centre, side, radius), u, v);
        mesh->normal[i] = mien_along(mien_scale(side, out), t->along, lean);
        if (t->ring == 0 || s == t->sides) continue;
        const int below = i - t->sides - 1;
        mien_mesh_triangle(mesh, below, below + 1, i + 1);
        mien_mesh_triangle(mesh, below, i + 1, i);
    }
    t->ring++;
}

/* Half a ball: side -1 before the first point, +1 beyond the last. */
static void add_cap(tube *t, mien_vec centre, float radius, float side) {
    for (int k = 0; k < CAP_RINGS; k++) {
        const int step = side < 0 ? CAP_RINGS - k : k + 1;
        const float angle = 0.5f * MIEN_PI * (float)step / CAP_RINGS;
        const float lean = step == CAP_RINGS ? side : side * mien_sine(angle);
        const float ring = step == CAP_RINGS ? 0 : radius * mien_cosine(angle);
        add_ring(t, mien_along(centre, t->along, radius * lean), ring, lean,
                 side < 0 ? 0 : 1);
    }
}

mien_status mien_mesh_tube(mien_mesh *mesh, const mien_vec *path,
                           const float *radius, int n, int sides) {
    if (n < 2 || sides < 3 || n > MOST / 64 || sides > 1024)
        return mien_fail(MIEN_ELIMIT,
                         "mesh: a tube of %d points and %d sides; at least 2 "
                         "points and 3 sides",
                         n, sides);
    const int rings = n + 2 * CAP_RINGS;
    MIEN_TRY(
        mien_mesh_reserve(mesh, rings * (sides + 1), 2 * (rings - 1) * sides));
    float whole = 0, done = 0;
    for (int i = 1; i < n; i++)
        whole += mien_length(mien_sub(path[i], path[i - 1]));
    tube t = {.mesh = mesh, .sides = sides, .along = {0, 0, 1}};
    t.across = any_across(t.along);
    steer(&t, mien_unit(mien_sub(path[1], path[0])));
    add_cap(&t, path[0], radius[0], -1);
    for (int i = 0; i < n; i++) {
        const int before = i > 0 ? i - 1 : 0, after = i + 1 < n ? i + 1 : i;
        steer(&t, mien_unit(mien_sub(path[after], path[before])));
        if (i > 0) done += mien_length(mien_sub(path[i], path[i - 1]));
        add_ring(&t, path[i], radius[i], 0, whole > 0 ? done / whole : 0);
    }
    add_cap(&t, path[n - 1], radius[n - 1], 1);
    return MIEN_OK;
}

/* ---- the whole mesh ---------------------------------------------------- */

void mien_mesh_normals(mien_mesh *mesh) {
    const mien_vec *p = mesh->position;
    mien_vec *n = mesh->normal;
    for (int i = 0; i < mesh->vertices; i++) n[i] = (mien_vec){0};
    for (int i = 0; i < mesh->triangles; i++) {
        const uint32_t *c = mesh->corner[i];
        const mien_vec area =
            mien_cross(mien_sub(p[c[1]], p[c[0]]), mien_sub(p[c[2]], p[c[0]]));
        for (int k = 0; k < 3; k++) n[c[k]] = mien_add(n[c[k]], area);
    }
    for (int i = 0; i < mesh->vertices; i++) n[i] = mien_unit(n[i]);
}

void mien_mesh_rest(mien_mesh *mesh) {
    if (mesh->vertices)
        memcpy(mesh->rest, mesh->position,
               (size_t)mesh->vertices * sizeof *mesh->rest);
}

mien_vec mien_moved(const mien_motion *m, mien_vec p) {
    return mien_add(mien_turned(&m->turn, mien_sub(p, m->pivot)),
                    mien_add(m->pivot, m->shift));
}

void mien_mesh_move(mien_mesh *mesh, const mien_motion *m) {
    for (int i = 0; i < mesh->vertices; i++) {
        mesh->position[i] = mien_moved(m, mesh->position[i]);
        mesh->normal[i] = mien_turned(&m->turn, mesh->normal[i]);
    }
}

void mien_mesh_empty(mien_mesh *mesh) { mesh->vertices = mesh->triangles = 0; }

void mien_mesh_free(mien_mesh *mesh) {
    mien_free(mesh->position);
    mien_free(mesh->normal);
    mien_free(mesh->rest);
    mien_free(mesh->at);
    mien_free(mesh->corner);
    *mesh = (mien_mesh){0};
}
