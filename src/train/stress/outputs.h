/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.h - what the stress suite writes beside its summary. */
#ifndef MIEN_TRAIN_STRESS_OUTPUTS_H
#define MIEN_TRAIN_STRESS_OUTPUTS_H

#include "mien/health.h"

/* csv.c: a row a case and arm; numbers that do not exist are empty.
 *
 * Errors: MIEN_EIO, MIEN_ENOSPACE, MIEN_ENOMEM. */
mien_status mien_stress_write_csv(const mien_stress_summary *summary,
                                  const char *path);

/* map.c: learning rates by starting scales, plain beside doctor.
 *
 * Errors: as mien_stress_run(); MIEN_EINVAL for another extension than .png
 *         and .svg. */
mien_status mien_stress_draw_map(const mien_stress_options *options);

#endif
