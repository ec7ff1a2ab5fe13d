/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - seconds that only go forward. */
#include "base/clock.h"

#include <time.h>

static double now(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double mien_clock(void) { return now(CLOCK_MONOTONIC); }

double mien_wall_time(void) { return now(CLOCK_REALTIME); }
