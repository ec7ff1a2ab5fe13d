/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - asks the detectors, and says nothing twice.
 *
 * The state is that of the detectors in turn, then the notes: what was said,
 * and when. A note stands for one sentence:
 *
 *   key    hash of detector, severity, cause and format
 *   since  when it became true
 *   seen   when it last was
 *   said   when it was last said
 *   worst  log2 of how far it was then beyond its limit */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "health/signs.h"

#define MIEN_DETECTOR(name) extern const mien_detector_ops mien_detector_##name;
#include "health/detectors.def"
#undef MIEN_DETECTOR
#define MIEN_DETECTOR(name) &mien_detector_##name,
static const mien_detector_ops *const detectors[] = {
#include "health/detectors.def"
};

enum { NOTES = 48, AGAIN_AFTER = 200 };

typedef struct note {
    double key, since, seen, said, worst;
} note;

enum { NOTE_SIZE = sizeof(note) / sizeof(double) };

const mien_detector_ops *const *mien_detectors(int *count) {
    *count = sizeof detectors / sizeof *detectors;
    return detectors;
}

mien_status mien_watch_open(mien_watch *watch, const mien_limits *limits) {
    size_t n = NOTES * NOTE_SIZE;
    *watch = (mien_watch){.limits = *limits};
    for (size_t i = 0; i < sizeof detectors / sizeof *detectors; i++)
        n += (size_t)detectors[i]->n_state;
    watch->state = mien_alloc(n, sizeof *watch->state);
    if (!watch->state) return MIEN_ENOMEM;
    watch->n_state = n;
    return MIEN_OK;
}

void mien_watch_close(mien_watch *watch) {
    mien_free(watch->state);
    *watch = (mien_watch){0};
}

void mien_watch_reset(mien_watch *watch) {
    watch->history = (mien_history){.start_scale = watch->history.start_scale};
    memset(watch->state, 0, watch->n_state * sizeof *watch->state);
    watch->n = 0;
}

void mien_watch_step(mien_watch *watch, const mien_frame *frame) {
    double *state = watch->state;
    watch->n = 0;
    watch->frame = frame;
    if (frame->probed && frame->step == 0)
        watch->history.start_scale = mien_sign_scale(frame);
    for (size_t i = 0; i < sizeof detectors / sizeof *detectors; i++) {
        watch->speaking = detectors[i]->name;
        detectors[i]->look(watch, frame, state);
        state += detectors[i]->n_state;
    }
    watch->speaking = NULL;
    watch->frame = NULL;
    mien_history_enter(&watch->history, frame);
}

/* ---- say a thing once ------------------------------------------------- */

/* FNV-1a, 32 bits: a double holds it. */
static uint32_t hash(uint32_t h, const char *text) {
    for (; *text; text++) h = (h ^ (uint8_t)*text) * 16777619u;
    return h;
}

static double key_of(const mien_finding *f, const char *format) {
    uint32_t h = hash(hash(2166136261u, f->detector), format);
    h = (h ^ (uint32_t)f->severity) * 16777619u;
    return (double)((h ^ (uint32_t)f->cause) * 16777619u) + 1;
}

/* The one with this key, else the one that was seen longest ago. */
static note *find_note(const mien_watch *watch, double key) {
    double *end = watch->state + watch->n_state;
    note *oldest = NULL, *notes = (note *)(end - NOTES * NOTE_SIZE);
    for (note *n = notes; n < notes + NOTES; n++) {
        if (n->key == key) return n;
        if (!oldest || !n->key || (oldest->key && n->seen < oldest->seen))
            oldest = n;
    }
    return oldest;
}

static double badness(const mien_finding *f) {
    const double ratio = f->limit > 0 ? f->value / f->limit : f->value;
    const double x = fabs(log2(ratio));
    return isfinite(x) ? x : 2000; /* beyond every double */
}

/* Whether to say it now; notes that it was true. */
static bool is_news(const mien_watch *watch, mien_finding *f,
                    const char *format) {
    const double key = key_of(f, format), now = (double)f->step;
    note *n = find_note(watch, key);
    const bool known =
        n->key == key && n->seen <= now && now - n->seen <= AGAIN_AFTER;
    const bool once = f->since == f->step && f->step > 0;
    if (!known) *n = (note){.key = key, .since = now};
    f->since = (int64_t)(once ? now : n->since);
    n->seen = now;
    if (known && !once && now - n->said < AGAIN_AFTER &&
        badness(f) < n->worst + 1)
        return false;
    n->said = now;
    n->worst = badness(f);
    return true;
}

void mien_watch_say(mien_watch *watch, const mien_finding *template,
                    const char *format, ...) {
    mien_finding f = *template;
    va_list args;
    f.detector = watch->speaking;
    f.step = watch->frame->step;
    if (watch->n == MIEN_MAX_FINDINGS || !is_news(watch, &f, format)) return;
    va_start(args, format);
    vsnprintf(f.text, sizeof f.text, format, args);
    va_end(args);
    int at = watch->n++;
    for (; at && watch->findings[at - 1].severity < f.severity; at--)
        watch->findings[at] = watch->findings[at - 1];
    watch->findings[at] = f;
}
