/* SPDX-License-Identifier: Apache-2.0 */
/* test_kernels_conv.c - dense convolution of inference against its plain
 * reference, in every build that this machine can run. */
#include "kernel_check.h"

/* Sources lie anywhere in x, so that any window is a case of these. */
typedef struct geometry {
    mien_shape out;
    int sources, depth, step;
} geometry;

static const geometry geometries[] = {
    {{1, 16, 1, 1}, 1, 16, 16},   {{1, 48, 1, 2}, 3, 16, 16},
    {{1, 32, 1, 7}, 2, 16, 16},   {{1, 16, 3, 13}, 9, 16, 16},
    {{1, 64, 1, 14}, 4, 16, 16},  {{1, 80, 2, 15}, 2, 16, 16},
    {{1, 32, 1, 49}, 8, 16, 16},  {{1, 32, 1, 300}, 1, 16, 16},
    {{1, 16, 4, 20}, 9, 16, 32},  {{1, 48, 2, 3}, 2, 16, 48},
    {{1, 64, 5, 56}, 27, 1, 2},   {{1, 16, 9, 9}, 9, 1, 1},
    {{1, 32, 2, 5}, 12, 1, 3},    {{1, 32, 3, 8}, 49, 1, 1},
    {{1, 16, 1, 225}, 5, 16, 32},
};
enum { N_GEOMETRIES = sizeof geometries / sizeof *geometries };

typedef struct conv_case {
    mien_kernel_conv a;
    int32_t source[64];
    float *x, *weight, *bias, *slope, *residual;
    size_t in, y, plane;
} conv_case;

static void open_case(conv_case *t, geometry g) {
    const int row = g.out.w * g.step + 5, reach = 400;
    t->in = (size_t)(g.out.h * row + reach + 16);
    t->plane = mien_plane_count(g.out) + (g.out.h > 1 ? 48 : 0);
    t->y = t->plane * (size_t)(g.out.c / 16);
    const size_t c = (size_t)g.out.c;
    for (int s = 0; s < g.sources; s++)
        t->source[s] = (int32_t)mien_rng_below(&kernel_rng, (uint32_t)reach);
    t->x = spread(t->in, 0.3, 1);
    t->weight = spread(c * (size_t)(g.sources * g.depth), 0, 1);
    t->bias = spread(c, 0, 1);
    t->slope = spread(c, 0.3, 0.2);
    t->slope[0] = -2, t->slope[1] = 9; /* clip wants them in order */
    t->residual = spread(t->y, 0, 1);
    t->a = (mien_kernel_conv){.out = g.out,
                              .plane = t->plane,
                              .sources = g.sources,
                              .depth = g.depth,
                              .source = t->source,
                              .step = g.step,
                              .row_step = row,
                              .x = t->x,
                              .weight = t->weight,
                              .bias = t->bias,
                              .slope = t->slope};
}

static void close_case(conv_case *t) {
    mien_free(t->x);
    mien_free(t->weight);
    mien_free(t->bias);
    mien_free(t->slope);
    mien_free(t->residual);
}

static void compare(const mien_kernels *k, conv_case *t, double bound) {
    float *got = spread(t->y, 0, 1), *want = copy_of(got, t->y);
    t->a.y = want;
    mien_kernels_reference.conv(&t->a);
    t->a.y = got;
    k->conv(&t->a);
    check_close("conv y", got, want, t->y, bound);
}

static void conv__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_GEOMETRIES; i++)
        for (int mode = 0; mode < 10; mode++) {
            conv_case t;
            open_case(&t, geometries[i]);
            t.a.unit = (mien_kernel_unit)(mode / 2);
            t.a.residual = mode % 2 ? t.residual : NULL;
            compare(k, &t, 1e-5);
            close_case(&t);
        }
}

static void conv__passes_nan_and_inf_through(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < N_GEOMETRIES; i++)
        for (int unit = 0; unit < 5; unit++) {
            conv_case t;
            open_case(&t, geometries[i]);
            poison(t.x, t.in);
            t.a.unit = (mien_kernel_unit)unit;
            compare(k, &t, 1e-5);
            close_case(&t);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(conv__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(conv__passes_nan_and_inf_through, restart_rng),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
