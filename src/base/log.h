/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - lines for a person, sent to whoever listens.
 *
 * The library never prints: it hands lines to the sink the program set with
 * mien_log_set() (public, mien/log.h). Without a sink they are dropped. */
#ifndef MIEN_BASE_LOG_H
#define MIEN_BASE_LOG_H

#include <stdbool.h>

#include "mien/log.h"

/* One line, no newline at its end. */
void mien_log(mien_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define mien_info(...)  mien_log(MIEN_LOG_INFO, __VA_ARGS__)
#define mien_warn(...)  mien_log(MIEN_LOG_WARNING, __VA_ARGS__)
#define mien_debug(...) mien_log(MIEN_LOG_DEBUG, __VA_ARGS__)

/* Drop what the calling thread says and reports, until it is off again: for
 * work that runs many times within one call. Returns how it was before. */
bool mien_log_mute(bool on);

/* Tell the sink how far a long task is; `note` may be NULL. */
void mien_progress(const char *task, int64_t done, int64_t total,
                   const char *note);

#endif
