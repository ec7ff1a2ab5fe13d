/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - loaders opened, continued and turned into runner batches. */
#include "train/source.h"

#include "base/mem.h"

static int limit_of(const mien_source *s, mien_part part) {
    return part == MIEN_TRAIN ? s->overfit * s->batch : 0;
}

/* The labels and the list of the training part may change before anything is
 * read from them. */
static mien_status open_data(mien_source *s, const mien_recipe *recipe) {
    MIEN_TRY(mien_dataset_open(&s->data, recipe->data, recipe->input,
                               recipe->augment));
    MIEN_TRY(mien_faults_open(&s->faults, recipe->faults));
    return mien_faults_samples(&s->faults, s->data);
}

static mien_status open_teacher(mien_source *s, const mien_recipe *recipe) {
    s->vector = s->data->vector;
    if (!recipe->teacher.path) return MIEN_OK;
    if (s->vector)
        return mien_tree_fail(recipe->teacher_tree,
                              "teacher: the data have targets of their own: "
                              "one of the two must go");
    MIEN_TRY(mien_teacher_open(&s->teacher, recipe, &s->data->input));
    s->vector = mien_teacher_width(s->teacher);
    const size_t n = (size_t)s->batch;
    const size_t row = (size_t)s->vector * sizeof(float);
    s->taught = mien_alloc(n, row);
    s->check_taught = mien_alloc(n, row);
    return s->taught && s->check_taught ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status open_train(mien_source *s, int64_t epoch, int64_t first) {
    const mien_feed feed = {.part = MIEN_TRAIN,
                            .batch = s->batch,
                            .train = true,
                            .augment = !s->overfit,
                            .twins = s->data->twins,
                            .limit = limit_of(s, MIEN_TRAIN),
                            .epoch = (int)epoch,
                            .step = (int)first};
    if (s->train) s->waited += mien_loader_waited(s->train);
    mien_loader_close(s->train);
    MIEN_TRY(mien_dataset_load(&s->train, s->data, &feed));
    s->batches = mien_loader_steps(s->train);
    s->epoch = epoch;
    s->step = first;
    return MIEN_OK;
}

mien_status mien_source_open(mien_source **out, const mien_recipe *recipe,
                             int overfit) {
    *out = NULL;
    mien_source *s = mien_alloc(1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    s->batch = recipe->train.batch;
    s->overfit = overfit;
    mien_status status = open_data(s, recipe);
    if (status == MIEN_OK) status = open_teacher(s, recipe);
    if (status == MIEN_OK) status = open_train(s, 0, 0);
    if (status != MIEN_OK) {
        mien_source_close(s);
        return status;
    }
    *out = s;
    return MIEN_OK;
}

void mien_source_close(mien_source *s) {
    if (!s) return;
    mien_loader_close(s->train);
    mien_loader_close(s->check);
    mien_teacher_close(s->teacher);
    mien_free(s->taught);
    mien_free(s->check_taught);
    mien_faults_close(&s->faults);
    mien_dataset_close(s->data);
    mien_free(s);
}

int64_t mien_source_samples(const mien_source *s, mien_part part) {
    const int64_t n = s->data->split.count[part];
    const int64_t limit = limit_of(s, part);
    return limit && limit < n ? limit : n;
}

mien_status mien_source_begin(mien_source *s, int64_t epoch, int64_t first) {
    if (s->train && s->epoch == epoch && s->step == first) return MIEN_OK;
    return open_train(s, epoch, first);
}

/* `number` as in mien_fault_batch. The loader fills its buffer anew for every
 * batch, so that what is broken in it stays in this one. */
static void convert(mien_batch *batch, const mien_source *s,
                    const mien_loaded *b, int64_t number) {
    mien_faults_batch(
        &s->faults,
        &(mien_fault_batch){.number = number,
                            .n = b->count,
                            .input = mien_input_shape(&s->data->input),
                            .x = b->x});
    *batch = (mien_batch){.n = b->count,
                          .x = b->x,
                          .label = b->label,
                          .mixed = b->mixed,
                          .share = b->share,
                          .target = b->target};
}

/* The teacher's word on a batch, where there is a teacher. */
static mien_status teach(mien_source *s, mien_batch *batch, float *target) {
    if (!s->teacher) return MIEN_OK;
    batch->target = target;
    return mien_teacher_embed(s->teacher, target, batch->x, batch->n);
}

mien_status mien_source_next(mien_source *s, mien_batch *batch) {
    const mien_loaded *b;
    MIEN_TRY(mien_loader_next(s->train, &b));
    convert(batch, s, b, s->epoch * s->batches + s->step);
    s->sample = b->sample;
    MIEN_TRY(teach(s, batch, s->taught));
    if (++s->step < s->batches) return MIEN_OK;
    s->step = 0;
    s->epoch++;
    return MIEN_OK;
}

/* Twins that are not augmented would be one photo. */
mien_status mien_source_check_begin(mien_source *s, mien_part part) {
    const mien_feed feed = {.part = part,
                            .batch = s->batch,
                            .augment = s->data->twins && !s->overfit,
                            .twins = s->data->twins,
                            .limit = limit_of(s, part)};
    mien_loader_close(s->check);
    return mien_dataset_load(&s->check, s->data, &feed);
}

mien_status mien_source_check_next(mien_source *s, mien_batch *batch) {
    const mien_loaded *b;
    MIEN_TRY(mien_loader_next(s->check, &b));
    *batch = (mien_batch){0};
    if (!b) return MIEN_OK;
    convert(batch, s, b, -1);
    return teach(s, batch, s->check_taught);
}

double mien_source_waited(const mien_source *s) {
    return s->waited + (s->train ? mien_loader_waited(s->train) : 0);
}

double mien_source_taught(const mien_source *s) {
    return s->teacher ? mien_teacher_seconds(s->teacher) : 0;
}

mien_status mien_source_weights(float **out, const mien_source *s,
                                mien_arena *arena) {
    const size_t classes = (size_t)s->data->reader->classes;
    int *counts = mien_arena_alloc(arena, classes, sizeof *counts);
    *out = mien_arena_alloc(arena, classes, sizeof **out);
    if (!counts || !*out) return MIEN_ENOMEM;
    mien_dataset_count(s->data, MIEN_TRAIN, counts);
    const double each =
        (double)s->data->split.count[MIEN_TRAIN] / (double)classes;
    for (size_t i = 0; i < classes; i++)
        if (counts[i]) (*out)[i] = (float)(each / counts[i]);
    return MIEN_OK;
}
