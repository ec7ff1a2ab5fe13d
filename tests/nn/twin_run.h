/* SPDX-License-Identifier: Apache-2.0 */
/* twin_run.h - run a layer's case in float or in double arithmetic.
 *
 * twin_run.c is compiled twice, as the layers are, so that one test can
 * compare both. */
#ifndef MIEN_TESTS_TWIN_RUN_H
#define MIEN_TESTS_TWIN_RUN_H

#include <stddef.h>

#include "layer_cases.h"

/* Forward and backward; y, the gradients and the statistics one after the
 * other into out. Returns how many there are, 0 when the case has an error or
 * `room` is too small. */
size_t twin_run_f32(double *out, size_t room, const layer_case *c);
size_t twin_run_f64(double *out, size_t room, const layer_case *c);

#endif
