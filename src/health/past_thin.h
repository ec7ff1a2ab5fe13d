/* SPDX-License-Identifier: Apache-2.0 */
/* past_thin.h - add to a past, merging two by two what is too much.
 * Private to past*.c. */
#ifndef MIEN_HEALTH_PAST_THIN_H
#define MIEN_HEALTH_PAST_THIN_H

#include "base/fail.h"
#include "health/past.h"

/* Losses and norms keep their least and largest, counts add up. */
mien_status mien_past_add_step(mien_past *past, const mien_past_step *step);

/* A place for one more probed step; `at` and the series' rows are the
 * caller's to fill: row s begins at rows[s]. */
mien_status mien_past_add_time(mien_past_attempt *a, float *rows[MIEN_SERIES]);

/* After a row was filled: merge it into the one before if there are too many.
 * What may hurt is kept: the larger of two, and a NaN before any number. */
void mien_past_settle_time(mien_past_attempt *a);

mien_status mien_past_add_ridge(mien_past_ridges *r,
                                const mien_past_ridge *ridge);
mien_status mien_past_add_angles(mien_past *past,
                                 const mien_past_angles *angles);

/* Grow items[n] by one of `size` bytes, by doubling. */
mien_status mien_past_grow(void **items, int n, size_t size);

#endif
