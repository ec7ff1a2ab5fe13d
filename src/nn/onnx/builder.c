/* SPDX-License-Identifier: Apache-2.0 */
/* builder.c - the layers that an ONNX graph becomes. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/layers/options.h"
#include "nn/onnx/importer.h"

/* A layer that only recounts, and one option's text. */
enum { MAX_VALUES = 1 << 28, MAX_OPTIONS = 256 };

static const mien_layer_ops *ops_at(int kind) {
    int count;
    return mien_layers(&count)[kind];
}

static int kind_named(const char *name) {
    int count;
    const mien_layer_ops *const *layers = mien_layers(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(layers[i]->name, name)) return i;
    assert(false && "a layer that is not in layers.def");
    return 0;
}

mien_shape mien_onnx_shape(const mien_onnx_importer *m, int layer) {
    return layer == MIEN_GRAPH_INPUT ? m->graph.input
                                     : m->layers[layer].node.plan.out;
}

static mien_status read_options(mien_graph_node *node, mien_onnx_importer *m,
                                const char *options) {
    const mien_layer_ops *ops = ops_at(node->layer);
    mien_tree *tree = NULL;
    if (!ops->config_size) return MIEN_OK;
    void *config;
    MIEN_TRY(mien_onnx_alloc(&config, m, 1, ops->config_size));
    node->config = config;
    if (options)
        MIEN_TRY(mien_tree_parse(&tree, &m->arena, options, strlen(options),
                                 ops->name));
    return mien_params_read(config, ops->params, tree, NULL, &m->arena,
                            ops->name);
}

/* Infer the output; a layer of some gigabytes is no face network's. */
static mien_status plan_layer(mien_onnx_importer *m, mien_onnx_layer *l) {
    mien_layer_plan *plan = &l->node.plan;
    const int n_in = plan->n_in;
    *plan = (mien_layer_plan){.name = "", .n_in = n_in};
    for (int i = 0; i < n_in; i++)
        plan->in[i] = mien_onnx_shape(m, l->node.in[i]);
    MIEN_TRY(ops_at(l->node.layer)->plan(plan, l->node.config));
    const mien_shape s = plan->out;
    size_t count;
    if (!mien_size_mul(&count, (size_t)s.c, (size_t)s.h) ||
        !mien_size_mul(&count, count, (size_t)s.w) || count > MAX_VALUES)
        return mien_fail(MIEN_ELIMIT, "it would give more than %d numbers",
                         MAX_VALUES);
    return MIEN_OK;
}

mien_status mien_onnx_add(int *out, mien_onnx_node *n, const char *kind,
                          const char *options, const int *in, int n_in) {
    mien_onnx_importer *m = n->m;
    if (m->n_layers == MIEN_MAX_NODES)
        return mien_fail(MIEN_ELIMIT, "more than %d layers", MIEN_MAX_NODES);
    mien_onnx_layer *l = &m->layers[m->n_layers];
    *l = (mien_onnx_layer){.node = {.layer = kind_named(kind)}};
    l->node.plan.n_in = n_in;
    memcpy(l->node.in, in, (size_t)n_in * sizeof *in);
    MIEN_TRY(read_options(&l->node, m, options));
    MIEN_TRY(plan_layer(m, l));
    *out = m->n_layers++;
    return MIEN_OK;
}

mien_status mien_onnx_addf(int *out, mien_onnx_node *n, int in,
                           const char *kind, const char *format, ...) {
    char options[MAX_OPTIONS];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(options, sizeof options, format, arguments);
    va_end(arguments);
    assert(length < MAX_OPTIONS);
    (void)length;
    return mien_onnx_add(out, n, kind, *options ? options : NULL, &in, 1);
}

mien_status mien_onnx_set(mien_onnx_node *n, int layer, int k,
                          const float *values, size_t count) {
    mien_onnx_layer *l = &n->m->layers[layer];
    const size_t wanted = mien_dims_count(l->node.plan.weights[k].dims);
    void *memory;
    if (count != wanted)
        return mien_fail(MIEN_EFORMAT,
                         "its %s should have %zu numbers and has %zu",
                         l->node.plan.weights[k].name, wanted, count);
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, count, sizeof(float)));
    l->weights[k] = memory;
    memcpy(memory, values, count * sizeof(float));
    return MIEN_OK;
}

