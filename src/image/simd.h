/* SPDX-License-Identifier: Apache-2.0 */
/* simd.h - compile a plain loop for AVX2 as well, chosen when it is loaded.
 *
 *   MIEN_CLONES
 *   static void add(float *y, const float *x, size_t n) { ... }
 *
 * Without fused multiply-add (AVX2 alone has none) both clones give the same
 * bits. Sanitizers run before the choice is made, hence not under them. */
#ifndef MIEN_IMAGE_SIMD_H
#define MIEN_IMAGE_SIMD_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MIEN_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define MIEN_CLONES
#endif

#endif
