/* SPDX-License-Identifier: Apache-2.0 */
/* test_int8.c - convolution in bytes: every build gives the bits of the plain
 * one, and that one gives what the definition says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/int8/int8.h"

static mien_rng rng;

static int restart(void **state) {
    (void)state;
    rng = mien_rng_at(7, MIEN_RNG_TEST, 0, 0);
    return 0;
}

/* ---- numbers at random; the caller frees ---- */

static uint8_t *bytes(size_t n) {
    uint8_t *x = mien_alloc(n + 1, 1);
    for (size_t i = 0; i < n; i++) x[i] = (uint8_t)mien_rng_below(&rng, 256);
    return x;
}

static float *floats(size_t n, double low, double high) {
    float *x = mien_alloc(n + 1, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)mien_rng_range(&rng, low, high);
    return x;
}

static int8_t *weights(size_t n) {
    int8_t *w = (int8_t *)bytes(n);
    for (size_t i = 0; i < n; i++) w[i] = w[i] == -128 ? 127 : w[i];
    return w;
}

/* The end of `values` products: outputs reach beyond 0..255 on both sides. */
typedef struct ending {
    float *scale, *bias, *slope;
    mien_int8_end end;
} ending;

static void open_ending(ending *e, int channels, int values,
                        mien_kernel_unit unit) {
    const double typical = 100 / (9000 * sqrt(values));
    const size_t c = (size_t)channels;
    e->scale = floats(c, 0.2 * typical, 1.3 * typical);
    e->bias = floats(c, -90, 90);
    e->slope = floats(c, 0, 0.5);
    if (unit == MIEN_UNIT_CLIP) e->slope[0] = -10, e->slope[1] = 60;
    e->end = (mien_int8_end){.unit = unit,
                             .scale = e->scale,
                             .bias = e->bias,
                             .slope = e->slope,
                             .residual_scale = 0.7f,
                             .zero = 101};
}

static void close_ending(ending *e) {
    mien_free(e->scale);
    mien_free(e->bias);
    mien_free(e->slope);
}

/* ---- dense ---- */

typedef struct dense {
    mien_shape out;
    int sources, depth, step;
} dense;

static const dense denses[] = {
    {{1, 16, 1, 1}, 1, 4, 16},  {{1, 48, 1, 2}, 3, 4, 16},
    {{1, 32, 1, 7}, 2, 4, 16},  {{1, 16, 3, 13}, 9, 4, 16},
    {{1, 64, 1, 14}, 4, 4, 16}, {{1, 80, 2, 15}, 2, 4, 32},
    {{1, 32, 1, 49}, 8, 4, 16}, {{1, 32, 1, 300}, 1, 4, 16},
    {{1, 64, 5, 56}, 9, 1, 8},  {{1, 16, 9, 9}, 9, 1, 4},
    {{1, 48, 2, 5}, 25, 1, 4},  {{1, 16, 1, 500}, 5, 4, 48},
};
enum { N_DENSES = sizeof denses / sizeof *denses };

typedef struct dense_case {
    mien_int8_conv a;
    ending e;
    uint8_t *x, *residual;
    int8_t *w;
    int32_t source[32];
    size_t count;
} dense_case;

static void open_dense(dense_case *t, const dense *g, mien_kernel_unit unit) {
    const int values = g->sources * g->depth * 4, reach = 500;
    const int row = g->out.w * g->step + 9;
    open_ending(&t->e, g->out.c, values, unit);
    t->count = mien_shape_count(g->out);
    t->x = bytes((size_t)(g->out.h * row + reach + 16));
    t->residual = bytes(t->count);
    t->w = weights((size_t)(g->out.c * values));
    for (int s = 0; s < g->sources; s++)
        t->source[s] = (int32_t)mien_rng_below(&rng, (uint32_t)reach);
    t->a = (mien_int8_conv){.out = g->out,
                            .sources = g->sources,
                            .depth = g->depth,
                            .source = t->source,
                            .step = g->step,
                            .row_step = row,
                            .x = t->x,
                            .weight = t->w,
                            .end = t->e.end};
}

