/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - time the training step of the networks that peers are measured
 * with. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "train/bench_stand.h"

enum { WARM_UP = 2, PATH_ROOM = 4096 };

/* A network as the peers train it, whatever else its recipe says. */
typedef struct known {
    const char *name, *recipe, *loss, *optim;
    int classes, batch;
} known;

#define ARCFACE "{arcface: {s: 64, m: 0.5}}"
#define MOMENTUM                                                  \
    "{momentum: {lr: 0.01, momentum: 0.9, weight_decay: 0.0005, " \
    "decay_all: true}}"

static const known networks[] = {
    {"mobilefacenet", "mobilefacenet.yaml", ARCFACE, MOMENTUM, 1000, 64},
    {"iresnet18", "iresnet18.yaml", ARCFACE, MOMENTUM, 1000, 64},
    {"s64", "face64.yaml", "binary_cross_entropy", "{adam: {lr: 0.001}}", 2,
     32},
};

void mien_bench_defaults(mien_bench_options *options) {
    *options = (mien_bench_options){.threads = 1, .seconds = 10};
}

static mien_status find_network(const known **out, const char *name) {
    const size_t n = sizeof networks / sizeof *networks;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(networks[i].name, name)) {
            *out = &networks[i];
            return MIEN_OK;
        }
    return mien_fail(MIEN_EINVAL,
                     "no network '%s' to bench; there are "
                     "mobilefacenet, iresnet18 and s64",
                     name);
}

static mien_status find_recipe(char *path, const char *name) {
    const char *const folders[] = {getenv("MIEN_RECIPES"), "recipes",
                                   MIEN_RECIPES_FOLDER};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!folders[i] || !*folders[i]) continue;
        MIEN_TRY(mien_path_join(path, PATH_ROOM, folders[i], name));
        if (mien_file_exists(path)) return MIEN_OK;
    }
    return mien_fail(MIEN_ENOTFOUND,
                     "no %s in $MIEN_RECIPES, ./recipes or "
                     "%s: run mien where the recipes are, or set MIEN_RECIPES "
                     "to their folder",
                     name, MIEN_RECIPES_FOLDER);
}

static mien_status parse(const mien_tree **out, mien_bench *b,
                         const char *text) {
    mien_tree *tree;
    MIEN_TRY(mien_tree_parse(&tree, &b->arena, text, strlen(text), "bench"));
    *out = tree;
    return MIEN_OK;
}

static int shards_of(const mien_bench *b, const mien_bench_options *o) {
    const int recipe = b->recipe.train.shards;
    if (o->shards) return o->shards;
    return recipe > o->threads ? recipe : o->threads;
}

static mien_status set_up(mien_bench *b, const known *k,
                          const mien_bench_options *o) {
    char path[PATH_ROOM];
    mien_input input;
    mien_stage stage = {.name = "bench", .epochs = 1};
    MIEN_TRY(find_recipe(path, k->recipe));
    MIEN_TRY(mien_recipe_open(&b->recipe, path, NULL));
    MIEN_TRY(mien_input_read(&input, b->recipe.input, &b->arena));
    MIEN_TRY(parse(&stage.optim, b, k->optim));
    mien_bench_setup s = {.model = b->recipe.model,
                          .init = b->recipe.init,
                          .stage = &stage,
                          .input = mien_input_shape(&input),
                          .classes = k->classes,
                          .batch = o->batch ? o->batch : k->batch,
                          .shards = shards_of(b, o),
                          .threads = o->threads};
    MIEN_TRY(parse(&s.loss, b, k->loss));
    MIEN_TRY(mien_bench_open(b, &s));
    b->result.net = k->name;
    return MIEN_OK;
}

/* Random pixels and labels. */
static mien_status fill_batch(mien_bench *b, mien_batch *batch) {
    const mien_shape s = b->net->graph.input;
    const int n = b->result.batch;
    const size_t image = (size_t)s.c * (size_t)s.h * (size_t)s.w;
    b->x = mien_alloc((size_t)n, image * sizeof(float));
    b->label = mien_alloc((size_t)n, sizeof *b->label);
    if (!b->x || !b->label) return MIEN_ENOMEM;
    mien_rng rng = mien_rng_at(1, 0, 0, 0);
    for (size_t i = 0; i < (size_t)n * image; i++)
        b->x[i] = mien_rng_normal(&rng);
    for (int i = 0; i < n; i++)
        b->label[i] =
            (int32_t)mien_rng_below(&rng, (uint32_t)b->net->spec.classes);
    *batch = (mien_batch){.n = n, .x = b->x, .label = b->label};
    return MIEN_OK;
}

static mien_status measure(mien_bench *b, const mien_bench_options *o) {
    mien_batch batch;
    MIEN_TRY(fill_batch(b, &batch));
    MIEN_TRY(mien_runner_watch(b->run, o->watch));
    for (int i = 0; i < WARM_UP; i++) MIEN_TRY(mien_bench_step(b, &batch));
    mien_bench_restart(b, o->profile);
    const double began = mien_clock();
    while (mien_bench_more(b, o, began)) MIEN_TRY(mien_bench_step(b, &batch));
    return mien_bench_sum_up(b, o->profile);
}

mien_status mien_bench_train(mien_bench **out, const char *net,
                             const mien_bench_options *options) {
    const known *k = NULL;
    *out = NULL;
    MIEN_TRY(find_network(&k, net));
    mien_bench *b = mien_alloc(1, sizeof *b);
    if (!b) return MIEN_ENOMEM;
    mien_status status = set_up(b, k, options);
    if (status == MIEN_OK) status = measure(b, options);
    if (status != MIEN_OK) {
        mien_bench_free(b);
        return status;
    }
    *out = b;
    return MIEN_OK;
}
