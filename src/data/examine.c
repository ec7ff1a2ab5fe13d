/* SPDX-License-Identifier: Apache-2.0 */
/* examine.c - labels, copies and the order of batches. */
#include "data/examine.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/copies.h"

/* ---- labels ----------------------------------------------------------- */

mien_status mien_examine_labels(mien_labels_found *out,
                                const mien_dataset *data) {
    const int classes = data->reader->classes;
    int *counts = mien_alloc((size_t)classes + 1, sizeof *counts);
    if (!counts) return MIEN_ENOMEM;
    mien_dataset_count(data, MIEN_TRAIN, counts);
    *out = (mien_labels_found){.samples = data->split.count[MIEN_TRAIN],
                               .classes = classes};
    for (int i = 0; i < classes; i++) {
        if (!counts[i]) continue;
        if (!out->present++ || counts[i] < out->smallest)
            out->smallest = counts[i];
        if (counts[i] <= out->largest) continue;
        out->largest = counts[i];
        out->largest_class = i;
    }
    mien_free(counts);
    return MIEN_OK;
}

/* ---- copies ----------------------------------------------------------- */

/* At most `most` of the training part, spread evenly over its list. */
static mien_status pick(uint32_t **out, int *n, const mien_dataset *data,
                        int most) {
    const int count = data->split.count[MIEN_TRAIN];
    *n = count < most ? count : most;
    *out = mien_alloc((size_t)*n + 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < *n; i++)
        (*out)[i] = data->split.items[MIEN_TRAIN][(int64_t)i * count / *n];
    return MIEN_OK;
}

/* `times` has a zero for each place. */
static void count_copies(mien_copies_found *out, const int *first, int *times,
                         const uint32_t *items) {
    for (int i = 0; i < out->looked_at; i++) {
        out->copies += first[i] != i;
        if (++times[first[i]] <= out->most) continue;
        out->most = times[first[i]];
        out->sample = items[first[i]];
    }
    if (out->looked_at)
        out->share = (double)out->copies / (double)out->looked_at;
}

mien_status mien_examine_copies(mien_copies_found *out,
                                const mien_dataset *data, int most) {
    uint32_t *items = NULL;
    int n = 0;
    *out = (mien_copies_found){0};
    mien_status status = pick(&items, &n, data, most);
    int *first = mien_alloc((size_t)n + 1, sizeof *first);
    int *times = mien_alloc((size_t)n + 1, sizeof *times);
    if (!first || !times) status = MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_copies_find(first, data->reader, items, n);
    if (status == MIEN_OK) {
        out->looked_at = n;
        count_copies(out, first, times, items);
    }
    mien_free(items);
    mien_free(first);
    mien_free(times);
    return status;
}

/* ---- order ------------------------------------------------------------ */

/* log of n over k. */
static double log_choose(double n, double k) {
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Labels in a batch drawn without putting back: a class of n_c samples is
 * missed with probability choose(n - n_c, b) / choose(n, b). */
static double expect(const int *counts, int classes, int n, int batch) {
    const int b = batch < n ? batch : n;
    double sum = 0;
    for (int c = 0; c < classes; c++) {
        if (!counts[c]) continue;
        const int rest = n - counts[c];
        sum += rest < b ? 1 : 1 - exp(log_choose(rest, b) - log_choose(n, b));
    }
    return sum;
}

/* Labels in one batch; `seen` of each class holds the last batch, from 1. */
static int distinct(int *seen, const mien_sampler_plan *p,
                    const uint32_t *batch, int number) {
    int n = 0;
    for (int i = 0; i < p->batch; i++) {
        int *at = &seen[p->labels[batch[i]]];
        n += *at != number;
        *at = number;
    }
    return n;
}

static mien_status look_at_order(mien_order_found *out, mien_sampler *sampler,
                                 const mien_sampler_plan *p, int n) {
    const int steps = mien_sampler_steps(sampler);
    const size_t batch = (size_t)p->batch;
    uint32_t *order = mien_alloc((size_t)steps * batch, sizeof *order);
    int *counts = mien_alloc((size_t)p->classes, sizeof *counts);
    int *seen = mien_alloc((size_t)p->classes, sizeof *seen);
    const bool all = order && counts && seen;
    if (all) {
        mien_sampler_epoch(sampler, 0, order);
        out->batches = steps < n ? steps : n;
        for (int i = 0; i < out->batches; i++)
            out->distinct +=
                distinct(seen, p, order + (size_t)i * batch, i + 1);
        if (out->batches) out->distinct /= out->batches;
        for (int i = 0; i < p->count; i++) counts[p->labels[p->items[i]]]++;
        out->expected = expect(counts, p->classes, p->count, p->batch);
    }
    mien_free(order);
    mien_free(counts);
    mien_free(seen);
    return all ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_examine_order(mien_order_found *out, mien_dataset *data,
                               int batch, int n) {
    mien_sampler_plan plan;
    mien_sampler *sampler;
    const mien_feed feed = {.part = MIEN_TRAIN, .batch = batch, .train = true};
    *out = (mien_order_found){.chosen = data->order == MIEN_ORDER_PK ||
                                        data->order == MIEN_ORDER_BALANCED};
    MIEN_TRY(mien_dataset_order(&plan, data, &feed));
    MIEN_TRY(mien_sampler_open(&sampler, &plan));
    const mien_status status = look_at_order(out, sampler, &plan, n);
    mien_sampler_close(sampler);
    return status;
}
