/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - a ring of numbers and the same numbers sorted.
 *
 *   [0] how many   [1] where the next goes   [2] the ring   [2 + window] sorted
 *
 * A checkpoint may hold anything, so the first two are never trusted to be
 * places inside. */
#include "optim/clips/history.h"

#include <string.h>

enum { HEAD = 2 };

size_t mien_history_size(int window) { return HEAD + 2 * (size_t)window; }

static int within(double x, int most) {
    return x >= 0 && x <= most ? (int)x : 0;
}

int mien_history_count(const double *history, int window) {
    return within(history[0], window);
}

/* The first of n sorted numbers that is not less than x. */
static int place_of(const double *sorted, int n, double x) {
    int low = 0, high = n;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void mien_history_add(double *history, int window, double x) {
    double *ring = history + HEAD, *sorted = ring + window;
    const int next = within(history[1], window - 1);
    int n = mien_history_count(history, window);
    if (n == window) {
        int gone = place_of(sorted, n, ring[next]);
        if (gone == n) gone = n - 1;
        memmove(sorted + gone, sorted + gone + 1,
                (size_t)(n - 1 - gone) * sizeof *sorted);
        n--;
    }
    const int at = place_of(sorted, n, x);
    memmove(sorted + at + 1, sorted + at, (size_t)(n - at) * sizeof *sorted);
    sorted[at] = x;
    ring[next] = x;
    history[0] = n + 1;
    history[1] = (next + 1) % window;
}

double mien_history_percentile(const double *history, int window, double p) {
    const double *sorted = history + HEAD + window;
    const int last = mien_history_count(history, window) - 1;
    const double place = p / 100 * last;
    const int below = (int)place;
    if (below >= last) return sorted[last];
    const double share = place - below;
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}
