/* SPDX-License-Identifier: Apache-2.0 */
/* model_read.c - safetensors to a network and its card.
 *
 * Nothing of the file is used before it was checked: the seal and the
 * structure by tensor/safetensors.h, then each metadata value against its
 * range, then each tensor against the network that the metadata describe. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "train/model_file.h"
#include "train/model_tensors.h"

enum { MAX_SIDE = 16384, MAX_CLASSES = 100 << 20 };

static mien_status text_of(const char **out, const mien_model_parts *p,
                           const char *key, const char *path) {
    *out = mien_safetensors_meta(p->file, key);
    if (*out) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT,
                     "%s: not a model of mien: its metadata "
                     "have no '%s'",
                     path, key);
}

static mien_status count_of(int *out, const mien_model_parts *p,
                            const char *key, const char *path) {
    const char *text;
    char *end;
    MIEN_TRY(text_of(&text, p, key, path));
    const long long n = strtoll(text, &end, 10);
    if (!*text || *end || n < 0 || n > MAX_CLASSES)
        return mien_fail(MIEN_EFORMAT, "%s: '%s' is '%s', not a count", path,
                         key, text);
    *out = (int)n;
    return MIEN_OK;
}

/* The value of `key` as JSON; the caller's to decref. */
static mien_status json_of(json_t **out, const mien_model_parts *p,
                           const char *key, const char *path) {
    const char *text;
    MIEN_TRY(text_of(&text, p, key, path));
    *out = json_loads(text, 0, NULL);
    if (*out) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: '%s' is not JSON", path, key);
}

static bool three(float out[3], json_t *list) {
    if (!json_is_array(list) || json_array_size(list) != 3) return false;
    for (size_t i = 0; i < 3; i++) {
        json_t *x = json_array_get(list, i);
        if (!json_is_number(x)) return false;
        out[i] = (float)json_number_value(x);
        if (mien_bad_f32(out[i])) return false;
    }
    return true;
}

static bool whole(int *out, json_t *record, const char *key, int least,
                  int most) {
    json_t *x = json_object_get(record, key);
    if (!json_is_integer(x)) return false;
    const json_int_t n = json_integer_value(x);
    *out = (int)n;
    return n >= least && n <= most;
}

/* A text of the record, copied; NULL in *out when it is none. */
static mien_status text_in(const char **out, mien_arena *arena, json_t *record,
                           const char *key) {
    const char *text = json_string_value(json_object_get(record, key));
    *out = text ? mien_arena_strdup(arena, text) : NULL;
    return text && !*out ? MIEN_ENOMEM : MIEN_OK;
}

static bool number(float *out, json_t *record, const char *key) {
    json_t *x = json_object_get(record, key);
    if (!json_is_number(x)) return false;
    *out = (float)json_number_value(x);
    return !mien_bad_f32(*out);
}

static bool input_of(mien_input *in, json_t *record) {
    if (!whole(&in->height, record, "rows", 1, MAX_SIDE) ||
        !whole(&in->width, record, "columns", 1, MAX_SIDE) ||
        !whole(&in->channels, record, "channels", 1, 3) || in->channels == 2 ||
        !whole(&in->fit, record, "fit", 0, MIEN_FIT_PAD) ||
        !whole(&in->filter, record, "filter", 0, MIEN_FILTER_BICUBIC))
        return false;
    if (!number(&in->scale, record, "scale") || in->scale == 0 ||
        !three(in->mean, json_object_get(record, "mean")) ||
        !three(in->std, json_object_get(record, "deviation")))
        return false;
    for (int i = 0; i < 3; i++)
        if (in->std[i] == 0) return false;
    return true;
}

static mien_status read_input(mien_model_parts *p, const char *path) {
    json_t *record;
    mien_contract *c = &p->card.contract;
    MIEN_TRY(json_of(&record, p, "input", path));
    mien_status status =
        text_in(&c->colour_order, &p->arena, record, "colour_order");
    if (status == MIEN_OK)
        status = text_in(&c->alignment, &p->arena, record, "alignment");
    const bool good =
        input_of(&c->input, record) && c->colour_order && c->alignment;
    json_decref(record);
    if (status != MIEN_OK || good) return status;
    return mien_fail(MIEN_EFORMAT,
                     "%s: 'input' must hold rows, columns, channels, fit, "
                     "filter, scale, mean, deviation, colour_order and "
                     "alignment, each in its range",
                     path);
}

static mien_status fill_names(mien_model_parts *p, json_t *list,
                              const char *path) {
    const size_t n = json_array_size(list);
    const char **names = mien_arena_alloc(&p->arena, n + 1, sizeof *names);
    if (!names) return MIEN_ENOMEM;
    if (!json_is_array(list) || n != (size_t)p->card.classes)
        return mien_fail(MIEN_EFORMAT, "%s: %zu class names for %d classes",
                         path, n, p->card.classes);
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name)
            return mien_fail(MIEN_EFORMAT, "%s: name of class %zu is no text",
                             path, i);
        names[i] = mien_arena_strdup(&p->arena, name);
        if (!names[i]) return MIEN_ENOMEM;
    }
    p->card.class_names = names;
    return MIEN_OK;
}

