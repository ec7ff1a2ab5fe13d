/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - hand lines and progress to the sink the program set. */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define LINE_ROOM 2048

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static mien_log_sink sink;
static void *sink_context;
static _Thread_local bool muted;

bool mien_log_mute(bool on) {
    const bool before = muted;
    muted = on;
    return before;
}

void mien_log_set(const mien_log_sink *new_sink, void *context) {
    pthread_mutex_lock(&lock);
    sink = new_sink ? *new_sink : (mien_log_sink){0};
    sink_context = context;
    pthread_mutex_unlock(&lock);
}

void mien_log(mien_log_level level, const char *format, ...) {
    char text[LINE_ROOM];
    va_list args;
    if (muted) return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    pthread_mutex_lock(&lock);
    if (sink.line) sink.line(sink_context, level, text);
    pthread_mutex_unlock(&lock);
}

void mien_progress(const char *task, int64_t done, int64_t total,
                   const char *note) {
    if (muted) return;
    pthread_mutex_lock(&lock);
    if (sink.progress) sink.progress(sink_context, task, done, total, note);
    pthread_mutex_unlock(&lock);
}
