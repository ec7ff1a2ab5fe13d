/* SPDX-License-Identifier: Apache-2.0 */
/* hair_flow.h - long hair: sheets and locks along curves that run from the
 * roots to the tips.
 *
 *   mien_flow flow = {my_path, &style, 200};
 *   MIEN_TRY(mien_flow_sheet(mesh, &flow, (mien_sheet){...}));
 *   MIEN_TRY(mien_flow_locks(mesh, &flow, (mien_locks){...}));
 *
 * A flow says where the strand number c (0 to 1, from the face to the middle
 * of the back, or as the style likes) is at s (0 root to 1 tip), and `extra`
 * millimetres above the others. */
#ifndef MIEN_SYNTH_HAIR_FLOW_H
#define MIEN_SYNTH_HAIR_FLOW_H

#include "synth/hair_scalp.h"
#include "synth/hair_strand.h"

typedef struct mien_flow {
    mien_vec (*at)(const void *what, float c, float s, float extra);
    const void *what;
    float across;  /* mm from c = 0 to c = 1 */
    float open[2]; /* to the sky, at the root and at the tip */
    uint32_t seed;
} mien_flow;

typedef struct mien_sheet {
    int columns, rows;
    float extra; /* mm above the others */
    float lumps; /* mm that bundles stand out */
} mien_sheet;

/* Append a sheet to a mesh of a SHEET coat; then mien_mesh_normals(). */
mien_status mien_flow_sheet(mien_mesh *mesh, const mien_flow *flow,
                            mien_sheet sheet);

typedef struct mien_locks {
    int n, points;
    float from[2], to[2]; /* s where they begin and end: between */
    float c[2];           /* strands: between */
    float extra[2];       /* mm above the others: between */
    float broad;          /* mm, the middle of a lock */
    float drift;          /* how far c wanders on the way */
    float coil;           /* mm: radius of curls */
    float turns;          /* of curls on the way */
} mien_locks;

/* Append locks to a mesh of a LOCKS coat; normals are set. */
mien_status mien_flow_locks(mien_mesh *mesh, const mien_scalp *scalp,
                            const mien_flow *flow, mien_locks locks);

/* ---- two flows that many styles share --------------------------------- */

/* Hair that parts and falls down one side: c = 0 runs along the hairline to
 * the ear, c = 1 over the crown to the middle of the back. */
typedef struct mien_drape {
    const mien_scalp *scalp;
    float side;   /* -1 or 1: of x */
    float part_u; /* where the parting meets the hairline */
    float ear_u;  /* where the front edge passes the ear: 99 before it */
    float back_v; /* how far down the skull the back is followed: 0 */
    float fall;   /* mm below the ear, in the back */
    float front;  /* the same at the face, as a share */
    float volume; /* mm off the skull */
    float quiff;  /* mm more over the forehead */
    float settle; /* the share of the volume that ends at the ear: 1 */
    float sweep;  /* mm that the front lies below the hairline, aside */
    float frame;  /* mm the front comes forward around the face */
    float tuck;   /* mm the tips turn in; < 0 out */
    float wave, wavelength; /* mm */
    float phase;
} mien_drape;
mien_vec mien_drape_at(const void *drape, float c, float s, float extra);

/* Hair combed to one point: c goes round the hairline from the nape over the
 * right ear, the forehead and the left ear to the nape. */
typedef struct mien_gather {
    const mien_scalp *scalp;
    mien_vec knot;
    float volume; /* mm off the skull */
    float stop;   /* share of the way at which s = 1 lies */
    float top;    /* mm more over the forehead */
} mien_gather;
mien_vec mien_gather_at(const void *gather, float c, float s, float extra);

#endif
