/* SPDX-License-Identifier: Apache-2.0 */
/* bench_embed.c - time how long a model takes to answer. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/usage.h"
#include "mien/bench.h"
#include "train/model_file.h"

enum { WARM_UP = 3, LEAST_ROUNDS = 5, MOST_ROUNDS = 100000 };

typedef struct stand {
    mien_model *model;
    float *x, *y;
    int batch;
    double *seconds; /* [MOST_ROUNDS] */
    int rounds;
} stand;

static mien_status prepare(stand *s, const char *path,
                           const mien_bench_options *o) {
    s->batch = o->batch ? o->batch : 1;
    MIEN_TRY(mien_model_load(&s->model, path, o->threads));
    const size_t n = (size_t)s->batch;
    const size_t plane = mien_model_plane(s->model);
    s->x = mien_alloc(n, plane * sizeof(float));
    s->y = mien_alloc(n, (size_t)mien_model_width(s->model) * sizeof(float));
    s->seconds = mien_alloc(MOST_ROUNDS, sizeof *s->seconds);
    if (!s->x || !s->y || !s->seconds) return MIEN_ENOMEM;
    mien_rng rng = mien_rng_at(1, 0, 0, 0);
    for (size_t i = 0; i < n * plane; i++)
        s->x[i] = (float)mien_rng_range(&rng, -1, 1);
    return o->int8 ? mien_model_to_bytes(s->model, s->x, s->batch) : MIEN_OK;
}

static bool more(const stand *s, const mien_bench_options *o, double began) {
    if (s->rounds == MOST_ROUNDS) return false;
    if (o->rounds) return s->rounds < o->rounds;
    return s->rounds < LEAST_ROUNDS || mien_clock() - began < o->seconds;
}

static mien_status time_rounds(stand *s, const mien_bench_options *o) {
    for (int i = 0; i < WARM_UP; i++)
        MIEN_TRY(mien_model_forward(s->model, s->x, s->batch, s->y));
    const double began = mien_clock();
    while (more(s, o, began)) {
        const double start = mien_clock();
        MIEN_TRY(mien_model_forward(s->model, s->x, s->batch, s->y));
        s->seconds[s->rounds++] = mien_clock() - start;
    }
    return MIEN_OK;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(mien_bench_times *t, stand *s) {
    const int n = s->rounds;
    t->int8 = mien_model_info(s->model)->int8;
    qsort(s->seconds, (size_t)n, sizeof *s->seconds, ascending);
    t->batch = s->batch;
    t->rounds = n;
    t->ms = 500 * (s->seconds[(n - 1) / 2] + s->seconds[n / 2]);
    t->min_ms = 1e3 * s->seconds[0];
    t->max_ms = 1e3 * s->seconds[n - 1];
    t->images_per_s = s->batch / t->ms * 1e3;
    t->peak_mb = mien_peak_bytes() * 1e-6;
}

mien_status mien_bench_embed(mien_bench_times *out, const char *model,
                             const mien_bench_options *options) {
    stand s = {0};
    *out = (mien_bench_times){.isa = mien_isa_name(mien_cpu_isa()),
                              .threads = options->threads};
    const double start = mien_clock();
    mien_status status = prepare(&s, model, options);
    out->load_ms = 1e3 * (mien_clock() - start);
    if (status == MIEN_OK) status = time_rounds(&s, options);
    if (status == MIEN_OK) sum_up(out, &s);
    mien_model_free(s.model);
    mien_free(s.x);
    mien_free(s.y);
    mien_free(s.seconds);
    return status;
}
