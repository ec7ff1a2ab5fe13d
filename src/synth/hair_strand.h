/* SPDX-License-Identifier: Apache-2.0 */
/* hair_strand.h - what hair looks like and where its edges fray.
 *
 *   mien_strands *strands;
 *   MIEN_TRY(mien_strands_make(&strands, scene, head, colour));
 *   MIEN_TRY(mien_strands_thing(&mesh, scene, head, coat));
 *   ... vertices: at, rest as below ...
 *   MIEN_TRY(mien_strands_finish(scene, scalp));
 *
 * A coat is strands laid as one of three: a SHELL at a height of short hair, a
 * SHEET of long hair, or LOCKS, narrow strips. Its vertices hold
 *   at[0]  across the strands: millimetres, of a SHELL plus its number times
 *          MIEN_COAT_STEP; of LOCKS the lock's number plus where in its
 *          breadth, 0 to 1
 *   at[1]  along the strand: millimetres on a SHELL, else 0 root to 1 tip
 *   rest   the strand's direction in head space, as long as it is open to the
 *          sky; on a SHELL its square is the share that is hair there */
#ifndef MIEN_SYNTH_HAIR_STRAND_H
#define MIEN_SYNTH_HAIR_STRAND_H

#include "synth/hair_scalp.h"

enum { MIEN_STRAND_TILE = 64, MIEN_COAT_LEVELS = 8 };
#define MIEN_COAT_STEP 4096.0f

typedef struct mien_strands {
    mien_vec pigment, white; /* albedo of the two kinds of strands */
    float grey;              /* share of the white ones */
    float tip;               /* brightness of the tips: 1 as the roots */
    uint8_t tile[MIEN_STRAND_TILE][MIEN_STRAND_TILE];  /* noise, smooth in x */
    uint8_t grain[MIEN_STRAND_TILE][MIEN_STRAND_TILE]; /* noise, white */
} mien_strands;

typedef enum mien_coat_kind {
    MIEN_COAT_SHELL,
    MIEN_COAT_SHEET,
    MIEN_COAT_LOCKS
} mien_coat_kind;

typedef struct mien_coat {
    mien_coat_kind kind;
    const mien_strands *strands;
    /* Of SHELLs: 0 at the skin to 1 at the tips. */
    float level[MIEN_COAT_LEVELS];
    float pitch;   /* millimetres across what is seen as one strand */
    float stretch; /* how much longer than broad its streaks are */
    float root;    /* SHEET: share of the length over which strands begin */
    float fray;    /* share of the length over which tips end */
    float edge;    /* SHEET: mm of at[0] over which it begins; LOCKS: 0 hard
                      to 1 a few strands */
    float curl;    /* 0 strands lie straight to 1 tangled: dulls the light */
} mien_coat;

/* `colour` is the mean of pigmented and grey strands. In the scene's arena.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_strands_make(mien_strands **out, mien_scene *scene,
                              const mien_head *head, mien_vec colour);

/* Add a thing with an empty mesh of this coat, which is copied.
 *
 * Errors: MIEN_ENOMEM, MIEN_ELIMIT. */
mien_status mien_strands_thing(mien_mesh **mesh, mien_scene *scene,
                               const mien_head *head, mien_coat coat);

/* Press the last thing flat below a hat that is worn, pose it, and make one of
 * its own of the triangles that have no holes: those are quick to draw, and
 * they cast the shadow of all.
 *
 * Errors: MIEN_ENOMEM, MIEN_ELIMIT. */
mien_status mien_strands_finish(mien_scene *scene, const mien_scalp *scalp);

#endif