mien_status mien_onnx_as(int *out, mien_onnx_node *n, int layer, int c, int h,
                         int w) {
    const mien_shape s = mien_onnx_shape(n->m, layer);
    *out = layer;
    if (s.c == c && s.h == h && s.w == w) return MIEN_OK;
    return mien_onnx_addf(out, n, layer, "reshape", "{to: [%d, %d, %d]}", c, h,
                          w);
}

mien_status mien_onnx_computed(int *layer, const mien_onnx_node *n, int i) {
    const mien_onnx_value *v = i < n->n_in ? n->in[i] : NULL;
    *layer = 0;
    if (!v || mien_onnx_constant(v))
        return mien_fail(MIEN_EUNSUPPORTED, "its input %d is %s", i + 1,
                         v ? "a constant" : "missing");
    *layer = v->layer;
    return MIEN_OK;
}

mien_status mien_onnx_image(int *layer, mien_onnx_node *n, int i) {
    MIEN_TRY(mien_onnx_computed(layer, n, i));
    const mien_onnx_value *v = n->in[i];
    if (v->rank != 4 || v->d[0] != 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its input %d is of rank %d with first extent %d; "
                         "images (1 x channels x rows x columns) are read",
                         i + 1, v->rank, v->rank ? v->d[0] : 0);
    return mien_onnx_as(layer, n, *layer, v->d[1], v->d[2], v->d[3]);
}

/* ---- a line, y = a x + b ---- */

/* Give a convolution or product without bias one of zeros. */
static mien_status need_bias(mien_onnx_node *n, mien_onnx_layer *l,
                             bool *bias) {
    void *memory;
    if (*bias) return MIEN_OK;
    *bias = true;
    MIEN_TRY(plan_layer(n->m, l));
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, (size_t)l->node.plan.out.c,
                             sizeof(float)));
    l->weights[1] = memory;
    return MIEN_OK;
}

/* Multiply what output `o` is made of; the weight is parts x outs x inner,
 * of which part number o / outs, or all parts where `every` is set. */
static void fold_line(mien_onnx_layer *l, const mien_onnx_line *line,
                      size_t inner) {
    for (int o = 0; o < line->channels; o++) {
        float *w = l->weights[0] + (size_t)o * inner;
        for (size_t i = 0; i < inner; i++) w[i] *= line->factor[o];
        l->weights[1][o] = l->weights[1][o] * line->factor[o] + line->shift[o];
    }
}

/* Weights of a deconvolution: in x out / groups x taps. */
static void fold_deconv(mien_onnx_layer *l, const mien_onnx_line *line,
                        const mien_deconv_options *o) {
    const int *d = l->node.plan.weights[0].dims.d;
    const size_t taps = (size_t)d[2] * (size_t)d[3];
    float *w = l->weights[0];
    for (int i = 0; i < d[0]; i++)
        for (int k = 0; k < d[1]; k++) {
            const int out = i / (d[0] / o->groups) * d[1] + k;
            for (size_t t = 0; t < taps; t++) *w++ *= line->factor[out];
        }
    for (int k = 0; k < line->channels; k++)
        l->weights[1][k] = l->weights[1][k] * line->factor[k] + line->shift[k];
}

/* Whether the layer took the line in. */
static mien_status fold(bool *done, mien_onnx_node *n, int layer,
                        const mien_onnx_line *line) {
    *done = false;
    if (layer == MIEN_GRAPH_INPUT) return MIEN_OK;
    mien_onnx_layer *l = &n->m->layers[layer];
    const char *kind = ops_at(l->node.layer)->name;
    void *config = (void *)l->node.config;
    const size_t all = l->node.plan.n_weights
                           ? mien_dims_count(l->node.plan.weights[0].dims)
                           : 0;
    *done = true;
    if (!strcmp(kind, "conv")) {
        MIEN_TRY(need_bias(n, l, &((mien_conv_options *)config)->bias));
        fold_line(l, line, all / (size_t)line->channels);
    } else if (!strcmp(kind, "dense")) {
        MIEN_TRY(need_bias(n, l, &((mien_dense_options *)config)->bias));
        fold_line(l, line, all / (size_t)line->channels);
    } else if (!strcmp(kind, "deconv")) {
        MIEN_TRY(need_bias(n, l, &((mien_deconv_options *)config)->bias));
        fold_deconv(l, line, config);
    } else if (!strcmp(kind, "affine")) {
        fold_line(l, line, 1);
    } else {
        *done = false;
    }
    return MIEN_OK;
}

