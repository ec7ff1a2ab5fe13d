/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap.h - how far a figure would wander on other people or photos.
 *
 *   for (int b = 0; b < MIEN_DRAWS; b++) {
 *       mien_bootstrap_draw(times, units, b);
 *       x[b] = figure of the data in which unit u occurs times[u] times;
 *   }
 *   interval = mien_bootstrap_interval(x, MIEN_DRAWS);
 *
 * What is drawn are people (or photos), with replacement: comparisons of one
 * person depend on each other, and drawing comparisons one by one would make
 * the interval too narrow. A comparison of p with q occurs times[p] times[q]
 * times, one of p with themselves times[p] times.
 * Source: Poh, Martin, Bengio, Performance generalization in biometric
 *         authentication using joint user-specific and sample bootstraps,
 *         IEEE TPAMI 29(3), 2007; Snijders, Borgatti, Non-parametric standard
 *         errors and tests for network statistics, Connections 22(2), 1999. */
#ifndef MIEN_EVAL_BOOTSTRAP_H
#define MIEN_EVAL_BOOTSTRAP_H

#include "eval/report.h"

enum { MIEN_DRAWS = 1000, MIEN_LEAST_DRAWS = 100 };

/* How often each of the units occurs in draw `b`: always the same for the same
 * b and number of units. */
void mien_bootstrap_draw(int *times, int units, int b);

/* From the 2.5th to the 97.5th percentile of x, which is sorted for it; values
 * that are not numbers are left out. No interval for fewer than ten. */
mien_interval mien_bootstrap_interval(double *x, int n);

/* The same of a share found among n people. All or none of them is no reason
 * for certainty: then one-sided, what would be seen in one of 20 such samples
 * (the "rule of three": 0 to about 3/n). */
mien_interval mien_bootstrap_share(double *x, int draws, double share, int n);

/* "95 %, bootstrap by person, 1000 draws" into the report. */
void mien_bootstrap_state(mien_report *r, const char *unit, int draws);

/* How many draws a budget of some seconds allows, each of which looks at
 * `cost` things: MIEN_DRAWS, or fewer, but MIEN_LEAST_DRAWS. */
int mien_bootstrap_draws(double cost);

#endif
