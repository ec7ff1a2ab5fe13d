/* SPDX-License-Identifier: Apache-2.0 */
/* score.c - R, medians, and what makes a pass. */
#include "train/stress/score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEDIAN_PASS 0.9
#define WORST_PASS  0.7

enum { STEPS_PASS = 20, MAX_SEEDS = 1000, MOST_NAMED = 4, TEXT = 256 };

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double mien_stress_median(const double *x, int n) {
    double sorted[MAX_SEEDS];
    if (n < 1 || n > MAX_SEEDS) return NAN;
    memcpy(sorted, x, (size_t)n * sizeof *x);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    return 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
}

double mien_stress_r(double accuracy, double chance, double healthy) {
    if (!(healthy > chance)) return NAN;
    return (accuracy - chance) / (healthy - chance);
}

double mien_stress_cell(const mien_bout *bout, double chance, double healthy) {
    if (bout->stopped) return NAN;
    return fmin(fmax(mien_stress_r(bout->accuracy, chance, healthy), 0), 1);
}

/* ---- the diagnosis ---------------------------------------------------- */

/* Seeds in which a cause was named; what was acted on weighs more. */
static int weight(const mien_bout *bouts, int seeds, int cause) {
    int sum = 0;
    for (int i = 0; i < seeds; i++) {
        const mien_evidence *seen = &bouts[i].seen;
        sum += seen->found & MIEN_CAUSE_BIT(cause) ? 1 : 0;
        sum += seen->acted & MIEN_CAUSE_BIT(cause) ? 2 : 0;
    }
    return sum;
}

/* "learning rate too high, units that are never on": the most named first. */
static mien_status name_causes(mien_stress_arm *arm, const mien_bout *bouts,
                               int seeds, mien_arena *arena) {
    char text[TEXT] = "";
    uint64_t named = 0;
    for (int k = 0; k < MOST_NAMED; k++) {
        int best = 0, most = 0;
        for (int c = MIEN_CAUSE_UNKNOWN + 1; c < MIEN_CAUSES; c++) {
            const int n =
                named & MIEN_CAUSE_BIT(c) ? 0 : weight(bouts, seeds, c);
            if (n > most) best = c, most = n;
        }
        if (!most) break;
        const size_t at = strlen(text);
        snprintf(text + at, sizeof text - at, "%s%s", k ? ", " : "",
                 mien_cause_text((mien_cause)best));
        named |= MIEN_CAUSE_BIT(best);
    }
    arm->diagnosis = mien_arena_strdup(arena, text);
    return arm->diagnosis ? MIEN_OK : MIEN_ENOMEM;
}

/* ---- the verdict ------------------------------------------------------ */

static void gather(mien_stress_arm *arm, const mien_bout *bouts, int seeds,
                   const mien_stress_bar *bar) {
    double r[MAX_SEEDS];
    bool missed = false;
    arm->stopped = arm->named = true;
    arm->detected_step = 0;
    arm->worst_r = NAN;
    for (int i = 0; i < seeds; i++) {
        const mien_bout *t = &bouts[i];
        r[i] = mien_stress_r(t->accuracy, bar->chance, bar->healthy);
        if (i == 0 || r[i] < arm->worst_r) arm->worst_r = r[i];
        arm->stopped &= t->stopped;
        arm->non_finite |= t->non_finite;
        arm->named &= ((t->seen.found | t->seen.acted) & bar->wanted) != 0;
        arm->seconds += t->seconds;
        missed |= t->seen.detected < 0;
        if (t->seen.detected > arm->detected_step)
            arm->detected_step = (int)t->seen.detected;
    }
    if (missed) arm->detected_step = -1;
    arm->median_r = mien_stress_median(r, seeds);
}

static bool in_time(const mien_stress_arm *arm) {
    return arm->named && arm->detected_step >= 0 &&
           arm->detected_step <= STEPS_PASS;
}

mien_status mien_stress_judge(mien_stress_arm *arm, const mien_bout *bouts,
                              int seeds, const mien_stress_bar *bar,
                              mien_arena *arena) {
    arm->ran = true;
    gather(arm, bouts, seeds, bar);
    arm->pass = arm->median_r >= MEDIAN_PASS && arm->worst_r >= WORST_PASS &&
                !arm->non_finite && (!bar->doctor || in_time(arm));
    return name_causes(arm, bouts, seeds, arena);
}

bool mien_stress_diagnosed(const mien_stress_arm *arm) {
    return arm->ran && !arm->pass && !arm->non_finite && arm->stopped &&
           in_time(arm);
}
