/* SPDX-License-Identifier: Apache-2.0 */
/* mega.h - one mate among a million strangers.
 *
 * For each ordered pair (probe, mate) of one person the gallery is the mate
 * and the first N distractors: a hit when the mate is above every one of them.
 * TAR at FAR f: the share of pairs above all but a share f of all scores of
 * probes with distractors.
 * Source: Kemelmacher-Shlizerman et al., The MegaFace benchmark, CVPR 2016. */
#ifndef MIEN_EVAL_MEGA_H
#define MIEN_EVAL_MEGA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

enum { MIEN_MEGA_SIZES = 8, MIEN_MEGA_BLOCK = 1024 };

/* The best scores of each probe against growing numbers of distractors, and
 * the very best of all. */
typedef struct mien_mega {
    int probes, length;
    const float *probe; /* probes x length, unit or zero */
    int size[MIEN_MEGA_SIZES], sizes;
    float *most;        /* sizes x probes: among the first size[k] */
    float *best;        /* of all scores, a heap whose first is the least */
    int64_t kept, room; /* in it, and the most that are */
    int64_t seen;       /* distractors so far */
    float *scores;      /* of a block; to work with */
    int block;
} mien_mega;

/* Sizes rise; `room` scores are kept of all; `block` distractors come at
 * once at most.
 *
 * Owns:   the probes stay the caller's.
 * Errors: MIEN_ENOMEM; *out is then empty. */
mien_status mien_mega_open(mien_mega *out, const float *probe, int probes,
                           int length, int block);
mien_status mien_mega_sizes(mien_mega *m, const int *size, int sizes,
                            int64_t room);
void mien_mega_close(mien_mega *m);

/* The next distractors, of unit length or zero: a zero one failed and is
 * never above a mate.
 *
 * Shapes: rows has n x length, n <= block <= MIEN_MEGA_BLOCK. */
void mien_mega_add(mien_mega *m, const float *rows, int n);

/* The score that a pair must be above so that no more than `allowed` of the
 * scores with distractors are; -2: any. */
double mien_mega_threshold(mien_mega *m, int64_t allowed);

/* The score of two probes; -1 if one has failed. */
double mien_mega_pair(const mien_mega *m, int a, int b);

#endif
