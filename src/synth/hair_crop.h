/* SPDX-License-Identifier: Apache-2.0 */
/* hair_crop.h - short hair and beards: shells above the skin, cut into strands.
 *
 *   static mien_tuft grow(const void *what, const mien_root *root) {
 *       return (mien_tuft){.rise = 6, .dense = mien_step(0, 5, root->inside)};
 *   }
 *   MIEN_TRY(mien_crop_build(scene, strands, &(mien_crop){
 *       .scalp = scalp, .grow = grow, .level = levels, .levels = 4}));
 *
 * A hair leaves the skin along the normal and bends the way it is combed: at
 * height t it is at root + t rise normal + t^2 comb. Shell k is where all hairs
 * are at height level[k]. Level[0] is felt: nothing shows through it where hair
 * is dense, so it is drawn without holes and casts the shadow of all. */
#ifndef MIEN_SYNTH_HAIR_CROP_H
#define MIEN_SYNTH_HAIR_CROP_H

#include "synth/hair_scalp.h"
#include "synth/hair_strand.h"

typedef struct mien_root {
    const mien_scalp *scalp;
    float u, v;
    float inside; /* mm from the hairline; of a beard 0 */
    mien_vec position, normal;
} mien_root;

typedef struct mien_tuft {
    float rise;    /* mm away from the skin */
    mien_vec comb; /* mm the tip is carried along */
    float dense;   /* 0 none to 1 hides the skin */
} mien_tuft;

typedef struct mien_crop {
    const mien_scalp *scalp;
    mien_tuft (*grow)(const void *what, const mien_root *root);
    const void *what;
    bool beard;         /* over jaws and lip instead of the scalp */
    const float *level; /* 0 to 1, rising */
    int levels;         /* 1 to MIEN_COAT_LEVELS */
    mien_coat coat;     /* of a SHELL */
} mien_crop;

/* Errors: MIEN_ENOMEM, MIEN_ELIMIT. */
mien_status mien_crop_build(mien_scene *scene, const mien_strands *strands,
                            const mien_crop *crop);

/* The cut that most short styles begin with: lengths in millimetres. */
typedef struct mien_cut {
    float sides, top;    /* how far hair stands off */
    float down, forward; /* combed: the sides down, the top to the front; < 0:
                            back */
    float across;        /* the top to the person's left */
    float rough;         /* 0 even to 1 tousled */
    float soft;          /* mm over which the hairline sets in */
    float ring; /* mm from the hairline that it reaches; 0: to the crown */
    uint32_t seed;
} mien_cut;
mien_tuft mien_cut_grow(const void *cut, const mien_root *root);

#endif
