/* SPDX-License-Identifier: Apache-2.0 */
/* test_conv_fast.c - oneDNN's convolution against the reference kernel.
 *
 * On random input all three directions agree. A NaN or an infinity reaches
 * every output that depends on it. It reaches no other, with two exceptions
 * that are accepted, since such a step is lost anyway and only must not go
 * unseen: Winograd mixes the values of a tile before it multiplies, so that
 * one spreads over the tile; and kernels that write the padding out as zeros
 * turn a bad weight or dy times such a zero into a NaN. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/dnnl/conv.h"
#include "nn/layer.h"
#include "nn/layers/options.h"

typedef struct setting {
    mien_shape in;
    int out, kernel[2], stride[2];
    const char *pad;
    int groups;
    bool bias;
} setting;

static const setting settings[] = {
    /* plain layouts, odd sizes */
    {{1, 1, 7, 5}, 1, {3, 3}, {1, 1}, "valid", 1, true},
    {{2, 3, 9, 11}, 5, {3, 3}, {1, 1}, "same", 1, true},
    {{3, 5, 8, 7}, 17, {3, 3}, {2, 2}, "same", 1, false},
    {{2, 17, 6, 9}, 5, {2, 4}, {1, 1}, "same", 1, true},
    {{4, 17, 5, 5}, 17, {1, 1}, {1, 1}, "valid", 1, true},
    {{2, 5, 13, 4}, 3, {5, 1}, {3, 1}, "2x0", 1, true},
    {{1, 3, 10, 10}, 7, {3, 3}, {2, 2}, "0x1x2x3", 1, false},
    {{5, 1, 6, 6}, 4, {6, 6}, {1, 1}, "valid", 1, true},
    {{2, 2, 4, 4}, 3, {3, 3}, {5, 5}, "valid", 1, true},
    {{3, 6, 7, 7}, 9, {3, 3}, {1, 1}, "1", 3, true},
    {{2, 5, 6, 5}, 5, {3, 3}, {1, 1}, "1", 5, true},
    {{1, 17, 9, 7}, 17, {3, 3}, {2, 2}, "same", 17, false},
    {{2, 5, 3, 3}, 3, {3, 3}, {1, 1}, "4", 1, true},
    /* colour planes in, blocks out */
    {{2, 3, 21, 19}, 16, {3, 3}, {1, 1}, "valid", 1, true},
    {{1, 3, 28, 28}, 64, {3, 3}, {2, 2}, "1", 1, false},
    {{3, 1, 15, 14}, 32, {5, 5}, {1, 1}, "same", 1, true},
    {{2, 3, 16, 16}, 64, {7, 7}, {2, 2}, "3", 1, true},
    {{5, 3, 5, 5}, 16, {1, 1}, {1, 1}, "valid", 1, true},
    {{1, 2, 8, 9}, 16, {3, 3}, {1, 1}, "0x1x0x1", 1, false},
    /* blocks in and out */
    {{1, 16, 7, 7}, 16, {3, 3}, {1, 1}, "1", 1, false},
    {{2, 16, 9, 5}, 32, {3, 3}, {2, 2}, "same", 1, true},
    {{3, 32, 8, 8}, 16, {3, 3}, {1, 1}, "valid", 1, true},
    {{2, 32, 11, 13}, 32, {5, 5}, {1, 1}, "same", 1, true},
    {{1, 48, 6, 6}, 80, {3, 3}, {1, 1}, "1", 1, true},
    {{2, 16, 12, 12}, 16, {3, 3}, {3, 3}, "0x0x1x1", 1, false},
    {{4, 16, 6, 7}, 32, {2, 2}, {2, 2}, "valid", 1, true},
    {{2, 16, 9, 9}, 16, {1, 7}, {1, 1}, "same", 1, true},
    {{2, 64, 7, 7}, 32, {7, 7}, {1, 1}, "valid", 1, true},
    {{1, 32, 5, 5}, 64, {3, 3}, {2, 1}, "1x0", 1, false},
    {{2, 32, 4, 4}, 32, {3, 3}, {1, 1}, "2", 1, true},
    /* one by one */
    {{1, 16, 5, 5}, 16, {1, 1}, {1, 1}, "valid", 1, false},
    {{5, 64, 7, 7}, 128, {1, 1}, {1, 1}, "valid", 1, true},
    {{2, 64, 9, 9}, 32, {1, 1}, {2, 2}, "valid", 1, false},
    {{3, 32, 1, 1}, 48, {1, 1}, {1, 1}, "valid", 1, true},
    /* depthwise and groups in blocks */
    {{2, 16, 9, 7}, 16, {3, 3}, {1, 1}, "1", 16, false},
    {{1, 64, 14, 14}, 64, {3, 3}, {2, 2}, "1", 64, false},
    {{2, 32, 10, 9}, 32, {5, 5}, {1, 1}, "same", 32, true},
    {{3, 32, 7, 7}, 32, {7, 7}, {1, 1}, "valid", 32, false},
    {{1, 16, 13, 13}, 16, {7, 7}, {2, 2}, "3", 16, true},
    {{2, 32, 6, 6}, 32, {3, 3}, {1, 1}, "1", 2, true},
    {{2, 32, 7, 5}, 64, {3, 3}, {1, 1}, "1", 4, false},
    {{1, 64, 6, 6}, 32, {1, 1}, {1, 1}, "valid", 2, true},
    {{2, 16, 6, 6}, 32, {3, 3}, {2, 2}, "same", 16, true},
    /* those that Winograd takes */
    {{1, 64, 5, 5}, 64, {3, 3}, {1, 1}, "1", 1, false},
    {{2, 64, 7, 7}, 64, {3, 3}, {1, 1}, "1", 1, true},
    {{3, 64, 9, 6}, 64, {3, 3}, {1, 1}, "same", 1, true},
    {{5, 64, 14, 14}, 64, {3, 3}, {1, 1}, "1", 1, false},
    {{1, 64, 28, 28}, 64, {3, 3}, {1, 1}, "1", 1, false},
    {{2, 128, 8, 8}, 64, {3, 3}, {1, 1}, "valid", 1, true},
    {{1, 64, 8, 14}, 128, {3, 3}, {1, 1}, "0x1", 1, true},
    /* and those it would get wrong */
    {{1, 64, 13, 11}, 128, {3, 3}, {1, 1}, "0x1x1x0", 1, true},
    {{2, 64, 7, 7}, 64, {3, 3}, {1, 1}, "1x1x0x0", 1, false},
    {{2, 64, 7, 7}, 64, {3, 3}, {1, 1}, "2", 1, false},
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

