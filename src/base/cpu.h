/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.h - which of the compiled instruction sets this machine may run. */
#ifndef MIEN_BASE_CPU_H
#define MIEN_BASE_CPU_H

typedef enum mien_isa {
    MIEN_ISA_SCALAR, /* the reference kernels only */
    MIEN_ISA_AVX2,   /* with FMA */
    MIEN_ISA_AVX512  /* F, BW, DQ, VL */
} mien_isa;

/* The best one here; the environment variable MIEN_ISA=scalar|avx2|avx512
 * lowers it (never raises it). */
mien_isa mien_cpu_isa(void);
const char *mien_isa_name(mien_isa isa);

#endif
