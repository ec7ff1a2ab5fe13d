/* SPDX-License-Identifier: Apache-2.0 */
/* setup.c - from a recipe to everything that a training needs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "health/remedy.h"
#include "train/care.h"

enum { MAX_SECTION = 2 << 20 };

/* A section as YAML, in the trainer's arena. */
static mien_status section(const char **out, mien_trainer *t,
                           const mien_tree *tree) {
    mien_buf text = {.cap = MAX_SECTION};
    mien_status status = mien_tree_emit(&text, tree);
    if (status == MIEN_OK) {
        *out = mien_arena_strdup(&t->arena, (const char *)text.data);
        if (!*out) status = MIEN_ENOMEM;
    }
    mien_buf_close(&text);
    return status;
}

static mien_status fill_card(mien_trainer *t) {
    mien_model_card *c = &t->card;
    MIEN_TRY(section(&c->model, t, t->recipe.model));
    MIEN_TRY(section(&c->loss, t, t->recipe.loss));
    const mien_dataset *data = t->source->data;
    c->contract = (mien_contract){
        .input = data->input,
        .colour_order = data->input.channels == 1 ? "grey" : "rgb",
        .alignment = mien_recipe_alignment(&t->recipe)};
    c->classes = data->reader->classes;
    c->vector = t->source->vector;
    if (t->source->teacher)
        c->teacher_hash = mien_teacher_hash(t->source->teacher);
    c->class_names = data->reader->class_names;
    c->recipe_hash = t->recipe.hash;
    c->data_hash = t->data_hash;
    c->seed = (uint64_t)t->recipe.train.seed;
    c->answer = t->answer;
    return MIEN_OK;
}

static mien_status open_net(mien_trainer *t) {
    const mien_train_settings *s = &t->recipe.train;
    const mien_runner_options train = {.batch = s->batch,
                                       .shards = s->shards,
                                       .threads = s->threads,
                                       .train = true,
                                       .precision = t->recipe.precision.type};
    mien_runner_options check = train;
    check.train = false;
    MIEN_TRY(mien_net_open(
        &t->net,
        &(mien_net_spec){.model = t->recipe.model,
                         .loss = t->recipe.loss,
                         .input = mien_input_shape(&t->source->data->input),
                         .classes = t->source->data->reader->classes,
                         .vector = t->source->vector}));
    MIEN_TRY(mien_net_init(t->net, t->recipe.init, (uint64_t)s->seed));
    mien_faults_weights(&t->source->faults, &t->net->weights);
    MIEN_TRY(mien_runner_open(&t->run, t->net, &train));
    return mien_runner_open(&t->check, t->net, &check);
}

/* LSUV looks at the first batch of the first epoch. */
static mien_status init_by_data(mien_trainer *t) {
    const mien_tree *init = t->recipe.init;
    if (!init) return MIEN_OK;
    const char *name = init->kind == MIEN_TREE_MAP && init->first
                           ? init->first->key
                           : init->text;
    const mien_init_ops *ops = mien_init_named(name);
    if (!ops || !ops->data_dependent) return MIEN_OK;
    mien_batch batch;
    MIEN_TRY(mien_source_begin(t->source, 0, 0));
    MIEN_TRY(mien_source_next(t->source, &batch));
    return mien_net_lsuv(t->net, &batch);
}

/* Buffers that some recipes need. The updater reads the runner's gradient
 * unless several batches make a step. */
static mien_status allocate(mien_trainer *t) {
    const mien_train_settings *s = &t->recipe.train;
    const mien_weights *w = &t->net->weights;
    const bool full = mien_optim_ops_of(&t->update.optim)->full_batch;
    if (s->accumulate > 1 || full) {
        t->gradient = mien_alloc(w->size_trained + 1, sizeof(float));
        t->running = mien_alloc(w->size - w->size_trained + 1, sizeof(float));
        if (!t->gradient || !t->running) return MIEN_ENOMEM;
    } else {
        t->gradient = t->run->gradient;
    }
    if (s->ema <= 0) return MIEN_OK;
    t->average = mien_alloc(w->size + 1, sizeof(float));
    if (!t->average) return MIEN_ENOMEM;
    memcpy(t->average, w->values, w->size * sizeof(float));
    return MIEN_OK;
}

static bool watched(const mien_trainer *t) {
    return t->recipe.health.mode != MIEN_HEALTH_OFF;
}

