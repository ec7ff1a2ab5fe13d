/* SPDX-License-Identifier: Apache-2.0 */
/* logged.c - read log.jsonl. */
#include "train/logged.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

static mien_status make_room(mien_logged *log) {
    if (log->n < log->room) return MIEN_OK;
    const size_t room = log->room ? 2 * log->room : 1024;
    void *grown = mien_realloc(log->steps, room, sizeof *log->steps);
    if (!grown) return MIEN_ENOMEM;
    log->steps = grown;
    log->room = room;
    return MIEN_OK;
}

/* null is a number that was not finite. */
static bool get_real(double *out, const json_t *line, const char *key) {
    const json_t *value = json_object_get(line, key);
    *out = json_is_number(value) ? json_number_value(value) : NAN;
    return json_is_number(value) || json_is_null(value);
}

static bool is(const json_t *line, const char *key, const char *text) {
    const char *value = json_string_value(json_object_get(line, key));
    return value && !strcmp(value, text);
}

/* Lines of other kinds, such as validations, are passed over. */
static mien_status take(mien_logged *log, const json_t *line, int64_t offset,
                        bool *good) {
    const json_t *step = json_object_get(line, "step");
    const json_t *attempt = json_object_get(line, "attempt");
    mien_logged_step s = {.offset = offset,
                          .step = json_integer_value(step),
                          .attempt = (int)json_integer_value(attempt),
                          .skipped = is(line, "kind", "skipped")};
    *good = json_is_object(line);
    if (!*good || (!s.skipped && !is(line, "kind", "step"))) return MIEN_OK;
    *good = json_is_integer(step) && s.step >= 0 &&
            get_real(&s.loss, line, "loss") &&
            get_real(&s.norm, line, "grad_norm");
    if (!*good) return MIEN_OK;
    s.outlier = s.skipped && is(line, "not_finite", "input");
    MIEN_TRY(make_room(log));
    log->steps[log->n++] = s;
    log->attempt = s.attempt;
    return MIEN_OK;
}

static mien_status read_lines(mien_logged *log, const mien_map *map,
                              const char *path) {
    const char *text = (const char *)map->data;
    long line = 1;
    for (size_t at = 0; at < map->size; line++) {
        const char *end = memchr(text + at, '\n', map->size - at);
        if (!end) return MIEN_OK; /* torn */
        const size_t length = (size_t)(end - text) - at;
        json_error_t error;
        bool good;
        json_t *object = json_loadb(text + at, length, 0, &error);
        const mien_status status = take(log, object, (int64_t)at, &good);
        const bool parsed = object != NULL;
        json_decref(object);
        if (status != MIEN_OK) return status;
        if (!good)
            return mien_fail(
                MIEN_EFORMAT, "%s:%ld: not a line of a run's log: %s", path,
                line,
                parsed ? "its step, loss or grad_norm is missing" : error.text);
        at += length + 1;
    }
    return MIEN_OK;
}

mien_status mien_logged_read(mien_logged *log, const char *path) {
    mien_map map;
    *log = (mien_logged){0};
    MIEN_TRY(mien_map_open(&map, path));
    const mien_status status = read_lines(log, &map, path);
    mien_map_close(&map);
    if (status != MIEN_OK) mien_logged_close(log);
    return status;
}

void mien_logged_close(mien_logged *log) {
    mien_free(log->steps);
    *log = (mien_logged){0};
}

const mien_logged_step *mien_logged_find(const mien_logged *log, int64_t step) {
    if (!log->n || step < 0) return NULL;
    /* Most runs never went back: count from the end. */
    const int64_t behind = log->steps[log->n - 1].step - step;
    if (behind >= 0 && (uint64_t)behind < log->n) {
        const mien_logged_step *s = &log->steps[log->n - 1 - (size_t)behind];
        if (s->step == step && s->attempt == log->attempt) return s;
    }
    for (size_t i = log->n; i-- > 0;) {
        const mien_logged_step *s = &log->steps[i];
        if (s->attempt != log->attempt) break;
        if (s->step == step) return s;
    }
    return NULL;
}
