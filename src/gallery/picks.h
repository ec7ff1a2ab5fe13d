/* SPDX-License-Identifier: Apache-2.0 */
/* picks.h - what of a scan deserves a second look.
 *
 * The best score of each of the `top` best people so far gives a cut; every
 * template within `margin` below it is remembered. As the cut rises, those
 * that fell behind are dropped. */
#ifndef MIEN_GALLERY_PICKS_H
#define MIEN_GALLERY_PICKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct mien_candidate {
    int64_t id, person;
    float score;
    int segment;
    size_t row;
} mien_candidate;

typedef struct mien_pick {
    int64_t person;
    float score;
} mien_pick;

typedef struct mien_picks {
    int top, n_best;
    mien_pick *best; /* a person once, in no order */
    float floor, margin, cut;
    mien_candidate *items;
    size_t n, room;
} mien_picks;

/* Errors: MIEN_ENOMEM; *out is then empty. */
mien_status mien_picks_open(mien_picks *out, int top, float floor,
                            float margin);
void mien_picks_close(mien_picks *picks);

/* Whether a score this high is of any interest. */
static inline float mien_picks_least(const mien_picks *picks) {
    return picks->cut - picks->margin;
}

mien_status mien_picks_offer(mien_picks *picks, const mien_candidate *item);

/* Take over what another one found. */
mien_status mien_picks_join(mien_picks *picks, const mien_picks *other);

/* Drop what is not needed to name the best of the best people: whoever is
 * below the cut, and whoever is far behind the person's own best. What is left
 * is sorted by person, best first. */
void mien_picks_settle(mien_picks *picks);

#endif
