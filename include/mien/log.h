/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - receive the library's messages and progress.
 *
 *   mien_log_set(my_sink, my_context); */
#ifndef MIEN_LOG_H
#define MIEN_LOG_H

#include <stdint.h>

typedef enum mien_log_level {
    MIEN_LOG_DEBUG,
    MIEN_LOG_INFO,
    MIEN_LOG_WARNING
} mien_log_level;

/* Where messages and progress go.
 *
 * Thread: called under a lock, from any thread; never call back into mien. */
typedef struct mien_log_sink {
    void (*line)(void *context, mien_log_level level, const char *text);
    void (*progress)(void *context, const char *task, int64_t done,
                     int64_t total, const char *note);
} mien_log_sink;

/* Replace the sink; NULL silences the library (the default).
 *
 * Owns:   copies *sink; `context` stays the caller's. */
void mien_log_set(const mien_log_sink *sink, void *context);

#endif
