/* SPDX-License-Identifier: Apache-2.0 */
/* finish.c - from read layers to a recipe and a network with weights.
 *
 * Layers that no output needs are left out. Several outputs are flattened and
 * joined, so that the network has one answer. */
#include <onnx.pb-c.h>
#include <string.h>

#include "nn/onnx/importer.h"

enum { MAX_MODEL = 4 << 20, MAX_NAMES = 200 };

static const mien_layer_ops *ops_of(const mien_onnx_layer *l) {
    int count;
    return mien_layers(&count)[l->node.layer];
}

/* ---- outputs ---- */

static mien_status describe_outputs(mien_onnx *out, mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    mien_onnx_output *o =
        mien_arena_alloc(&out->arena, g->n_output + 1, sizeof *o);
    size_t first = 0;
    if (!o) return MIEN_ENOMEM;
    out->outputs = o;
    out->n_outputs = (int)g->n_output;
    for (size_t i = 0; i < g->n_output; i++) {
        const char *name = g->output[i]->name ? g->output[i]->name : "";
        const mien_onnx_value *v = mien_onnx_value_named(m, name);
        if (!v->known || mien_onnx_constant(v))
            return mien_fail(MIEN_EUNSUPPORTED, "%s: output '%.60s' is %s",
                             m->file, name,
                             v->known ? "a constant" : "never computed");
        o[i] = (mien_onnx_output){
            .rank = v->rank, .first = (int)first, .count = (int)v->count};
        memcpy(o[i].d, v->d, sizeof o[i].d);
        o[i].name = mien_arena_strdup(&out->arena, name);
        if (!o[i].name) return MIEN_ENOMEM;
        first += v->count;
        if (first > (size_t)1 << 28)
            return mien_fail(MIEN_ELIMIT, "%s: its outputs are too large",
                             m->file);
    }
    return MIEN_OK;
}

/* Join `n` layers to one; no more than MIEN_MAX_INPUTS at a time. */
static mien_status join(int *last, mien_onnx_node *n, int *layers, int count) {
    while (count > 1) {
        int kept = 0;
        for (int i = 0; i < count; i += MIEN_MAX_INPUTS) {
            const int some =
                count - i < MIEN_MAX_INPUTS ? count - i : MIEN_MAX_INPUTS;
            int joined = layers[i];
            if (some > 1)
                MIEN_TRY(mien_onnx_add(&joined, n, "concat", NULL, layers + i,
                                       some));
            layers[kept++] = joined;
        }
        count = kept;
    }
    *last = layers[0];
    return MIEN_OK;
}

/* The layer whose output is the network's. */
static mien_status join_outputs(int *last, mien_onnx_importer *m) {
    const size_t count = m->proto->graph->n_output;
    mien_onnx_node n = {.m = m};
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, m, count, sizeof(int)));
    int *layers = memory;
    for (size_t i = 0; i < count; i++) {
        const char *name = m->proto->graph->output[i]->name;
        layers[i] = mien_onnx_value_named(m, name)->layer;
        const mien_shape s = mien_onnx_shape(m, layers[i]);
        if (count > 1 && (s.h > 1 || s.w > 1))
            MIEN_TRY(
                mien_onnx_addf(&layers[i], &n, layers[i], "flatten", "%s", ""));
    }
    MIEN_TRY(join(last, &n, layers, (int)count));
    if (*last != MIEN_GRAPH_INPUT) return MIEN_OK;
    return mien_fail(MIEN_EUNSUPPORTED, "%s: its output is its input", m->file);
}

/* ---- the recipe ---- */

static void mark(mien_onnx_importer *m, int last) {
    m->layers[last].needed = true;
    for (int i = last; i >= 0; i--) {
        if (!m->layers[i].needed) continue;
        const mien_graph_node *node = &m->layers[i].node;
        for (int k = 0; k < node->plan.n_in; k++)
            if (node->in[k] >= 0) m->layers[node->in[k]].needed = true;
    }
}

/* Number the needed ones, and find the last use of those that need a name:
 * their user is not the item after them, or names them beside its first
 * input. */
static void place(mien_onnx_importer *m) {
    int count = 0;
    for (int i = 0; i < m->n_layers; i++)
        if (m->layers[i].needed) m->layers[i].place = count++;
    for (int i = 0; i < m->n_layers; i++) {
        const mien_onnx_layer *l = &m->layers[i];
        for (int k = 0; l->needed && k < l->node.plan.n_in; k++) {
            if (l->node.in[k] < 0) continue;
            mien_onnx_layer *from = &m->layers[l->node.in[k]];
            if (k > 0 || from->place != l->place - 1) from->last_use = l->place;
        }
    }
}

/* A recipe has room for some names; each is borne again once its last bearer
 * has been used for the last time. */