static void close_dense(dense_case *t) {
    close_ending(&t->e);
    mien_free(t->x);
    mien_free(t->residual);
    mien_free(t->w);
}

/* By the definition, one output at a time. */
static double dense_value(const mien_int8_conv *a, int o, int i, int j) {
    const uint8_t *x = a->x + i * a->row_step + j * a->step;
    const int n = a->sources * a->depth;
    int64_t sum = 0;
    for (int s = 0; s < n; s++)
        for (int k = 0; k < 4; k++) {
            const int at = a->source[s / a->depth] + s % a->depth * 4 + k;
            const int8_t *w = a->weight + (o / 16 * n + s) * 64 + o % 16 * 4;
            sum += x[at] * w[k];
        }
    return (double)sum * (double)a->end.scale[o] + (double)a->end.bias[o];
}

static double unit_of(const mien_int8_end *e, double f, int o) {
    if (e->unit == MIEN_UNIT_NONE) return f;
    if (e->unit == MIEN_UNIT_CLIP)
        return fmin(fmax(f, (double)e->slope[0]), (double)e->slope[1]);
    return f <= 0 ? f * (double)e->slope[o] : f;
}

static void plain_dense_is_right(const dense_case *t) {
    const mien_int8_conv *a = &t->a;
    for (int o = 0; o < a->out.c; o++)
        for (int i = 0; i < a->out.h; i++)
            for (int j = 0; j < a->out.w; j++) {
                const size_t at =
                    (size_t)((o / 16 * a->out.h + i) * a->out.w + j) * 16 +
                    (size_t)(o % 16);
                double f = dense_value(a, o, i, j);
                if (a->residual)
                    f +=
                        (double)a->residual[at] * (double)a->end.residual_scale;
                f = unit_of(&a->end, f, o);
                const double q = fmin(fmax(f + a->end.zero, 0), 255);
                assert_true(fabs(q - a->y[at]) < 0.501);
            }
}

static void check_dense(const dense *g, mien_kernel_unit unit, bool residual) {
    dense_case t;
    open_dense(&t, g, unit);
    uint8_t *want = bytes(t.count), *got = bytes(t.count);
    float *want_f = floats(t.count, 0, 1), *got_f = floats(t.count, 0, 1);
    t.a.residual = residual ? t.residual : NULL;
    t.a.y = want;
    mien_int8_all()[0]->conv(&t.a);
    plain_dense_is_right(&t);
    t.a.y = NULL;
    t.a.y_float = want_f;
    mien_int8_all()[0]->conv(&t.a);
    for (const mien_int8 *const *k = mien_int8_all(); *k; k++) {
        const uint8_t behind = got[t.count];
        t.a.y = got;
        (*k)->conv(&t.a);
        assert_memory_equal(got, want, t.count);
        assert_int_equal(got[t.count], behind);
        t.a.y = NULL;
        t.a.y_float = got_f;
        (*k)->conv(&t.a);
        assert_memory_equal(got_f, want_f, t.count * sizeof *got_f);
    }
    mien_free(want);
    mien_free(got);
    mien_free(want_f);
    mien_free(got_f);
    close_dense(&t);
}

static void int8_conv__has_the_same_bits_in_every_build(void **state) {
    (void)state;
    for (int i = 0; i < N_DENSES; i++)
        for (int unit = 0; unit <= MIEN_UNIT_CLIP; unit++)
            for (int residual = 0; residual < 2; residual++)
                check_dense(&denses[i], (mien_kernel_unit)unit, residual);
}

/* ---- depthwise ---- */

typedef struct geometry {
    mien_shape in;
    int kh, kw, stride, pad;
} geometry;

