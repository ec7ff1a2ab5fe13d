/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck.c - is the gradient of a recipe's network right?
 *
 * On the first samples of its training data, augmented as for training, with
 * the weights of its initialiser. A margin that grows has its full size, and
 * dropout drops what the recipe's seed says. */
#include "nn/gradcheck.h"

#include "base/clock.h"
#include "base/mem.h"
#include "train/source.h"

struct mien_gradcheck {
    mien_arena arena;
    mien_gradcheck_summary summary;
};

/* What a check reads from. */
typedef struct inputs {
    mien_recipe recipe;
    mien_source *source;
    mien_net *net;
    mien_batch batch;
} inputs;

static mien_status open_net(inputs *in) {
    const mien_dataset *data = in->source->data;
    MIEN_TRY(mien_net_open(
        &in->net, &(mien_net_spec){.model = in->recipe.model,
                                   .loss = in->recipe.loss,
                                   .input = mien_input_shape(&data->input),
                                   .classes = data->reader->classes,
                                   .vector = in->source->vector}));
    return mien_net_init(in->net, in->recipe.init,
                         (uint64_t)in->recipe.train.seed);
}

static mien_status open_batch(inputs *in, mien_arena *arena, int samples) {
    float *weight = NULL;
    MIEN_TRY(mien_source_begin(in->source, 0, 0));
    MIEN_TRY(mien_source_next(in->source, &in->batch));
    if (in->recipe.train.class_weights)
        MIEN_TRY(mien_source_weights(&weight, in->source, arena));
    if (samples < in->batch.n) in->batch.n = samples;
    in->batch.class_weight = weight;
    in->batch.seed = (uint64_t)in->recipe.train.seed;
    in->batch.progress = 1;
    return MIEN_OK;
}

static mien_status open_inputs(inputs *in, mien_arena *arena,
                               const char *recipe,
                               const mien_gradcheck_options *o) {
    MIEN_TRY(mien_recipe_open(
        &in->recipe, recipe,
        &(mien_overrides){.set = o->set, .n_set = o->n_set, .data = o->data}));
    MIEN_TRY(mien_source_open(&in->source, &in->recipe, 0));
    MIEN_TRY(open_net(in));
    return open_batch(in, arena, o->samples > 0 ? o->samples : 4);
}

static void close_inputs(inputs *in) {
    mien_net_close(in->net);
    mien_source_close(in->source);
    mien_recipe_close(&in->recipe);
}

static mien_status check(mien_gradcheck *g, const char *recipe,
                         const mien_gradcheck_options *o) {
    const double began = mien_clock();
    inputs in = {0};
    mien_status status = open_inputs(&in, &g->arena, recipe, o);
    if (status == MIEN_OK) {
        const int threads = in.recipe.train.threads;
        status = mien_net_gradcheck(
            &g->summary, &g->arena, in.net,
            &(mien_net_check){
                .batch = &in.batch,
                .values = o->values > 0 ? o->values : 16,
                .tolerance = o->tolerance > 0 ? o->tolerance : 1e-6,
                .threads = threads > 0 ? threads : mien_cpu_count()});
    }
    g->summary.seconds = mien_clock() - began;
    close_inputs(&in);
    return status;
}

mien_status mien_gradcheck_run(mien_gradcheck **out, const char *recipe,
                               const mien_gradcheck_options *options) {
    const mien_gradcheck_options none = {0};
    *out = NULL;
    mien_gradcheck *g = mien_alloc(1, sizeof *g);
    if (!g) return MIEN_ENOMEM;
    const mien_status status = check(g, recipe, options ? options : &none);
    if (status != MIEN_OK) {
        mien_gradcheck_free(g);
        return status;
    }
    *out = g;
    return MIEN_OK;
}

const mien_gradcheck_summary *mien_gradcheck_summary_of(
    const mien_gradcheck *check) {
    return &check->summary;
}

void mien_gradcheck_free(mien_gradcheck *check) {
    if (!check) return;
    mien_arena_close(&check->arena);
    mien_free(check);
}
