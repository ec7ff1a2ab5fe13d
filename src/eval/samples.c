/* SPDX-License-Identifier: Apache-2.0 */
/* samples.c - from a run folder's recipe, or from the options alone. */
#include "eval/samples.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { MAX_PATH = 4096, MAX_SET = 256 };

/* ---- where they come from --------------------------------------------- */

static mien_status open_recipe(mien_samples *s,
                               const mien_classify_options *o) {
    char path[MAX_PATH];
    const char *set[MAX_SET + 1];
    MIEN_TRY(mien_path_join(path, sizeof path, o->model, "recipe.yaml"));
    if (o->n_set > MAX_SET)
        return mien_fail(MIEN_ELIMIT, "more than %d keys are set", MAX_SET);
    for (int i = 0; i < o->n_set; i++) set[i] = o->set[i];
    mien_overrides overrides = {.set = set, .n_set = o->n_set, .data = o->data};
    if (o->reader) {
        set[overrides.n_set++] =
            mien_arena_printf(&s->arena, "data.reader=%s", o->reader);
        if (!set[o->n_set]) return MIEN_ENOMEM;
    }
    MIEN_TRY(mien_recipe_open(&s->recipe, path, &overrides));
    return mien_dataset_open(&s->data, s->recipe.data, s->recipe.input, NULL);
}

/* Append a text as YAML that stands for just this text. */
static mien_status quote(mien_buf *out, const char *text) {
    MIEN_TRY(mien_buf_append(out, "'", 1));
    for (; *text; text++)
        MIEN_TRY(mien_buf_append(out, *text == '\'' ? "''" : text,
                                 *text == '\'' ? 2 : 1));
    return mien_buf_append(out, "'", 1);
}

/* The sections of a recipe that a model file and the options stand for. */
static mien_status write_sections(mien_buf *out, const mien_classify_options *o,
                                  const mien_model_facts *f) {
    MIEN_TRY(mien_buf_printf(out, "data: {reader: "));
    MIEN_TRY(quote(out, o->reader ? o->reader : "folder"));
    MIEN_TRY(mien_buf_printf(out, ", path: "));
    MIEN_TRY(quote(out, o->data));
    MIEN_TRY(mien_buf_printf(out, "}\ninput: {size: [%d, %d, %d], scale: %.9g",
                             f->rows, f->columns, f->channels,
                             (double)f->scale));
    for (int k = 0; k < 2; k++) {
        const float *list = k ? f->deviation : f->mean;
        MIEN_TRY(mien_buf_printf(out, ", %s: [", k ? "std" : "mean"));
        for (int c = 0; c < f->channels; c++)
            MIEN_TRY(
                mien_buf_printf(out, "%s%.9g", c ? ", " : "", (double)list[c]));
        MIEN_TRY(mien_buf_printf(out, "]"));
    }
    return mien_buf_printf(out, "}\n");
}

static mien_status open_plain(mien_samples *s, const mien_classify_options *o,
                              const mien_model_facts *facts) {
    mien_buf text = {.cap = 1 << 20};
    mien_tree *root = NULL;
    if (!o->data)
        return mien_fail(MIEN_EINVAL,
                         "a model file does not say where its "
                         "data are: name them, or give the run folder");
    mien_status status = write_sections(&text, o, facts);
    if (status == MIEN_OK)
        status = mien_tree_parse(&root, &s->arena, (const char *)text.data,
                                 text.size, "--data");
    mien_buf_close(&text);
    for (int i = 0; i < o->n_set && status == MIEN_OK; i++)
        status = mien_tree_set(root, &s->arena, o->set[i]);
    if (status != MIEN_OK) return status;
    return mien_dataset_open(&s->data, mien_tree_get(root, "data"),
                             mien_tree_get(root, "input"), NULL);
}

/* ---- which of them ---------------------------------------------------- */

