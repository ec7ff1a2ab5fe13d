/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - layers that work on each number, as ONNX nodes. */
#include "nn/layers/options.h"
#include "nn/onnx/exporter.h"

static mien_status one(mien_onnx_way *w, const char *op) {
    return mien_onnx_put(w, &(mien_onnx_item){op, {w->in[0]}, w->out});
}

static mien_status with_alpha(mien_onnx_way *w, const char *op, float alpha) {
    return mien_onnx_put(
        w,
        &(mien_onnx_item){
            op, {w->in[0]}, w->out, {{"alpha", MIEN_ONNX_FLOAT, .f = alpha}}});
}

static mien_status write_relu(mien_onnx_way *w) { return one(w, "Relu"); }
static mien_status write_sigmoid(mien_onnx_way *w) { return one(w, "Sigmoid"); }
static mien_status write_tanh(mien_onnx_way *w) { return one(w, "Tanh"); }
static mien_status write_exp(mien_onnx_way *w) { return one(w, "Exp"); }

static mien_status write_leaky(mien_onnx_way *w) {
    const mien_leaky_relu_options *o = w->node->config;
    return with_alpha(w, "LeakyRelu", o->slope);
}

static mien_status write_elu(mien_onnx_way *w) {
    const mien_elu_options *o = w->node->config;
    return with_alpha(w, "Elu", o->alpha);
}

/* Trained networks drop nothing. */
static mien_status write_dropout(mien_onnx_way *w) {
    return one(w, "Identity");
}

static mien_status write_clip(mien_onnx_way *w) {
    const mien_clip_options *o = w->node->config;
    const char *least, *most;
    MIEN_TRY(mien_onnx_put_float(&least, w, "min", o->min));
    MIEN_TRY(mien_onnx_put_float(&most, w, "max", o->max));
    return mien_onnx_put(
        w, &(mien_onnx_item){"Clip", {w->in[0], least, most}, w->out});
}

/* x sigmoid(x) */
static mien_status write_silu(mien_onnx_way *w) {
    const char *gate;
    MIEN_TRY(mien_onnx_between(&gate, w, "gate"));
    MIEN_TRY(mien_onnx_put(w, &(mien_onnx_item){"Sigmoid", {w->in[0]}, gate}));
    return mien_onnx_put(w, &(mien_onnx_item){"Mul", {w->in[0], gate}, w->out});
}

/* x (1 + erf(x / sqrt 2)) / 2 */
static mien_status write_gelu(mien_onnx_way *w) {
    const char *root, *half, *unit, *part[4];
    static const char *const names[] = {"scaled", "erf", "sum", "share"};
    MIEN_TRY(mien_onnx_put_float(&root, w, "root", 0.70710678f));
    MIEN_TRY(mien_onnx_put_float(&half, w, "half", 0.5f));
    MIEN_TRY(mien_onnx_put_float(&unit, w, "one", 1));
    for (int i = 0; i < 4; i++)
        MIEN_TRY(mien_onnx_between(&part[i], w, names[i]));
    const mien_onnx_item chain[] = {{"Mul", {w->in[0], root}, part[0]},
                                    {"Erf", {part[0]}, part[1]},
                                    {"Add", {part[1], unit}, part[2]},
                                    {"Mul", {part[2], half}, part[3]},
                                    {"Mul", {w->in[0], part[3]}, w->out}};
    for (int i = 0; i < 5; i++) MIEN_TRY(mien_onnx_put(w, &chain[i]));
    return MIEN_OK;
}

static mien_status write_softmax(mien_onnx_way *w) {
    return mien_onnx_put(
        w,
        &(mien_onnx_item){
            "Softmax", {w->in[0]}, w->out, {{"axis", MIEN_ONNX_INT, .i = 1}}});
}

/* Without the floor of the divisor, which only vectors near 0 would feel. */
static mien_status write_l2norm(mien_onnx_way *w) {
    return mien_onnx_put(w, &(mien_onnx_item){"LpNormalization",
                                              {w->in[0]},
                                              w->out,
                                              {{"axis", MIEN_ONNX_INT, .i = 1},
                                               {"p", MIEN_ONNX_INT, .i = 2}}});
}

static mien_status two(mien_onnx_way *w, const char *op) {
    return mien_onnx_put(w,
                         &(mien_onnx_item){op, {w->in[0], w->in[1]}, w->out});
}

static mien_status write_mul(mien_onnx_way *w) { return two(w, "Mul"); }
static mien_status write_div(mien_onnx_way *w) { return two(w, "Div"); }

static mien_status write_add(mien_onnx_way *w) {
    mien_onnx_item item = {"Sum", {0}, w->out};
    const int n = w->node->plan.n_in;
    if (n == 2) return two(w, "Add");
    for (int k = 0; k < n; k++) item.in[k] = w->in[k];
    return mien_onnx_put(w, &item);
}

const mien_onnx_writer mien_onnx_value_writers[] = {
    {"relu", write_relu},        {"sigmoid", write_sigmoid},
    {"tanh", write_tanh},        {"exp", write_exp},
    {"leaky_relu", write_leaky}, {"elu", write_elu},
    {"dropout", write_dropout},  {"clip", write_clip},
    {"silu", write_silu},        {"gelu", write_gelu},
    {"softmax", write_softmax},  {"l2norm", write_l2norm},
    {"mul", write_mul},          {"div", write_div},
    {"add", write_add},          {0}};
