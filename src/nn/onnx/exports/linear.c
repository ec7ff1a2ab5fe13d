/* SPDX-License-Identifier: Apache-2.0 */
/* linear.c - layers with weights, as ONNX nodes. */
#include "nn/layers/options.h"
#include "nn/onnx/exporter.h"

static mien_status weight(const char **name, mien_onnx_way *w, int k) {
    const mien_weight_spec *spec = &w->node->plan.weights[k];
    return mien_onnx_put_floats(name, w, spec->name, &spec->dims,
                                w->weights[k]);
}

/* Weight and, if there is one, bias. */
static mien_status weights(const char *in[2], mien_onnx_way *w) {
    MIEN_TRY(weight(&in[0], w, 0));
    in[1] = NULL;
    if (w->node->plan.n_weights > 1) MIEN_TRY(weight(&in[1], w, 1));
    return MIEN_OK;
}

static mien_status write_conv(mien_onnx_way *w) {
    const mien_conv_options *o = w->node->config;
    const char *in[2];
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    const mien_window v = mien_window_planned(w->node->plan.in[0], &o->window);
    MIEN_TRY(weights(in, w));
    return mien_onnx_put(
        w, &(mien_onnx_item){
               "Conv",
               {w->in[0], in[0], in[1]},
               w->out,
               {{"kernel_shape", MIEN_ONNX_INTS, .count = 2,
                 .list = {v.kernel[0], v.kernel[1]}},
                {"strides", MIEN_ONNX_INTS, .count = 2,
                 .list = {v.stride[0], v.stride[1]}},
                {"pads", MIEN_ONNX_INTS, .count = 4,
                 .list = {v.before[0], v.before[1], v.after[0], v.after[1]}},
                {"group", MIEN_ONNX_INT,
                 .i = mien_conv_groups(o, w->node->plan.in[0].c)}}});
}

static mien_status write_deconv(mien_onnx_way *w) {
    const mien_deconv_options *o = w->node->config;
    const char *in[2];
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    MIEN_TRY(weights(in, w));
    return mien_onnx_put(
        w, &(mien_onnx_item){
               "ConvTranspose",
               {w->in[0], in[0], in[1]},
               w->out,
               {{"kernel_shape", MIEN_ONNX_INTS, .count = 2,
                 .list = {o->kernel[0], o->kernel[1]}},
                {"strides", MIEN_ONNX_INTS, .count = 2,
                 .list = {o->stride[0], o->stride[1]}},
                {"pads", MIEN_ONNX_INTS, .count = 4,
                 .list = {o->pad[0], o->pad[1], o->pad[0], o->pad[1]}},
                {"output_padding", MIEN_ONNX_INTS, .count = 2,
                 .list = {o->output_pad[0], o->output_pad[1]}},
                {"group", MIEN_ONNX_INT, .i = o->groups}}});
}

static mien_status write_dense(mien_onnx_way *w) {
    const char *in[2];
    MIEN_TRY(mien_onnx_as_rank(w, 2));
    MIEN_TRY(weights(in, w));
    return mien_onnx_put(
        w, &(mien_onnx_item){"Gemm",
                             {w->in[0], in[0], in[1]},
                             w->out,
                             {{"transB", MIEN_ONNX_INT, .i = 1}}});
}

/* `value` for each channel, where a normalisation has no gain or shift. */
static mien_status filled(const char **name, mien_onnx_way *w,
                          const char *suffix, float value) {
    const int c = w->node->plan.in[0].c;
    float *kept = mien_onnx_floats_kept(w, (size_t)c);
    if (!kept) return MIEN_ENOMEM;
    for (int i = 0; i < c; i++) kept[i] = value;
    return mien_onnx_put_floats(name, w, suffix, &(mien_dims){1, {c}}, kept);
}

static mien_status write_bn(mien_onnx_way *w) {
    const mien_bn_options *o = w->node->config;
    const char *in[4];
    const int first = o->affine ? 2 : 0;
    if (o->affine) {
        MIEN_TRY(weight(&in[0], w, 0));
        MIEN_TRY(weight(&in[1], w, 1));
    } else {
        MIEN_TRY(filled(&in[0], w, "gain", 1));
        MIEN_TRY(filled(&in[1], w, "shift", 0));
    }
    MIEN_TRY(weight(&in[2], w, first));
    MIEN_TRY(weight(&in[3], w, first + 1));
    return mien_onnx_put(
        w, &(mien_onnx_item){"BatchNormalization",
                             {w->in[0], in[0], in[1], in[2], in[3]},
                             w->out,
                             {{"epsilon", MIEN_ONNX_FLOAT, .f = o->eps}}});
}

