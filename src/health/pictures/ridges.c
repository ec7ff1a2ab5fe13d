/* SPDX-License-Identifier: Apache-2.0 */
/* ridges.c - how the sizes of weights and gradients are spread, a ridge for
 * each time that was kept, the oldest behind. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "health/picture.h"
#include "health/plot.h"

enum { PANELS = 4, PANEL = 190, GAP = 48, MOST = 16, LIFT = 46, GUTTER = 30 };

static const double tail = 0.01; /* of the largest bin */

static bool has_ridges(const mien_past_attempt *a, int tensor) {
    return a->ridges[0][tensor].n > 0 || a->ridges[1][tensor].n > 0;
}

static int count(const mien_past_attempt *a) {
    int n = 0;
    for (int i = 0; i < a->n_tensors; i++)
        n += has_ridges(a, i) && !strcmp(a->roles[i], "weight");
    return n;
}

static bool any(const mien_past *past, int attempt) {
    return count(&past->attempts[attempt]) > 0;
}

static int panels(const mien_past_attempt *a) {
    const int n = count(a);
    return n < PANELS ? n : PANELS;
}

static int height(const mien_past *past, int attempt) {
    return MIEN_PLOT_TOP + 10 +
           panels(&past->attempts[attempt]) * (PANEL + GAP) + 30;
}

/* The k-th of those that are shown: the first, the last, evenly between. */
static int chosen(const mien_past_attempt *a, int k) {
    const int n = count(a), most = panels(a);
    int left = most > 1 ? k * (n - 1) / (most - 1) : 0;
    for (int i = 0; i < a->n_tensors; i++)
        if (has_ridges(a, i) && !strcmp(a->roles[i], "weight") && left-- == 0)
            return i;
    return 0;
}

/* Both signs together; bin e holds [2^(e-40), 2^(e-39)). */
static double in_bin(const mien_histogram *h, int bin) {
    return (double)(h->positive[bin] + h->negative[bin]);
}

static double top_of(const mien_histogram *h) {
    double top = 0;
    for (int b = 0; b < MIEN_BINS; b++) top = fmax(top, in_bin(h, b));
    return top;
}

/* Without the thin ends. */
static void bins_used(const mien_past_ridges *r, int range[2]) {
    range[0] = MIEN_BINS, range[1] = -1;
    for (int i = 0; i < r->n; i++) {
        const double least = tail * top_of(&r->items[i].h);
        for (int b = 0; b < MIEN_BINS; b++)
            if (in_bin(&r->items[i].h, b) > least) {
                if (b < range[0]) range[0] = b;
                if (b > range[1]) range[1] = b;
            }
    }
    if (range[1] < 0) range[0] = range[1] = MIEN_BIN_ZERO;
    if (range[0] > 0) range[0]--;
    if (range[1] < MIEN_BINS - 1) range[1]++;
}

/* The outline of a histogram standing on `foot`; both ends reach down. */
static void outline(mien_chart *c, const mien_axes *a, const mien_histogram *h,
                    const int range[2], double foot) {
    const double top = fmax(top_of(h), 1);
    mien_chart_corner(c, mien_axes_x(a, range[0]), foot);
    for (int b = range[0]; b <= range[1]; b++)
        mien_chart_corner(c, mien_axes_x(a, b + 0.5),
                          foot - LIFT * in_bin(h, b) / top);
    mien_chart_corner(c, mien_axes_x(a, range[1] + 1), foot);
}

static void draw_powers(mien_chart *c, const mien_axes *a) {
    const double per_decade = log2(10);
    const int first = (int)ceil((a->x[0] - MIEN_BIN_ZERO) / per_decade);
    const int last = (int)floor((a->x[1] - MIEN_BIN_ZERO) / per_decade);
    const int every = 1 + (last - first) / 7;
    for (int p = first; p <= last; p++) {
        const double x = mien_axes_x(a, MIEN_BIN_ZERO + p * per_decade);
        char text[32];
        mien_tick_text(text, sizeof text, pow(10, p));
        mien_chart_line(c, (double[]){x, a->top},
                        (double[]){x, a->top + a->height + 4},
                        &(mien_stroke){mien_faint, 1, false});
        if ((p - first) % every == 0)
            mien_chart_text(c, x, a->top + a->height + 8, text,
                            &(mien_lettering){.size = 11, .across = 1});
    }
}

