/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.c - which of the compiled instruction sets this machine may run. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"scalar", "avx2", "avx512"};

static mien_isa detect(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return MIEN_ISA_AVX512;
    if (avx2) return MIEN_ISA_AVX2;
#endif
    return MIEN_ISA_SCALAR;
}

mien_isa mien_cpu_isa(void) {
    const mien_isa best = detect();
    const char *wanted = getenv("MIEN_ISA");
    for (int i = 0; wanted && i < (int)best; i++)
        if (strcmp(wanted, names[i]) == 0) return (mien_isa)i;
    return best;
}

const char *mien_isa_name(mien_isa isa) { return names[isa]; }
