/* SPDX-License-Identifier: Apache-2.0 */
/* run_log.h - log.jsonl: a line a step, written as base/jsonl.h does. Numbers
 * have all their digits, so that a replay can be compared to the bit. */
#ifndef MIEN_TRAIN_RUN_LOG_H
#define MIEN_TRAIN_RUN_LOG_H

#include "base/jsonl.h"

typedef mien_jsonl mien_run_log;

#define mien_run_log_open  mien_jsonl_open
#define mien_run_log_begin mien_jsonl_begin
#define mien_run_log_int   mien_jsonl_int
#define mien_run_log_real  mien_jsonl_exact
#define mien_run_log_text  mien_jsonl_text
#define mien_run_log_end   mien_jsonl_end
#define mien_run_log_flush mien_jsonl_flush
#define mien_run_log_close mien_jsonl_close

#endif
