/* SPDX-License-Identifier: Apache-2.0 */
/* lsuv.c - layer-sequential unit variance.
 *
 * Orthogonal weights, which the network then rescales layer by layer, from the
 * first to the last, until the output of each has variance 1 on a batch.
 * Source: Mishkin and Matas, All you need is a good init, ICLR 2016
 * (arXiv:1511.06422). */
#include "nn/inits/orthogonal.h"

const mien_init_ops mien_init_lsuv = {
    .name = "lsuv",
    .summary = "orthogonal, then scaled to unit variance on a batch",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .data_dependent = true,
    .fill = mien_fill_orthogonal,
};
