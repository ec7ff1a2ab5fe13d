/* SPDX-License-Identifier: Apache-2.0 */
/* sparkline.c - curves of block letters. */
#include "health/sparkline.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { LEVELS = 8 };

static const char *const blocks[LEVELS] = {
    "\u2581", "\u2582", "\u2583", "\u2584",
    "\u2585", "\u2586", "\u2587", "\u2588",
};
static const char gap[] = "\u00b7";

/* How the values become letters. */
typedef struct curve {
    const double *values;
    int n, letters;
    bool log;
} curve;

/* NaN when one of the letter's values cannot be drawn. */
static double value_of(const curve *c, int letter) {
    const int from = (int)((long long)letter * c->n / c->letters);
    const int to = (int)((letter + 1ll) * c->n / c->letters);
    double sum = 0;
    for (int i = from; i < to; i++) {
        const double x = c->log ? log(c->values[i]) : c->values[i];
        if (!isfinite(x)) return NAN;
        sum += x / (to - from);
    }
    return sum;
}

static const char *letter_of(double value, double least, double most) {
    if (!isfinite(value)) return gap;
    if (!(most > least)) return blocks[LEVELS / 2 - 1];
    /* halves, lest the distance of two large numbers overflow */
    const double share = (value / 2 - least / 2) / (most / 2 - least / 2);
    const int level = (int)(share * LEVELS);
    return blocks[level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level];
}

static void draw(char *out, size_t room, curve c) {
    double least = INFINITY, most = -INFINITY;
    size_t used = 0;
    if (!room) return;
    for (int i = 0; i < c.letters; i++) {
        const double value = value_of(&c, i);
        if (!isfinite(value)) continue;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    for (int i = 0; i < c.letters; i++) {
        const char *letter = letter_of(value_of(&c, i), least, most);
        const size_t size = strlen(letter);
        if (used + size + 1 > room) break;
        memcpy(out + used, letter, size);
        used += size;
    }
    out[used] = 0;
}

void mien_sparkline(char *out, size_t room, const double *values, int n,
                    int width) {
    draw(out, room, (curve){values, n, n < width ? n : width, false});
}

void mien_sparkline_log(char *out, size_t room, const double *values, int n,
                        int width) {
    draw(out, room, (curve){values, n, n < width ? n : width, true});
}