/* One convolution twice: oneDNN's, and the reference with its buffers. */
typedef struct pair {
    mien_conv_geometry g;
    mien_conv_options options;
    mien_dnnl_conv *fast;
    size_t nx, ny, nw, nb;
    float *x, *w, *bias, *dy;    /* in, plain */
    float *y, *dx, *dw, *db;     /* the reference's */
    float *fy, *fdx, *fdw, *fdb; /* oneDNN's, plain */
    float *blocked_x, *blocked_y, *scratch;
} pair;

static const mien_layer_ops *conv_layer(void) {
    int count;
    return mien_layers(&count)[0];
}

static void set_geometry(pair *p, const setting *s, bool blocks) {
    const bool whole = s->in.c % 16 == 0 && s->out % 16 == 0;
    p->options = (mien_conv_options){
        .out = s->out, .groups = s->groups, .bias = s->bias};
    memcpy(p->options.window.kernel, s->kernel, sizeof s->kernel);
    memcpy(p->options.window.stride, s->stride, sizeof s->stride);
    p->options.window.pad = s->pad;
    const mien_window w = mien_window_planned(s->in, &p->options.window);
    p->g = (mien_conv_geometry){
        .in = s->in,
        .out = {s->in.n, s->out, w.out[0], w.out[1]},
        .groups = s->groups,
        .bias = s->bias,
        .in_blocked = blocks && whole,
        .out_blocked = blocks && (whole || (s->in.c <= 3 && s->out % 16 == 0)),
        .train = true,
        .wants_dx = true};
    memcpy(p->g.kernel, w.kernel, sizeof w.kernel);
    memcpy(p->g.stride, w.stride, sizeof w.stride);
    memcpy(p->g.before, w.before, sizeof w.before);
    memcpy(p->g.after, w.after, sizeof w.after);
    p->nx = mien_shape_count(p->g.in);
    p->ny = mien_shape_count(p->g.out);
    p->nb = (size_t)s->out;
    p->nw = p->nb * (size_t)(s->in.c / s->groups) *
            (size_t)(s->kernel[0] * s->kernel[1]);
}

