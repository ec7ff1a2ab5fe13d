/* SPDX-License-Identifier: Apache-2.0 */
/* bench_print.c - a bench's result as text or JSON. */
#include "bench_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* ---- JSON ---- */

static json_t *rows_json(const mien_bench_summary *s) {
    json_t *list = json_array();
    for (int i = 0; list && i < s->n_rows; i++) {
        const mien_bench_row *r = &s->rows[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:[iii], s:f, s:f, s:f, s:f, s:f, s:f}",
                      "name", r->name, "layers", r->layers, "kernel", r->kernel,
                      "output", r->channels, r->rows, r->columns, "forward_ms",
                      r->forward_ms, "backward_ms", r->backward_ms,
                      "forward_gflops", r->forward_gflops, "backward_gflops",
                      r->backward_gflops, "forward_gbytes", r->forward_gbytes,
                      "backward_gbytes", r->backward_gbytes));
    }
    return list;
}

static mien_status print_json(const mien_bench_summary *s) {
    return cli_json_print(json_pack(
        "{s:s, s:i, s:i, s:i, s:i, s:s, s:f, s:f, s:f, s:f, s:f, s:o, s:f, "
        "s:f, s:f, s:I, s:o, s:o, s:o, s:o}",
        "net", s->net, "batch", s->batch, "threads", s->threads, "shards",
        s->shards, "rounds", s->rounds, "isa", s->isa, "step_ms", s->step_ms,
        "step_min_ms", s->step_min_ms, "step_max_ms", s->step_max_ms,
        "update_ms", s->update_ms, "images_per_s", s->images_per_s, "peak_mb",
        cli_json_number(s->peak_mb), "plan_mb", s->plan_mb, "plan_s", s->plan_s,
        "init_s", s->init_s, "weights", (json_int_t)s->weights, "allocations",
        s->allocations < 0 ? json_null() : json_integer(s->allocations),
        "wait_share", cli_json_number(s->wait_share), "loaded_per_s",
        cli_json_number(s->loaded_per_s), "rows", rows_json(s)));
}

/* ---- text ---- */

static void print_rate(double rate) {
    if (rate > 0)
        printf(" %6.1f", rate);
    else
        printf(" %6s", "-");
}

static void print_amount(double amount) {
    if (amount > 0)
        printf(" %7.2f", amount);
    else
        printf(" %7s", "-");
}

static void print_row(const mien_bench_row *r) {
    char shape[40];
    snprintf(shape, sizeof shape, "%dx%dx%d", r->channels, r->rows, r->columns);
    printf("%-12s %-16s %-24s %-11s %8.2f %8.2f", r->name, r->layers, r->kernel,
           shape, r->forward_ms, r->backward_ms);
    print_rate(r->forward_gflops);
    print_rate(r->backward_gflops);
    print_rate(r->forward_gbytes);
    print_rate(r->backward_gbytes);
    putchar('\n');
}

static bool same_kind(const mien_bench_row *a, const mien_bench_row *b) {
    return !strcmp(a->layers, b->layers) && !strcmp(a->kernel, b->kernel);
}

/* What a step spends on all rows of the same layers and kernel. */
typedef struct kind {
    double forward_ms, backward_ms, gflop, gbyte;
} kind;

static void add_row(kind *k, const mien_bench_row *r) {
    k->forward_ms += r->forward_ms;
    k->backward_ms += r->backward_ms;
    k->gflop += 1e-3 * (r->forward_gflops * r->forward_ms +
                        r->backward_gflops * r->backward_ms);
    k->gbyte += 1e-3 * (r->forward_gbytes * r->forward_ms +
                        r->backward_gbytes * r->backward_ms);
}

/* False if an earlier row is of the same kind. */
static bool sum_kind(kind *k, const mien_bench_summary *s, int first) {
    *k = (kind){0};
    for (int i = 0; i < first; i++)
        if (same_kind(&s->rows[i], &s->rows[first])) return false;
    for (int i = first; i < s->n_rows; i++)
        if (same_kind(&s->rows[i], &s->rows[first])) add_row(k, &s->rows[i]);
    return true;
}

static void print_kind(const mien_bench_row *r, const kind *k, double whole) {
    const double ms = k->forward_ms + k->backward_ms;
    printf("%-16s %-24s %8.2f %8.2f %5.1f %%", r->layers, r->kernel,
           k->forward_ms, k->backward_ms, 100 * ms / whole);
    print_amount(k->gflop);
    print_amount(k->gbyte);
    print_rate(ms > 0 ? 1e3 * k->gflop / ms : 0);
    print_rate(ms > 0 ? 1e3 * k->gbyte / ms : 0);
    putchar('\n');
}

static void print_rest(const char *what, double ms, double whole) {
    printf("%-41s %8s %8.2f %5.1f %%\n", what, "", ms, 100 * ms / whole);
}

/* The profile's times are added over threads, so its shares are of the time
 * that all threads have in a step. */
static void print_kinds(const mien_bench_summary *s) {
    const double whole = s->step_mean_ms * s->threads;
    const double update = s->update_ms * s->threads;
    double known = update;
    printf("\n%-16s %-24s %8s %8s %7s %7s %7s %6s %6s\n", "layers", "kernel",
           "fwd ms", "bwd ms", "share", "GFLOP", "GB", "GF/s", "GB/s");
    for (int i = 0; i < s->n_rows; i++) {
        kind k;
        if (!sum_kind(&k, s, i)) continue;
        print_kind(&s->rows[i], &k, whole);
        known += k.forward_ms + k.backward_ms;
    }
    print_rest("optimiser", update, whole);
    print_rest("loss, packing weights, adding shards", whole - known, whole);
}

static void print_rows(const mien_bench_summary *s) {
    printf("\n%-12s %-16s %-24s %-11s %8s %8s %13s %13s\n", "layer", "run as",
           "kernel", "output", "fwd ms", "bwd ms", "fwd GF/s bwd",
           "fwd GB/s bwd");
    for (int i = 0; i < s->n_rows; i++) print_row(&s->rows[i]);
    print_kinds(s);
}

static void print_text(const mien_bench_summary *s) {
    printf("%-12s batch %d, %d thread%s, %d shard%s, %s\n", s->net, s->batch,
           s->threads, s->threads == 1 ? "" : "s", s->shards,
           s->shards == 1 ? "" : "s", s->isa);
    printf("%-12s %.1f ms (%.1f to %.1f in %d steps), %.1f of it optimiser\n",
           "step", s->step_ms, s->step_min_ms, s->step_max_ms, s->rounds,
           s->update_ms);
    printf("%-12s %.1f images/s\n", "rate", s->images_per_s);
    if (!isnan(s->loaded_per_s))
        printf(
            "%-12s %.0f images/s alone; training waited for %.2f %% of its "
            "time\n",
            "loader", s->loaded_per_s, 100 * s->wait_share);
    printf("%-12s %.0f MB at most, %.0f MB of it planned", "memory", s->peak_mb,
           s->plan_mb);
    if (s->allocations >= 0)
        printf("; %lld allocations a step", (long long)s->allocations);
    putchar('\n');
    printf("%-12s %.3f s to plan %lld weights, %.3f s to draw them\n", "start",
           s->plan_s, (long long)s->weights, s->init_s);
    if (s->n_rows) print_rows(s);
}

mien_status cli_bench_print(mien_bench *bench, bool json) {
    const mien_bench_summary *s = mien_bench_result(bench);
    mien_status status = MIEN_OK;
    if (json)
        status = print_json(s);
    else
        print_text(s);
    mien_bench_free(bench);
    return status;
}