static const geometry depthwises[] = {
    {{2, 32, 14, 14}, 3, 3, 1, 1}, {{1, 16, 9, 23}, 3, 3, 1, 1},
    {{2, 16, 14, 13}, 3, 3, 2, 1}, {{1, 48, 7, 8}, 3, 3, 2, 0},
    {{1, 16, 2, 3}, 3, 3, 1, 1},   {{3, 32, 3, 4}, 3, 3, 1, 0},
    {{1, 16, 5, 6}, 3, 3, 1, 2},   {{1, 16, 1, 1}, 3, 3, 2, 1},
    {{5, 32, 7, 7}, 7, 7, 1, 0},   {{1, 16, 11, 12}, 5, 5, 1, 2},
    {{1, 16, 6, 5}, 3, 3, 1, 3},
};
enum { N_DEPTHWISES = sizeof depthwises / sizeof *depthwises };

static mien_kernel_window window_of(const geometry *g) {
    mien_kernel_window w = {.in = g->in,
                            .out = g->in,
                            .kh = g->kh,
                            .kw = g->kw,
                            .stride_h = g->stride,
                            .stride_w = g->stride,
                            .pad_top = g->pad,
                            .pad_left = g->pad};
    w.out.h = (g->in.h + 2 * g->pad - g->kh) / g->stride + 1;
    w.out.w = (g->in.w + 2 * g->pad - g->kw) / g->stride + 1;
    return w;
}

/* The same by a dense convolution of one channel's plane, framed. */
static int64_t depthwise_sum(const mien_int8_depthwise *a, int plane, int c,
                             int i, int j) {
    const mien_kernel_window *k = &a->window;
    const int cb = plane % (k->in.c / 16);
    int64_t sum = 0;
    for (int t = 0; t < k->kh * k->kw; t++) {
        const int h = i * k->stride_h - k->pad_top + t / k->kw;
        const int v = j * k->stride_w - k->pad_left + t % k->kw;
        const bool inside = h >= 0 && v >= 0 && h < k->in.h && v < k->in.w;
        const int x = inside
                          ? a->x[((plane * k->in.h + h) * k->in.w + v) * 16 + c]
                          : a->outside;
        sum += x * a->weight[(cb * k->kh * k->kw + t) * 16 + c];
    }
    return sum;
}

static void plain_depthwise_is_right(const mien_int8_depthwise *a) {
    const mien_shape o = a->window.out;
    const size_t n = mien_shape_count(o);
    for (size_t at = 0; at < n; at++) {
        const int c = (int)(at % 16), pixel = (int)(at / 16) % (o.h * o.w);
        const int plane = (int)(at / 16) / (o.h * o.w);
        const int of = plane % (o.c / 16) * 16 + c;
        const double sum =
            (double)depthwise_sum(a, plane, c, pixel / o.w, pixel % o.w);
        const double f = unit_of(
            &a->end, sum * (double)a->end.scale[of] + (double)a->end.bias[of],
            of);
        const double q = fmin(fmax(f + a->end.zero, 0), 255);
        assert_true(fabs(q - a->y[at]) < 0.501);
    }
}

static void check_depthwise(const geometry *g, mien_kernel_unit unit) {
    ending e;
    const mien_kernel_window w = window_of(g);
    const size_t count = mien_shape_count(w.out);
    open_ending(&e, g->in.c, g->kh * g->kw, unit);
    uint8_t *x = bytes(mien_shape_count(g->in));
    int8_t *weight = weights((size_t)(g->in.c * g->kh * g->kw));
    uint8_t *want = bytes(count), *got = bytes(count);
    float *f = floats(count, 0, 1), *f_plain = floats(count, 0, 1);
    mien_int8_depthwise a = {.window = w,
                             .outside = 77,
                             .x = x,
                             .weight = weight,
                             .end = e.end,
                             .y = want,
                             .y_float = f_plain};
    mien_int8_all()[0]->depthwise(&a);
    plain_depthwise_is_right(&a);
    a.y = NULL;
    mien_int8_all()[0]->depthwise(&a);
    for (const mien_int8 *const *k = mien_int8_all(); *k; k++) {
        const uint8_t behind = got[count];
        a.y = got;
        (*k)->depthwise(&a);
        assert_memory_equal(got, want, count);
        assert_int_equal(got[count], behind);
        a.y = NULL;
        a.y_float = f;
        (*k)->depthwise(&a);
        assert_memory_equal(f, f_plain, count * sizeof *f);
    }
    void *const all[] = {x, weight, want, got, f, f_plain};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mien_free(all[i]);
    close_ending(&e);
}