static float *filled(size_t count, uint32_t stream) {
    float *x = mien_alloc(count, sizeof *x);
    mien_rng rng = mien_rng_at(4, MIEN_RNG_TEST, stream, 0);
    for (size_t i = 0; stream && i < count; i++)
        x[i] = (float)mien_rng_normal(&rng);
    return x;
}

static void open_pair(pair *p, const setting *s, bool blocks) {
    *p = (pair){0};
    set_geometry(p, s, blocks);
    if (mien_dnnl_conv_open(&p->fast, &p->g) != MIEN_OK)
        fail_msg("%s", mien_error());
    p->x = filled(p->nx, 1);
    p->w = filled(p->nw, 2);
    p->bias = filled(p->nb, 3);
    p->dy = filled(p->ny, 4);
    p->y = filled(p->ny, 0);
    p->dx = filled(p->nx, 0);
    p->dw = filled(p->nw, 0);
    p->db = filled(p->nb, 0);
    p->fy = filled(p->ny, 0);
    p->fdx = filled(p->nx, 0);
    p->fdw = filled(p->nw, 0);
    p->fdb = filled(p->nb, 0);
    p->blocked_x = filled(p->nx, 0);
    p->blocked_y = filled(p->ny, 0);
    p->scratch = mien_alloc(mien_dnnl_conv_scratch(p->fast), 1);
}

