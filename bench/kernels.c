/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.c - the bandwidth kernels against oneDNN, one thread.
 *
 *   kernels [avx512|avx2|scalar [name]]
 *
 * A line per row: kernel, shape, best milliseconds, GB/s of what has to be
 * read and written, and how many times as long oneDNN takes (- where it has
 * no such thing). Both run in turn, so that a slow spell hits both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "peer.h"

enum { ROUNDS = 15, BUFFERS = 4, VECTORS = 8, LARGEST = 32 * 128 * 56 * 56 };

static float *buffer[BUFFERS]; /* x, y, dy, dx */
static float *vector[VECTORS];
static uint8_t *bytes;
static const mien_kernels *k;
static const char *only;

typedef struct row {
    const char *name;
    mien_shape shape;
    double tensors; /* of that shape, read or written */
    void (*call)(const void *args);
    const void *args;
    peer *first, *second; /* run one after the other */
} row;

static double best_of(double best, double begin) {
    const double took = mien_clock() - begin;
    return took < best ? took : best;
}

static void measure(row r) {
    double ours = 1e9, theirs = 1e9;
    const bool wanted = !only || strstr(r.name, only);
    for (int i = 0; wanted && i < ROUNDS; i++) {
        double begin = mien_clock();
        r.call(r.args);
        ours = best_of(ours, begin);
        begin = mien_clock();
        peer_run(r.first);
        peer_run(r.second);
        theirs = best_of(theirs, begin);
    }
    if (wanted) {
        const mien_shape s = r.shape;
        const double size = (double)mien_shape_count(s) * sizeof(float);
        printf("%s %dx%dx%dx%d %.3f %.1f ", r.name, s.n, s.c, s.h, s.w,
               ours * 1e3, size * r.tensors / ours * 1e-9);
        if (r.first)
            printf("%.2f\n", theirs / ours);
        else
            printf("-\n");
        fflush(stdout);
    }
    peer_close(r.first);
    peer_close(r.second);
}

#define MEASURE(...) measure((row){__VA_ARGS__})

#define CALL(field, type) \
    static void call_##field(const void *a) { k->field((const type *)a); }
CALL(bn_forward, mien_kernel_bn)
CALL(bn_backward, mien_kernel_bn)
CALL(act_forward, mien_kernel_act)
CALL(act_backward, mien_kernel_act)
CALL(maxpool_forward, mien_kernel_maxpool)
CALL(maxpool_backward, mien_kernel_maxpool)
CALL(avgpool_forward, mien_kernel_avgpool)
CALL(avgpool_backward, mien_kernel_avgpool)
CALL(depthwise_forward, mien_kernel_depthwise)
CALL(depthwise_backward, mien_kernel_depthwise)
CALL(depthwise_backward_data, mien_kernel_depthwise)
CALL(depthwise_backward_weight, mien_kernel_depthwise)
CALL(eltwise_forward, mien_kernel_eltwise)
CALL(eltwise_backward, mien_kernel_eltwise)

static void bench_bn(mien_shape s) {
    mien_kernel_bn a = {.shape = s,
                        .unit = MIEN_UNIT_PRELU,
                        .slope = vector[0],
                        .epsilon = 1e-5f,
                        .x = buffer[0],
                        .gamma = vector[1],
                        .beta = vector[2],
                        .y = buffer[1],
                        .mean = vector[3],
                        .istd = vector[4],
                        .var = vector[5],
                        .dy = buffer[2],
                        .dx = buffer[3],
                        .dgamma = vector[6],
                        .dbeta = vector[6],
                        .dslope = vector[7]};
    MEASURE("bn_prelu_forward", s, 3, call_bn_forward, &a,
            peer_bn(s, false, PEER_FORWARD), peer_prelu(s, PEER_FORWARD));
    MEASURE("bn_prelu_backward", s, 5, call_bn_backward, &a,
            peer_prelu(s, PEER_DATA), peer_bn(s, false, PEER_DATA));
    a.dx = buffer[2];
    MEASURE("bn_prelu_backward_in_place", s, 5, call_bn_backward, &a,
            peer_prelu(s, PEER_DATA), peer_bn(s, false, PEER_DATA));
    a.dx = buffer[3];
    a.unit = MIEN_UNIT_RELU;
    MEASURE("bn_relu_forward", s, 3, call_bn_forward, &a,
            peer_bn(s, true, PEER_FORWARD));
    MEASURE("bn_relu_backward", s, 5, call_bn_backward, &a,
            peer_bn(s, true, PEER_DATA));
    a.unit = MIEN_UNIT_NONE;
    MEASURE("bn_forward", s, 3, call_bn_forward, &a,
            peer_bn(s, false, PEER_FORWARD));
    MEASURE("bn_backward", s, 5, call_bn_backward, &a,
            peer_bn(s, false, PEER_DATA));
}

