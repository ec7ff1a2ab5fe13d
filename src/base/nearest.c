/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.c - "did you mean": the known name fewest typing slips away.
 *
 * The distance counts inserted, dropped and changed letters and swapped
 * neighbours, each 1 (optimal string alignment). */
#include <string.h>

#include "base/param.h"

#define MAX_LENGTH 63

static int least(int a, int b) { return a < b ? a : b; }

static int distance(const char *a, const char *b) {
    int rows[3][MAX_LENGTH + 1]; /* two back, previous, current */
    int *back = rows[0], *before = rows[1], *now = rows[2];
    const int n = (int)strlen(a), m = (int)strlen(b);
    if (n > MAX_LENGTH || m > MAX_LENGTH) return MAX_LENGTH;
    for (int j = 0; j <= m; j++) before[j] = back[j] = j;
    for (int i = 1; i <= n; i++) {
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            const int change = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(change, least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], back[j - 2] + 1);
        }
        int *const oldest = back;
        back = before;
        before = now;
        now = oldest;
    }
    return before[m];
}

const char *mien_nearest(const char *name, const char *const *names, int n) {
    const int length = (int)strlen(name);
    int best = length < 4 ? 1 : length < 8 ? 2 : 3; /* slips forgiven */
    const char *nearest = NULL;
    for (int i = 0; i < n; i++) {
        const int slips = distance(name, names[i]);
        if (slips > best || (slips == best && nearest)) continue;
        if (slips >= length) continue; /* nothing in common */
        best = slips;
        nearest = names[i];
    }
    return nearest;
}
