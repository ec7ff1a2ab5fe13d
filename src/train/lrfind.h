/* SPDX-License-Identifier: Apache-2.0 */
/* lrfind.h - the curve of a sweep as a picture. */
#ifndef MIEN_TRAIN_LRFIND_H
#define MIEN_TRAIN_LRFIND_H

#include "train/sweep.h"

/* Draw into a .png or .svg file; `name` is what was trained. */
mien_status mien_sweep_plot(const mien_sweep *sweep, const char *path,
                            const char *name);

#endif
