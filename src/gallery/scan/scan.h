/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - dot products of 8-bit templates with 8-bit probes.
 *
 *   const mien_scan *scan = mien_scan_best();
 *   scan->dots(out, codes, rows, stride, probes, n_probes);
 *
 * Templates are unsigned, a code c standing for c - 128, because that is what
 * the machine multiplies: unsigned by signed. Summed over a row,
 *
 *   sum (c - 128) q = sum c q - 128 sum q
 *
 * and the last term is the same for all rows. The sums are integers, so every
 * kernel gives the same ones. */
#ifndef MIEN_GALLERY_SCAN_H
#define MIEN_GALLERY_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum {
    MIEN_SCAN_STEP = 64,  /* a stride is a multiple of it */
    MIEN_SCAN_PROBES = 8, /* the most in one pass */
    MIEN_SCAN_ZERO = 128  /* the code of 0, with which rows are filled up */
};

/* Bytes from one row of codes to the next. */
static inline size_t mien_scan_stride(int width) {
    return ((size_t)width + MIEN_SCAN_STEP - 1) / MIEN_SCAN_STEP *
           MIEN_SCAN_STEP;
}

typedef struct mien_scan {
    const char *name;

    /* out[p rows + r] = sum over i of codes[r][i] probes[p][i].
     *
     * Shapes: codes rows x stride, probes n x stride, out n x rows; a stride
     *         of at most 65,536. Codes and probes aligned to 64 bytes. */
    void (*dots)(int32_t *out, const uint8_t *codes, size_t rows, size_t stride,
                 const int8_t *probes, int n);
} mien_scan;

/* All that this machine can run, the plain one first; ends with NULL. */
const mien_scan *const *mien_scans(void);

/* The fastest of them; the environment variable MIEN_ISA lowers it. */
const mien_scan *mien_scan_best(void);

#endif
