/* SPDX-License-Identifier: Apache-2.0 */
/* model_convert.c - model files from ONNX files, and back. */
#include <string.h>

#include "mien/version.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "nn/runner.h"
#include "train/imported.h"
#include "train/known_answer.h"

enum { MAX_ONNX = 1 << 30, ALIGNED_SIDE = 112 };

void mien_import_defaults(mien_import_options *o) {
    *o = (mien_import_options){
        .scale = 1, .deviation = {1, 1, 1}, .embedding = -1};
}

/* ---- import ---- */

static mien_status check_options(const mien_import_options *o) {
    bool good = o->scale != 0;
    for (int i = 0; i < 3; i++) good = good && o->deviation[i] != 0;
    if (!good)
        return mien_fail(MIEN_EINVAL,
                         "pixels cannot be divided by a scale or deviation of "
                         "0");
    if (!o->alignment || !strcmp(o->alignment, "none") ||
        !strcmp(o->alignment, "umeyama112"))
        return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "alignment '%s' is unknown: none or umeyama112",
                     o->alignment);
}

static mien_status read_onnx(mien_imported *im, const char *path,
                             const mien_import_options *o) {
    mien_map map;
    MIEN_TRY(mien_map_open(&map, path));
    mien_status status = MIEN_OK;
    if (map.size > MAX_ONNX)
        status =
            mien_fail(MIEN_ELIMIT, "%s: more than %d bytes", path, MAX_ONNX);
    if (status == MIEN_OK) mien_hash_once(im->hash, map.data, map.size);
    if (status == MIEN_OK)
        status = mien_onnx_open(
            &im->onnx, map.data, map.size, path,
            &(mien_onnx_options){.rows = o->rows, .columns = o->columns});
    mien_map_close(&map);
    return status;
}

/* A vector of a power of two of values from 64 to 2048. */
static bool looks_like_embedding(const mien_onnx *onnx) {
    const int width = mien_net_width(onnx->net);
    const mien_shape s = mien_graph_output(&onnx->net->graph);
    return onnx->n_outputs == 1 && s.h == 1 && s.w == 1 && width >= 64 &&
           width <= 2048 && (width & (width - 1)) == 0;
}

static void fill_contract(mien_imported *im, const mien_import_options *o) {
    const mien_shape in = im->onnx.net->graph.input;
    mien_contract *c = &im->card.contract;
    c->input = (mien_input){.height = in.h,
                            .width = in.w,
                            .channels = in.c,
                            .filter = MIEN_FILTER_BILINEAR,
                            .scale = o->scale};
    memcpy(c->input.mean, o->mean, sizeof o->mean);
    memcpy(c->input.std, o->deviation, sizeof o->deviation);
    c->colour_order = in.c == 1 ? "grey" : o->bgr ? "bgr" : "rgb";
    const bool aligned =
        im->card.embedding && in.h == ALIGNED_SIDE && in.w == ALIGNED_SIDE;
    c->alignment = o->alignment ? o->alignment
                   : aligned    ? "umeyama112"
                                : "none";
}

static mien_status fill_card(mien_imported *im, const mien_import_options *o) {
    const mien_onnx *onnx = &im->onnx;
    mien_model_output *outputs =
        mien_arena_alloc(&im->arena, (size_t)onnx->n_outputs, sizeof *outputs);
    if (!outputs) return MIEN_ENOMEM;
    for (int i = 0; i < onnx->n_outputs; i++) {
        const mien_onnx_output *from = &onnx->outputs[i];
        outputs[i] = (mien_model_output){.name = from->name,
                                         .rank = from->rank,
                                         .first = from->first,
                                         .count = from->count};
        memcpy(outputs[i].extents, from->d, sizeof from->d);
    }
    im->card = (mien_model_card){.model = onnx->model,
                                 .loss = "",
                                 .recipe_hash = im->hash,
                                 .data_hash = "",
                                 .answer = im->answer,
                                 .outputs = outputs,
                                 .n_outputs = onnx->n_outputs,
                                 .embedding = o->embedding < 0
                                                  ? looks_like_embedding(onnx)
                                                  : o->embedding > 0};
    fill_contract(im, o);
    return MIEN_OK;
}

mien_status mien_imported_open(mien_imported *im, const char *path,
                               const mien_import_options *options) {
    mien_import_options usual;
    *im = (mien_imported){0};
    mien_import_defaults(&usual);
    if (!options) options = &usual;
    MIEN_TRY(check_options(options));
    mien_status status = read_onnx(im, path, options);
    if (status == MIEN_OK) status = fill_card(im, options);
    if (status != MIEN_OK) mien_imported_close(im);
    return status;
}

