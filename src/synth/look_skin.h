/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin.h - what the painters of the skin share: the person's constants,
 * a map of the face's zones, and the point being painted.
 *
 * Everything is in millimetres of the chart (head.h). A painter leaves its
 * mark on the surface at once and adds the slope of its bumps to the point;
 * look_skin.c turns the normal by the sum. Detail of wavelength w is drawn as
 * far as mien_look_fine(w, p->size) says and is replaced by its mean beyond,
 * so that a small picture does not alias. */
#ifndef MIEN_SYNTH_LOOK_SKIN_H
#define MIEN_SYNTH_LOOK_SKIN_H

#include "synth/head.h"
#include "synth/waves.h"

/* Zones of the face: what changes over centimetres, kept on a coarse grid. */
typedef struct mien_skin_zone {
    float red, yellow; /* share of blood and of carotene above the mean */
    float dark;        /* 0 to 1 towards a shadow of pigment */
    float beard;       /* 0 to 1: hair grows there on men */
    float oil;         /* 0 to 1: the T-zone */
    float pores;       /* 0 to 1 */
} mien_skin_zone;

enum {
    MIEN_SKIN_CELL = 5, /* mm */
    MIEN_SKIN_COLUMNS = 53,
    MIEN_SKIN_ROWS = 49,
    MIEN_SKIN_FOLDS = 64,
    MIEN_SKIN_MOLES = 32
};
#define MIEN_SKIN_LEFT (-130.0f) /* u of the first column */
#define MIEN_SKIN_LOW  (-155.0f) /* v of the first row */

/* A wrinkle: a parabola over u, or over v where it runs upright, from one end
 * to the other: across = c0 + c1 x + c2 x^2, x = along - from. */
typedef struct mien_skin_fold {
    bool upright;
    float from, to;
    float c[3];
    float width, depth; /* mm; deep folds are dark lines too */
} mien_skin_fold;

typedef struct mien_skin_mole {
    float u, v, radius;
    float dark;
} mien_skin_mole;

typedef struct mien_skin_look {
    const mien_head *head;
    const mien_person *person;
    uint32_t seed;
    mien_vec up; /* of the head, in the world */
    mien_vec skin, lip, brow, beard;
    float shine, rough;
    float freckles, spots; /* 0 none to 1 many */
    float shadow, stubble; /* of the beard under and above the skin */
    float brow_thick, brow_dense, brow_arch, brow_tilt, brow_length, brow_gap,
        brow_rise, brow_uneven;
    float bow, paint;
    float makeup;
    int folds, moles;
    mien_skin_fold fold[MIEN_SKIN_FOLDS];
    mien_skin_mole mole[MIEN_SKIN_MOLES];
    /* Which folds and moles reach into each cell. */
    uint64_t fold_here[MIEN_SKIN_ROWS][MIEN_SKIN_COLUMNS];
    uint32_t mole_here[MIEN_SKIN_ROWS][MIEN_SKIN_COLUMNS];
    mien_skin_zone zone[MIEN_SKIN_ROWS + 1][MIEN_SKIN_COLUMNS + 1];
} mien_skin_look;

typedef struct mien_skin_point {
    float u, v;
    float side, out; /* sign of u, and |u| */
    float size;      /* mm a pixel spans */
    int row, column; /* of the cell; -1 off the map */
    mien_skin_zone zone;
    float slope_u, slope_v; /* of the bumps so far: mm per mm */
} mien_skin_point;

/* 1 where detail of this wavelength can be drawn, 0 where pixels are larger
 * than half of it. */
static inline float mien_look_fine(float wavelength, float size) {
    return mien_step(0.55f, 0.25f, size / wavelength);
}

/* look_skin_zones.c */
void mien_skin_zones(mien_skin_look *k);
void mien_skin_zone_at(mien_skin_point *p, const mien_skin_look *k);
/* look_wrinkles.c */
void mien_skin_folds(mien_skin_look *k);
void mien_paint_folds(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k);
/* look_skin_marks.c */
void mien_skin_marks(mien_skin_look *k);
void mien_paint_marks(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k);
/* look_lips.c */
void mien_paint_lips(mien_surface *s, mien_skin_point *p,
                     const mien_skin_look *k);
/* look_brows.c */
void mien_paint_brows(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k);
/* look_stubble.c */
void mien_paint_stubble(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k);
/* look_lids.c */
void mien_paint_lids(mien_surface *s, mien_skin_point *p,
                     const mien_skin_look *k);

#endif
