/* SPDX-License-Identifier: Apache-2.0 */
/* test_kernels_window.c - pooling and depthwise convolution against their
 * plain reference, in every build that this machine can run. */
#include <string.h>

#include "kernel_check.h"

typedef struct geometry {
    mien_shape in;
    int kh, kw, stride, pad;
} geometry;

static mien_kernel_window window_of(geometry g) {
    mien_kernel_window w = {.in = g.in,
                            .out = g.in,
                            .kh = g.kh,
                            .kw = g.kw,
                            .stride_h = g.stride,
                            .stride_w = g.stride,
                            .pad_top = g.pad,
                            .pad_left = g.pad};
    w.out.h = (g.in.h + 2 * g.pad - g.kh) / g.stride + 1;
    w.out.w = (g.in.w + 2 * g.pad - g.kw) / g.stride + 1;
    return w;
}

/* ---- pooling ---- */

static const geometry pools[] = {
    {{2, 32, 8, 6}, 2, 2, 2, 0},  {{1, 16, 7, 9}, 2, 2, 2, 0},
    {{1, 48, 2, 2}, 2, 2, 2, 0},  {{2, 16, 9, 11}, 3, 3, 2, 1},
    {{1, 16, 9, 10}, 3, 3, 3, 0}, {{1, 64, 6, 5}, 3, 3, 1, 1},
    {{2, 16, 5, 8}, 2, 3, 1, 0},  {{3, 16, 8, 8}, 2, 2, 2, 1},
    {{4, 32, 7, 7}, 7, 7, 1, 0},  {{2, 16, 11, 5}, 11, 5, 1, 0},
    {{1, 16, 10, 7}, 2, 2, 2, 0}};
enum { N_POOLS = sizeof pools / sizeof *pools };

static void check_same_bytes(const char *what, const void *got,
                             const void *want, size_t bytes) {
    const uint8_t *g = got, *w = want;
    for (size_t i = 0; i < bytes; i++)
        if (g[i] != w[i])
            fail_msg("%s: byte %zu is %d, should be %d", what, i, g[i], w[i]);
}

static void maxpool_check(const mien_kernels *k, geometry g, bool relu,
                          float *x) {
    const mien_kernel_window w = window_of(g);
    const size_t in = mien_shape_count(w.in), out = mien_shape_count(w.out);
    float *y = guarded(out), *want = guarded(out), *dy = spread(out, 0, 1);
    float *dx = spread(in, 0, 1), *want_dx = guarded(in);
    uint8_t *index = mien_alloc(2 * out, 1);
    assert_non_null(index);
    mien_kernel_maxpool a = {w, relu, x, want, index + out, dy, want_dx};
    mien_kernels_reference.maxpool_forward(&a);
    mien_kernels_reference.maxpool_backward(&a);
    a.y = y;
    a.index = index;
    a.dx = dx;
    k->maxpool_forward(&a);
    check_same_bytes("maxpool index", index, index + out, out);
    check_close("maxpool y", y, want, out, 0);
    k->maxpool_backward(&a);
    check_close("maxpool dx", dx, want_dx, in, g.stride < g.kh ? 1e-6 : 0);
    mien_free(index);
    mien_free(dy);
    mien_free(x);
}

static void maxpool__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_POOLS; i++)
        for (int relu = 0; relu < 2; relu++)
            maxpool_check(k, pools[i], relu,
                          spread(mien_shape_count(pools[i].in), -0.3, 1));
}

/* 4 MiB and more go past the caches. */
static void maxpool__agrees_where_it_streams(void **state) {
    (void)state;
    const geometry g = {{1, 64, 131, 126}, 2, 2, 2, 0};
    EACH_BUILD(k)
    maxpool_check(k, g, true, spread(mien_shape_count(g.in), -0.3, 1));
}

static void maxpool__gives_ties_to_the_first(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_POOLS; i++)
        for (int relu = 0; relu < 2; relu++) {
            const size_t count = mien_shape_count(pools[i].in);
            float *x = spread(count, 0, 1);
            for (size_t j = 0; j < count; j++) x[j] = (float)(int)x[j];
            maxpool_check(k, pools[i], relu, x);
        }
}

static void maxpool__lets_nan_win(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_POOLS; i++)
        for (int relu = 0; relu < 2; relu++) {
            const size_t count = mien_shape_count(pools[i].in);
            float *x = spread(count, 0, 1);
            for (int j = 0; j < 9; j++) poison(x, count);
            maxpool_check(k, pools[i], relu, x);
        }
}

