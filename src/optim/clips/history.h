/* SPDX-License-Identifier: Apache-2.0 */
/* history.h - the last numbers of a clip, kept sorted beside their order.
 *
 *   size_t n = mien_history_size(window);       (doubles of state, zero at
 *   mien_history_add(state, window, norm);       first, in checkpoints)
 *   double p90 = mien_history_percentile(state, window, 90); */
#ifndef MIEN_OPTIM_CLIPS_HISTORY_H
#define MIEN_OPTIM_CLIPS_HISTORY_H

#include <stddef.h>

size_t mien_history_size(int window);

/* Numbers in it, at most `window`. */
int mien_history_count(const double *history, int window);

/* Add a finite number; the oldest goes when it is full. */
void mien_history_add(double *history, int window, double x);

/* The p-th percentile, 0 to 100, between neighbours in proportion, as NumPy's;
 * there must be a number. */
double mien_history_percentile(const double *history, int window, double p);

#endif
