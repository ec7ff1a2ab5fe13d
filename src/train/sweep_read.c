/* SPDX-License-Identifier: Apache-2.0 */
/* sweep_read.c - from losses over rates to the rate to train with.
 *
 * Smooth: an exponential average with bias correction,
 *   m_k = b m_(k-1) + (1 - b) x_k,   x^_k = m_k / (1 - b^k)
 * over w steps, b = 1 - 1/w, w a sixteenth of all. It lags by w - 1 steps; once
 * the curve is whole it is taken from both ends, and the mean does not lag.
 *
 * Start is the mean of the first w + 1 losses, noise the deviation of a single
 * one, from the median of |x_k - x_(k-1)| over the first third, where the rates
 * are too small to matter. Something was won when the smooth loss fell below
 * the start by four deviations of an average.
 *
 * A sweep is over when
 *   - a loss is not finite, or one alone is eight deviations and a twelfth
 *     above the start (units may all be dead after it, and the loss as flat and
 *     harmless as before);
 *   - the average passes four times its best, and has lost a quarter of what
 *     was won (a loss near 0 is soon four times itself);
 *   - the average is above the start: all that was won is lost. Where nothing
 *     was won, a quarter above, and five deviations.
 * It diverged at the first of the rates in a row, up to the last, that gave a
 * loss above start - won / 10; where nothing was won, a tenth above the start,
 * and three deviations.
 * Networks with batch norm often never do, whatever the rate: dW is
 * orthogonal to W, which grows until the steps are small again.
 *
 * Steepest is where the least-squares line over 2 w + 1 losses falls fastest
 * per factor of the rate, up to the best; brisk, the least rate in a row before
 * it where the line falls at least half as fast. Adam's steps are as long as
 * its rate, whatever the gradient: its loss falls early and for long, and a
 * tenth of the rate that diverges may be too much, the brisk rate is not. SGD's
 * loss hardly falls before it diverges, and a tenth of that rate is right. So
 * the lower of the two is suggested; where it did not diverge the highest rate
 * stands for the one that does. Few steps overshoot: to diverge takes some,
 * and meanwhile the rate grows by g each. The tenth is 1 / g^5 then, where that
 * is less, and at least a thirtieth. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/finite.h"

#include "train/sweep.h"

enum { MOST_GAPS = 256, SLOW = 5 /* steps until it shows */ };

static int window(const mien_sweep *s) {
    return s->steps < 24 ? 1 : (s->steps + 8) / 16;
}

