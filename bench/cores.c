/* SPDX-License-Identifier: Apache-2.0 */
/* cores.c - are there really two cores?
 *
 *   cores [THREADS]
 *
 * Runs the same loop, which touches no memory, in one thread and then in
 * THREADS (2) at once, and prints how much more work was done in the same
 * time: 2.00 when each thread had a core to itself. Virtual machines lose a
 * core for minutes without saying so. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

enum { MAX_THREADS = 64, TURNS = 200000000, TRIES = 3 };

static void *spin(void *result) {
    unsigned x = 1;
    for (int i = 0; i < TURNS; i++) x = x * 1664525u + 1013904223u;
    *(unsigned *)result = x;
    return NULL;
}

static double seconds(int threads) {
    pthread_t thread[MAX_THREADS];
    unsigned result[MAX_THREADS];
    const double start = mien_clock();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, spin, &result[i])) exit(2);
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
    return mien_clock() - start;
}

int main(int argc, char **argv) {
    const int threads = argc > 1 ? atoi(argv[1]) : 2;
    double one = 1e9, all = 1e9;
    if (threads < 1 || threads > MAX_THREADS) return 2;
    for (int i = 0; i < TRIES; i++) {
        const double a = seconds(1), b = seconds(threads);
        if (a < one) one = a;
        if (b < all) all = b;
    }
    printf("%.2f\n", threads * one / all);
    return 0;
}