static void bench_act(mien_shape s) {
    mien_kernel_act a = {s,         MIEN_UNIT_PRELU, vector[0],
                         buffer[0], buffer[1],       buffer[2],
                         buffer[3], false,           vector[1]};
    MEASURE("prelu_forward", s, 2, call_act_forward, &a,
            peer_prelu(s, PEER_FORWARD));
    MEASURE("prelu_backward", s, 3, call_act_backward, &a,
            peer_prelu(s, PEER_DATA));
    a.unit = MIEN_UNIT_RELU;
    MEASURE("relu_forward", s, 2, call_act_forward, &a,
            peer_relu(s, PEER_FORWARD));
    MEASURE("relu_backward", s, 3, call_act_backward, &a,
            peer_relu(s, PEER_DATA));
}

static mien_kernel_window window_of(mien_shape in, int side, int stride,
                                    int pad) {
    mien_kernel_window w = {in, in, side, side, stride, stride, pad, pad};
    w.out.h = (in.h + 2 * pad - side) / stride + 1;
    w.out.w = (in.w + 2 * pad - side) / stride + 1;
    return w;
}

/* What passes of a window move, in tensors of the input's shape. */
static double moved(const mien_kernel_window *w, double out_tensors) {
    return 1 + out_tensors * (double)mien_shape_count(w->out) /
                   (double)mien_shape_count(w->in);
}

static void bench_maxpool(mien_shape in, int side, int stride, bool relu) {
    const mien_kernel_window w = window_of(in, side, stride, 0);
    const mien_kernel_maxpool a = {w,     relu,      buffer[0], buffer[1],
                                   bytes, buffer[2], buffer[3]};
    MEASURE(relu ? "relu_maxpool_forward" : "maxpool_forward", in,
            moved(&w, 1.25), call_maxpool_forward, &a,
            peer_pool(&w, false, PEER_FORWARD),
            relu ? peer_relu(in, PEER_FORWARD) : NULL);
    MEASURE(relu ? "relu_maxpool_backward" : "maxpool_backward", in,
            moved(&w, 1.25), call_maxpool_backward, &a,
            peer_pool(&w, false, PEER_DATA),
            relu ? peer_relu(in, PEER_DATA) : NULL);
}

static void bench_avgpool(mien_shape in, int side, int stride) {
    const mien_kernel_window w = window_of(in, side, stride, 0);
    const mien_kernel_avgpool a = {w,         false,     buffer[0],
                                   buffer[1], buffer[2], buffer[3]};
    MEASURE("avgpool_forward", in, moved(&w, 1), call_avgpool_forward, &a,
            peer_pool(&w, true, PEER_FORWARD));
    MEASURE("avgpool_backward", in, moved(&w, 1), call_avgpool_backward, &a,
            peer_pool(&w, true, PEER_DATA));
}

static void bench_depthwise(mien_shape in, int side, int stride, int pad) {
    const mien_kernel_window w = window_of(in, side, stride, pad);
    const mien_kernel_depthwise a = {.window = w,
                                     .x = buffer[0],
                                     .weight = vector[0],
                                     .y = buffer[1],
                                     .dy = buffer[2],
                                     .dx = buffer[3],
                                     .dweight = vector[1]};
    char name[4][64];
    static const char *pass[] = {"forward", "data", "weight", "backward"};
    for (int i = 0; i < 4; i++)
        snprintf(name[i], sizeof name[i], "depthwise%d_s%d_%s", side, stride,
                 pass[i]);
    MEASURE(name[0], in, moved(&w, 1), call_depthwise_forward, &a,
            peer_depthwise(&w, PEER_FORWARD));
    MEASURE(name[1], in, moved(&w, 1), call_depthwise_backward_data, &a,
            peer_depthwise(&w, PEER_DATA));
    MEASURE(name[2], in, moved(&w, 1), call_depthwise_backward_weight, &a,
            peer_depthwise(&w, PEER_WEIGHT));
    MEASURE(name[3], in, 1 + moved(&w, 1), call_depthwise_backward, &a,
            peer_depthwise(&w, PEER_DATA), peer_depthwise(&w, PEER_WEIGHT));
}

static void bench_eltwise(mien_shape s) {
    static const char *const names[MIEN_CURVE_COUNT][2] = {
        {"sigmoid_forward", "sigmoid_backward"},
        {"tanh_forward", "tanh_backward"},
        {"elu_forward", "elu_backward"},
        {"gelu_forward", "gelu_backward"},
        {"silu_forward", "silu_backward"},
        {"exp_forward", "exp_backward"}};
    for (int c = 0; c < MIEN_CURVE_COUNT; c++) {
        const mien_kernel_curve curve = (mien_kernel_curve)c;
        const mien_kernel_eltwise a = {
            mien_shape_count(s), curve,     1,        buffer[0],
            buffer[1],           buffer[2], buffer[3]};
        MEASURE(names[c][0], s, 2, call_eltwise_forward, &a,
                peer_curve(s, curve, PEER_FORWARD));
        MEASURE(names[c][1], s, 3, call_eltwise_backward, &a,
                peer_curve(s, curve, PEER_DATA));
    }
}