static bool clips_by_percentile(const mien_trainer *t) {
    return t->recipe.health.mode == MIEN_HEALTH_DOCTOR &&
           !mien_remedy_listed(t->recipe.health.without, "percentile");
}

/* What the weights themselves are rounded to. */
static mien_precision rounding(const mien_trainer *t) {
    const mien_precision_settings *p = &t->recipe.precision;
    return p->master ? MIEN_PRECISION_F32 : (mien_precision)p->type;
}

mien_updater_plan mien_trainer_plan(const mien_trainer *t, int stage) {
    const mien_stage *s = &t->recipe.stages[stage];
    const int64_t per_epoch = mien_trainer_steps(t);
    return (mien_updater_plan){
        .stage = s,
        .weights = &t->net->weights,
        .gradient = t->gradient,
        .pool = t->run->pool,
        .steps = per_epoch * s->epochs,
        .per_epoch = per_epoch,
        .can_measure = watched(t) && !t->mode.quiet,
        .percentile = clips_by_percentile(t),
        .round = rounding(t),
        .narrow = t->recipe.precision.type != MIEN_PRECISION_F32};
}

/* Twice: how many batches make a step is the optimiser's to say, and the
 * schedule wants to know how many steps there are. */
static mien_status open_updater(mien_trainer *t) {
    mien_updater_plan plan = {.stage = &t->recipe.stages[0],
                              .weights = &t->net->weights,
                              .gradient = t->run->gradient,
                              .pool = t->run->pool,
                              .steps = 1,
                              .per_epoch = 1};
    MIEN_TRY(mien_updater_open(&t->update, &plan));
    MIEN_TRY(allocate(t));
    plan = mien_trainer_plan(t, 0);
    mien_updater_close(&t->update);
    return mien_updater_open(&t->update, &plan);
}

static mien_status open_stages(mien_trainer *t) {
    const size_t n = (size_t)t->recipe.n_stages;
    t->stages = mien_arena_alloc(&t->arena, n, sizeof *t->stages);
    t->stage_figures = mien_arena_alloc(&t->arena, 2 * n, sizeof(double));
    if (!t->stages || !t->stage_figures) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) t->stages[i].name = t->recipe.stages[i].name;
    for (size_t i = 0; i < 2 * n; i++) t->stage_figures[i] = NAN;
    return MIEN_OK;
}

static mien_status check_early_stop(const mien_trainer *t) {
    const mien_train_settings *s = &t->recipe.train;
    if (!s->early_stop_tree || mien_source_samples(t->source, MIEN_VAL) ||
        t->options.overfit)
        return MIEN_OK;
    return mien_tree_fail(s->early_stop_tree,
                          "train.early_stop needs samples "
                          "held out for choosing: set data.val to a share "
                          "(the test must not choose)");
}

/* Mixup, class weights and a teacher need a loss that heeds them. */
static mien_status check_loss(mien_trainer *t) {
    const mien_loss_ops *loss = t->net->loss;
    const mien_dataset *data = t->source->data;
    if (t->source->teacher && loss->needs_labels && !loss->needs_vector)
        return mien_tree_fail(t->recipe.teacher_tree,
                              "the loss %s learns from labels, not from a "
                              "teacher: loss: distill does, or loss: {sum: "
                              "[distill, {%s: {}, weight: 0.1}]}",
                              loss->name, loss->name);
    if (loss->twins && !data->twins &&
        (data->order != MIEN_ORDER_PK || data->per_class % 2))
        return mien_tree_fail(t->recipe.data,
                              "the loss %s compares two views of each photo: "
                              "it wants data.twins (or data.order: pk with an "
                              "even per_class, for two photos of each class)",
                              loss->name);
    if (mien_augmenter_mixup(data->augmenter) && !loss->mixes)
        return mien_tree_fail(t->recipe.augment,
                              "the loss %s does not know "
                              "mixed labels: leave mixup out",
                              loss->name);
    if (!t->recipe.train.class_weights) return MIEN_OK;
    if (!loss->weighs)
        return mien_tree_fail(t->recipe.train_tree,
                              "the loss %s does not "
                              "weigh classes: set train.class_weights to none",
                              loss->name);
    return mien_source_weights(&t->class_weight, t->source, &t->arena);
}