static mien_status name_layers(mien_onnx_importer *m) {
    int until[MAX_NAMES + 1] = {0}; /* the place up to which it is taken */
    for (int i = 0; i < m->n_layers; i++) {
        mien_onnx_layer *l = &m->layers[i];
        if (!l->needed || !l->last_use) continue;
        int label = 1;
        while (label <= MAX_NAMES && until[label] > l->place) label++;
        if (label > MAX_NAMES)
            return mien_fail(MIEN_ELIMIT,
                             "%s: more than %d values wait to be used", m->file,
                             MAX_NAMES);
        until[label] = l->last_use;
        l->label = label;
    }
    return MIEN_OK;
}

static mien_status put_name(mien_buf *out, const mien_onnx_importer *m,
                            int layer) {
    if (layer == MIEN_GRAPH_INPUT) return mien_buf_printf(out, "input");
    return mien_buf_printf(out, "v%d", m->layers[layer].label);
}

static mien_status put_inputs(mien_buf *out, const mien_onnx_importer *m,
                              const mien_onnx_layer *l) {
    for (int k = 1; k < l->node.plan.n_in; k++) {
        MIEN_TRY(mien_buf_printf(out, k > 1 ? ", " : "["));
        MIEN_TRY(put_name(out, m, l->node.in[k]));
    }
    return mien_buf_printf(out, "]");
}

static mien_status put_layer(mien_buf *out, const mien_onnx_importer *m,
                             const mien_onnx_layer *l) {
    const mien_layer_ops *ops = ops_of(l);
    const int first = l->node.in[0];
    const bool follows = first == MIEN_GRAPH_INPUT
                             ? !l->place
                             : m->layers[first].place == l->place - 1;
    MIEN_TRY(mien_buf_printf(out, "- {"));
    if (!follows) {
        MIEN_TRY(mien_buf_printf(out, "from: "));
        MIEN_TRY(put_name(out, m, first));
        MIEN_TRY(mien_buf_printf(out, ", "));
    }
    MIEN_TRY(mien_buf_printf(out, "%s: ", ops->name));
    if (ops->max_inputs > 1)
        MIEN_TRY(put_inputs(out, m, l));
    else if (ops->config_size)
        MIEN_TRY(mien_params_emit(out, ops->params, l->node.config));
    else
        MIEN_TRY(mien_buf_printf(out, "{}"));
    if (l->label) MIEN_TRY(mien_buf_printf(out, ", name: v%d", l->label));
    return mien_buf_printf(out, "}\n");
}

static mien_status put_model(mien_onnx *out, const mien_onnx_importer *m) {
    mien_buf text = {.cap = MAX_MODEL};
    mien_status status = MIEN_OK;
    for (int i = 0; status == MIEN_OK && i < m->n_layers; i++)
        if (m->layers[i].needed) status = put_layer(&text, m, &m->layers[i]);
    if (status == MIEN_OK) {
        out->model = mien_arena_strdup(&out->arena, (const char *)text.data);
        if (!out->model) status = MIEN_ENOMEM;
    }
    mien_buf_close(&text);
    return status;
}

/* ---- the network ---- */

static mien_status copy_weights(mien_net *net, const mien_onnx_importer *m) {
    const mien_weights *w = &net->weights;
    for (int i = 0; i < m->n_layers; i++) {
        const mien_onnx_layer *l = &m->layers[i];
        for (int k = 0; l->needed && k < l->node.plan.n_weights; k++) {
            const mien_weight *to = &w->items[w->of_node[l->place][k]];
            if (to->count != mien_dims_count(l->node.plan.weights[k].dims))
                return mien_fail(MIEN_ESHAPE, "%s: '%s' came out otherwise",
                                 m->file, to->name);
            memcpy(w->values + to->offset, l->weights[k],
                   to->count * sizeof(float));
        }
    }
    mien_weights_apply(&net->weights);
    return MIEN_OK;
}

static mien_status open_net(mien_onnx *out, const mien_onnx_importer *m) {
    mien_tree *tree;
    MIEN_TRY(mien_tree_parse(&tree, &out->arena, out->model, strlen(out->model),
                             m->file));
    MIEN_TRY(mien_net_open(
        &out->net, &(mien_net_spec){.model = tree, .input = m->graph.input}));
    return copy_weights(out->net, m);
}

mien_status mien_onnx_finish(mien_onnx *out, mien_onnx_importer *m) {
    int last;
    MIEN_TRY(describe_outputs(out, m));
    MIEN_TRY(join_outputs(&last, m));
    mark(m, last);
    place(m);
    MIEN_TRY(name_layers(m));
    MIEN_TRY(put_model(out, m));
    return open_net(out, m);
}
