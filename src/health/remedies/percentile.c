/* SPDX-License-Identifier: Apache-2.0 */
/* percentile.c - clip at the running 90th percentile of the gradient norm.
 *
 *   g <- g min(1, P90 / |g|)
 *
 * over backbone and head together, from 20 healthy steps on, in trainings
 * whose recipe does not clip by itself. Nine steps of ten pass unchanged; the
 * tenth cannot be far from them.
 * Source: Seetharaman et al., AutoClip, MLSP 2020 (arXiv:2007.14469). */
#include "health/remedy.h"

const mien_remedy_ops mien_remedy_percentile = {
    .name = "percentile",
    .summary = "clip at the running 90th percentile of the norm",
};