/* Losses that exploded count as this much, lest one of them outweighs all. */
static double capped(const mien_sweep *s, int i) {
    const double most = s->start + 3 * fabs(s->start) + 10 * s->noise;
    return mien_bad_f64(s->loss[i]) || s->loss[i] > most ? most : s->loss[i];
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void gauge(mien_sweep *s) {
    double gap[MOST_GAPS], sum = s->before;
    const int w = window(s), third = s->steps / 3 > 4 ? s->steps / 3 : 4;
    int n = 0, k = 1;
    for (int i = 0; i < s->n && i < w && !mien_bad_f64(s->loss[i]); i++, k++)
        sum += s->loss[i];
    s->start = sum / k;
    for (int i = 0; i < s->n && i < third && n < MOST_GAPS; i++) {
        const double last = i ? s->loss[i - 1] : s->before;
        if (!mien_bad_f64(s->loss[i])) gap[n++] = fabs(s->loss[i] - last);
    }
    s->noise = fabs(s->start) / 4;
    if (n < 4) return; /* who knows */
    qsort(gap, (size_t)n, sizeof *gap, ascending);
    /* A normal deviation is 1.4826 median |x|; a gap has two of them. The
     * median of few is uncertain. */
    const double found = 1.4826 / sqrt(2) * gap[n / 2] * (1 + 4.0 / n);
    s->noise = fmax(found, 5e-3 * fabs(s->start));
}

/* The deviation of an average. */
static double blur(const mien_sweep *s) {
    return s->noise / sqrt(2 * window(s) - 1);
}

static bool won(const mien_sweep *s, double best) {
    return s->start - best > 4 * blur(s);
}

bool mien_sweep_over(const mien_sweep *sweep) {
    mien_sweep s = *sweep;
    const double b = 1 - 1.0 / window(&s);
    double m = 0, weight = 0, best = INFINITY;
    if (!s.n) return false;
    gauge(&s);
    const double last = s.loss[s.n - 1];
    const double leap = fmax(8 * s.noise, fabs(s.start) / 12);
    if (mien_bad_f64(last) || last > s.start + leap) return true;
    for (int i = -1; i < s.n; i++) {
        m = b * m + (1 - b) * (i < 0 ? s.before : capped(&s, i));
        weight = b * weight + (1 - b);
        best = fmin(best, m / weight);
    }
    m /= weight;
    if (m > 4 * best && m - best > (s.start - best) / 4 + blur(&s)) return true;
    if (won(&s, best)) return m > s.start + blur(&s);
    return m > s.start + fmax(5 * blur(&s), fabs(s.start) / 4);
}

/* Both directions of the average. */
static void smooth(mien_sweep *s) {
    const double b = 1 - 1.0 / window(s);
    double m = (1 - b) * s->before, weight = 1 - b;
    for (int i = 0; i < s->n; i++) {
        m = b * m + (1 - b) * capped(s, i);
        weight = b * weight + (1 - b);
        s->smooth[i] = m / weight;
    }
    m = weight = 0;
    for (int i = s->n - 1; i >= 0; i--) {
        m = b * m + (1 - b) * capped(s, i);
        weight = b * weight + (1 - b);
        s->smooth[i] = (s->smooth[i] + m / weight) / 2;
    }
}

/* The slope of a line through the losses around i, per step. */
static double slope(const mien_sweep *s, int i) {
    const int w = window(s);
    double xx = 0, xy = 0;
    for (int k = -w; k <= w; k++) {
        xx += (double)k * k;
        xy += k * capped(s, i + k);
    }
    return xy / xx;
}

/* Returns the brisk rate. */
static double find_steepest(mien_sweep *s, int best) {
    const int w = window(s);
    int at = best;
    double most = 0;
    for (int i = w; i + w < s->n && i <= best; i++) {
        const double x = slope(s, i);
        if (x >= most) continue;
        most = x;
        at = i;
    }
    s->steepest = s->lr[at];
    while (most < 0 && at > w && slope(s, at - 1) <= most / 2) at--;
    return s->lr[at];
}

static void find_divergence(mien_sweep *s, double best) {
    const double level =
        won(s, best) ? s->start - (s->start - best) / 10
                     : s->start + fmax(3 * s->noise, fabs(s->start) / 10);
    int i = s->n - 1;
    if (!mien_sweep_over(s)) return;
    while (i > 0 && capped(s, i - 1) > level) i--;
    s->diverged = s->lr[i];
}

static void say(mien_sweep *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(mien_sweep *s, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(s->why, sizeof s->why, format, args);
    va_end(args);
}

/* What divides the rate that diverges. */
static double caution(const mien_sweep *s) {
    const double g = s->n > 1 ? s->lr[1] / s->lr[0] : 1;
    return fmin(fmax(10, pow(g, SLOW)), 30);
}

static void suggest(mien_sweep *s, double brisk) {
    const double top = s->lr[s->n - 1], divisor = caution(s);
    const bool diverged = !isnan(s->diverged), fell = !isnan(brisk);
    const double limit = (diverged ? s->diverged : top) / divisor;
    if (!diverged && !fell) {
        say(s,
            "up to %.2g the loss neither falls nor rises beyond its noise: "
            "try higher rates or more steps",
            top);
        return;
    }
    s->suggested = fell ? fmin(brisk, limit) : limit;
    if (fell && brisk <= limit)
        say(s, "from there on the loss falls fast, and it %s %.2g",
            diverged ? "diverges only at" : "does not diverge up to",
            diverged ? s->diverged : top);
    else if (diverged)
        say(s, "%.2g, where it diverges, divided by %.2g%s", s->diverged,
            divisor,
            fell ? "" : "; the loss did not fall beyond its noise before");
    else
        say(s,
            "%.2g, the highest rate tried, divided by %.2g: it did not "
            "diverge, so more may do",
            top, divisor);
}

void mien_sweep_read(mien_sweep *s) {
    int best = 0;
    double brisk = NAN;
    s->best = s->steepest = s->diverged = s->suggested = NAN;
    gauge(s);
    smooth(s);
    for (int i = 1; i < s->n; i++)
        if (s->smooth[i] < s->smooth[best]) best = i;
    s->best = s->lr[best];
    if (won(s, s->smooth[best])) brisk = find_steepest(s, best);
    find_divergence(s, s->smooth[best]);
    suggest(s, brisk);
}