/* ---- those without a struct of arguments ---- */

static void call_to_blocked(const void *s) {
    k->to_blocked(buffer[1], buffer[0], *(const mien_shape *)s);
}

static void call_from_blocked(const void *s) {
    k->from_blocked(buffer[1], buffer[0], *(const mien_shape *)s);
}

static void call_add(const void *s) {
    k->add(buffer[1], buffer[0], buffer[2],
           mien_shape_count(*(const mien_shape *)s));
}

static void call_accumulate(const void *s) {
    k->accumulate(buffer[1], buffer[0],
                  mien_shape_count(*(const mien_shape *)s));
}

static void call_sum_squares(const void *s) {
    vector[0][0] = (float)k->sum_squares(
        buffer[0], mien_shape_count(*(const mien_shape *)s));
}

static void call_non_finite(const void *s) {
    size_t first;
    vector[0][0] = (float)k->non_finite(
        &first, buffer[0], mien_shape_count(*(const mien_shape *)s));
}

static void bench_streams(mien_shape s) {
    MEASURE("to_blocked", s, 2, call_to_blocked, &s, peer_reorder(s, true));
    MEASURE("from_blocked", s, 2, call_from_blocked, &s,
            peer_reorder(s, false));
    MEASURE("add", s, 3, call_add, &s, peer_add(s));
    MEASURE("accumulate", s, 3, call_accumulate, &s, NULL);
    MEASURE("sum_squares", s, 1, call_sum_squares, &s, NULL);
    MEASURE("non_finite", s, 1, call_non_finite, &s, NULL);
}

static void open_buffers(void) {
    for (int b = 0; b < BUFFERS; b++) {
        buffer[b] = mien_alloc(LARGEST, sizeof(float));
        for (int i = 0; buffer[b] && i < LARGEST; i++)
            buffer[b][i] = (float)(i * (b + 3) % 2003 - 1000) * 1e-3f;
    }
    for (int v = 0; v < VECTORS; v++) {
        vector[v] = mien_alloc(512 * 49, sizeof(float));
        for (int i = 0; vector[v] && i < 512 * 49; i++) vector[v][i] = 0.5f;
    }
    bytes = mien_alloc(LARGEST, 1);
}

int main(int argc, char **argv) {
    mien_isa isa = mien_cpu_isa();
    for (int i = 0; argc > 1 && i <= (int)mien_cpu_isa(); i++)
        if (strcmp(argv[1], mien_isa_name((mien_isa)i)) == 0) isa = (mien_isa)i;
    only = argc > 2 ? argv[2] : NULL;
    k = mien_kernels_for(isa);
    open_buffers();
    printf("# kernel shape ms GB/s onednn_ms/ms (%s)\n", k->name);
    static const mien_shape sizes[] = {{32, 64, 56, 56},
                                       {32, 128, 28, 28},
                                       {32, 128, 14, 14},
                                       {32, 512, 7, 7}};
    for (int i = 0; i < 4; i++) bench_bn(sizes[i]);
    for (int i = 0; i < 4; i += 2) bench_act(sizes[i]);
    bench_maxpool((mien_shape){32, 32, 62, 62}, 2, 2, true);
    bench_maxpool((mien_shape){32, 64, 29, 29}, 2, 2, true);
    bench_maxpool((mien_shape){32, 128, 12, 12}, 2, 2, true);
    bench_maxpool((mien_shape){32, 64, 56, 56}, 2, 2, false);
    bench_maxpool((mien_shape){32, 64, 56, 56}, 3, 2, false);
    bench_avgpool((mien_shape){32, 512, 7, 7}, 7, 1);
    bench_avgpool((mien_shape){32, 64, 28, 28}, 2, 2);
    bench_depthwise((mien_shape){32, 64, 56, 56}, 3, 1, 1);
    bench_depthwise((mien_shape){32, 128, 56, 56}, 3, 2, 1);
    bench_depthwise((mien_shape){32, 128, 28, 28}, 3, 1, 1);
    bench_depthwise((mien_shape){32, 256, 28, 28}, 3, 2, 1);
    bench_depthwise((mien_shape){32, 256, 14, 14}, 3, 1, 1);
    bench_depthwise((mien_shape){32, 256, 7, 7}, 3, 1, 1);
    bench_depthwise((mien_shape){32, 512, 7, 7}, 7, 1, 0);
    bench_eltwise(sizes[1]);
    bench_streams(sizes[1]);
    for (int b = 0; b < BUFFERS; b++) mien_free(buffer[b]);
    for (int v = 0; v < VECTORS; v++) mien_free(vector[v]);
    mien_free(bytes);
    return 0;
}
