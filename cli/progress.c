/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - draw what the library reports. */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "mien/log.h"

/* Seconds between two bars on a terminal, two lines elsewhere. */
#define REDRAW     0.1
#define PLAIN_LINE 10.0

typedef struct state {
    bool terminal, drawn;
    char task[64];
    int64_t first; /* done when the task was first heard of */
    double began, last;
} state;

static state progress;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void cli_progress_clear(void) {
    if (progress.drawn) fputs("\r\033[K", stderr);
    progress.drawn = false;
}

static int columns(void) {
    struct winsize w;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col < 40) return 80;
    return w.ws_col < 200 ? w.ws_col : 200;
}

/* "1:02:03" or "2:03" */
static void clock_text(char *out, size_t room, double seconds) {
    const long s = (long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(out, room, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(out, room, "%ld:%02ld", s / 60, s % 60);
}

/* "12.3/s, 0:45 left", or nothing while it cannot be told. */
static void rate_text(char *out, size_t room, int64_t done, int64_t total) {
    const double seconds = now() - progress.began;
    const double rate = (double)(done - progress.first) / seconds;
    char left[32];
    out[0] = 0;
    if (seconds < 0.5 || rate <= 0) return;
    clock_text(left, sizeof left, (double)(total - done) / rate);
    snprintf(out, room, "%.*f/s, %s left", rate < 10 ? 1 : 0, rate, left);
}

static void draw_bar(const char *task, int64_t done, int64_t total,
                     const char *note) {
    enum { CELLS = 24 };
    char bar[CELLS + 1], rate[64], line[256];
    const int full = total > 0 ? (int)(CELLS * done / total) : 0;
    for (int i = 0; i < CELLS; i++) bar[i] = i < full ? '#' : '.';
    bar[CELLS] = 0;
    rate_text(rate, sizeof rate, done, total);
    snprintf(line, sizeof line, "%s [%s] %lld/%lld  %s%s%s", task, bar,
             (long long)done, (long long)total, rate, *note ? "  " : "", note);
    fprintf(stderr, "\r\033[K%.*s", columns() - 1, line);
    fflush(stderr);
    progress.drawn = true;
}

static void plain_line(const char *task, int64_t done, int64_t total,
                       const char *note) {
    char rate[64];
    rate_text(rate, sizeof rate, done, total);
    fprintf(stderr, "%s: %lld/%lld  %s%s%s\n", task, (long long)done,
            (long long)total, rate, *note ? "  " : "", note);
}

static void on_progress(void *context, const char *task, int64_t done,
                        int64_t total, const char *note) {
    (void)context;
    const double t = now();
    if (strncmp(progress.task, task, sizeof progress.task - 1) ||
        done < progress.first) {
        snprintf(progress.task, sizeof progress.task, "%s", task);
        progress.first = done;
        progress.began = progress.last = t;
    }
    if (!note) note = "";
    if (progress.terminal && done >= total) {
        cli_progress_clear();
    } else if (progress.terminal && t - progress.last >= REDRAW) {
        draw_bar(task, done, total, note);
        progress.last = t;
    } else if (!progress.terminal && t - progress.last >= PLAIN_LINE) {
        plain_line(task, done, total, note);
        progress.last = t;
    }
    if (done >= total) progress.task[0] = 0;
}

static void on_line(void *context, mien_log_level level, const char *text) {
    (void)context;
    if (level == MIEN_LOG_DEBUG) return;
    cli_progress_clear();
    fprintf(stderr, "%s%s\n", level == MIEN_LOG_WARNING ? "warning: " : "",
            text);
}

void cli_progress_begin(void) {
    progress = (state){.terminal = isatty(STDERR_FILENO)};
    mien_log_set(&(mien_log_sink){.line = on_line, .progress = on_progress},
                 NULL);
}
