/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - the suite's data and recipes for other programs. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tensor/npy.h"
#include "train/source.h"
#include "train/stress/suite.h"

enum { PATH_ROOM = 4096 };

/* ---- recipes ---------------------------------------------------------- */

static json_t *scalar(const char *text) {
    char *end;
    const double x = strtod(text, &end);
    if (*text && !*end)
        return x == (double)(json_int_t)x ? json_integer((json_int_t)x)
                                          : json_real(x);
    if (!strcmp(text, "true")) return json_true();
    if (!strcmp(text, "false")) return json_false();
    return json_string(text);
}

/* The tree as maps, lists, numbers and texts; NULL: out of memory. */
static json_t *tree_json(const mien_tree *tree) {
    if (tree->kind == MIEN_TREE_NULL) return json_null();
    if (tree->kind == MIEN_TREE_SCALAR) return scalar(tree->text);
    const bool map = tree->kind == MIEN_TREE_MAP;
    json_t *out = map ? json_object() : json_array();
    for (const mien_tree *c = tree->first; out && c; c = c->next) {
        json_t *item = tree_json(c);
        const int failed = map ? json_object_set_new(out, c->key, item)
                               : json_array_append_new(out, item);
        if (!failed) continue;
        json_decref(out);
        return NULL;
    }
    return out;
}

static mien_status recipe_json(json_t **out, const mien_suite *s,
                               const mien_stress_reference *reference,
                               const mien_stress_fault *fault) {
    const char *set[2 * MIEN_STRESS_SETS];
    mien_overrides changes = {.set = set, .data = s->options->data};
    mien_recipe recipe;
    for (int i = 0; i < MIEN_STRESS_SETS && reference->set[i]; i++)
        set[changes.n_set++] = reference->set[i];
    for (int i = 0; fault && i < MIEN_STRESS_SETS && fault->set[i]; i++)
        set[changes.n_set++] = fault->set[i];
    MIEN_TRY(mien_recipe_open(&recipe, s->recipe, &changes));
    *out = tree_json(recipe.root);
    json_object_del(*out, "data"); /* its path is nobody else's */
    const mien_tree *order = mien_tree_get(recipe.data, "order");
    if (order) json_object_set_new(*out, "order", json_string(order->text));
    mien_recipe_close(&recipe);
    return *out ? MIEN_OK : mien_fail(MIEN_ENOMEM, "out of memory");
}

static mien_status add_cases(json_t *references, json_t *cases,
                             const mien_suite *s) {
    int n;
    json_t *recipe;
    const mien_stress_reference *r = mien_stress_references(&n);
    for (int i = 0; i < n; i++) {
        MIEN_TRY(recipe_json(&recipe, s, &r[i], NULL));
        json_object_set_new(references, r[i].name, recipe);
    }
    const mien_stress_fault *f = mien_stress_faults(&n);
    for (int i = 0; i < n; i++) {
        MIEN_TRY(recipe_json(&recipe, s,
                             mien_stress_reference_named(f[i].healthy), &f[i]));
        json_array_append_new(
            cases, json_pack("{s:s, s:s, s:s, s:I, s:b, s:o}", "name",
                             f[i].name, "title", f[i].title, "healthy",
                             f[i].healthy, "stop_at", (json_int_t)f[i].stop_at,
                             "hopeless", f[i].hopeless, "recipe", recipe));
    }
    return MIEN_OK;
}

static mien_status write_cases(const mien_suite *s, const char *path) {
    json_t *references = json_object(), *cases = json_array();
    mien_status status = add_cases(references, cases, s);
    json_t *all = json_pack("{s:i, s:o, s:o}", "classes", s->classes,
                            "references", references, "cases", cases);
    char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
    json_decref(all);
    if (status == MIEN_OK && !text)
        status = mien_fail(MIEN_ENOMEM, "out of memory");
    if (status == MIEN_OK) status = mien_file_write(path, text, strlen(text));
    free(text);
    return status;
}

/* ---- pixels ----------------------------------------------------------- */

/* A sample as it is before it is scaled: rows of bytes, one channel. */
static mien_status put_pixels(uint8_t *to, const mien_dataset *data, int i) {
    const mien_input *in = &data->input;
    mien_sample s;
    MIEN_TRY(
        data->reader->ops->decode(&s, data->reader, i, mien_input_want(in)));
    mien_status status =
        s.image ? mien_input_fit(&s.image, in)
                : mien_fail(MIEN_EUNSUPPORTED, "only photos can be exported");
    for (int y = 0; status == MIEN_OK && y < in->height; y++)
        memcpy(to + (size_t)y * (size_t)in->width,
               s.image->pixels + (size_t)y * s.image->stride,
               (size_t)in->width);
    mien_sample_close(&s);
    return status;
}

static mien_status write_npy(const char *folder, const char *part, char what,
                             mien_tensor *t) {
    char name[32], path[PATH_ROOM];
    snprintf(name, sizeof name, "%s-%c.npy", part, what);
    t->name = name;
    mien_tensor_measure(t);
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    return mien_npy_write(path, t);
}

static mien_status write_part(const char *folder, const mien_dataset *data,
                              mien_part part) {
    const size_t n = (size_t)data->split.count[part];
    const size_t h = (size_t)data->input.height, w = (size_t)data->input.width;
    uint8_t *x = mien_alloc(n * h * w, 1);
    int64_t *y = mien_alloc(n, sizeof *y);
    mien_status status = x && y ? MIEN_OK : MIEN_ENOMEM;
    for (size_t i = 0; status == MIEN_OK && i < n; i++) {
        const int item = (int)data->split.items[part][i];
        status = put_pixels(x + i * h * w, data, item);
        y[i] = data->reader->labels[item];
    }
    mien_tensor images = {
        .dtype = MIEN_U8, .rank = 3, .shape = {n, h, w}, .data = x};
    mien_tensor labels = {
        .dtype = MIEN_I64, .rank = 1, .shape = {n}, .data = y};
    const char *name = mien_part_name(part);
    if (status == MIEN_OK) status = write_npy(folder, name, 'x', &images);
    if (status == MIEN_OK) status = write_npy(folder, name, 'y', &labels);
    mien_free(x);
    mien_free(y);
    return status;
}

static mien_status write_data(const mien_suite *s, const char *folder) {
    mien_recipe recipe;
    mien_source *source;
    MIEN_TRY(mien_recipe_open(&recipe, s->recipe,
                              &(mien_overrides){.data = s->options->data}));
    mien_status status = mien_source_open(&source, &recipe, 0);
    if (status == MIEN_OK) {
        status = write_part(folder, source->data, MIEN_TRAIN);
        if (status == MIEN_OK)
            status = write_part(folder, source->data, MIEN_TEST);
        mien_source_close(source);
    }
    mien_recipe_close(&recipe);
    return status;
}

mien_status mien_stress_export(const char *folder, const char *data) {
    const mien_stress_options options = {.data = data};
    char path[PATH_ROOM];
    mien_suite suite;
    MIEN_TRY(mien_make_dirs(folder));
    MIEN_TRY(mien_path_join(path, sizeof path, folder, "cases.json"));
    MIEN_TRY(mien_suite_open(&suite, &options));
    mien_status status = write_cases(&suite, path);
    if (status == MIEN_OK) status = write_data(&suite, folder);
    mien_suite_close(&suite);
    return status;
}