/* A new attempt of the doctor's goes on behind the last one's lines. */
static mien_status find_ends(mien_trainer *t) {
    static const char *const names[] = {"log.jsonl", "health.jsonl"};
    int64_t *const ends[] = {&t->at.log_bytes, &t->at.health_bytes};
    for (int i = 0; i < 2; i++) {
        char path[MIEN_PATH_ROOM + 16];
        uint64_t bytes = 0;
        snprintf(path, sizeof path, "%s/%s", t->folder, names[i]);
        if (mien_file_exists(path)) MIEN_TRY(mien_file_size(&bytes, path));
        *ends[i] = (int64_t)bytes;
    }
    return MIEN_OK;
}

static mien_status open_run(mien_trainer *t) {
    char path[MIEN_PATH_ROOM + 16];
    MIEN_TRY(mien_run_folder_open(t));
    if (t->options.resume)
        MIEN_TRY(mien_trainer_restore(t));
    else if (t->mode.attempt)
        MIEN_TRY(find_ends(t));
    snprintf(path, sizeof path, "%s/log.jsonl", t->folder);
    MIEN_TRY(mien_run_log_open(&t->log, path, t->at.log_bytes));
    return mien_care_begin(t);
}

/* The user's overrides, then the doctor's. */
static mien_status open_recipe(mien_trainer *t, const char *recipe) {
    const mien_train_options *o = &t->options;
    const mien_trainer_mode *m = &t->mode;
    const size_t n = (size_t)(o->n_set + m->n_changes);
    const char **set = mien_arena_alloc(&t->arena, n + 1, sizeof *set);
    if (!set) return MIEN_ENOMEM;
    for (int i = 0; i < o->n_set; i++) set[i] = o->set[i];
    for (int i = 0; i < m->n_changes; i++) set[o->n_set + i] = m->changes[i];
    return mien_recipe_open(&t->recipe, recipe,
                            &(mien_overrides){.set = set,
                                              .n_set = (int)n,
                                              .data = o->data,
                                              .teacher = o->teacher,
                                              .start = o->start,
                                              .threads = o->threads,
                                              .epochs = o->epochs});
}

static mien_status open_all(mien_trainer *t, const char *recipe) {
    const mien_train_options *o = &t->options;
    MIEN_TRY(open_recipe(t, recipe));
    MIEN_TRY(mien_source_open(&t->source, &t->recipe, o->overfit));
    MIEN_TRY(check_early_stop(t));
    MIEN_TRY(open_net(t));
    MIEN_TRY(open_updater(t));
    MIEN_TRY(open_stages(t));
    MIEN_TRY(fill_card(t));
    MIEN_TRY(check_loss(t));
    if (o->dry_run) return MIEN_OK;
    if (!t->mode.quiet)
        MIEN_TRY(mien_dataset_hash(t->data_hash, t->source->data));
    if (!o->resume) MIEN_TRY(init_by_data(t));
    if (!o->resume) MIEN_TRY(mien_trainer_start(t));
    if (!o->resume)
        MIEN_TRY(mien_faults_start(&t->source->faults,
                                   &(mien_fault_start){t->run, t->source}));
    if (t->average)
        memcpy(t->average, t->net->weights.values,
               t->net->weights.size * sizeof(float));
    if (t->mode.quiet) return MIEN_OK;
    MIEN_TRY(mien_care_open(t));
    return open_run(t);
}

mien_status mien_trainer_open(mien_trainer *t, const char *recipe,
                              const mien_train_options *options) {
    return mien_trainer_open_as(t, recipe, options, &(mien_trainer_mode){0});
}

mien_status mien_trainer_open_as(mien_trainer *t, const char *recipe,
                                 const mien_train_options *options,
                                 const mien_trainer_mode *mode) {
    *t = (mien_trainer){.options = *options, .mode = *mode};
    t->at.lr_factor = 1;
    const mien_status status = open_all(t, recipe);
    if (status != MIEN_OK) mien_trainer_close(t);
    return status;
}

void mien_trainer_close(mien_trainer *t) {
    if (t->run && t->gradient != t->run->gradient) mien_free(t->gradient);
    mien_free(t->running);
    mien_free(t->average);
    mien_care_close(t);
    mien_updater_close(&t->update);
    mien_runner_close(t->run);
    mien_runner_close(t->check);
    mien_net_close(t->net);
    mien_source_close(t->source);
    mien_run_log_close(&t->log);
    mien_buf_close(&t->gradients);
    mien_recipe_close(&t->recipe);
    mien_arena_close(&t->arena);
    *t = (mien_trainer){0};
}