static mien_status read_names(mien_model_parts *p, const char *path) {
    json_t *list;
    if (!mien_safetensors_meta(p->file, "class_names")) return MIEN_OK;
    MIEN_TRY(json_of(&list, p, "class_names", path));
    const mien_status status = fill_names(p, list, path);
    json_decref(list);
    return status;
}

static mien_status read_answer(mien_model_parts *p, const char *path) {
    json_t *list;
    MIEN_TRY(json_of(&list, p, "known_answer", path));
    const size_t n = json_array_size(list);
    float *answer = mien_arena_alloc(&p->arena, n + 1, sizeof *answer);
    mien_status status = answer ? MIEN_OK : MIEN_ENOMEM;
    bool good = json_is_array(list) && n >= 1 && n <= MIEN_ANSWER_MAX;
    for (size_t i = 0; status == MIEN_OK && good && i < n; i++) {
        good = json_is_number(json_array_get(list, i));
        answer[i] = (float)json_number_value(json_array_get(list, i));
    }
    json_decref(list);
    if (status == MIEN_OK && !good)
        status = mien_fail(MIEN_EFORMAT,
                           "%s: 'known_answer' is not 1 to %d "
                           "numbers",
                           path, MIEN_ANSWER_MAX);
    p->card.answer = answer;
    p->card.n_answer = (int)n;
    return status;
}

/* Name and extents of one output; `first` moves on by its values. */
static bool output_of(mien_model_output *o, json_t *record, size_t *first) {
    json_t *list = json_object_get(record, "extents");
    size_t count = 1;
    o->name = json_string_value(json_object_get(record, "name"));
    o->rank = (int)json_array_size(list);
    if (!o->name || json_array_size(list) > 8) return false;
    for (int i = 0; i < o->rank; i++) {
        json_t *x = json_array_get(list, (size_t)i);
        const json_int_t extent = json_integer_value(x);
        if (extent < 1 || extent > INT_MAX ||
            !mien_size_mul(&count, count, (size_t)extent) || count > INT_MAX)
            return false;
        o->extents[i] = (int)extent;
    }
    o->first = (int)*first;
    o->count = (int)count;
    *first += count;
    return *first <= INT_MAX;
}

static mien_status copy_outputs(mien_model_parts *p, json_t *list,
                                const char *path) {
    const size_t n = json_array_size(list);
    mien_model_output *outputs =
        mien_arena_alloc(&p->arena, n + 1, sizeof *outputs);
    size_t first = 0;
    if (!outputs) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (!output_of(&outputs[i], json_array_get(list, i), &first))
            return mien_fail(MIEN_EFORMAT,
                             "%s: output %zu has no name or wrong extents",
                             path, i + 1);
        outputs[i].name = mien_arena_strdup(&p->arena, outputs[i].name);
        if (!outputs[i].name) return MIEN_ENOMEM;
    }
    p->card.outputs = outputs;
    p->card.n_outputs = (int)n;
    return MIEN_OK;
}

static mien_status read_outputs(mien_model_parts *p, const char *path) {
    json_t *list;
    int embedding;
    MIEN_TRY(count_of(&embedding, p, "embedding", path));
    p->card.embedding = embedding > 0;
    if (!mien_safetensors_meta(p->file, "outputs")) return MIEN_OK;
    MIEN_TRY(json_of(&list, p, "outputs", path));
    const mien_status status = copy_outputs(p, list, path);
    json_decref(list);
    return status;
}

/* The outputs are what the network answers with, all of it. */
static mien_status check_outputs(const mien_model_parts *p, const char *path) {
    const mien_model_card *c = &p->card;
    if (!c->n_outputs) return MIEN_OK;
    const mien_model_output *last = &c->outputs[c->n_outputs - 1];
    if (last->first + last->count == mien_net_width(p->net)) return MIEN_OK;
    return mien_fail(MIEN_ESHAPE,
                     "%s: its outputs have %d values, its network gives %d",
                     path, last->first + last->count, mien_net_width(p->net));
}

static mien_status read_card(mien_model_parts *p, const char *path) {
    const char *format, *seed;
    MIEN_TRY(text_of(&format, p, "format", path));
    if (strcmp(format, "mien-model-1"))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: format '%s'; this version "
                         "reads mien-model-1",
                         path, format);
    MIEN_TRY(text_of(&p->card.model, p, "model", path));
    MIEN_TRY(text_of(&p->card.loss, p, "loss", path));
    MIEN_TRY(text_of(&p->card.recipe_hash, p, "recipe_hash", path));
    MIEN_TRY(text_of(&p->card.data_hash, p, "data_hash", path));
    p->card.teacher_hash = mien_safetensors_meta(p->file, "teacher_hash");
    p->card.start_hash = mien_safetensors_meta(p->file, "start_hash");
    MIEN_TRY(text_of(&p->made_by, p, "made_by", path));
    MIEN_TRY(text_of(&p->weights_hash, p, MIEN_SEAL_TENSORS, path));
    MIEN_TRY(text_of(&seed, p, "seed", path));
    p->card.seed = strtoull(seed, NULL, 10);
    p->calibration = mien_safetensors_meta(p->file, "calibration");
    if (!p->calibration) p->calibration = "";
    MIEN_TRY(count_of(&p->card.classes, p, "classes", path));
    MIEN_TRY(count_of(&p->card.vector, p, "vector", path));
    MIEN_TRY(read_input(p, path));
    MIEN_TRY(read_names(p, path));
    MIEN_TRY(read_outputs(p, path));
    return read_answer(p, path);
}

