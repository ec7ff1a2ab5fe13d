/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - medians over the last healthy steps.
 *
 * The windows that detectors ask for at every step are kept in order: one value
 * leaves, one enters, and the median is in the middle. Its deviations are in
 * order on either side of it, so their median is a merge away. Any other
 * median is found by quickselect on a copy: no allocation, and qsort() may
 * make one.
 * Source: Hoare, Algorithm 65: Find, Communications of the ACM 4 (1961). */
#include <math.h>
#include <stddef.h>
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

/* ---- windows in order ------------------------------------------------- */

typedef struct window {
    size_t row; /* offset in the history */
    int size;
} window;

static const window windows[MIEN_HISTORY_ORDERS] = {
    {offsetof(mien_history, loss), MIEN_WATCH_HISTORY},
    {offsetof(mien_history, norm), MIEN_NORM_WINDOW},
    {offsetof(mien_history, input), MIEN_WATCH_HISTORY},
    {offsetof(mien_history, peak), MIEN_WATCH_HISTORY}};

static const double *row_of(const mien_history *h, const window *w) {
    return (const double *)(const void *)((const char *)h + w->row);
}

/* The place of the first that is not less than v. */
static int place(const double *x, int n, double v) {
    int low = 0;
    while (n > 0) {
        const int half = n / 2;
        if (x[low + half] < v) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static void insert(double *x, int n, double v) {
    const int at = place(x, n, v);
    memmove(x + at + 1, x + at, (size_t)(n - at) * sizeof *x);
    x[at] = v;
}

static void leave(double *x, int n, double v) {
    const int at = place(x, n, v);
    memmove(x + at, x + at + 1, (size_t)(n - at - 1) * sizeof *x);
}

static void put_in_order(mien_history *h) {
    double x[MIEN_WATCH_HISTORY];
    for (int i = 0; i < MIEN_HISTORY_ORDERS; i++) {
        const int n =
            mien_history_copy(x, h, row_of(h, &windows[i]), windows[i].size);
        for (int k = 0; k < n; k++) insert(h->order[i], k, x[k]);
    }
    h->ordered = h->n;
}

/* Before step n enters the rows: who leaves the windows. */
static void make_room(mien_history *h) {
    const int64_t seen = (int64_t)h->n;
    for (int i = 0; i < MIEN_HISTORY_ORDERS; i++) {
        const window *w = &windows[i];
        const int64_t oldest = (seen - w->size) % MIEN_WATCH_HISTORY;
        if (seen >= w->size) leave(h->order[i], w->size, row_of(h, w)[oldest]);
    }
}

static void enter_windows(mien_history *h) {
    const int64_t at = (int64_t)h->n % MIEN_WATCH_HISTORY;
    for (int i = 0; i < MIEN_HISTORY_ORDERS; i++) {
        const window *w = &windows[i];
        const int others = h->n < w->size ? (int)h->n : w->size - 1;
        insert(h->order[i], others, row_of(h, w)[at]);
    }
}

/* The last n values of a row in order; NULL when they are not kept so. */
static const double *ordered(const mien_history *h, const double *row, int *n) {
    for (int i = 0; i < MIEN_HISTORY_ORDERS && h->ordered == h->n; i++) {
        if (row_of(h, &windows[i]) != row || windows[i].size != *n) continue;
        if (*n > h->n) *n = (int)h->n;
        return h->order[i];
    }
    return NULL;
}

static double middle_of(const double *x, int n) {
    if (!n) return NAN;
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* The median of |x - middle|, x in order: from the middle outwards. */
static double middle_deviation(const double *x, int n, double middle) {
    int left = place(x, n, middle) - 1, right = left + 1;
    double last = 0, now = 0;
    for (int i = 0; i <= n / 2; i++) {
        const double below = left >= 0 ? middle - x[left] : INFINITY;
        const double above = right < n ? x[right] - middle : INFINITY;
        last = now;
        now = below < above ? below : above;
        if (below < above)
            left--;
        else
            right++;
    }
    return n % 2 ? now : (last + now) / 2;
}

double mien_history_median(const mien_history *h, const double *row, int n) {
    const double *in_order = ordered(h, row, &n);
    double x[MIEN_WATCH_HISTORY];
    if (in_order) return middle_of(in_order, n);
    return median(x, mien_history_copy(x, h, row, n));
}

double mien_history_mad(const mien_history *h, const double *row, int n) {
    const double *in_order = ordered(h, row, &n);
    double x[MIEN_WATCH_HISTORY];
    if (in_order && n)
        return middle_deviation(in_order, n, middle_of(in_order, n));
    n = mien_history_copy(x, h, row, n);
    const double middle = median(x, n);
    for (int i = 0; i < n; i++) x[i] = fabs(x[i] - middle);
    return median(x, n);
}

/* ---- steps ------------------------------------------------------------ */

bool mien_frame_is_healthy(const mien_frame *f) {
    return !f->skipped && !f->bad && !f->input.non_finite &&
           isfinite(f->loss) && isfinite(f->norm) && isfinite(f->input.rms) &&
           isfinite(f->input.max);
}

void mien_history_enter(mien_history *h, const mien_frame *f) {
    const int64_t at = (int64_t)h->n % MIEN_WATCH_HISTORY;
    if (!mien_frame_is_healthy(f)) return;
    if (h->ordered != h->n) put_in_order(h);
    make_room(h);
    h->loss[at] = f->loss;
    h->norm[at] = f->norm;
    h->input[at] = f->input.rms;
    h->peak[at] = f->input.max;
    h->clipped[at] = f->clipped;
    enter_windows(h);
    h->ordered = ++h->n;
}
