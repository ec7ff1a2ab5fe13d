/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.c - "did you mean": the name that takes the fewest edits.
 *
 *   d(i, j) = min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + [a_i != b_j])
 *
 * Source: Levenshtein, Binary codes capable of correcting deletions,
 * insertions and reversals, 1966. */
#include <string.h>

#include "args.h"

enum { LONGEST = 40, TOO_FAR = 3 };

static int least(int a, int b, int c) {
    const int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static int edits(const char *a, const char *b) {
    const size_t n = strlen(b);
    int row[LONGEST + 1];
    if (n > LONGEST || strlen(a) > LONGEST) return LONGEST;
    for (size_t j = 0; j <= n; j++) row[j] = (int)j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const int above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1,
                           diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[n];
}

const char *cli_nearest(const char *name, const char *const *names, int n) {
    const char *best = NULL;
    int fewest = TOO_FAR;
    for (int i = 0; i < n; i++) {
        const int e = edits(name, names[i]);
        if (e < fewest && e < (int)strlen(name)) {
            fewest = e;
            best = names[i];
        }
    }
    return best;
}
