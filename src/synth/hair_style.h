/* SPDX-License-Identifier: Apache-2.0 */
/* hair_style.h - what the files of hairs/ and beards/ are put together from.
 *
 *   mien_hairdo h;
 *   MIEN_TRY(mien_hairdo_begin(&h, scene, head, 16));
 *   MIEN_TRY(mien_hairdo_undercoat(&h, 3));
 *   MIEN_TRY(mien_hairdo_drape(&h, &drape, &locks)); */
#ifndef MIEN_SYNTH_HAIR_STYLE_H
#define MIEN_SYNTH_HAIR_STYLE_H

#include "synth/hair.h"
#include "synth/hair_crop.h"
#include "synth/hair_flow.h"

typedef struct mien_hairdo {
    mien_scene *scene;
    const mien_head *head;
    mien_strands *strands;
    mien_scalp scalp;
    /* Traits in deviations, -2.5 to 2.5. */
    float length, volume, curl, part;
    uint32_t seed;
} mien_hairdo;

/* `ears` as of mien_scalp_of(). Errors of all here: MIEN_ENOMEM. */
mien_status mien_hairdo_begin(mien_hairdo *out, mien_scene *scene,
                              const mien_head *head, float ears);

/* Shells of a cut: `levels` of them. */
mien_status mien_hairdo_cut(mien_hairdo *h, const mien_cut *cut, int levels);

/* Thin hair on the scalp below long hair, so that no skin shows. */
mien_status mien_hairdo_undercoat(mien_hairdo *h, float rise);

/* Which side a parting is on, -1 or 1, and how far from the middle, mm. */
float mien_hairdo_side(const mien_hairdo *h);
float mien_hairdo_part(const mien_hairdo *h, float most);

/* A sheet of both sides with locks over it. `side` of the drape is set. */
typedef struct mien_fall {
    mien_drape drape;
    mien_locks locks; /* of each side */
    float lumps;      /* mm that bundles stand out */
    float fray;
} mien_fall;
mien_status mien_hairdo_fall(mien_hairdo *h, const mien_fall *fall);

/* Hair over the forehead to the brows. */
typedef struct mien_fringe {
    const mien_scalp *scalp; /* set */
    float half;              /* u where it ends to either side */
    float root;              /* mm above the hairline where it begins */
    float end[2];            /* v of its tips: in the middle and at the sides */
    float lift;              /* mm off the skin */
    float sweep;             /* mm of u that the tips go to the person's left */
} mien_fringe;
mien_status mien_hairdo_fringe(mien_hairdo *h, mien_fringe fringe, int locks);

/* One flow as a sheet with locks over it. */
typedef struct mien_layer {
    mien_flow flow;
    mien_sheet sheet;              /* columns 0: none */
    mien_locks locks;              /* n 0: none */
    float pitch, root, fray, edge; /* of the coat */
} mien_layer;
mien_status mien_hairdo_layer(mien_hairdo *h, const mien_layer *layer);

/* Locks from the crown outwards in all directions: tousled short hair. */
typedef struct mien_whorl {
    const mien_scalp *scalp;
    float end;   /* mm above the hairline where s = 1 lies */
    float lift;  /* mm off the skin */
    float swirl; /* mm of u */
} mien_whorl;
mien_vec mien_whorl_at(const void *whorl, float c, float s, float extra);

#endif
