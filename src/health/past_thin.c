/* SPDX-License-Identifier: Apache-2.0 */
/* past_thin.c - hold a run of any length in bounded memory.
 *
 * Each list keeps one of every `every` steps, merged. When it is full it is
 * halved and `every` doubles, so that a run is held evenly however long it
 * becomes and nothing need be known of its length. */
#include "health/past_thin.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

mien_status mien_past_grow(void **items, int n, size_t size) {
    const bool full = n == 0 || (n >= 16 && (n & (n - 1)) == 0);
    if (!full) return MIEN_OK;
    void *more = mien_realloc(*items, n ? 2 * (size_t)n : 16, size);
    if (!more) return MIEN_ENOMEM;
    *items = more;
    return MIEN_OK;
}

/* ---- steps ------------------------------------------------------------ */

/* fmin() and fmax() pass over a NaN. */
static void merge_step(mien_past_step *into, const mien_past_step *next) {
    into->loss[0] = fmin(into->loss[0], next->loss[0]);
    into->loss[1] = fmax(into->loss[1], next->loss[1]);
    into->norm[0] = fmin(into->norm[0], next->norm[0]);
    into->norm[1] = fmax(into->norm[1], next->norm[1]);
    into->threshold = next->threshold;
    into->lr = next->lr;
    into->n += next->n;
    into->clipped += next->clipped;
    into->skipped += next->skipped;
    into->bad += next->bad;
}

static bool fits(const mien_past *p, const mien_past_step *last,
                 const mien_past_step *next) {
    return last->attempt == next->attempt && last->n + next->n <= p->every;
}

static void halve_steps(mien_past *p) {
    int n = 0;
    p->every *= 2;
    for (int i = 0; i < p->n_steps; i++) {
        if (n && fits(p, &p->steps[n - 1], &p->steps[i]))
            merge_step(&p->steps[n - 1], &p->steps[i]);
        else
            p->steps[n++] = p->steps[i];
    }
    p->n_steps = n;
}

mien_status mien_past_add_step(mien_past *p, const mien_past_step *step) {
    while (p->n_steps == MIEN_PAST_STEPS) halve_steps(p);
    mien_past_step *last = p->n_steps ? &p->steps[p->n_steps - 1] : NULL;
    if (last && fits(p, last, step)) {
        merge_step(last, step);
        return MIEN_OK;
    }
    MIEN_TRY(mien_past_grow((void **)&p->steps, p->n_steps, sizeof *p->steps));
    p->steps[p->n_steps++] = *step;
    return MIEN_OK;
}

/* ---- probed steps ----------------------------------------------------- */

static size_t width_of(const mien_past_attempt *a, int series) {
    return series < MIEN_SERIES_WEIGHT ? a->n_layers : a->n_tensors;
}

static void merge_time(mien_past_attempt *a, int to, int from) {
    for (int s = 0; s < MIEN_SERIES; s++) {
        const size_t width = width_of(a, s);
        float *into = a->series[s] + (size_t)to * width;
        const float *next = a->series[s] + (size_t)from * width;
        for (size_t i = 0; i < width; i++)
            if (!(next[i] <= into[i]) && !isnan(into[i])) into[i] = next[i];
    }
}

static void move_time(mien_past_attempt *a, int to, int from) {
    if (to == from) return;
    for (int s = 0; s < MIEN_SERIES; s++) {
        const size_t width = width_of(a, s);
        memcpy(a->series[s] + (size_t)to * width,
               a->series[s] + (size_t)from * width, width * sizeof(float));
    }
    a->at[to] = a->at[from];
    a->input_rms[to] = a->input_rms[from];
}

static void halve_times(mien_past_attempt *a) {
    for (int i = 0; i < a->n_times; i++) {
        if (i % 2)
            merge_time(a, i / 2, i);
        else
            move_time(a, i / 2, i);
    }
    a->in_last = a->n_times % 2 ? a->every : 2 * a->every;
    a->n_times = (a->n_times + 1) / 2;
    a->every *= 2;
}

static mien_status more_times(mien_past_attempt *a) {
    const int n = a->n_times;
    MIEN_TRY(mien_past_grow((void **)&a->at, n, sizeof *a->at));
    MIEN_TRY(mien_past_grow((void **)&a->input_rms, n, sizeof *a->input_rms));
    for (int s = 0; s < MIEN_SERIES; s++) {
        const size_t width = width_of(a, s);
        MIEN_TRY(mien_past_grow((void **)&a->series[s], n,
                                (width ? width : 1) * sizeof(float)));
    }
    return MIEN_OK;
}

mien_status mien_past_add_time(mien_past_attempt *a, float *rows[MIEN_SERIES]) {
    if (a->n_times == MIEN_PAST_TIMES && a->in_last == a->every) halve_times(a);
    MIEN_TRY(more_times(a));
    for (int s = 0; s < MIEN_SERIES; s++)
        rows[s] = a->series[s] + (size_t)a->n_times * width_of(a, s);
    return MIEN_OK;
}

void mien_past_settle_time(mien_past_attempt *a) {
    if (a->n_times && a->in_last < a->every) {
        merge_time(a, a->n_times - 1, a->n_times);
        a->in_last++;
        return;
    }
    a->n_times++;
    a->in_last = 1;
}

/* ---- distributions ---------------------------------------------------- */

mien_status mien_past_add_ridge(mien_past_ridges *r,
                                const mien_past_ridge *ridge) {
    if (!r->every) r->every = 1;
    if (r->seen++ % r->every) return MIEN_OK;
    if (r->n == MIEN_PAST_RIDGES) {
        r->n = MIEN_PAST_RIDGES / 2;
        r->every *= 2;
        for (int i = 0; i < r->n; i++) r->items[i] = r->items[2 * i];
    }
    MIEN_TRY(mien_past_grow((void **)&r->items, r->n, sizeof *r->items));
    r->items[r->n++] = *ridge;
    return MIEN_OK;
}

static void merge_angles(mien_past_angles *into, const mien_past_angles *next) {
    for (int b = 0; b < MIEN_ANGLES; b++) into->bins[b] += next->bins[b];
}

mien_status mien_past_add_angles(mien_past *p, const mien_past_angles *angles) {
    if (p->n_angles == MIEN_PAST_TIMES &&
        p->angles_in_last == p->angles_every) {
        for (int i = 0; i < p->n_angles; i += 2) {
            p->angles[i / 2] = p->angles[i];
            merge_angles(&p->angles[i / 2], &p->angles[i + 1]);
        }
        p->n_angles /= 2;
        p->angles_every *= 2;
        p->angles_in_last = p->angles_every;
    }
    if (p->n_angles && p->angles_in_last < p->angles_every) {
        merge_angles(&p->angles[p->n_angles - 1], angles);
        p->angles_in_last++;
        return MIEN_OK;
    }
    MIEN_TRY(
        mien_past_grow((void **)&p->angles, p->n_angles, sizeof *p->angles));
    p->angles[p->n_angles++] = *angles;
    p->angles_in_last = 1;
    return MIEN_OK;
}
