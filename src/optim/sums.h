/* SPDX-License-Identifier: Apache-2.0 */
/* sums.h - sums of doubles in one order, whatever the machine.
 *
 * Eight running sums, value i in lane i mod 8, added up in pairs at the end:
 * the order is part of the code, so vector units of any width give the same
 * bits. */
#ifndef MIEN_OPTIM_SUMS_H
#define MIEN_OPTIM_SUMS_H

enum { MIEN_LANES = 8 };

static inline double mien_add_lanes(const double sum[MIEN_LANES]) {
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) +
           ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

#endif
