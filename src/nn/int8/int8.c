/* SPDX-License-Identifier: Apache-2.0 */
/* int8.c - which kernels this machine can run, and codes of bytes. */
#include "nn/int8/int8.h"

#include <math.h>

#include "base/cpu.h"
#include "nn/int8/builds.h"

#ifdef __x86_64__
static bool has_vnni(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512vnni");
}
#endif

const mien_int8 *const *mien_int8_all(void) {
    static const mien_int8 *const least[] = {&mien_int8_plain, NULL};
#ifdef __x86_64__
    static const mien_int8 *const lesser[] = {&mien_int8_plain, &mien_int8_avx2,
                                              NULL};
    static const mien_int8 *const all[] = {&mien_int8_plain, &mien_int8_avx2,
                                           &mien_int8_vnni, NULL};
    const mien_isa isa = mien_cpu_isa();
    if (isa == MIEN_ISA_AVX512 && has_vnni()) return all;
    if (isa != MIEN_ISA_SCALAR) return lesser;
#endif
    return least;
}

const mien_int8 *mien_int8_best(void) {
    const mien_int8 *const *k = mien_int8_all();
    while (k[1]) k++;
    return *k;
}

mien_int8_code mien_int8_code_of(float low, float high) {
    const float least = fminf(low, 0), most = fmaxf(high, 0);
    const float scale = (most - least) / 255;
    if (!(scale > 0)) return (mien_int8_code){.scale = 1};
    return (mien_int8_code){.scale = scale,
                            .zero = (int)rintf(fminf(-least / scale, 255))};
}

mien_int8_scale mien_int8_scale_of(const float *w, size_t count) {
    float most = 0;
    for (size_t i = 0; i < count; i++) most = fmaxf(most, fabsf(w[i]));
    return (mien_int8_scale){most > 0 ? most / 127 : 1};
}

int8_t mien_int8_weight(float w, mien_int8_scale scale) {
    return (int8_t)fminf(fmaxf(rintf(w / scale.step), -127), 127);
}
