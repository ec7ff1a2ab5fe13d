/* SPDX-License-Identifier: Apache-2.0 */
/* bench_load.c - is the loader faster than the training that it feeds?
 *
 * Without the cache: each photo is decoded each time, as in the first epoch of
 * a training, or in all of them when the photos are many. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "train/bench_stand.h"

enum { WARM_UP = 2, MOST_SETS = 3, TEXT = 32 };

static mien_status open_recipe(mien_bench *b, const char *path,
                               const mien_bench_options *o) {
    char batch[TEXT], shards[TEXT];
    const char *set[MOST_SETS];
    mien_overrides over = {.set = set, .data = o->data, .threads = o->threads};
    snprintf(batch, sizeof batch, "train.batch=%d", o->batch);
    snprintf(shards, sizeof shards, "train.shards=%d", o->shards);
    set[over.n_set++] = "data.cache=0";
    if (o->batch) set[over.n_set++] = batch;
    if (o->shards) set[over.n_set++] = shards;
    return mien_recipe_open(&b->recipe, path, &over);
}

static mien_status set_up(mien_bench *b, const char *path,
                          const mien_bench_options *o) {
    MIEN_TRY(open_recipe(b, path, o));
    MIEN_TRY(mien_source_open(&b->source, &b->recipe, 0));
    const mien_dataset *data = b->source->data;
    const mien_train_settings *t = &b->recipe.train;
    MIEN_TRY(mien_bench_open(
        b, &(mien_bench_setup){.model = b->recipe.model,
                               .loss = b->recipe.loss,
                               .init = b->recipe.init,
                               .stage = &b->recipe.stages[0],
                               .input = mien_input_shape(&data->input),
                               .classes = data->reader->classes,
                               .batch = t->batch,
                               .shards = t->shards,
                               .threads = t->threads}));
    b->result.net = b->recipe.name;
    return MIEN_OK;
}

/* Batches as fast as they come, for half of the time. */
static mien_status drain(mien_bench *b, double seconds) {
    mien_batch batch;
    int64_t images = 0;
    MIEN_TRY(mien_source_next(b->source, &batch));
    const double began = mien_clock();
    double now = began;
    while (now - began < seconds) {
        MIEN_TRY(mien_source_next(b->source, &batch));
        images += batch.n;
        now = mien_clock();
    }
    b->result.loaded_per_s = (double)images / (now - began);
    return MIEN_OK;
}

static mien_status feed(mien_bench *b, const mien_bench_options *o) {
    mien_batch batch;
    for (int i = 0; i < WARM_UP; i++) {
        MIEN_TRY(mien_source_next(b->source, &batch));
        MIEN_TRY(mien_bench_step(b, &batch));
    }
    mien_bench_restart(b, o->profile);
    const double waited = mien_source_waited(b->source);
    const double began = mien_clock();
    while (mien_bench_more(b, o, began)) {
        MIEN_TRY(mien_source_next(b->source, &batch));
        MIEN_TRY(mien_bench_step(b, &batch));
    }
    b->result.wait_share =
        (mien_source_waited(b->source) - waited) / (mien_clock() - began);
    b->result.allocations = -1;
    return mien_bench_sum_up(b, o->profile);
}

mien_status mien_bench_load(mien_bench **out, const char *recipe,
                            const mien_bench_options *options) {
    *out = NULL;
    mien_bench *b = mien_alloc(1, sizeof *b);
    if (!b) return MIEN_ENOMEM;
    mien_status status = set_up(b, recipe, options);
    if (status == MIEN_OK) status = drain(b, options->seconds / 2);
    if (status == MIEN_OK) status = feed(b, options);
    if (status != MIEN_OK) {
        mien_bench_free(b);
        return status;
    }
    *out = b;
    return MIEN_OK;
}
