/* SPDX-License-Identifier: Apache-2.0 */
/* sweep_read.c - from losses over rates to the rate to train with.
 *
 * While it runs an exponential average with bias correction follows,
 *   m_k = b m_(k-1) + (1 - b) x_k,   x^_k = m_k / (1 - b^k)
 * over w steps, b = 1 - 1/w, w a sixteenth of all. It lags by w - 1 steps; once
 * the curve is whole, smooth is the least-squares line through the w losses on
 * both sides, the near ones weighing most, which does not lag.
 *
 * Start is the mean of the first 2 w + 1 losses, noise the deviation of a
 * single one, from the upper quartile of |x_k - x_(k-1)| over the first half,
 * where most rates are too small to matter. Something was won when the smooth
 * loss fell below the start by six deviations of an average.
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
 * Steepest is where that line falls fastest per factor of the rate, up to the
 * best; brisk, the least rate in a row before it where it falls at least half
 * as fast. Adam's steps are as long as its rate, whatever the gradient: its
 * loss falls early and for long, and a tenth of the rate that diverges may be
 * too much, the brisk rate is not. SGD's loss hardly falls before it diverges,
 * and a tenth of that rate is right. So the lower of the two is suggested;
 * where it did not diverge the highest rate stands for the one that does.
 *
 * Few steps overshoot: to diverge takes some, and meanwhile the rate grows by
 * g each. The tenth is 1 / g^5 then, where that is less, and at least a
 * thirtieth. */
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

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void gauge(mien_sweep *s) {
    double gap[MOST_GAPS], sum = s->before;
    const int w = window(s), early = s->steps / 2 > 8 ? s->steps / 2 : 8;
    int n = 0, k = 1;
    for (int i = 0; i < s->n && i < 2 * w && !mien_bad_f64(s->loss[i]);
         i++, k++)
        sum += s->loss[i];
    s->start = sum / k;
    for (int i = 0; i < s->n && i < early && n < MOST_GAPS; i++) {
        const double last = i ? s->loss[i - 1] : s->before;
        if (!mien_bad_f64(s->loss[i])) gap[n++] = fabs(s->loss[i] - last);
    }
    s->noise = fabs(s->start) / 4;
    if (n < 4) return; /* who knows */
    qsort(gap, (size_t)n, sizeof *gap, ascending);
    /* Of normal losses three gaps of four are below 1.627 deviations. The
     * quantile of few is uncertain. */
    const double found = gap[n * 3 / 4] / 1.627 * (1 + 4.0 / n);
    s->noise = fmax(found, 5e-3 * fabs(s->start));
}

/* The deviation of an average. */
static double blur(const mien_sweep *s) {
    return s->noise / sqrt(2 * window(s) - 1);
}

/* So far above the start that no sample explains it. */
static bool leapt(const mien_sweep *s, int i) {
    return mien_bad_f64(s->loss[i]) ||
           s->loss[i] > s->start + fmax(8 * s->noise, fabs(s->start) / 12);
}

static bool won(const mien_sweep *s, double best) {
    return s->start - best > 6 * blur(s);
}

bool mien_sweep_over(const mien_sweep *sweep) {
    mien_sweep s = *sweep;
    const double b = 1 - 1.0 / window(&s);
    double m = 0, weight = 0, best = INFINITY;
    if (!s.n) return false;
    gauge(&s);
    if (leapt(&s, s.n - 1)) return true;
    if (s.n <= 3 * window(&s)) return false;
    for (int i = -1; i < s.n; i++) {
        m = b * m + (1 - b) * (i < 0 ? s.before : s.loss[i]);
        weight = b * weight + (1 - b);
        if (i + 1 >= window(&s)) best = fmin(best, m / weight);
    }
    m /= weight;
    if (m > 4 * best && m - best > (s.start - best) / 4 + blur(&s)) return true;
    if (won(&s, best)) return m > s.start + blur(&s);
    return m > s.start + fmax(5 * blur(&s), fabs(s.start) / 4);
}

/* The line a + b k through the losses of steps i + k. */
typedef struct line {
    double a, b;
} line;

static line fit(const mien_sweep *s, int i) {
    const int w = window(s);
    double n = 0, x = 0, xx = 0, y = 0, xy = 0;
    for (int k = -w; k <= w; k++) {
        if (i + k < 0 || i + k >= s->n || leapt(s, i + k)) continue;
        const double p = 1 - abs(k) / (w + 1.0), loss = s->loss[i + k];
        n += p, x += p * k, xx += p * k * k;
        y += p * loss, xy += p * k * loss;
    }
    const double d = n * xx - x * x;
    if (!(d > 0)) return (line){n > 0 ? y / n : NAN, 0};
    const double slope = (n * xy - x * y) / d;
    return (line){(y - slope * x) / n, slope};
}

static void smooth(mien_sweep *s) {
    for (int i = 0; i < s->n; i++)
        s->smooth[i] = leapt(s, i) ? s->loss[i] : fit(s, i).a;
}

/* Where the smooth loss is least; near the ends lines are uncertain. */
static int find_best(const mien_sweep *s) {
    const int edge = s->n > 2 * window(s) ? window(s) : 0;
    int best = edge;
    for (int i = edge; i < s->n - edge; i++)
        if (s->smooth[i] < s->smooth[best]) best = i;
    return best;
}

/* Returns the brisk rate. */
static double find_steepest(mien_sweep *s, int best) {
    int at = best;
    double most = 0;
    for (int i = window(s); i <= best; i++) {
        const double slope = fit(s, i).b;
        if (slope >= most) continue;
        most = slope;
        at = i;
    }
    s->steepest = s->lr[at];
    while (most < 0 && at > 0 && fit(s, at - 1).b <= most / 2) at--;
    return s->lr[at];
}

static void find_divergence(mien_sweep *s, double best) {
    const double level =
        won(s, best) ? s->start - (s->start - best) / 10
                     : s->start + fmax(3 * s->noise, fabs(s->start) / 10);
    int i = s->n - 1;
    if (!mien_sweep_over(s)) return;
    while (i > 0 && !(s->loss[i - 1] <= level)) i--;
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
    double brisk = NAN;
    s->best = s->steepest = s->diverged = s->suggested = NAN;
    gauge(s);
    smooth(s);
    const int best = find_best(s);
    s->best = s->lr[best];
    if (won(s, s->smooth[best])) brisk = find_steepest(s, best);
    find_divergence(s, s->smooth[best]);
    suggest(s, brisk);
}