mien_status mien_onnx_affine(int *out, mien_onnx_node *n, int layer,
                             const mien_onnx_line *line, bool may_fold) {
    bool done = false;
    *out = layer;
    if (may_fold) MIEN_TRY(fold(&done, n, layer, line));
    if (done) return MIEN_OK;
    MIEN_TRY(mien_onnx_addf(out, n, layer, "affine", "%s", ""));
    const size_t count = (size_t)line->channels;
    MIEN_TRY(mien_onnx_set(n, *out, 0, line->factor, count));
    return mien_onnx_set(n, *out, 1, line->shift, count);
}

/* ---- constants spread over computed values ---- */

/* The only axis of x along which the constant varies: its index, -1 where it
 * is one number, -2 where it varies along several.
 *
 * Errors: MIEN_EUNSUPPORTED if it does not fit into x. */
static mien_status varies_along(int *axis, const mien_onnx_value *x,
                                const mien_onnx_value *c) {
    *axis = -1;
    for (int i = 0; i < c->rank; i++) {
        const int at = i + x->rank - c->rank;
        if (c->d[i] == 1) continue;
        if (at < 0 || c->d[i] != x->d[at])
            return mien_fail(MIEN_EUNSUPPORTED,
                             "a constant with extent %d meets a computed "
                             "value with extent %d",
                             c->d[i], at < 0 ? 1 : x->d[at]);
        *axis = *axis == -1 ? at : -2;
    }
    return MIEN_OK;
}

/* Number `i` of x, in its order, of the constant spread over it. */
static size_t spread_index(const mien_onnx_value *x, const mien_onnx_value *c,
                           size_t i) {
    size_t index = 0, step = 1;
    for (int k = c->rank - 1; k >= 0; k--) {
        const int at = k + x->rank - c->rank;
        const size_t extent = at < 0 ? 1 : (size_t)x->d[at];
        if (c->d[k] > 1) index += i % extent * step;
        step *= (size_t)c->d[k];
        i /= extent;
    }
    return index;
}

static mien_status spread_values(const float **out, mien_onnx_node *n,
                                 const mien_onnx_value *x,
                                 const mien_onnx_value *c, size_t count) {
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, count, sizeof(float)));
    float *to = memory;
    for (size_t i = 0; i < count; i++) {
        const size_t from = x ? spread_index(x, c, i) : c->count == 1 ? 0 : i;
        to[i] = c->reals ? c->reals[from] : (float)c->wholes[from];
    }
    *out = to;
    return MIEN_OK;
}

mien_status mien_onnx_spread(int *layer, const float **per_channel,
                             mien_onnx_node *n, const mien_onnx_value *x,
                             const mien_onnx_value *c) {
    int axis;
    mien_shape s = mien_onnx_shape(n->m, x->layer);
    *layer = x->layer;
    MIEN_TRY(varies_along(&axis, x, c));
    if (axis == -1) return spread_values(per_channel, n, NULL, c, (size_t)s.c);
    if (axis == -2 || mien_onnx_product(x, 0, axis) != 1) {
        MIEN_TRY(mien_onnx_as(layer, n, *layer, (int)x->count, 1, 1));
        return spread_values(per_channel, n, x, c, x->count);
    }
    if (x->rank == 4 && axis == 1)
        s = (mien_shape){1, x->d[1], x->d[2], x->d[3]};
    else if (s.c != x->d[axis])
        s = (mien_shape){1, x->d[axis], mien_onnx_product(x, axis + 1, x->rank),
                         1};
    MIEN_TRY(mien_onnx_as(layer, n, *layer, s.c, s.h, s.w));
    return spread_values(per_channel, n, NULL, c, (size_t)s.c);
}