/* Weight `k`, one number a channel, spread over the input's rank. */
static mien_status per_channel(const char **name, mien_onnx_way *w, int k) {
    const mien_dims dims = mien_onnx_per_channel(w);
    return mien_onnx_put_floats(name, w, w->node->plan.weights[k].name, &dims,
                                w->weights[k]);
}

static mien_status write_scale(mien_onnx_way *w) {
    const char *factor;
    MIEN_TRY(per_channel(&factor, w, 0));
    return mien_onnx_put(w,
                         &(mien_onnx_item){"Mul", {w->in[0], factor}, w->out});
}

/* As a normalisation by mean 0 and variance 1: all readers know that one, in
 * any rank. */
static mien_status write_affine(mien_onnx_way *w) {
    const char *in[4];
    MIEN_TRY(weight(&in[0], w, 0));
    MIEN_TRY(weight(&in[1], w, 1));
    MIEN_TRY(filled(&in[2], w, "mean", 0));
    MIEN_TRY(filled(&in[3], w, "var", 1));
    return mien_onnx_put(
        w, &(mien_onnx_item){"BatchNormalization",
                             {w->in[0], in[0], in[1], in[2], in[3]},
                             w->out,
                             {{"epsilon", MIEN_ONNX_FLOAT, .f = 0}}});
}

static mien_status write_prelu(mien_onnx_way *w) {
    const int c = w->node->plan.in[0].c;
    const mien_dims dims =
        w->rank == 4 ? (mien_dims){3, {c, 1, 1}} : (mien_dims){1, {c}};
    const char *slope;
    MIEN_TRY(mien_onnx_put_floats(&slope, w, "slope", &dims, w->weights[0]));
    return mien_onnx_put(w,
                         &(mien_onnx_item){"PRelu", {w->in[0], slope}, w->out});
}

/* One step of a chain: a node whose output is named `suffix`. */
static mien_status step(const char **out, mien_onnx_way *w, const char *suffix,
                        mien_onnx_item item) {
    MIEN_TRY(mien_onnx_between(out, w, suffix));
    item.out = *out;
    return mien_onnx_put(w, &item);
}

static mien_status mean(const char **out, mien_onnx_way *w, const char *suffix,
                        const char *in) {
    return step(out, w, suffix,
                (mien_onnx_item){.op = "ReduceMean",
                                 .in = {in},
                                 .given = {{"axes", MIEN_ONNX_INTS, .count = 3,
                                            .list = {1, 2, 3}}}});
}

/* u = (x - mean) / sqrt(mean of (x - mean)^2 + eps); y = gain u + shift */
static mien_status write_layernorm(mien_onnx_way *w) {
    const mien_shape s = w->node->plan.in[0];
    const bool affine = w->node->plan.n_weights > 0;
    const mien_dims dims = {4, {1, s.c, s.h, s.w}};
    const char *m, *d, *q, *v, *eps, *e, *r, *u, *gain, *shift, *g;
    const mien_layernorm_options *o = w->node->config;
    MIEN_TRY(mien_onnx_as_rank(w, 4));
    MIEN_TRY(mean(&m, w, "mean", w->in[0]));
    MIEN_TRY(step(&d, w, "centred",
                  (mien_onnx_item){.op = "Sub", .in = {w->in[0], m}}));
    MIEN_TRY(
        step(&q, w, "square", (mien_onnx_item){.op = "Mul", .in = {d, d}}));
    MIEN_TRY(mean(&v, w, "variance", q));
    MIEN_TRY(mien_onnx_put_float(&eps, w, "eps", o->eps));
    MIEN_TRY(step(&e, w, "sum", (mien_onnx_item){.op = "Add", .in = {v, eps}}));
    MIEN_TRY(step(&r, w, "root", (mien_onnx_item){.op = "Sqrt", .in = {e}}));
    if (!affine)
        return mien_onnx_put(w, &(mien_onnx_item){"Div", {d, r}, w->out});
    MIEN_TRY(step(&u, w, "unit", (mien_onnx_item){.op = "Div", .in = {d, r}}));
    MIEN_TRY(mien_onnx_put_floats(&gain, w, "gain", &dims, w->weights[0]));
    MIEN_TRY(mien_onnx_put_floats(&shift, w, "shift", &dims, w->weights[1]));
    MIEN_TRY(
        step(&g, w, "gained", (mien_onnx_item){.op = "Mul", .in = {u, gain}}));
    return mien_onnx_put(w, &(mien_onnx_item){"Add", {g, shift}, w->out});
}

const mien_onnx_writer mien_onnx_linear_writers[] = {
    {"conv", write_conv},
    {"deconv", write_deconv},
    {"dense", write_dense},
    {"bn", write_bn},
    {"scale", write_scale},
    {"affine", write_affine},
    {"prelu", write_prelu},
    {"layernorm", write_layernorm},
    {0}};
