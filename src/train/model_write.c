/* SPDX-License-Identifier: Apache-2.0 */
/* model_write.c - a network and its card to safetensors. */
#include <jansson.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mien/version.h"
#include "base/finite.h"
#include "train/model_file.h"
#include "train/model_tensors.h"

enum { MAX_METAS = 24 };

/* The metadata under construction; texts live in the arena. */
typedef struct metas {
    mien_arena arena;
    mien_meta items[MAX_METAS];
    int count;
} metas;

static mien_status put(metas *m, const char *key, const char *value) {
    if (!value) return MIEN_ENOMEM;
    m->items[m->count++] = (mien_meta){key, value};
    return MIEN_OK;
}

/* Takes over the reference. */
static mien_status put_json(metas *m, const char *key, json_t *value) {
    char *text =
        value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS |
                                      JSON_ENCODE_ANY | JSON_REAL_PRECISION(9))
              : NULL;
    char *kept = text ? mien_arena_strdup(&m->arena, text) : NULL;
    free(text);
    json_decref(value);
    if (!kept)
        return mien_fail(MIEN_EINVAL,
                         "%s cannot be written as JSON: a name "
                         "is not UTF-8, or memory ran out",
                         key);
    return put(m, key, kept);
}

static json_t *floats(const float *x, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_real((double)x[i]));
    return list;
}

static mien_status put_input(metas *m, const mien_contract *c) {
    const mien_input *in = &c->input;
    return put_json(
        m, "input",
        json_pack("{s:i, s:i, s:i, s:i, s:i, s:f, s:o, s:o, s:s, s:s}", "rows",
                  in->height, "columns", in->width, "channels", in->channels,
                  "fit", in->fit, "filter", in->filter, "scale",
                  (double)in->scale, "mean", floats(in->mean, 3), "deviation",
                  floats(in->std, 3), "colour_order", c->colour_order,
                  "alignment", c->alignment));
}

static mien_status put_names(metas *m, const mien_model_card *card) {
    if (!card->class_names) return MIEN_OK;
    json_t *list = json_array();
    for (int i = 0; i < card->classes; i++)
        if (json_array_append_new(list, json_string(card->class_names[i]))) {
            json_decref(list);
            return mien_fail(MIEN_EINVAL, "the name of class %d is not UTF-8",
                             i);
        }
    return put_json(m, "class_names", list);
}

static json_t *extents_of(const mien_model_output *o) {
    json_t *list = json_array();
    for (int i = 0; i < o->rank; i++)
        json_array_append_new(list, json_integer(o->extents[i]));
    return list;
}

static mien_status put_outputs(metas *m, const mien_model_card *card) {
    if (!card->n_outputs) return MIEN_OK;
    json_t *list = json_array();
    for (int i = 0; i < card->n_outputs; i++) {
        const mien_model_output *o = &card->outputs[i];
        json_t *record =
            json_pack("{s:s, s:o}", "name", o->name, "extents", extents_of(o));
        if (json_array_append_new(list, record)) {
            json_decref(list);
            return mien_fail(MIEN_EINVAL, "the name of output %d is not UTF-8",
                             i + 1);
        }
    }
    return put_json(m, "outputs", list);
}

static mien_status put_card(metas *m, const mien_net *net,
                            const mien_model_card *c) {
    const bool embedding = net->loss ? net->loss->embedding : c->embedding;
    MIEN_TRY(put(m, "format", "mien-model-1"));
    MIEN_TRY(put(m, "model", c->model));
    MIEN_TRY(put(m, "loss", c->loss));
    MIEN_TRY(put_input(m, &c->contract));
    MIEN_TRY(put_names(m, c));
    MIEN_TRY(put_outputs(m, c));
    MIEN_TRY(put(m, "classes", mien_arena_printf(&m->arena, "%d", c->classes)));
    MIEN_TRY(put(m, "vector", mien_arena_printf(&m->arena, "%d", c->vector)));
    MIEN_TRY(put(m, "embedding",
                 mien_arena_printf(&m->arena, "%d",
                                   embedding ? mien_net_width(net) : 0)));
    MIEN_TRY(put(m, "recipe_hash", c->recipe_hash));
    MIEN_TRY(put(m, "data_hash", c->data_hash));
    if (c->teacher_hash) MIEN_TRY(put(m, "teacher_hash", c->teacher_hash));
    if (c->start_hash) MIEN_TRY(put(m, "start_hash", c->start_hash));
    MIEN_TRY(
        put(m, "seed",
            mien_arena_printf(&m->arena, "%llu", (unsigned long long)c->seed)));
    MIEN_TRY(put(m, "made_by", MIEN_VERSION));
    return put_json(m, "known_answer", floats(c->answer, c->n_answer));
}

static mien_status check_finite(const mien_net *net, const float *values) {
    for (int i = 0; i < net->weights.n; i++) {
        const mien_weight *w = &net->weights.items[i];
        const size_t bad = mien_first_bad(values + w->offset, w->count);
        if (bad < w->count)
            return mien_fail(MIEN_EDIAGNOSIS,
                             "value %zu of '%s' is not "
                             "finite: such weights are never saved",
                             bad, w->name);
    }
    return MIEN_OK;
}

mien_status mien_model_hash(char hex[MIEN_HASH_HEX], const mien_net *net,
                            const float *values) {
    mien_arena arena = {0};
    mien_tensor *list;
    int n;
    mien_status status = mien_model_list(&list, &n, &arena, net, values);
    if (status == MIEN_OK) status = mien_tensors_hash(hex, list, n);
    mien_arena_close(&arena);
    return status;
}

/* Those of the model, then the extra ones. */
static mien_status list_all(mien_safetensors_content *out, mien_arena *arena,
                            const mien_net *net, const float *values,
                            const mien_model_extra *extra) {
    mien_tensor *own, *all;
    int n;
    MIEN_TRY(mien_model_list(&own, &n, arena, net, values));
    const size_t count = (size_t)(n + extra->n_tensors);
    all = mien_arena_alloc(arena, count + 1, sizeof *all);
    if (!all) return MIEN_ENOMEM;
    memcpy(all, own, (size_t)n * sizeof *all);
    for (int i = 0; i < extra->n_tensors; i++) all[n + i] = extra->tensors[i];
    *out = (mien_safetensors_content){.tensors = all, .count = (int)count};
    return MIEN_OK;
}

mien_status mien_model_write(const char *path, const mien_net *net,
                             const float *values, const mien_model_card *card,
                             const mien_model_extra *extra) {
    static const mien_model_extra nothing = {0};
    if (!extra) extra = &nothing;
    MIEN_TRY(check_finite(net, values));
    metas m = {0};
    mien_safetensors_content content;
    mien_status status = list_all(&content, &m.arena, net, values, extra);
    if (status == MIEN_OK) status = put_card(&m, net, card);
    for (int i = 0; status == MIEN_OK && i < extra->n_metas; i++)
        status = put(&m, extra->metas[i].key, extra->metas[i].value);
    content.metas = m.items;
    content.meta_count = m.count;
    if (status == MIEN_OK) status = mien_safetensors_write(path, &content);
    mien_arena_close(&m.arena);
    return status;
}
