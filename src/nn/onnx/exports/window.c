/* SPDX-License-Identifier: Apache-2.0 */
/* window.c - layers that move over planes, as ONNX nodes. */
#include <math.h>

#include "nn/layers/options.h"
#include "nn/onnx/exporter.h"

static mien_status pool(mien_onnx_way *w, const char *op) {
    const mien_pool_options *o = w->node->config;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    const mien_window v = mien_window_planned(w->node->plan.in[0], &o->window);
    return mien_onnx_put(
        w, &(mien_onnx_item){
               op,
               {w->in[0]},
               w->out,
               {{"kernel_shape", MIEN_ONNX_INTS, .count = 2,
                 .list = {v.kernel[0], v.kernel[1]}},
                {"strides", MIEN_ONNX_INTS, .count = 2,
                 .list = {v.stride[0], v.stride[1]}},
                {"pads", MIEN_ONNX_INTS, .count = 4,
                 .list = {v.before[0], v.before[1], v.after[0], v.after[1]}}}});
}

static mien_status write_maxpool(mien_onnx_way *w) {
    return pool(w, "MaxPool");
}

/* Padding does not count, which is ONNX's habit too. */
static mien_status write_avgpool(mien_onnx_way *w) {
    return pool(w, "AveragePool");
}

static mien_status write_globalpool(mien_onnx_way *w) {
    const mien_globalpool_options *o = w->node->config;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    return mien_onnx_put(w, &(mien_onnx_item){o->mode == MIEN_GLOBALPOOL_AVG
                                                  ? "GlobalAveragePool"
                                                  : "GlobalMaxPool",
                                              {w->in[0]},
                                              w->out});
}

static mien_status write_pad(mien_onnx_way *w) {
    const mien_pad_options *o = w->node->config;
    const char *pads, *value;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    const mien_window v = mien_window_planned(
        w->node->plan.in[0],
        &(mien_window_options){.kernel = {1, 1}, .pad = o->sides});
    MIEN_TRY(mien_onnx_put_wholes(&pads, w, "pads", 8,
                                  (int64_t[]){0, 0, v.before[0], v.before[1], 0,
                                              0, v.after[0], v.after[1]}));
    MIEN_TRY(mien_onnx_put_float(&value, w, "value", o->value));
    return mien_onnx_put(
        w, &(mien_onnx_item){"Pad", {w->in[0], pads, value}, w->out});
}

/* A factor that makes `out` of `in` although products are rounded down. */
static float factor_of(int in, int out) {
    float factor = (float)out / (float)in;
    if ((int)floorf(factor * (float)in) < out)
        factor = nextafterf(factor, 2 * factor);
    return factor;
}

static mien_status enlarge(mien_onnx_way *w, const char *mode,
                           const char *place, const char *round) {
    const mien_shape in = w->node->plan.in[0], out = w->node->plan.out;
    const char *scales;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    float *kept = mien_onnx_floats_kept(w, 4);
    if (!kept) return MIEN_ENOMEM;
    kept[0] = kept[1] = 1;
    kept[2] = factor_of(in.h, out.h);
    kept[3] = factor_of(in.w, out.w);
    MIEN_TRY(
        mien_onnx_put_floats(&scales, w, "scales", &(mien_dims){1, {4}}, kept));
    return mien_onnx_put(
        w,
        &(mien_onnx_item){
            "Resize",
            {w->in[0], "", scales},
            w->out,
            {{"mode", MIEN_ONNX_WORD, .word = mode},
             {"coordinate_transformation_mode", MIEN_ONNX_WORD, .word = place},
             {"nearest_mode", MIEN_ONNX_WORD, .word = round}}});
}

static mien_status write_upsample(mien_onnx_way *w) {
    const mien_upsample_options *o = w->node->config;
    return o->mode ? enlarge(w, "linear", "half_pixel", "floor")
                   : enlarge(w, "nearest", "asymmetric", "floor");
}

static mien_status write_resize(mien_onnx_way *w) {
    static const char *const modes[] = {"nearest", "linear"};
    static const char *const places[] = {"half_pixel", "asymmetric",
                                         "align_corners"};
    static const char *const rounds[] = {"floor", "ceil", "round_prefer_floor",
                                         "round_prefer_ceil"};
    const mien_resize_options *o = w->node->config;
    return enlarge(w, modes[o->mode], places[o->place], rounds[o->round]);
}

const mien_onnx_writer mien_onnx_window_writers[] = {
    {"maxpool", write_maxpool},
    {"avgpool", write_avgpool},
    {"globalpool", write_globalpool},
    {"pad", write_pad},
    {"upsample", write_upsample},
    {"resize", write_resize},
    {0}};