static void close_pair(pair *p) {
    float *all[] = {p->x,   p->w,   p->bias,      p->dy,        p->y,
                    p->dx,  p->dw,  p->db,        p->fy,        p->fdx,
                    p->fdw, p->fdb, p->blocked_x, p->blocked_y, p->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mien_free(all[i]);
    mien_dnnl_conv_close(p->fast);
}

/* Between nchw and nChw16c. */
static void move(float *to, const float *from, mien_shape s, bool block) {
    const int plane = s.h * s.w;
    for (int n = 0; n < s.n; n++)
        for (int c = 0; c < s.c; c++)
            for (int i = 0; i < plane; i++) {
                const int plain = (n * s.c + c) * plane + i;
                const int blocked =
                    ((n * (s.c / 16) + c / 16) * plane + i) * 16 + c % 16;
                to[block ? blocked : plain] = from[block ? plain : blocked];
            }
}

static const float *enter(float *room, const float *x, mien_shape s,
                          bool blocked) {
    if (!blocked) return x;
    move(room, x, s, true);
    return room;
}

static void poison(float *x, size_t bytes) { memset(x, 0xFF, bytes); }

/* Whatever the buffers held before must not matter. */
static void run_fast(pair *p) {
    const mien_conv_geometry *g = &p->g;
    const size_t room = mien_dnnl_conv_scratch(p->fast);
    float *y = g->out_blocked ? p->blocked_y : p->fy;
    float *dx = g->in_blocked ? p->blocked_x : p->fdx;
    const float *x = enter(p->blocked_x, p->x, g->in, g->in_blocked);
    mien_dnnl_enter();
    mien_dnnl_conv_pack(p->fast, p->w);
    poison(y, p->ny * sizeof *y);
    poison(p->scratch, room);
    mien_dnnl_conv_forward(p->fast, y, x, p->bias, p->scratch);
    if (g->out_blocked) move(p->fy, y, g->out, false);
    const float *dy = enter(p->blocked_y, p->dy, g->out, g->out_blocked);
    poison(p->fdw, p->nw * sizeof *p->fdw);
    poison(p->fdb, p->nb * sizeof *p->fdb);
    poison(p->scratch, room);
    mien_dnnl_conv_backward_weight(p->fast, p->fdw, g->bias ? p->fdb : NULL, x,
                                   dy, p->scratch);
    poison(dx, p->nx * sizeof *dx);
    poison(p->scratch, room);
    mien_dnnl_conv_backward_data(p->fast, dx, dy, p->scratch);
    if (g->in_blocked) move(p->fdx, dx, g->in, false);
}

static void run_reference(pair *p) {
    memset(p->dx, 0, p->nx * sizeof *p->dx);
    memset(p->dw, 0, p->nw * sizeof *p->dw);
    memset(p->db, 0, p->nb * sizeof *p->db);
    const mien_pass pass = {.config = &p->options,
                            .n_in = 1,
                            .in = {p->g.in},
                            .out = p->g.out,
                            .x = {p->x},
                            .y = p->y,
                            .dx = {p->dx},
                            .dy = p->dy,
                            .w = {p->w, p->bias},
                            .dw = {p->dw, p->db},
                            .train = true};
    conv_layer()->forward(&pass);
    conv_layer()->backward(&pass);
}

static void say(const pair *p, const char *what, double by) {
    const mien_conv_geometry *g = &p->g;
    fail_msg(
        "%dx%dx%dx%d to %d, kernel %dx%d, stride %dx%d, %d groups, %s, by "
        "%s: %s is off by %g",
        g->in.n, g->in.c, g->in.h, g->in.w, g->out.c, g->kernel[0],
        g->kernel[1], g->stride[0], g->stride[1], g->groups,
        g->out_blocked ? "blocked" : "plain", mien_dnnl_conv_kernel(p->fast),
        what, by);
}

static void compare(const pair *p, const char *what, const float *fast,
                    const float *reference, size_t count) {
    double most = 0, scale = 0;
    for (size_t i = 0; i < count; i++) {
        const double d = fabs((double)fast[i] - reference[i]);
        if (!(d <= most)) most = d;
        scale = fmax(scale, fabs((double)reference[i]));
    }
    if (!(most <= 1e-4 * scale)) say(p, what, most / scale);
}

static void conv__agrees_with_the_reference(void **state) {
    (void)state;
    for (int i = 0; i < 2 * N_SETTINGS; i++) {
        pair p;
        open_pair(&p, &settings[i / 2], i % 2);
        run_reference(&p);
        for (int again = 0; again < 2; again++) {
            run_fast(&p);
            compare(&p, "y", p.fy, p.y, p.ny);
            compare(&p, "dx", p.fdx, p.dx, p.nx);
            compare(&p, "dw", p.fdw, p.dw, p.nw);
            if (p.g.bias) compare(&p, "dbias", p.fdb, p.db, p.nb);
        }
        close_pair(&p);
    }
}

static bool is_winograd(const pair *p) {
    return strstr(mien_dnnl_conv_kernel(p->fast), "wino") != NULL;
}

/* Everything that depends on a bad value is bad; nothing else is, unless the
 * kernel may spread it. */
static void compare_bad(const pair *p, const char *what, const float *fast,
                        const float *reference, size_t count, bool may_spread) {
    int lost = 0, spread = 0;
    for (size_t i = 0; i < count; i++) {
        const bool bad = !isfinite(reference[i]);
        lost += bad && isfinite(fast[i]);
        spread += !bad && !isfinite(fast[i]);
    }
    if (lost) say(p, what, NAN);
    if (spread && !may_spread) say(p, what, INFINITY);
}

/* Winograd spreads all. Kernels that write the padding out as zeros multiply
 * it by weights (y) and by dy (dw), where the reference leaves it out. */
static void compare_all_bad(const pair *p, bool in_x) {
    const int *before = p->g.before, *after = p->g.after;
    const bool padded = before[0] + before[1] + after[0] + after[1] > 0;
    const bool spreads = is_winograd(p), multiplies = padded && !in_x;
    compare_bad(p, "y", p->fy, p->y, p->ny, spreads || multiplies);
    compare_bad(p, "dx", p->fdx, p->dx, p->nx, spreads);
    compare_bad(p, "dw", p->fdw, p->dw, p->nw, spreads || multiplies);
    if (p->g.bias) compare_bad(p, "dbias", p->fdb, p->db, p->nb, false);
}

/* One bad value at a time: in x, in dy and in w. */
static void try_bad(pair *p, float bad, mien_rng *rng) {
    const struct {
        float *values;
        size_t count;
    } inputs[] = {{p->x, p->nx}, {p->dy, p->ny}, {p->w, p->nw}};
    for (int i = 0; i < 3; i++) {
        float *at =
            &inputs[i].values[mien_rng_below(rng, (uint32_t)inputs[i].count)];
        const float was = *at;
        *at = bad;
        run_reference(p);
        run_fast(p);
        compare_all_bad(p, i == 0);
        *at = was;
    }
}

static void conv__loses_no_nan_and_no_infinity(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(8, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < 2 * N_SETTINGS; i++) {
        pair p;
        open_pair(&p, &settings[i / 2], i % 2);
        try_bad(&p, NAN, &rng);
        try_bad(&p, -INFINITY, &rng);
        close_pair(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv__agrees_with_the_reference),
        cmocka_unit_test(conv__loses_no_nan_and_no_infinity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
