/* SPDX-License-Identifier: Apache-2.0 */
/* bench_stand.c - train on batches and keep the times. */
#include "train/bench_stand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/mem.h"
#include "base/usage.h"

enum { LEAST_ROUNDS = 3 };

static mien_status plan(mien_bench *b, const mien_bench_setup *s) {
    const mien_net_spec spec = {.model = s->model,
                                .loss = s->loss,
                                .input = s->input,
                                .classes = s->classes};
    const mien_runner_options run = {.batch = s->batch,
                                     .shards = s->shards,
                                     .threads = s->threads,
                                     .train = true};
    const double start = mien_clock();
    MIEN_TRY(mien_net_open(&b->net, &spec));
    const double opened = mien_clock();
    MIEN_TRY(mien_net_init(b->net, s->init, 1));
    const double drawn = mien_clock();
    MIEN_TRY(mien_runner_open(&b->run, b->net, &run));
    b->result.init_s = drawn - opened;
    b->result.plan_s = opened - start + mien_clock() - drawn;
    b->result.plan_mb = (double)mien_runner_bytes(b->run) * 1e-6;
    return MIEN_OK;
}

mien_status mien_bench_open(mien_bench *b, const mien_bench_setup *s) {
    b->result = (mien_bench_summary){.isa = mien_isa_name(mien_cpu_isa()),
                                     .batch = s->batch,
                                     .threads = s->threads,
                                     .shards = s->shards,
                                     .wait_share = NAN,
                                     .loaded_per_s = NAN};
    MIEN_TRY(plan(b, s));
    for (int i = 0; i < b->net->weights.n_trained; i++)
        b->result.weights += (int64_t)b->net->weights.items[i].count;
    b->stage = *s->stage;
    b->steps = mien_arena_alloc(&b->arena, MIEN_BENCH_MOST, sizeof(double));
    b->updates = mien_arena_alloc(&b->arena, MIEN_BENCH_MOST, sizeof(double));
    if (!b->steps || !b->updates) return MIEN_ENOMEM;
    return mien_updater_open(&b->update,
                             &(mien_updater_plan){.stage = &b->stage,
                                                  .weights = &b->net->weights,
                                                  .gradient = b->run->gradient,
                                                  .pool = b->run->pool,
                                                  .steps = INT32_MAX,
                                                  .per_epoch = INT32_MAX});
}

mien_status mien_bench_step(mien_bench *b, const mien_batch *batch) {
    mien_result result;
    mien_update_report report;
    mien_batch numbered = *batch;
    numbered.step = (uint32_t)b->done;
    mien_mem_fail_after(-1);
    const double start = mien_clock();
    MIEN_TRY(mien_runner_step(b->run, &numbered, &result));
    const double ran = mien_clock();
    MIEN_TRY(mien_updater_run(&b->update, b->done, 1, &report));
    if (report.skipped)
        return mien_fail(MIEN_EDIAGNOSIS,
                         "step %lld of the bench: the "
                         "gradient of %s is not finite",
                         (long long)b->done, report.bad);
    const double updated = mien_clock();
    MIEN_TRY(mien_runner_commit(b->run));
    const double end = mien_clock();
    const int64_t allocations = mien_mem_fail_after(-1);
    b->done++;
    if (b->rounds == MIEN_BENCH_MOST) return MIEN_OK;
    b->updates[b->rounds] = updated - ran;
    b->steps[b->rounds++] = end - start;
    if (allocations > b->result.allocations)
        b->result.allocations = allocations;
    return MIEN_OK;
}

void mien_bench_restart(mien_bench *b, bool profile) {
    b->rounds = 0;
    b->result.allocations = 0;
    mien_runner_profile(b->run, profile);
}

bool mien_bench_more(const mien_bench *b, const mien_bench_options *o,
                     double began) {
    if (b->rounds >= MIEN_BENCH_MOST) return false;
    if (o->rounds) return b->rounds < o->rounds;
    return b->rounds < LEAST_ROUNDS || mien_clock() - began < o->seconds;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts them; milliseconds. */
static double median(double *seconds, int n) {
    qsort(seconds, (size_t)n, sizeof *seconds, ascending);
    return 500 * (seconds[(n - 1) / 2] + seconds[n / 2]);
}

static double mean(const double *seconds, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += seconds[i];
    return 1e3 * sum / n;
}

static double rate(double amount, double ms) {
    return ms > 0.005 ? amount / ms * 1e-6 : 0; /* else too short to say */
}

static mien_bench_row row_of(const mien_bench *b, int i) {
    const mien_plan_row r = mien_runner_row(b->run, i);
    const mien_bench_summary *s = &b->result;
    /* Without a dx of its own, backward is the weights' gradient alone. */
    const double forward = 2 * r.macs * s->batch;
    const double backward = (r.wants_dx ? 2 : 1) * forward;
    mien_bench_row row = {.name = r.name,
                          .kernel = r.kernel,
                          .channels = r.out.c,
                          .rows = r.out.h,
                          .columns = r.out.w,
                          .forward_ms = r.forward_s * 1e3 / b->rounds,
                          .backward_ms = r.backward_s * 1e3 / b->rounds};
    row.forward_gflops = rate(forward, row.forward_ms);
    row.backward_gflops = rate(backward, row.backward_ms);
    row.forward_gbytes = rate(r.forward_bytes * s->shards, row.forward_ms);
    row.backward_gbytes = rate(r.backward_bytes * s->shards, row.backward_ms);
    return row;
}

static mien_status list_rows(mien_bench *b) {
    const int n = mien_runner_rows(b->run);
    mien_bench_row *rows = mien_arena_alloc(&b->arena, (size_t)n, sizeof *rows);
    if (!rows) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        rows[i] = row_of(b, i);
        rows[i].layers =
            mien_arena_strdup(&b->arena, mien_runner_row(b->run, i).group);
        if (!rows[i].layers) return MIEN_ENOMEM;
    }
    b->result.rows = rows;
    b->result.n_rows = n;
    return MIEN_OK;
}

mien_status mien_bench_sum_up(mien_bench *b, bool profiled) {
    mien_bench_summary *s = &b->result;
    const int n = b->rounds;
    s->rounds = n;
    s->step_ms = median(b->steps, n);
    s->step_mean_ms = mean(b->steps, n);
    s->step_min_ms = 1e3 * b->steps[0];
    s->step_max_ms = 1e3 * b->steps[n - 1];
    s->update_ms = median(b->updates, n);
    s->images_per_s = s->batch / s->step_ms * 1e3;
    s->peak_mb = mien_peak_bytes() * 1e-6;
    return profiled ? list_rows(b) : MIEN_OK;
}

const mien_bench_summary *mien_bench_result(const mien_bench *b) {
    return &b->result;
}

void mien_bench_free(mien_bench *b) {
    if (!b) return;
    mien_updater_close(&b->update);
    mien_runner_close(b->run);
    mien_net_close(b->net);
    mien_source_close(b->source);
    mien_free(b->x);
    mien_free(b->label);
    mien_recipe_close(&b->recipe);
    mien_arena_close(&b->arena);
    mien_free(b);
}
