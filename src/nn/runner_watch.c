/* SPDX-License-Identifier: Apache-2.0 */
/* runner_watch.c - what the shards measured, put together in their order. */
#include <string.h>

#include "nn/runner.h"
#include "nn/runner_state.h"

static const mien_program *first_program(const mien_runner *run) {
    return run->state->workers[0].program;
}

static int units_of(const mien_program *p, int step) {
    return p->steps[step].step.out.c;
}

static mien_status open_shard(mien_runner *run, mien_shard *shard) {
    const mien_program *p = first_program(run);
    mien_arena *arena = &run->state->probe_arena;
    mien_measured *measured =
        mien_arena_alloc(arena, (size_t)p->n_steps, sizeof *measured);
    uint8_t *alive = mien_arena_alloc(arena, run->state->n_units, 1);
    if (!measured || !alive) return MIEN_ENOMEM;
    shard->measured = measured;
    shard->alive = alive;
    for (int i = 0; i < p->n_steps; i++) {
        measured[i].alive = alive;
        alive += units_of(p, i);
    }
    return MIEN_OK;
}

static mien_status open_probes(mien_runner *run) {
    const mien_program *p = first_program(run);
    mien_runner_state *st = run->state;
    st->n_units = 0;
    for (int i = 0; i < p->n_steps; i++) st->n_units += (size_t)units_of(p, i);
    for (int s = 0; s < run->options.shards; s++)
        MIEN_TRY(open_shard(run, &st->shards[s]));
    st->alive = mien_arena_alloc(&st->probe_arena, st->n_units, 1);
    if (!st->alive) return MIEN_ENOMEM;
    st->probes = mien_arena_alloc(&st->probe_arena, (size_t)p->n_steps,
                                  sizeof *st->probes);
    return st->probes ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_runner_watch(mien_runner *run, bool on) {
    mien_runner_state *st = run->state;
    st->watch = false;
    if (on && !st->probes) {
        const mien_status status = open_probes(run);
        if (status != MIEN_OK) {
            mien_arena_close(&st->probe_arena);
            return status;
        }
    }
    st->watch = on;
    return MIEN_OK;
}

void mien_runner_start_probes(const mien_runner *run, mien_shard *shard) {
    const mien_program *p = first_program(run);
    memset(shard->alive, 0, run->state->n_units);
    for (int i = 0; i < p->n_steps; i++)
        shard->measured[i] = (mien_measured){.y = {.first_bad = -1},
                                             .dy = {.first_bad = -1},
                                             .alive = shard->measured[i].alive};
}

static void add_rounding(mien_rounding *a, const mien_rounding *b) {
    a->overflow += b->overflow;
    a->underflow += b->underflow;
}

/* a += b, whose first image is `at` in the batch. */
static void add_totals(mien_kernel_totals *a, const mien_kernel_totals *b,
                       int at) {
    a->count += b->count;
    a->zeros += b->zeros;
    a->saturated += b->saturated;
    a->non_finite += b->non_finite;
    a->sum += b->sum;
    a->squares += b->squares;
    a->max = b->max > a->max ? b->max : a->max;
    if (a->first_bad < 0 && b->first_bad >= 0) a->first_bad = at + b->first_bad;
}

/* alive |= each shard's; the share that stayed 0. */
static double merge_alive(const mien_runner *run, int step, uint8_t *alive,
                          int units) {
    int dead = 0;
    for (int u = 0; u < units; u++) {
        alive[u] = 0;
        for (int s = 0; s < run->options.shards; s++)
            alive[u] |= run->state->shards[s].measured[step].alive[u];
        dead += !alive[u];
    }
    return (double)dead / units;
}

void mien_runner_merge_probes(mien_runner *run) {
    const mien_program *p = first_program(run);
    mien_runner_state *st = run->state;
    uint8_t *alive = st->alive;
    const int n = run->options.batch / run->options.shards;
    for (int i = 0; i < p->n_steps; i++) {
        mien_measured sum = {.y = {.first_bad = -1}, .dy = {.first_bad = -1}};
        for (int s = 0; s < run->options.shards; s++) {
            const mien_measured *m = &st->shards[s].measured[i];
            add_totals(&sum.y, &m->y, s * n);
            add_totals(&sum.dy, &m->dy, s * n);
            add_rounding(&sum.y_rounding, &m->y_rounding);
            add_rounding(&sum.dy_rounding, &m->dy_rounding);
        }
        const int units = units_of(p, i);
        st->probes[i] = (mien_layer_probe){
            .y = mien_probe_of_totals(&sum.y, &sum.y_rounding),
            .dy = mien_probe_of_totals(&sum.dy, &sum.dy_rounding),
            .units = units,
            .dead = merge_alive(run, i, alive, units),
            .alive = alive};
        alive += units;
    }
}

const mien_layer_probe *mien_runner_probe(const mien_runner *run, int row) {
    return run->state->watched ? &run->state->probes[row] : NULL;
}
