/* SPDX-License-Identifier: Apache-2.0 */
/* usage.c - what this process has used of the machine. */
#include "base/usage.h"

#include <math.h>
#include <stdio.h>

double mien_peak_bytes(void) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double peak = NAN, kib;
    if (!file) return NAN;
    while (isnan(peak) && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lf kB", &kib) == 1) peak = kib * 1024;
    fclose(file);
    return peak;
}