static void int8_depthwise__has_the_same_bits_in_every_build(void **state) {
    (void)state;
    for (int i = 0; i < N_DEPTHWISES; i++)
        for (int unit = 0; unit <= MIEN_UNIT_CLIP; unit++)
            check_depthwise(&depthwises[i], (mien_kernel_unit)unit);
}

/* ---- codes ---- */

static void int8_code__holds_zero_and_both_ends(void **state) {
    (void)state;
    static const float ranges[][2] = {{-1, 1},  {0, 6},      {-3, 0}, {2, 5},
                                      {-7, -2}, {-0.1f, 20}, {0, 0}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const float low = ranges[i][0], high = ranges[i][1];
        const mien_int8_code c = mien_int8_code_of(low, high);
        assert_true(c.scale > 0 && c.zero >= 0 && c.zero <= 255);
        assert_true(c.scale * (float)(0 - c.zero) <= low + c.scale);
        assert_true(c.scale * (float)(255 - c.zero) >= high - c.scale);
    }
}

static void int8_code__goes_there_and_back(void **state) {
    (void)state;
    const size_t n = 1000;
    const mien_int8_code c = mien_int8_code_of(-1.5f, 4);
    float *x = floats(n, -3, 6), *back = floats(n, 0, 1);
    uint8_t *want = bytes(n), *got = bytes(n);
    mien_int8_all()[0]->code(want, x, n, c);
    for (const mien_int8 *const *k = mien_int8_all(); *k; k++) {
        (*k)->code(got, x, n, c);
        (*k)->decode(back, got, n, c);
        assert_memory_equal(got, want, n);
        for (size_t i = 0; i < n; i++) {
            const double clipped = fmin(fmax((double)x[i], -1.5), 4);
            assert_true(fabs((double)back[i] - clipped) < (double)c.scale);
        }
    }
    mien_free(x);
    mien_free(back);
    mien_free(want);
    mien_free(got);
}

static void int8_weights__survive_being_read_again(void **state) {
    (void)state;
    enum { N = 333 };
    float *w = floats(N, -0.3, 0.2);
    int8_t q[N];
    const mien_int8_scale s = mien_int8_scale_of(w, N);
    for (int i = 0; i < N; i++) {
        q[i] = mien_int8_weight(w[i], s);
        assert_true(fabsf(w[i] - (float)q[i] * s.step) <= 0.51f * s.step);
        w[i] = (float)q[i] * s.step;
    }
    const mien_int8_scale again = mien_int8_scale_of(w, N);
    for (int i = 0; i < N; i++)
        assert_int_equal(mien_int8_weight(w[i], again), q[i]);
    memset(w, 0, N * sizeof *w);
    assert_true(mien_int8_scale_of(w, N).step == 1);
    mien_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(int8_conv__has_the_same_bits_in_every_build,
                               restart),
        cmocka_unit_test_setup(int8_depthwise__has_the_same_bits_in_every_build,
                               restart),
        cmocka_unit_test(int8_code__holds_zero_and_both_ends),
        cmocka_unit_test_setup(int8_code__goes_there_and_back, restart),
        cmocka_unit_test_setup(int8_weights__survive_being_read_again, restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
