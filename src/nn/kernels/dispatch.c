/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - the table of kernels for an instruction set. */
#include "nn/kernels/kernels.h"

extern const mien_kernels mien_kernels_scalar, mien_kernels_avx2,
    mien_kernels_avx512;

const mien_kernels *mien_kernels_for(mien_isa isa) {
#ifdef __x86_64__
    if (isa == MIEN_ISA_AVX512) return &mien_kernels_avx512;
    if (isa == MIEN_ISA_AVX2) return &mien_kernels_avx2;
#endif
    (void)isa;
    return &mien_kernels_scalar;
}
