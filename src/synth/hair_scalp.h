/* SPDX-License-Identifier: Apache-2.0 */
/* hair_scalp.h - where hair grows on a head, and how far out it must lie.
 *
 *   mien_scalp scalp;
 *   mien_scalp_of(&scalp, head, 16);
 *   float v = mien_scalp_line(&scalp, u);        (the hairline)
 *   mien_vec p = mien_scalp_lift(&scalp, q, 12); (12 mm off the skin)
 *
 * Off the skin is measured from a capsule inside the head: above `centre` away
 * from that point, below it away from the vertical through it. A table by
 * azimuth and height says how far the skin is. */
#ifndef MIEN_SYNTH_HAIR_SCALP_H
#define MIEN_SYNTH_HAIR_SCALP_H

#include "synth/head.h"

enum { MIEN_SCALP_LOW = 28, MIEN_SCALP_HIGH = 14, MIEN_SCALP_ROUND = 48 };
enum { MIEN_SCALP_ROWS = MIEN_SCALP_LOW + MIEN_SCALP_HIGH + 1 };

typedef struct mien_scalp {
    const mien_head *head;
    mien_vec centre;
    float radius[MIEN_SCALP_ROWS][MIEN_SCALP_ROUND];
    /* Of the hairline, mm: up in all of the forehead, up at its corners, down
     * to a peak in the middle. */
    float rise, recede, peak;
} mien_scalp;

/* `ears`: how far hair that covers the ears keeps off the skin there, mm. */
void mien_scalp_of(mien_scalp *out, const mien_head *head, float ears);

/* The chart's v of the hairline at u, and the distance of a place of the chart
 * from it along the skin, > 0 where hair grows; millimetres. */
float mien_scalp_line(const mien_scalp *s, float u);
float mien_scalp_inside(const mien_scalp *s, float u, float v);

/* How far the skin is in the direction of p; p moved to `lift` off the skin;
 * p moved outward where it is less than `lift` off. */
float mien_scalp_radius(const mien_scalp *s, mien_vec p);
mien_vec mien_scalp_lift(const mien_scalp *s, mien_vec p, float lift);
mien_vec mien_scalp_clear(const mien_scalp *s, mien_vec p, float lift);

/* Unit, away from the capsule. */
mien_vec mien_scalp_outward(const mien_scalp *s, mien_vec p);

#endif
