/* SPDX-License-Identifier: Apache-2.0 */
/* mesh.h - triangles: a surface by its corners.
 *
 *   mien_mesh mesh = {0};
 *   MIEN_TRY(mien_mesh_grid(&mesh, columns, rows, around));
 *   ... set mesh.position[], rest[], at[] of vertex row * columns + column ...
 *   mien_mesh_normals(&mesh);
 *   mien_mesh_free(&mesh);
 *
 * Triangles are seen from both sides unless the material says otherwise; the
 * front is where corners run anticlockwise. */
#ifndef MIEN_SYNTH_MESH_H
#define MIEN_SYNTH_MESH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "synth/vec.h"

typedef struct mien_mesh {
    int vertices, triangles;
    mien_vec *position; /* where it is now */
    mien_vec *normal;   /* unit length, outward */
    mien_vec *rest;     /* where it is at rest: noise sticks to the skin */
    float (*at)[2];     /* coordinates on the surface, for the material */
    uint32_t (*corner)[3];
    int vertex_room, triangle_room;
} mien_mesh;

/* Make room for so many more vertices and triangles.
 *
 * Errors: MIEN_ENOMEM; MIEN_ELIMIT over 2^22 of either. */
mien_status mien_mesh_reserve(mien_mesh *mesh, int vertices, int triangles);

/* Append; room must have been reserved. The vertex's number is returned. */
int mien_mesh_vertex(mien_mesh *mesh, mien_vec position, float u, float v);
void mien_mesh_triangle(mien_mesh *mesh, int a, int b, int c);

/* Append a grid of rows x columns vertices, all zero, and the triangles
 * between them; `around` joins the last column to the first. The number of
 * the first vertex goes to *first when it is not NULL. */
typedef struct mien_grid {
    int rows, columns;
    bool around;
} mien_grid;
mien_status mien_mesh_grid(mien_mesh *mesh, mien_grid grid, int *first);

/* A tube of `sides` about a path of n points with a radius each; the ends are
 * rounded off. at = (along 0..1, around 0..1). */
mien_status mien_mesh_tube(mien_mesh *mesh, const mien_vec *path,
                           const float *radius, int n, int sides);

/* Each vertex's normal from the triangles about it, weighted by area. */
void mien_mesh_normals(mien_mesh *mesh);

/* Copy positions to rest. */
void mien_mesh_rest(mien_mesh *mesh);

/* Turn about a pivot, then shift; positions and normals. */
typedef struct mien_motion {
    mien_turn turn;
    mien_vec pivot, shift;
} mien_motion;
mien_vec mien_moved(const mien_motion *m, mien_vec p);
void mien_mesh_move(mien_mesh *mesh, const mien_motion *m);

void mien_mesh_empty(mien_mesh *mesh); /* keeps the room */
void mien_mesh_free(mien_mesh *mesh);

#endif