/* A file of a few bytes must not make a network of gigabytes: the layers may
 * not have more weights, nor the loss more classes, than the file has bytes. */
static mien_status check_size(const mien_model_parts *p,
                              const mien_net_spec *spec, const char *path) {
    const mien_var vars[] = {
        {"classes", spec->classes}, {"vector", spec->vector}, {0}};
    mien_graph graph = {0};
    int n;
    size_t held = 0, needed = (size_t)spec->classes;
    const mien_tensor *tensors = mien_safetensors_tensors(p->file, &n);
    for (int i = 0; i < n; i++) held += tensors[i].bytes;
    mien_status status =
        mien_graph_open(&graph, spec->model, spec->input, vars);
    for (int i = 0; status == MIEN_OK && i < graph.n_nodes; i++) {
        const mien_layer_plan *plan = &graph.nodes[i].plan;
        for (int k = 0; k < plan->n_weights; k++)
            if (!mien_size_add(&needed, needed,
                               mien_dims_count(plan->weights[k].dims)))
                needed = SIZE_MAX;
    }
    mien_graph_close(&graph);
    if (status != MIEN_OK || needed <= held) return status;
    return mien_fail(MIEN_ESHAPE,
                     "%s: its network needs %zu weights, its "
                     "tensors are %zu bytes",
                     path, needed, held);
}

static mien_status read_net(mien_model_parts *p, const char *path) {
    mien_tree *model, *loss = NULL;
    const mien_model_card *c = &p->card;
    MIEN_TRY(
        mien_tree_parse(&model, &p->arena, c->model, strlen(c->model), path));
    if (*c->loss)
        MIEN_TRY(
            mien_tree_parse(&loss, &p->arena, c->loss, strlen(c->loss), path));
    const mien_net_spec spec = {.model = model,
                                .loss = loss,
                                .input = mien_input_shape(&c->contract.input),
                                .classes = c->classes,
                                .vector = c->vector};
    MIEN_TRY(check_size(p, &spec, path));
    MIEN_TRY(mien_net_open(&p->net, &spec));
    return check_outputs(p, path);
}

static mien_status copy_one(float *values, const mien_weight *w,
                            const mien_safetensors *file, const char *path) {
    const mien_tensor *t = mien_safetensors_find(file, w->name);
    if (!t)
        return mien_fail(MIEN_ESHAPE,
                         "%s: there is no tensor '%s', which the "
                         "network needs",
                         path, w->name);
    if (t->dtype == MIEN_I8)
        return mien_model_copy_bytes(values, w, file, path);
    char found[MIEN_TENSOR_TEXT];
    mien_tensor_describe(found, t);
    bool same = t->dtype == MIEN_F32 && t->rank == w->spec.dims.count;
    for (int i = 0; same && i < t->rank; i++)
        same = t->shape[i] == (size_t)w->spec.dims.d[i];
    if (!same)
        return mien_fail(MIEN_ESHAPE,
                         "%s: '%s' is %s; the network needs F32 "
                         "with %zu values in %d extents",
                         path, w->name, found, w->count, w->spec.dims.count);
    memcpy(values + w->offset, t->data, t->bytes);
    const size_t bad = mien_first_bad(values + w->offset, w->count);
    if (bad < w->count)
        return mien_fail(MIEN_ECORRUPT, "%s: value %zu of '%s' is not finite",
                         path, bad, w->name);
    return MIEN_OK;
}

mien_status mien_model_copy(float *values, const mien_net *net,
                            const mien_safetensors *file, const char *path) {
    for (int i = 0; i < net->weights.n; i++)
        MIEN_TRY(copy_one(values, &net->weights.items[i], file, path));
    return MIEN_OK;
}

mien_status mien_model_read(mien_model_parts *p, const char *path) {
    *p = (mien_model_parts){0};
    mien_status status = mien_safetensors_open(&p->file, path, true);
    if (status == MIEN_OK) status = read_card(p, path);
    if (status == MIEN_OK) status = read_net(p, path);
    if (status == MIEN_OK)
        status = mien_model_copy(p->net->weights.values, p->net, p->file, path);
    if (status == MIEN_OK)
        status = mien_model_copy_ranges(p->net, p->file, path);
    if (status != MIEN_OK) mien_model_parts_close(p);
    return status;
}

void mien_model_parts_close(mien_model_parts *p) {
    mien_net_close(p->net);
    mien_safetensors_close(p->file);
    mien_arena_close(&p->arena);
    *p = (mien_model_parts){0};
}