static void avgpool_check(const mien_kernels *k, geometry g, bool count_padding,
                          bool poisoned) {
    const mien_kernel_window w = window_of(g);
    const size_t in = mien_shape_count(w.in), out = mien_shape_count(w.out);
    float *x = spread(in, 0.3, 1), *dy = spread(out, 0, 1);
    if (poisoned) poison(x, in);
    if (poisoned) poison(dy, out);
    float *y = guarded(out), *want = guarded(out);
    float *dx = spread(in, 0, 1), *want_dx = guarded(in);
    mien_kernel_avgpool a = {w, count_padding, x, want, dy, want_dx};
    mien_kernels_reference.avgpool_forward(&a);
    mien_kernels_reference.avgpool_backward(&a);
    a.y = y;
    a.dx = dx;
    k->avgpool_forward(&a);
    k->avgpool_backward(&a);
    check_close("avgpool y", y, want, out, 1e-5);
    check_close("avgpool dx", dx, want_dx, in, 1e-5);
    mien_free(x);
    mien_free(dy);
}

static void avgpool__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_POOLS; i++)
        for (int mode = 0; mode < 4; mode++)
            avgpool_check(k, pools[i], mode % 2, mode / 2);
}

/* ---- depthwise convolution ---- */

static const geometry convolutions[] = {
    {{2, 32, 14, 14}, 3, 3, 1, 1}, {{1, 16, 9, 23}, 3, 3, 1, 1},
    {{2, 16, 14, 13}, 3, 3, 2, 1}, {{1, 48, 7, 8}, 3, 3, 2, 0},
    {{3, 16, 1, 1}, 3, 3, 1, 1},   {{1, 16, 2, 3}, 3, 3, 2, 1},
    {{5, 32, 7, 7}, 7, 7, 1, 0},   {{2, 16, 7, 7}, 7, 7, 1, 3},
    {{1, 16, 11, 12}, 5, 5, 1, 2}, {{2, 16, 10, 9}, 1, 1, 2, 0},
    {{1, 16, 9, 10}, 1, 3, 1, 1},  {{1, 64, 8, 9}, 5, 3, 3, 1},
    {{4, 16, 2, 5}, 2, 5, 1, 0},   {{1, 16, 3, 4}, 3, 3, 1, 0},
    {{2, 16, 20, 31}, 4, 4, 2, 1}};
enum { N_CONVOLUTIONS = sizeof convolutions / sizeof *convolutions };

typedef struct conv_case {
    mien_kernel_depthwise a;
    size_t in, out, weights;
    float *x, *weight, *bias, *dy;
} conv_case;

static conv_case conv_open(geometry g, bool poisoned) {
    const mien_kernel_window w = window_of(g);
    conv_case t = {.in = mien_shape_count(w.in),
                   .out = mien_shape_count(w.out),
                   .weights = (size_t)(w.in.c * w.kh * w.kw)};
    t.x = spread(t.in, 0.3, 1);
    t.dy = spread(t.out, 0, 1);
    t.weight = spread(t.weights, 0, 1);
    t.bias = spread((size_t)w.in.c, 0, 1);
    if (poisoned) poison(t.x, t.in);
    if (poisoned) poison(t.dy, t.out);
    t.a = (mien_kernel_depthwise){
        .window = w, .x = t.x, .weight = t.weight, .bias = t.bias, .dy = t.dy};
    return t;
}

static void conv_close(conv_case *t) {
    mien_free(t->x);
    mien_free(t->dy);
    mien_free(t->weight);
    mien_free(t->bias);
}

static void depthwise_run(const mien_kernels *k, mien_kernel_depthwise *a,
                          float *const *out, bool together) {
    a->y = out[0];
    a->dx = out[1];
    a->dweight = out[2];
    a->dbias = a->bias ? out[3] : NULL;
    k->depthwise_forward(a);
    if (together) {
        k->depthwise_backward(a);
    } else {
        k->depthwise_backward_data(a);
        k->depthwise_backward_weight(a);
    }
}

