/* SPDX-License-Identifier: Apache-2.0 */
/* teacher.c - open another network and ask it for embeddings. */
#include "train/teacher.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/finite.h"
#include "base/log.h"
#include "optim/trained.h"
#include "train/imported.h"
#include "train/known_answer.h"

/* A shard has one image, whose values stay in the caches, or several where
 * the weights are too heavy to be read again for each. */
enum { SEVERAL = 16, HEAVY = 4 << 20 /* weights */ };

struct mien_teacher {
    mien_model_parts parts; /* of a model file, or */
    mien_imported imported; /* of an ONNX file */
    mien_net *net;          /* of one of them */
    const mien_model_card *card;
    mien_runner *run;
    const mien_input *student;
    float *x; /* a piece of a batch as the teacher sees it */
    int width, piece;
    double seconds;
    char hash[MIEN_HASH_HEX];
};

/* ---- open ------------------------------------------------------------- */

static bool is_onnx(const char *path) {
    const size_t n = strlen(path);
    return n > 5 && !strcmp(path + n - 5, ".onnx");
}

static mien_status hash_file(char hex[MIEN_HASH_HEX], const char *path) {
    mien_map map;
    MIEN_TRY(mien_map_open(&map, path));
    mien_hash_once(hex, map.data, map.size);
    mien_map_close(&map);
    return MIEN_OK;
}

/* One number for all channels or one each; as it is when there is none. */
static mien_status spread(float out[3], const mien_floats *list,
                          const mien_tree *at, const char *name) {
    if (list->count != 0 && list->count != 1 && list->count != 3)
        return mien_tree_fail(at, "teacher: %s: %d numbers; want 1 or 3", name,
                              list->count);
    for (int c = 0; c < 3 && list->count; c++)
        out[c] = list->items[list->count == 3 ? c : 0];
    return MIEN_OK;
}

static mien_status import(mien_teacher *t, const mien_recipe *recipe) {
    const mien_teacher_settings *s = &recipe->teacher;
    const mien_tree *tree = recipe->teacher_tree;
    mien_import_options options;
    mien_import_defaults(&options);
    options.scale = s->scale;
    options.bgr = s->bgr;
    MIEN_TRY(spread(options.mean, &s->mean, tree, "mean"));
    MIEN_TRY(spread(options.deviation, &s->std, tree, "std"));
    MIEN_TRY(mien_imported_open(&t->imported, s->path, &options));
    t->net = t->imported.onnx.net;
    t->card = &t->imported.card;
    if (!mien_tree_get(tree, "scale") && !s->mean.count && !s->std.count)
        mien_warn(
            "teacher %s: an ONNX file does not say what it expects of pixels; "
            "it gets them from 0 to 255 unless teacher.scale, teacher.mean "
            "and teacher.std say otherwise",
            s->path);
    return MIEN_OK;
}

static mien_status read_model(mien_teacher *t, const char *path) {
    MIEN_TRY(mien_model_read(&t->parts, path));
    t->net = t->parts.net;
    t->card = &t->parts.card;
    return MIEN_OK;
}

static mien_status check(const mien_teacher *t, const mien_recipe *recipe) {
    const mien_net *net = t->net;
    const char *path = recipe->teacher.path;
    const char *theirs = t->card->contract.alignment;
    if (!(net->loss ? net->loss->embedding : t->card->embedding))
        return mien_fail(MIEN_EINVAL,
                         "teacher %s: its answer is no embedding (of an ONNX "
                         "file that gives one of an unusual length, make a "
                         "model by mien model import --as embedding)",
                         path);
    if (strcmp(theirs, mien_recipe_alignment(recipe)))
        mien_warn(
            "teacher %s: it expects photos of the alignment '%s', the "
            "recipe's are of '%s'",
            path, theirs, mien_recipe_alignment(recipe));
    return MIEN_OK;
}

static size_t count_weights(const mien_net *net) {
    size_t n = 0;
    for (int i = 0; i < net->weights.n; i++) n += net->weights.items[i].count;
    return n;
}

static mien_status open_runner(mien_teacher *t, const mien_train_settings *s) {
    const size_t plane = mien_shape_count(t->net->graph.input);
    const int most = (s->batch + s->shards - 1) / s->shards;
    const int several = most < SEVERAL ? most : SEVERAL;
    t->piece = s->shards * (count_weights(t->net) > HEAVY ? several : 1);
    t->width = mien_net_width(t->net);
    t->x = mien_alloc((size_t)t->piece, plane * sizeof *t->x);
    if (!t->x) return MIEN_ENOMEM;
    return mien_runner_open(&t->run, t->net,
                            &(mien_runner_options){.batch = t->piece,
                                                   .shards = s->shards,
                                                   .threads = s->threads,
                                                   .frozen = true});
}

