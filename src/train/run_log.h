/* SPDX-License-Identifier: Apache-2.0 */
/* run_log.h - log.jsonl: one JSON object a line, a line a step.
 *
 *   mien_run_log log;
 *   MIEN_TRY(mien_run_log_open(&log, "runs/a/log.jsonl", 0));
 *   mien_run_log_begin(&log, "step");
 *   mien_run_log_int(&log, "step", 17);
 *   mien_run_log_real(&log, "loss", 0.25);
 *   mien_run_log_end(&log);
 *   mien_run_log_close(&log);
 *
 * A line that cannot be written is lost with one warning: a log is no reason
 * to stop a training. Numbers that are not finite are written as null. */
#ifndef MIEN_TRAIN_RUN_LOG_H
#define MIEN_TRAIN_RUN_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"

typedef struct mien_run_log {
    FILE *file;
    bool warned;
    int64_t bytes; /* in the file */
} mien_run_log;

/* Continue the file after its first `keep` bytes; what follows is cut off. */
mien_status mien_run_log_open(mien_run_log *log, const char *path,
                              int64_t keep);
void mien_run_log_begin(mien_run_log *log, const char *kind);
void mien_run_log_int(mien_run_log *log, const char *key, int64_t value);
void mien_run_log_real(mien_run_log *log, const char *key, double value);
void mien_run_log_text(mien_run_log *log, const char *key, const char *text);
void mien_run_log_end(mien_run_log *log);
void mien_run_log_flush(mien_run_log *log); /* down to the file */
void mien_run_log_close(mien_run_log *log);

#endif