static void depthwise_check(const mien_kernels *k, geometry g, bool bias,
                            bool poisoned) {
    conv_case t = conv_open(g, poisoned);
    const size_t c = (size_t)g.in.c;
    if (!bias) t.a.bias = NULL;
    for (int together = 0; together < 2; together++) {
        float *want[] = {guarded(t.out), guarded(t.in), guarded(t.weights),
                         guarded(c)};
        float *got[] = {spread(t.out, 0, 1), spread(t.in, 0, 1),
                        spread(t.weights, 0, 1), guarded(c)};
        depthwise_run(&mien_kernels_reference, &t.a, want, together);
        depthwise_run(k, &t.a, got, together);
        check_close("depthwise y", got[0], want[0], t.out, 1e-5);
        check_close("depthwise dx", got[1], want[1], t.in, 1e-5);
        check_close("depthwise dweight", got[2], want[2], t.weights, 1e-4);
        check_close("depthwise dbias", got[3], want[3], c, 1e-4);
    }
    conv_close(&t);
}

static void depthwise__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_CONVOLUTIONS; i++)
        for (int bias = 0; bias < 2; bias++)
            depthwise_check(k, convolutions[i], bias, false);
}

static void depthwise__agrees_where_it_streams(void **state) {
    (void)state;
    static const geometry large[] = {{{1, 64, 131, 126}, 3, 3, 1, 1},
                                     {{1, 64, 131, 126}, 3, 3, 2, 1}};
    EACH_BUILD(k)
    for (int i = 0; i < 2; i++) depthwise_check(k, large[i], false, false);
}

static void depthwise__ends_in_an_activation(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_CONVOLUTIONS; i++)
        for (int unit = MIEN_UNIT_RELU; unit <= MIEN_UNIT_CLIP; unit++) {
            conv_case t = conv_open(convolutions[i], false);
            float *slope = spread((size_t)convolutions[i].in.c, 0.3, 0.2);
            float *want = guarded(t.out), *got = spread(t.out, 0, 1);
            t.a.unit = (mien_kernel_unit)unit;
            t.a.slope = slope;
            slope[0] = -0.2f, slope[1] = 0.4f; /* clip wants them in order */
            t.a.y = want;
            mien_kernels_reference.depthwise_forward(&t.a);
            t.a.y = got;
            k->depthwise_forward(&t.a);
            check_close("depthwise y", got, want, t.out, 1e-5);
            mien_free(slope);
            conv_close(&t);
        }
}

static void depthwise_plain__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_CONVOLUTIONS; i++)
        for (int mode = 0; mode <= 2 * MIEN_UNIT_CLIP + 1; mode++) {
            geometry g = convolutions[i];
            g.in.c -= mode % 7; /* any number of channels */
            conv_case t = conv_open(g, mode % 2);
            float *slope = spread((size_t)g.in.c + 1, 0.3, 0.2);
            float *want = guarded(t.out), *got = spread(t.out, 0, 1);
            slope[0] = -2, slope[1] = 9; /* clip wants them in order */
            t.a.unit = (mien_kernel_unit)(mode / 2);
            t.a.slope = slope;
            t.a.y = want;
            mien_kernels_reference.depthwise_plain(&t.a);
            t.a.y = got;
            k->depthwise_plain(&t.a);
            check_close("depthwise y", got, want, t.out, 1e-5);
            mien_free(slope);
            conv_close(&t);
        }
}

static void depthwise__passes_nan_and_inf_through(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_CONVOLUTIONS; i++)
        depthwise_check(k, convolutions[i], false, true);
}

static void depthwise__unpacks_what_it_packed(void **state) {
    (void)state;
    const int c = 48, taps = 15;
    const size_t count = (size_t)(c * taps);
    float *plain = spread(count, 0, 1), *packed = guarded(count);
    float *back = guarded(count);
    mien_depthwise_pack(packed, plain, c, taps);
    assert_true(packed[(1 * taps + 4) * 16 + 3] == plain[19 * taps + 4]);
    mien_depthwise_unpack(back, packed, c, taps);
    check_close("unpacked", back, plain, count, 0);
    mien_free(packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(maxpool__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(maxpool__agrees_where_it_streams, restart_rng),
        cmocka_unit_test_setup(maxpool__gives_ties_to_the_first, restart_rng),
        cmocka_unit_test_setup(maxpool__lets_nan_win, restart_rng),
        cmocka_unit_test_setup(avgpool__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(depthwise__agrees_with_the_reference,
                               restart_rng),
        cmocka_unit_test_setup(depthwise__agrees_where_it_streams, restart_rng),
        cmocka_unit_test_setup(depthwise__ends_in_an_activation, restart_rng),
        cmocka_unit_test_setup(depthwise_plain__agrees_with_the_reference,
                               restart_rng),
        cmocka_unit_test_setup(depthwise__passes_nan_and_inf_through,
                               restart_rng),
        cmocka_unit_test_setup(depthwise__unpacks_what_it_packed, restart_rng),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
