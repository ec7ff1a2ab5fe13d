/* SPDX-License-Identifier: Apache-2.0 */
/* probe.c - what a buffer holds, in one pass over it.
 *
 * The bits of |x| as an integer keep the order of |x| and put Inf and NaN
 * above all numbers: one maximum a lane tells the largest, whether anything
 * is not 0 and whether everything is finite. Sums run in float lanes over a
 * stretch of at most 8192 values, then in double. A stretch that is not all
 * finite, or whose squares leave the range of float at either end, is added
 * up again in double while it is in the caches. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

enum {
    STRETCH = 8192,
    SPECIAL = 0x7f800000, /* the bits of |x| from which x is Inf or NaN */
    TINY = 0x24e69595     /* of 1e-16: squares below 1e-32 lose their digits */
};

typedef struct tally {
    double sum[16], squares[16];
    w16 zeros, saturated;
    int32_t most; /* the bits of the largest |x| that is finite */
    int64_t count, padding, non_finite;
    int first_bad, image; /* where the pass is */
    mien_kernel_saturation saturation;
} tally;

/* Of one stretch. */
typedef struct lanes {
    v16 sum, squares;
    w16 most, zeros, saturated;
} lanes;

INLINE void take(lanes *l, const float *x, mien_kernel_saturation where) {
    const v16 v = v_load(x);
    const w16 size = v_magnitude(v);
    l->sum = v_add(l->sum, v);
    l->squares = v_fma(v, v, l->squares);
    l->most = w_max(l->most, size);
    l->zeros = w_count(l->zeros, w_zero(size));
    if (where == MIEN_SATURATION_NONE) return;
    const bool tanh = where == MIEN_SATURATION_TANH;
    const m16 above = v_gt(v, v_set(tanh ? .97f : .95f));
    const m16 below = v_gt(v_set(tanh ? -.97f : .05f), v);
    l->saturated = w_count(l->saturated, m_or(above, below));
}

/* x[0..count), count > 0; the last vector is filled up with zeros. */
INLINE void take_all(lanes *l, const float *x, size_t count,
                     mien_kernel_saturation where) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) take(l, x + i, where);
    if (i == count) return;
    float last[16] = {0};
    memcpy(last, x + i, (count - i) * sizeof *x);
    take(l, last, where);
}

/* The sums of a stretch again, in double, of what is finite. */
static void add_carefully(tally *t, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        bits &= 0x7fffffff;
        if (bits >= SPECIAL) {
            if (t->non_finite++ == 0) t->first_bad = t->image;
            continue;
        }
        if (bits > t->most) t->most = bits;
        t->sum[i % 16] += (double)x[i];
        t->squares[i % 16] += (double)x[i] * (double)x[i];
    }
}

static int32_t largest(const int32_t most[16]) {
    int32_t top = 0;
    for (int i = 0; i < 16; i++) top = most[i] > top ? most[i] : top;
    return top;
}

/* Sixteen sums in float; whether none of them overflowed. */
static bool in_range(v16 sums) {
    int32_t size[16];
    w_store(size, v_magnitude(sums));
    return largest(size) < SPECIAL;
}

/* One stretch of one image; most[lane] gets the bits of the largest |x|. */
static void add_stretch(tally *t, const float *x, size_t count,
                        int32_t most[16]) {
    const w16 none = {0};
    lanes l = {v_set(0), v_set(0), none, t->zeros, t->saturated};
    if (t->saturation == MIEN_SATURATION_TANH)
        take_all(&l, x, count, MIEN_SATURATION_TANH);
    else if (t->saturation == MIEN_SATURATION_SIGMOID)
        take_all(&l, x, count, MIEN_SATURATION_SIGMOID);
    else
        take_all(&l, x, count, MIEN_SATURATION_NONE);
    t->zeros = l.zeros;
    t->saturated = l.saturated;
    t->count += (int64_t)count;
    t->padding += (int64_t)((16 - count % 16) % 16);
    w_store(most, l.most);
    const int32_t top = largest(most);
    if (top == 0) return;
    if (top < TINY || top >= SPECIAL || !in_range(l.squares)) {
        add_carefully(t, x, count);
        return;
    }
    if (top > t->most) t->most = top;
    v_add_to_double(t->sum, l.sum);
    v_add_to_double(t->squares, l.squares);
}

/* alive[i % 16], or alive[0] of a row of one channel, where it is not 0. */
static void mark(uint8_t *alive, int n, const int32_t most[16]) {
    if (n == 16)
        for (int i = 0; i < 16; i++) alive[i] |= most[i] > 0;
    else if (n == 1)
        alive[0] |= largest(most) > 0;
}

/* x[0..count): `channels` of them side by side, 16 or 1; 0: do not mark. */
static void add_row(tally *t, const float *x, size_t count, uint8_t *alive,
                    int channels) {
    int32_t most[16];
    for (size_t i = 0; i < count; i += STRETCH) {
        const size_t n = count - i < STRETCH ? count - i : STRETCH;
        add_stretch(t, x + i, n, most);
        mark(alive, channels, most);
    }
}

static void mark_each(uint8_t *alive, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) alive[i] |= !(x[i] == 0);
}

/* An image as rows of one channel, of 16 side by side, or as one row. */
static void add_image(tally *t, const mien_kernel_probe *a, const float *x) {
    const mien_shape s = a->shape;
    const size_t plane = (size_t)s.h * (size_t)s.w, c = (size_t)s.c;
    if (!a->alive || plane == 1) {
        add_row(t, x, c * plane, NULL, 0);
        if (a->alive) mark_each(a->alive, x, c);
        return;
    }
    const size_t side = a->blocked ? MIEN_BLOCK : 1;
    for (size_t i = 0; i < c; i += side)
        add_row(t, x + i * plane, side * plane, a->alive + i, (int)side);
}

static int64_t total(w16 counts) {
    int32_t n[16];
    int64_t sum = 0;
    w_store(n, counts);
    for (int i = 0; i < 16; i++) sum += n[i];
    return sum;
}

void MIEN_K(probe)(mien_kernel_probe *a) {
    const size_t image =
        (size_t)a->shape.c * (size_t)a->shape.h * (size_t)a->shape.w;
    tally t = {.first_bad = -1, .saturation = a->saturation};
    float max;
    for (int n = 0; n < a->shape.n; n++) {
        t.image = n;
        add_image(&t, a, a->x + (size_t)n * image);
    }
    memcpy(&max, &t.most, sizeof max);
    const bool sigmoid = a->saturation == MIEN_SATURATION_SIGMOID;
    a->totals = (mien_kernel_totals){
        .count = t.count,
        .zeros = total(t.zeros) - t.padding,
        .saturated = total(t.saturated) - (sigmoid ? t.padding : 0),
        .non_finite = t.non_finite,
        .max = (double)max,
        .first_bad = t.first_bad};
    for (int i = 0; i < 16; i++) {
        a->totals.sum += t.sum[i];
        a->totals.squares += t.squares[i];
    }
}
