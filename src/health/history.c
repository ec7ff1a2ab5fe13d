/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - medians over the last healthy steps.
 *
 * Quickselect on a copy: no allocation, and qsort() may make one.
 * Source: Hoare, Algorithm 65: Find, Communications of the ACM 4 (1961). */
#include <math.h>
#include <string.h>

#include "health/signs.h"

static void swap(double *a, double *b) {
    const double t = *a;
    *a = *b;
    *b = t;
}

/* Afterwards x[k] is the k-th smallest, those before it are not larger and
 * those behind it not smaller. */
static void select_kth(double *x, int n, int k) {
    int low = 0, high = n - 1;
    while (low < high) {
        const double pivot = x[(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot) i++;
            while (x[j] > pivot) j--;
            if (i <= j) swap(&x[i++], &x[j--]);
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            return;
    }
}

/* Reorders x. */
static double median(double *x, int n) {
    if (!n) return NAN;
    select_kth(x, n, n / 2);
    if (n % 2) return x[n / 2];
    double below = x[0];
    for (int i = 1; i < n / 2; i++)
        if (x[i] > below) below = x[i];
    return (below + x[n / 2]) / 2;
}

/* The last n values, oldest first; returns how many there are. */
int mien_history_copy(double *out, const mien_history *h, const double *row,
                      int n) {
    const int64_t seen = (int64_t)h->n;
    if (n > MIEN_WATCH_HISTORY) n = MIEN_WATCH_HISTORY;
    if (n > seen) n = (int)seen;
    for (int i = 0; i < n; i++)
        out[i] = row[(seen - n + i) % MIEN_WATCH_HISTORY];
    return n;
}

double mien_history_median(const mien_history *h, const double *row, int n) {
    double x[MIEN_WATCH_HISTORY];
    return median(x, mien_history_copy(x, h, row, n));
}

double mien_history_mad(const mien_history *h, const double *row, int n) {
    double x[MIEN_WATCH_HISTORY];
    n = mien_history_copy(x, h, row, n);
    const double middle = median(x, n);
    for (int i = 0; i < n; i++) x[i] = fabs(x[i] - middle);
    return median(x, n);
}

bool mien_frame_is_healthy(const mien_frame *f) {
    return !f->skipped && !f->bad && !f->input.non_finite &&
           isfinite(f->loss) && isfinite(f->norm) && isfinite(f->input.rms) &&
           isfinite(f->input.max);
}

void mien_history_enter(mien_history *h, const mien_frame *f) {
    const int64_t at = (int64_t)h->n % MIEN_WATCH_HISTORY;
    if (!mien_frame_is_healthy(f)) return;
    h->loss[at] = f->loss;
    h->norm[at] = f->norm;
    h->input[at] = f->input.rms;
    h->peak[at] = f->input.max;
    h->clipped[at] = f->clipped;
    h->n++;
}
