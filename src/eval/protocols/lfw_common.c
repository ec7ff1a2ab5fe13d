/* SPDX-License-Identifier: Apache-2.0 */
/* lfw_common.c - the variant that most papers since FaceNet report.
 *
 * The embedding of the mirrored picture is added and the sum brought to unit
 * length; the squared distance is compared with 0, .01, ... 3.99; what stands
 * behind the mean is the standard deviation of the folds, sd(n).
 * Source: Deng et al., ArcFace, CVPR 2019 (arXiv:1801.07698), section 3.3. */
#include "eval/protocol.h"

static mien_status judge(mien_fold_report *out, const mien_trials *trials) {
    return mien_folds_judge_grid(
        out, trials, &(mien_grid){.first = 0, .step = 0.01, .count = 400});
}

const mien_protocol mien_protocol_lfw_common = {
    .name = "lfw-common",
    .summary = "with mirror images, squared distance in steps of .01, sd",
    .suffix = ", common variant",
    .mirror = true,
    .distance = true,
    .prints_sd = true,
    .judge = judge,
};
