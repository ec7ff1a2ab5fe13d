/* SPDX-License-Identifier: Apache-2.0 */
/* lfw_result.h - what a run of pairs leaves behind. Private to src/eval. */
#ifndef MIEN_EVAL_LFW_RESULT_H
#define MIEN_EVAL_LFW_RESULT_H

#include "base/arena.h"
#include "base/hash.h"
#include "eval/folds.h"
#include "mien/eval.h"

struct mien_lfw {
    mien_lfw_summary summary;
    mien_trials trials; /* in the arena */
    mien_fold_report folds;
    mien_roc roc;
    bool distance; /* the folds' thresholds are squared distances */
    char protocol[96];
    char data_hash[MIEN_HASH_HEX], contract[MIEN_HASH_HEX];
    char weights[MIEN_HASH_HEX];
    mien_arena arena;
};

#endif
