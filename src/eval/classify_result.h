/* SPDX-License-Identifier: Apache-2.0 */
/* classify_result.h - what a classification leaves behind. Private to
 * src/eval. */
#ifndef MIEN_EVAL_CLASSIFY_RESULT_H
#define MIEN_EVAL_CLASSIFY_RESULT_H

#include "base/arena.h"
#include "base/hash.h"
#include "eval/confusion.h"
#include "mien/eval.h"

struct mien_classify {
    mien_classify_summary summary;
    mien_confusion confusion;
    char data_hash[MIEN_HASH_HEX], contract[MIEN_HASH_HEX];
    char weights[MIEN_HASH_HEX];
    mien_arena arena;
};

#endif