static void introduce(const mien_teacher *t, const char *path) {
    const mien_contract *c = &t->card->contract;
    const mien_input *in = &c->input;
    mien_info(
        "teacher %s: embeddings of %d values from %dx%d %s pixels, "
        "(pixel / %g - %g %g %g) / %g %g %g; BLAKE2b %.16s",
        path, t->width, in->height, in->width, c->colour_order,
        (double)in->scale, (double)in->mean[0], (double)in->mean[1],
        (double)in->mean[2], (double)in->std[0], (double)in->std[1],
        (double)in->std[2], t->hash);
}

static mien_status open_all(mien_teacher *t, const mien_recipe *recipe) {
    const char *path = recipe->teacher.path;
    MIEN_TRY(is_onnx(path) ? import(t, recipe) : read_model(t, path));
    MIEN_TRY(hash_file(t->hash, path));
    MIEN_TRY(check(t, recipe));
    MIEN_TRY(open_runner(t, &recipe->train));
    if (t->card->n_answer)
        MIEN_TRY(mien_known_answer_check(t->run, t->card, path));
    introduce(t, path);
    return MIEN_OK;
}

mien_status mien_teacher_open(mien_teacher **out, const mien_recipe *recipe,
                              const mien_input *input) {
    *out = NULL;
    mien_teacher *t = mien_alloc(1, sizeof *t);
    if (!t) return MIEN_ENOMEM;
    t->student = input;
    const mien_status status = open_all(t, recipe);
    if (status != MIEN_OK) {
        mien_teacher_close(t);
        return status == MIEN_ENOMEM ? status
                                     : mien_fail_in(status, "the teacher");
    }
    *out = t;
    return MIEN_OK;
}

void mien_teacher_close(mien_teacher *t) {
    if (!t) return;
    mien_runner_close(t->run);
    mien_model_parts_close(&t->parts);
    mien_imported_close(&t->imported);
    mien_free(t->x);
    mien_free(t);
}

int mien_teacher_width(const mien_teacher *t) { return t->width; }

const char *mien_teacher_hash(const mien_teacher *t) { return t->hash; }

double mien_teacher_seconds(const mien_teacher *t) { return t->seconds; }

/* ---- ask -------------------------------------------------------------- */

typedef struct piece {
    mien_teacher *teacher;
    const float *x; /* as made for the student */
} piece;

/* One sample back to its photo, and that as the teacher wants it. Pixels are
 * whole numbers again, so that the teacher gets what a file would give it. */
static mien_status prepare(void *context, int i, int worker) {
    const piece *p = context;
    mien_teacher *t = p->teacher;
    const mien_input *in = t->student;
    mien_image *photo;
    (void)worker;
    MIEN_TRY(mien_input_image(
        &photo, in, p->x + (size_t)i * mien_shape_count(mien_input_shape(in))));
    const mien_status status = mien_contract_fill(
        t->x + (size_t)i * mien_shape_count(t->net->graph.input),
        &t->card->contract, photo);
    mien_image_free(photo);
    return status;
}

/* Length 1; an embedding of zeros stays one. */
static void normalise(float *y, size_t width) {
    const double norm = mien_norm2(y, width);
    if (norm == 0) return;
    for (size_t k = 0; k < width; k++) y[k] = (float)(y[k] / norm);
}

static mien_status embed(mien_teacher *t, float *out, const float *x, int n) {
    const size_t width = (size_t)t->width;
    mien_result result;
    MIEN_TRY(mien_pool_run(t->run->pool, n, prepare, &(piece){t, x}));
    MIEN_TRY(
        mien_runner_infer(t->run, &(mien_batch){.n = n, .x = t->x}, &result));
    memcpy(out, result.y, (size_t)n * width * sizeof *out);
    for (int i = 0; i < n; i++) normalise(out + (size_t)i * width, width);
    return MIEN_OK;
}

mien_status mien_teacher_embed(mien_teacher *t, float *out, const float *x,
                               int n) {
    const double began = mien_clock();
    const size_t plane = mien_shape_count(mien_input_shape(t->student));
    mien_status status = MIEN_OK;
    for (int at = 0; at < n && status == MIEN_OK; at += t->piece)
        status = embed(t, out + (size_t)at * (size_t)t->width,
                       x + (size_t)at * plane,
                       n - at < t->piece ? n - at : t->piece);
    t->seconds += mien_clock() - began;
    return status;
}