static void draw_panel(mien_chart *c, const mien_past_attempt *a,
                       const mien_past_ridges *r, mien_rect place) {
    int range[2];
    bins_used(r, range);
    const mien_axes axes = {.left = place.x,
                            .top = place.y,
                            .width = place.width,
                            .height = place.height,
                            .x = {range[0], range[1] + 1}};
    draw_powers(c, &axes);
    if (!r->n)
        mien_chart_text(
            c, place.x + 8, place.y + place.height / 2, "nothing recorded",
            &(mien_lettering){.size = 12, .along = 1, .paint = mien_grey});
    const int stride = 1 + (r->n - 1) / MOST;
    const int shown = r->n ? (r->n - 1) / stride + 1 : 0;
    const double room = place.height - LIFT;
    for (int k = 0; k < shown; k++) {
        const int i = r->n - 1 - (shown - 1 - k) * stride;
        const double share = shown > 1 ? k / (shown - 1.0) : 1;
        const double foot = place.y + LIFT + room * share;
        mien_paint paint = mien_shade(0.85 * (1 - share));
        paint.a = 0.8;
        outline(c, &axes, &r->items[i].h, range, foot);
        mien_chart_area(c, paint);
        outline(c, &axes, &r->items[i].h, range, foot);
        mien_chart_draw(c, &(mien_stroke){{1, 1, 1, 1}, 1, false});
    }
    mien_chart_line(c, (double[]){place.x, place.y + place.height},
                    (double[]){place.x + place.width, place.y + place.height},
                    &(mien_stroke){mien_ink, 1, false});
    (void)a;
}

static void write_times(mien_chart *c, const mien_past_ridges *r,
                        mien_rect place) {
    if (!r->n) return;
    char text[48];
    const mien_lettering style = {.size = 11, .along = -1, .paint = mien_grey};
    snprintf(text, sizeof text, "step %lld", (long long)r->items[0].step);
    mien_chart_text(c, place.x - 8, place.y + LIFT - 6, text, &style);
    snprintf(text, sizeof text, "step %lld",
             (long long)r->items[r->n - 1].step);
    mien_chart_text(c, place.x - 8, place.y + place.height - 6, text, &style);
}

static mien_status draw(mien_chart *c, const mien_past *past, int attempt) {
    const mien_past_attempt *a = &past->attempts[attempt];
    const char *const whats[] = {"weights", "gradients"};
    const double left = 110;
    const double width = (MIEN_PLOT_WIDTH - left - 40 - GUTTER) / 2;
    char title[160];
    for (int k = 0; k < panels(a); k++)
        for (int w = 0; w < 2; w++) {
            const int tensor = chosen(a, k);
            const mien_rect place = {left + w * (width + GUTTER),
                                     MIEN_PLOT_TOP + k * (PANEL + GAP), width,
                                     PANEL};
            snprintf(title, sizeof title, "%.100s, %s", a->tensors[tensor],
                     whats[w]);
            draw_panel(c, a, &a->ridges[w][tensor], place);
            if (w == 0) write_times(c, &a->ridges[w][tensor], place);
            mien_chart_text(
                c, place.x, place.y - 8, title,
                &(mien_lettering){.size = 12, .along = 1, .bold = true});
        }
    mien_plot_note(c,
                   "sizes |x| along powers of ten; the oldest ridge is "
                   "behind, the newest in front");
    return MIEN_OK;
}

const mien_picture_ops mien_picture_ridges = {
    .name = "ridges",
    .title =
        "Do weights and gradients keep their spread? Ridges that wander "
        "left vanish, to the right explode",
    .reading =
        "Each ridge counts how many values have which size; a healthy layer's "
        "ridges stand one before the other like a range of hills.",
    .any = any,
    .height = height,
    .draw = draw,
};