void mien_imported_close(mien_imported *im) {
    mien_onnx_close(&im->onnx);
    mien_arena_close(&im->arena);
    *im = (mien_imported){0};
}

static mien_status write_model(mien_imported *im, const char *model_path) {
    const mien_onnx *onnx = &im->onnx;
    mien_runner *run;
    char *origin =
        mien_arena_printf(&im->arena, "ONNX opset %d%s%.60s", onnx->opset,
                          *onnx->producer ? ", made by " : "", onnx->producer);
    if (!origin) return MIEN_ENOMEM;
    MIEN_TRY(mien_runner_open(
        &run, onnx->net, &(mien_runner_options){.batch = 1, .frozen = true}));
    mien_status status = mien_known_answer(im->answer, &im->card.n_answer, run);
    mien_runner_close(run);
    if (status != MIEN_OK) return status;
    const mien_meta meta = {"imported_from", origin};
    return mien_model_write(model_path, onnx->net, onnx->net->weights.values,
                            &im->card,
                            &(mien_model_extra){.metas = &meta, .n_metas = 1});
}

mien_status mien_model_import(const char *model_path, const char *onnx_path,
                              const mien_import_options *options) {
    mien_imported im;
    MIEN_TRY(mien_imported_open(&im, onnx_path, options));
    const mien_status status = write_model(&im, model_path);
    if (status != MIEN_OK) mien_fail_in(status, "%s", onnx_path);
    mien_imported_close(&im);
    return status;
}

/* ---- export ---- */

static mien_status check_named(const mien_model_card *c, const char *path) {
    for (int i = 0; i < c->n_outputs; i++)
        if (c->outputs[i].rank < 1 || c->outputs[i].extents[0] != 1)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "%s: output '%.60s' has no batch among its "
                             "extents",
                             path, c->outputs[i].name);
    return MIEN_OK;
}

static mien_status outputs_of(mien_onnx_output **out, mien_arena *arena,
                              const mien_model_card *c) {
    *out = mien_arena_alloc(arena, (size_t)c->n_outputs + 1, sizeof **out);
    if (!*out) return MIEN_ENOMEM;
    for (int i = 0; i < c->n_outputs; i++) {
        const mien_model_output *from = &c->outputs[i];
        (*out)[i] = (mien_onnx_output){.name = from->name,
                                       .rank = from->rank,
                                       .first = from->first,
                                       .count = from->count};
        memcpy((*out)[i].d, from->extents, sizeof from->extents);
    }
    return MIEN_OK;
}

/* What a user of the ONNX file must know to feed it. */
static mien_status write_file(uint8_t **bytes, size_t *size,
                              const mien_model_parts *p, mien_arena *arena) {
    const mien_contract *c = &p->card.contract;
    const mien_input *in = &c->input;
    const char *pixels = mien_arena_printf(
        arena, "(pixel / %.9g - [%.9g, %.9g, %.9g]) / [%.9g, %.9g, %.9g]",
        (double)in->scale, (double)in->mean[0], (double)in->mean[1],
        (double)in->mean[2], (double)in->std[0], (double)in->std[1],
        (double)in->std[2]);
    const char *const facts[][2] = {{"mien.pixels", pixels},
                                    {"mien.colour_order", c->colour_order},
                                    {"mien.alignment", c->alignment},
                                    {"mien.weights_hash", p->weights_hash}};
    mien_onnx_output *outputs;
    if (!pixels) return MIEN_ENOMEM;
    MIEN_TRY(outputs_of(&outputs, arena, &p->card));
    return mien_onnx_write(
        bytes, size, p->net,
        &(mien_onnx_card){.version = MIEN_VERSION,
                          .facts = facts,
                          .n_facts = (int)(sizeof facts / sizeof *facts),
                          .outputs = outputs,
                          .n_outputs = p->card.n_outputs});
}

mien_status mien_model_export(const char *onnx_path, const char *model_path) {
    mien_model_parts parts;
    mien_arena arena = {0};
    uint8_t *bytes = NULL;
    size_t size;
    MIEN_TRY(mien_model_read(&parts, model_path));
    mien_weights_apply(&parts.net->weights);
    mien_status status = check_named(&parts.card, model_path);
    if (status == MIEN_OK) status = write_file(&bytes, &size, &parts, &arena);
    if (status == MIEN_OK) status = mien_file_write(onnx_path, bytes, size);
    mien_free(bytes);
    mien_arena_close(&arena);
    mien_model_parts_close(&parts);
    return status;
}
