/* SPDX-License-Identifier: Apache-2.0 */
/* real.h - the number type of the reference kernels.
 *
 * The scalar twins are compiled twice: as float they stand in where no fast
 * kernel runs and are what the fast kernels are tested against; as double
 * (MIEN_F64) they are checked by finite differences. MIEN_R(name) gives a
 * symbol its own name in each. */
#ifndef MIEN_TENSOR_REAL_H
#define MIEN_TENSOR_REAL_H

#include <tgmath.h>

#ifdef MIEN_F64
typedef double real;
#define MIEN_R(name) name##_f64
#else
typedef float real;
#define MIEN_R(name) name##_f32
#endif

#endif