static mien_status no_samples(const char *split, bool run) {
    return mien_fail(MIEN_EINVAL,
                     "%s; take all of them, or say which they "
                     "are, as with data.%s=0.2",
                     run ? "the recipe holds out no such samples"
                         : "a model file does not say which samples its "
                           "training held out",
                     split);
}

static mien_status choose_split(mien_samples *s,
                                const mien_classify_options *o) {
    static const struct {
        const char *name;
        bool part[MIEN_PARTS];
    } splits[] = {{"test", {[MIEN_TEST] = true}},
                  {"val", {[MIEN_VAL] = true}},
                  {"all", {true, true, true}}};
    const bool run = s->recipe.path != NULL;
    const char *wanted = o->split ? o->split : run ? "test" : "all";
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        if (strcmp(wanted, splits[i].name)) continue;
        s->split = splits[i].name;
        int total = 0;
        for (int p = 0; p < MIEN_PARTS; p++) {
            const int count = s->data->split.count[p];
            s->part[p] = splits[i].part[p] && count > 0;
            if (s->part[p]) total += count;
        }
        return total ? MIEN_OK : no_samples(s->split, run);
    }
    return mien_fail(MIEN_EINVAL, "no split '%s'; there are test, val and all",
                     wanted);
}

/* ---- whether they are the model's ------------------------------------- */

static mien_status check_input(const mien_samples *s,
                               const mien_model_facts *f) {
    const mien_input *in = &s->data->input;
    bool same = in->height == f->rows && in->width == f->columns &&
                in->channels == f->channels && in->scale == f->scale;
    for (int c = 0; c < f->channels; c++)
        same =
            same && in->mean[c] == f->mean[c] && in->std[c] == f->deviation[c];
    if (same) return MIEN_OK;
    return mien_fail(MIEN_ESHAPE,
                     "the recipe's input (%dx%dx%d, scale %g) is "
                     "not the model's (%dx%dx%d, scale %g), or mean and std "
                     "differ",
                     in->height, in->width, in->channels, (double)in->scale,
                     f->rows, f->columns, f->channels, (double)f->scale);
}

/* Readers without names count their classes; that says nothing. */
static bool says_nothing(const char *name, int i) {
    char number[16];
    snprintf(number, sizeof number, "%d", i);
    return !strcmp(name, number);
}

static mien_status check_classes(const mien_samples *s,
                                 const mien_model *model) {
    const mien_reader *r = s->data->reader;
    const mien_model_facts *f = mien_model_info(model);
    const int classes = f->kind == MIEN_MODEL_BINARY ? 2 : f->classes;
    if (mien_model_scores(model) < 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "this model does not tell classes "
                         "apart");
    if (r->classes != classes)
        return mien_fail(MIEN_EDATA,
                         "the data have %d classes and the model "
                         "tells %d apart",
                         r->classes, classes);
    for (int i = 0; i < classes && r->class_names; i++) {
        const char *name = mien_model_class_name(model, i);
        if (name && !says_nothing(name, i) &&
            !says_nothing(r->class_names[i], i) &&
            strcmp(name, r->class_names[i]) != 0)
            return mien_fail(MIEN_EDATA,
                             "class %d of the data has another "
                             "name than class %d of the model",
                             i, i);
    }
    return MIEN_OK;
}

mien_status mien_samples_open(mien_samples *s, const mien_classify_options *o,
                              const mien_model *model) {
    *s = (mien_samples){0};
    mien_status status = mien_dir_exists(o->model)
                             ? open_recipe(s, o)
                             : open_plain(s, o, mien_model_info(model));
    if (status == MIEN_OK) status = choose_split(s, o);
    if (status == MIEN_OK) status = check_input(s, mien_model_info(model));
    if (status == MIEN_OK) status = check_classes(s, model);
    if (status != MIEN_OK) mien_samples_close(s);
    return status;
}

void mien_samples_close(mien_samples *s) {
    mien_dataset_close(s->data);
    mien_recipe_close(&s->recipe);
    mien_arena_close(&s->arena);
    *s = (mien_samples){0};
}
