/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - which of the scans this machine can run. */
#include "gallery/scan/scan.h"

#include <stdbool.h>

#include "base/cpu.h"

extern const mien_scan mien_scan_scalar, mien_scan_avx2, mien_scan_vnni;

#ifdef __x86_64__
static bool has_vnni(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512vnni");
}
#endif

const mien_scan *const *mien_scans(void) {
    static const mien_scan *const table[] = {&mien_scan_scalar,
#ifdef __x86_64__
                                             &mien_scan_avx2, &mien_scan_vnni,
#endif
                                             NULL};
    static const mien_scan *const lesser[] = {&mien_scan_scalar,
#ifdef __x86_64__
                                              &mien_scan_avx2,
#endif
                                              NULL};
    static const mien_scan *const least[] = {&mien_scan_scalar, NULL};
    const mien_isa isa = mien_cpu_isa();
    if (isa == MIEN_ISA_SCALAR) return least;
#ifdef __x86_64__
    if (isa == MIEN_ISA_AVX512 && has_vnni()) return table;
#endif
    (void)table;
    return lesser;
}

const mien_scan *mien_scan_best(void) {
    const mien_scan *const *s = mien_scans();
    while (s[1]) s++;
    return *s;
}
