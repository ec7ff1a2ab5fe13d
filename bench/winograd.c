/* SPDX-License-Identifier: Apache-2.0 */
/* winograd.c - where does Winograd beat the direct convolution?
 *
 *   bench_winograd [IMAGES]
 *
 * 3x3, stride 1, one thread. A line per shape and pass: channels in and out,
 * side of the image, pass, best milliseconds of both, and how many times as
 * long the direct one takes. Both run in turn. The rule that follows is
 * wants_winograd() in src/nn/dnnl/conv.c. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "peer.h"

enum { ROUNDS = 9 };

/* Those of the 64x64 network, IResNet and what lies between. */
static const struct shape {
    int in, out, side;
} shapes[] = {
    {16, 16, 56},   {32, 32, 56},   {32, 64, 29},   {32, 64, 112},
    {64, 64, 112},  {64, 64, 56},   {64, 128, 12},  {64, 128, 56},
    {128, 128, 28}, {128, 256, 28}, {256, 256, 14}, {256, 512, 14},
    {512, 512, 7},
};

static double once(double best, peer *p) {
    const double begin = mien_clock();
    peer_run(p);
    const double took = mien_clock() - begin;
    return took < best ? took : best;
}

static void measure(const struct shape *s, int n, peer_pass pass) {
    static const char *const names[] = {"forward", "data", "weight"};
    const mien_kernel_window w = {.in = {n, s->in, s->side, s->side},
                                  .out = {n, s->out, s->side, s->side},
                                  .kh = 3,
                                  .kw = 3,
                                  .stride_h = 1,
                                  .stride_w = 1,
                                  .pad_top = 1,
                                  .pad_left = 1};
    peer *direct = peer_conv(&w, false, pass);
    peer *winograd = peer_conv(&w, true, pass);
    double a = 1e9, b = 1e9;
    for (int i = 0; i < ROUNDS && direct && winograd; i++) {
        a = once(a, direct);
        b = once(b, winograd);
    }
    printf("%d %d %d %s ", s->in, s->out, s->side, names[pass]);
    if (direct && winograd)
        printf("%.3f %.3f %.2f\n", a * 1e3, b * 1e3, a / b);
    else
        printf("- - -\n");
    fflush(stdout);
    peer_close(direct);
    peer_close(winograd);
}

int main(int argc, char **argv) {
    const int n = argc > 1 ? atoi(argv[1]) : 32;
    if (n < 1 || n > 256) return 2;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int pass = PEER_FORWARD; pass <= PEER_WEIGHT; pass++)
            measure(&shapes[i], n, (peer_pass)pass);
    return 0;
}
