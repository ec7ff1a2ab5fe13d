/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.h - the people nearest to each of some probes, exactly.
 *
 * 1. Scan the 8-bit codes, several probes a pass, the rows cut among threads.
 * 2. Remember each template that could still belong to the answer, given by
 *    how much a coded score may err (code.h, picks.h).
 * 3. Fetch the float32 vectors of those, and rank by them.
 *
 * So the answer is that of a float32 scan, whatever the data. */
#ifndef MIEN_GALLERY_LOOKUP_H
#define MIEN_GALLERY_LOOKUP_H

#include <stdbool.h>

#include "base/threads.h"
#include "gallery/picks.h"
#include "gallery/scan/scan.h"
#include "gallery/segment.h"

typedef struct mien_lookup {
    const mien_segment *const *segments; /* of one width */
    int n_segments;
    const float *const *probes; /* n of unit length */
    int n, top;
    float floor; /* nobody below this similarity; -2: everybody */
    const mien_scan *scan;
    mien_pool *pool; /* NULL: the calling thread alone */

    /* Give the vector of a template; *there = false if it is gone. One call at
     * a time. */
    mien_status (*fetch)(void *context, float *x, bool *there,
                         const mien_candidate *of);
    void *context;
} mien_lookup;

/* Each person once, by the best template, best first; equal ones by id.
 *
 * Shapes: out n x top; counts n, how many of a row are filled.
 * Errors: MIEN_ENOMEM; what fetch() returns. */
mien_status mien_lookup_run(mien_candidate *out, int *counts,
                            const mien_lookup *how);

#endif
