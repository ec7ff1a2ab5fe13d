/* SPDX-License-Identifier: Apache-2.0 */
/* past.c - read health.jsonl, line by line. */
#include "health/past.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "health/past_line.h"

enum { WHERE_ROOM = 512, LONGEST_LINE = 64 << 20 };

static mien_status read_lines(mien_past *past, const mien_map *map,
                              const char *path) {
    const char *at = (const char *)map->data, *end = at + map->size;
    char where[WHERE_ROOM];
    for (int line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t size = (size_t)((stop ? stop : end) - at);
        snprintf(where, sizeof where, "%s line %d", path, line);
        if (size > LONGEST_LINE)
            return mien_fail(MIEN_ELIMIT, "%s: longer than 64 MiB", where);
        const mien_status status =
            size ? mien_past_read_line(past, at, size, where) : MIEN_OK;
        if (status == MIEN_EFORMAT && !stop)
            past->torn = true; /* the writer was stopped in mid-line */
        else if (status != MIEN_OK)
            return status;
        at = stop ? stop + 1 : end;
    }
    return MIEN_OK;
}

mien_status mien_past_read(mien_past **out, const char *path) {
    mien_map map;
    *out = NULL;
    MIEN_TRY(mien_map_open(&map, path));
    mien_past *past = mien_alloc(1, sizeof *past);
    mien_status status = past ? MIEN_OK : MIEN_ENOMEM;
    if (past) {
        past->every = past->angles_every = 1;
        past->straight = true;
        past->last_step = -1;
        past->last_loss = NAN;
        status = read_lines(past, &map, path);
    }
    mien_map_close(&map);
    if (status == MIEN_OK)
        *out = past;
    else
        mien_past_free(past);
    return status;
}

static void free_attempt(mien_past_attempt *a) {
    for (int w = 0; w < 2; w++) {
        for (int i = 0; a->ridges[w] && i < a->n_tensors; i++)
            mien_free(a->ridges[w][i].items);
        mien_free(a->ridges[w]);
    }
    for (int s = 0; s < MIEN_SERIES; s++) mien_free(a->series[s]);
    mien_free(a->at);
    mien_free(a->input_rms);
}

void mien_past_free(mien_past *p) {
    if (!p) return;
    for (int i = 0; i < p->n_attempts; i++) free_attempt(&p->attempts[i]);
    mien_free(p->attempts);
    mien_free(p->steps);
    mien_free(p->findings);
    mien_free(p->acts);
    mien_free(p->quarantines);
    mien_free(p->sweeps);
    mien_free(p->angles);
    mien_arena_close(&p->arena);
    mien_free(p);
}

/* ---- questions -------------------------------------------------------- */

static int width_of(const mien_past_attempt *a, mien_series series) {
    return series < MIEN_SERIES_WEIGHT ? a->n_layers : a->n_tensors;
}

const float *mien_past_row(const mien_past_attempt *a, mien_series series,
                           int time) {
    return a->series[series] + (size_t)time * (size_t)width_of(a, series);
}

int mien_past_last(const mien_past_attempt *a, mien_series series) {
    const int width = width_of(a, series);
    for (int t = a->n_times - 1; t >= 0; t--) {
        const float *row = mien_past_row(a, series, t);
        int i = 0;
        while (i < width && isfinite(row[i])) i++;
        if (i == width) return t;
    }
    return a->n_times - 1;
}
