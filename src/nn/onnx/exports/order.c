/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - layers that move numbers, as ONNX nodes. */
#include "nn/layers/options.h"
#include "nn/onnx/exporter.h"

static mien_status write_flatten(mien_onnx_way *w) {
    w->rank = 2;
    return mien_onnx_put(
        w,
        &(mien_onnx_item){
            "Flatten", {w->in[0]}, w->out, {{"axis", MIEN_ONNX_INT, .i = 1}}});
}

static mien_status write_reshape(mien_onnx_way *w) {
    const mien_shape s = w->node->plan.out;
    const char *shape;
    MIEN_TRY(mien_onnx_put_wholes(&shape, w, "shape", 4,
                                  (int64_t[]){0, s.c, s.h, s.w}));
    w->rank = 4;
    return mien_onnx_put(
        w, &(mien_onnx_item){"Reshape", {w->in[0], shape}, w->out});
}

static mien_status write_transpose(mien_onnx_way *w) {
    const mien_transpose_options *o = w->node->config;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    return mien_onnx_put(
        w, &(mien_onnx_item){"Transpose",
                             {w->in[0]},
                             w->out,
                             {{"perm", MIEN_ONNX_INTS, .count = 4,
                               .list = {0, 1 + o->order[0], 1 + o->order[1],
                                        1 + o->order[2]}}}});
}

static mien_status write_slice(mien_onnx_way *w) {
    const mien_slice_options *o = w->node->config;
    const int64_t last = o->first + (int64_t)o->count * o->step;
    const int64_t given[] = {o->first, last < 0 ? -((int64_t)1 << 40) : last,
                             1 + o->axis, o->step};
    static const char *const names[] = {"starts", "ends", "axes", "steps"};
    const char *in[4];
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    for (int i = 0; i < 4; i++)
        MIEN_TRY(mien_onnx_put_wholes(&in[i], w, names[i], 1, &given[i]));
    return mien_onnx_put(
        w, &(mien_onnx_item){
               "Slice", {w->in[0], in[0], in[1], in[2], in[3]}, w->out});
}

static mien_status write_concat(mien_onnx_way *w) {
    mien_onnx_item item = {
        "Concat", {0}, w->out, {{"axis", MIEN_ONNX_INT, .i = 1}}};
    for (int k = 0; k < w->node->plan.n_in; k++) item.in[k] = w->in[k];
    return mien_onnx_put(w, &item);
}

const mien_onnx_writer mien_onnx_order_writers[] = {
    {"flatten", write_flatten},     {"reshape", write_reshape},
    {"transpose", write_transpose}, {"slice", write_slice},
    {"concat", write_concat},       {0}};
