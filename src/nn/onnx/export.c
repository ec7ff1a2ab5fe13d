/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - a network as an ONNX file of opset 13.
 *
 * Each layer writes one node or a few; weights are the effective ones, so a
 * reparametrised tensor comes out as what it stands for. */
#include <onnx.pb-c.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/onnx/exporter.h"

/* At most so many nodes or constants come from one layer. */
enum { OPSET = 13, IR_VERSION = 7, MOST_PER_LAYER = 16 };

/* ---- nodes and constants ---- */

static void *take(mien_onnx_exporter *e, size_t count, size_t size) {
    return mien_arena_alloc(&e->arena, count, size);
}

static mien_status attribute(Onnx__AttributeProto **out, mien_onnx_exporter *e,
                             const mien_onnx_given *g) {
    Onnx__AttributeProto *a = take(e, 1, sizeof *a);
    if (!a) return MIEN_ENOMEM;
    onnx__attribute_proto__init(a);
    a->name = (char *)g->name;
    a->has_type = true;
    switch (g->kind) {
        case MIEN_ONNX_INT:
            a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
            a->has_i = true;
            a->i = g->i;
            break;
        case MIEN_ONNX_FLOAT:
            a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
            a->has_f = true;
            a->f = g->f;
            break;
        case MIEN_ONNX_WORD:
            a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
            a->has_s = true;
            a->s = (ProtobufCBinaryData){strlen(g->word), (uint8_t *)g->word};
            break;
        case MIEN_ONNX_INTS:
            a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
            a->n_ints = (size_t)g->count;
            a->ints = take(e, (size_t)g->count, sizeof *a->ints);
            if (!a->ints) return MIEN_ENOMEM;
            memcpy(a->ints, g->list, (size_t)g->count * sizeof *a->ints);
            break;
    }
    *out = a;
    return MIEN_OK;
}

mien_status mien_onnx_put(mien_onnx_way *w, const mien_onnx_item *item) {
    mien_onnx_exporter *e = w->e;
    Onnx__NodeProto *n = take(e, 1, sizeof *n);
    if (!n || e->n_nodes == e->room) return MIEN_ENOMEM;
    onnx__node_proto__init(n);
    n->op_type = (char *)item->op;
    n->name = mien_arena_strdup(&e->arena, item->out);
    n->input = take(e, MIEN_ONNX_ITEM_INPUTS, sizeof *n->input);
    n->output = take(e, 1, sizeof *n->output);
    n->attribute = take(e, MIEN_ONNX_ITEM_ATTRIBUTES, sizeof *n->attribute);
    if (!n->name || !n->input || !n->output || !n->attribute)
        return MIEN_ENOMEM;
    n->n_output = 1;
    n->output[0] = (char *)item->out;
    for (int i = 0; i < MIEN_ONNX_ITEM_INPUTS && item->in[i]; i++)
        n->input[n->n_input++] = (char *)item->in[i];
    for (int i = 0; i < MIEN_ONNX_ITEM_ATTRIBUTES && item->given[i].name; i++)
        MIEN_TRY(
            attribute(&n->attribute[n->n_attribute++], e, &item->given[i]));
    e->nodes[e->n_nodes++] = n;
    return MIEN_OK;
}

mien_status mien_onnx_between(const char **out, mien_onnx_way *w,
                              const char *suffix) {
    *out = mien_arena_printf(&w->e->arena, "%s.%s",
                             w->node ? w->node->name : "answer", suffix);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status put_tensor(Onnx__TensorProto **out, const char **name,
                              mien_onnx_way *w, const char *suffix,
                              const mien_dims *dims) {
    mien_onnx_exporter *e = w->e;
    Onnx__TensorProto *t = take(e, 1, sizeof *t);
    MIEN_TRY(mien_onnx_between(name, w, suffix));
    if (!t || e->n_tensors == e->room) return MIEN_ENOMEM;
    onnx__tensor_proto__init(t);
    t->name = (char *)*name;
    t->has_data_type = true;
    t->dims = take(e, (size_t)dims->count + 1, sizeof *t->dims);
    if (!t->dims) return MIEN_ENOMEM;
    t->n_dims = (size_t)dims->count;
    for (int i = 0; i < dims->count; i++) t->dims[i] = dims->d[i];
    e->tensors[e->n_tensors++] = t;
    *out = t;
    return MIEN_OK;
}

mien_status mien_onnx_put_floats(const char **name, mien_onnx_way *w,
                                 const char *suffix, const mien_dims *dims,
                                 const float *values) {
    Onnx__TensorProto *t;
    MIEN_TRY(put_tensor(&t, name, w, suffix, dims));
    t->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    t->has_raw_data = true;
    t->raw_data = (ProtobufCBinaryData){mien_dims_count(*dims) * sizeof *values,
                                        (uint8_t *)values};
    return MIEN_OK;
}

mien_status mien_onnx_put_float(const char **name, mien_onnx_way *w,
                                const char *suffix, float value) {
    float *kept = mien_onnx_floats_kept(w, 1);
    if (!kept) return MIEN_ENOMEM;
    *kept = value;
    return mien_onnx_put_floats(name, w, suffix, &(mien_dims){0}, kept);
}

mien_status mien_onnx_put_wholes(const char **name, mien_onnx_way *w,
                                 const char *suffix, int count,
                                 const int64_t *values) {
    Onnx__TensorProto *t;
    const size_t bytes = (size_t)count * sizeof *values;
    MIEN_TRY(put_tensor(&t, name, w, suffix, &(mien_dims){1, {count}}));
    void *kept = take(w->e, 1, bytes);
    if (!kept) return MIEN_ENOMEM;
    memcpy(kept, values, bytes);
    t->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__INT64;
    t->has_raw_data = true;
    t->raw_data = (ProtobufCBinaryData){bytes, kept};
    return MIEN_OK;
}

float *mien_onnx_floats_kept(mien_onnx_way *w, size_t count) {
    return take(w->e, count, sizeof(float));
}

mien_dims mien_onnx_per_channel(const mien_onnx_way *w) {
    const int c = w->node->plan.in[0].c;
    return w->rank == 4 ? (mien_dims){4, {1, c, 1, 1}} : (mien_dims){1, {c}};
}

/* ---- layers ---- */

/* Input `k` counted as rank 2 or 4. */
static mien_status recount(mien_onnx_way *w, int k, int rank) {
    const mien_shape s = w->node->plan.in[k];
    const char *shape, *out;
    char suffix[16];
    snprintf(suffix, sizeof suffix, "in%d", k);
    MIEN_TRY(mien_onnx_between(&out, w, suffix));
    mien_onnx_item item = {
        "Flatten", {w->in[k]}, out, {{"axis", MIEN_ONNX_INT, .i = 1}}};
    if (rank == 4) {
        snprintf(suffix, sizeof suffix, "shape%d", k);
        MIEN_TRY(mien_onnx_put_wholes(&shape, w, suffix, 4,
                                      (int64_t[]){0, s.c, s.h, s.w}));
        item = (mien_onnx_item){"Reshape", {w->in[k], shape}, out};
    }
    w->in[k] = out;
    return mien_onnx_put(w, &item);
}

mien_status mien_onnx_as_rank(mien_onnx_way *w, int rank) {
    if (w->rank != rank) MIEN_TRY(recount(w, 0, rank));
    w->rank = rank;
    return MIEN_OK;
}

static const mien_onnx_writer *writer_of(const mien_graph_node *node) {
    static const mien_onnx_writer *const lists[] = {
        mien_onnx_linear_writers, mien_onnx_value_writers,
        mien_onnx_order_writers, mien_onnx_window_writers};
    int count;
    const char *layer = mien_layers(&count)[node->layer]->name;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const mien_onnx_writer *w = lists[i]; w->layer; w++)
            if (!strcmp(w->layer, layer)) return w;
    return NULL;
}

/* Its inputs, all of one rank, and its weights. */
static mien_status gather(mien_onnx_way *w) {
    const mien_onnx_exporter *e = w->e;
    const mien_weights *weights = &e->net->weights;
    int rank[MIEN_MAX_INPUTS] = {0};
    for (int k = 0; k < w->node->plan.n_in; k++) {
        const int from = w->node->in[k];
        w->in[k] = from < 0 ? "input" : e->values[from];
        rank[k] = from < 0 ? 4 : e->ranks[from];
        if (rank[k] != rank[0]) w->rank = 4;
    }
    if (!w->rank) w->rank = rank[0];
    for (int k = 0; k < w->node->plan.n_in; k++)
        if (rank[k] != w->rank) MIEN_TRY(recount(w, k, w->rank));
    for (int k = 0; k < w->node->plan.n_weights; k++)
        w->weights[k] = weights->effective +
                        weights->items[weights->of_node[w->index][k]].offset;
    return MIEN_OK;
}

static mien_status write_layer(mien_onnx_exporter *e, int index) {
    const mien_graph_node *node = &e->net->graph.nodes[index];
    mien_onnx_way w = {.e = e, .node = node, .index = index};
    const mien_onnx_writer *writer = writer_of(node);
    int count;
    if (!writer)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "layer '%s': ONNX has nothing for the kind '%s'",
                         node->name, mien_layers(&count)[node->layer]->name);
    MIEN_TRY(gather(&w));
    MIEN_TRY(mien_onnx_between(&w.out, &w, "y"));
    MIEN_TRY(writer->write(&w));
    e->values[index] = w.out;
    e->ranks[index] = w.rank;
    return MIEN_OK;
}

/* ---- the answer ---- */

static mien_status value_info(Onnx__ValueInfoProto **out, mien_onnx_exporter *e,
                              const char *name, int rank, const int *d) {
    Onnx__ValueInfoProto *info = take(e, 1, sizeof *info);
    Onnx__TypeProto *type = take(e, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = take(e, 1, sizeof *tensor);
    Onnx__TensorShapeProto *shape = take(e, 1, sizeof *shape);
    if (!info || !type || !tensor || !shape) return MIEN_ENOMEM;
    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    info->name = (char *)name;
    info->type = type;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    tensor->has_elem_type = true;
    tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    tensor->shape = shape;
    shape->dim = take(e, (size_t)rank + 1, sizeof *shape->dim);
    if (!shape->dim) return MIEN_ENOMEM;
    for (int i = 0; i < rank; i++) {
        Onnx__TensorShapeProto__Dimension *dim = take(e, 1, sizeof *dim);
        if (!dim) return MIEN_ENOMEM;
        onnx__tensor_shape_proto__dimension__init(dim);
        dim->value_case =
            i ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
              : ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        if (i)
            dim->dim_value = d[i];
        else
            dim->dim_param = (char *)"batch";
        shape->dim[shape->n_dim++] = dim;
    }
    *out = info;
    return MIEN_OK;
}

/* One of several outputs: cut from the answer, in its own extents. */
static mien_status write_output(mien_onnx_way *w, const char *answer,
                                const mien_onnx_output *o, int number) {
    const char *cut, *name[5];
    char suffix[24];
    const int64_t first = o->first, last = o->first + o->count, one = 1;
    const int64_t *const at[] = {&first, &last, &one};
    for (int k = 0; k < 3; k++) {
        snprintf(suffix, sizeof suffix, "%d.%d", number, k);
        MIEN_TRY(mien_onnx_put_wholes(&name[k], w, suffix, 1, at[k]));
    }
    snprintf(suffix, sizeof suffix, "%d.cut", number);
    MIEN_TRY(mien_onnx_between(&cut, w, suffix));
    MIEN_TRY(mien_onnx_put(
        w,
        &(mien_onnx_item){"Slice", {answer, name[0], name[1], name[2]}, cut}));
    int64_t extents[MIEN_ONNX_RANK] = {-1};
    for (int i = 1; i < o->rank; i++) extents[i] = o->d[i];
    snprintf(suffix, sizeof suffix, "%d.extents", number);
    MIEN_TRY(mien_onnx_put_wholes(&name[3], w, suffix, o->rank, extents));
    return mien_onnx_put(w,
                         &(mien_onnx_item){"Reshape", {cut, name[3]}, o->name});
}

/* The last value, as "output" or cut into the outputs by name. */
static mien_status write_answer(Onnx__GraphProto *g, mien_onnx_exporter *e,
                                const mien_onnx_card *card) {
    const int last = e->net->graph.n_nodes - 1;
    const mien_shape s = mien_graph_output(&e->net->graph);
    mien_onnx_way w = {.e = e};
    const char *flat;
    const size_t n = card->n_outputs ? (size_t)card->n_outputs : 1;
    g->output = take(e, n, sizeof *g->output);
    if (!g->output) return MIEN_ENOMEM;
    g->n_output = n;
    if (!card->n_outputs) {
        MIEN_TRY(mien_onnx_put(
            &w, &(mien_onnx_item){"Identity", {e->values[last]}, "output"}));
        return value_info(&g->output[0], e, "output", e->ranks[last],
                          (int[]){1, s.c, s.h, s.w});
    }
    MIEN_TRY(mien_onnx_between(&flat, &w, "flat"));
    MIEN_TRY(mien_onnx_put(
        &w, &(mien_onnx_item){"Flatten",
                              {e->values[last]},
                              flat,
                              {{"axis", MIEN_ONNX_INT, .i = 1}}}));
    for (size_t i = 0; i < n; i++) {
        const mien_onnx_output *o = &card->outputs[i];
        MIEN_TRY(write_output(&w, flat, o, (int)i));
        MIEN_TRY(value_info(&g->output[i], e, o->name, o->rank, o->d));
    }
    return MIEN_OK;
}

/* ---- the file ---- */

static mien_status add_facts(Onnx__ModelProto *m, mien_onnx_exporter *e,
                             const mien_onnx_card *card) {
    m->metadata_props =
        take(e, (size_t)card->n_facts + 1, sizeof *m->metadata_props);
    if (!m->metadata_props) return MIEN_ENOMEM;
    for (int i = 0; i < card->n_facts; i++) {
        Onnx__StringStringEntryProto *p = take(e, 1, sizeof *p);
        if (!p) return MIEN_ENOMEM;
        onnx__string_string_entry_proto__init(p);
        p->key = (char *)card->facts[i][0];
        p->value = (char *)card->facts[i][1];
        m->metadata_props[m->n_metadata_props++] = p;
    }
    return MIEN_OK;
}

static mien_status pack(uint8_t **bytes, size_t *size,
                        const Onnx__ModelProto *model) {
    *size = onnx__model_proto__get_packed_size(model);
    if (*size > INT_MAX)
        return mien_fail(MIEN_ELIMIT,
                         "an ONNX file of %zu bytes; the format's "
                         "limit is 2 GiB",
                         *size);
    *bytes = mien_alloc(*size, 1);
    if (!*bytes) return MIEN_ENOMEM;
    onnx__model_proto__pack(model, *bytes);
    return MIEN_OK;
}

static mien_status open_lists(mien_onnx_exporter *e,
                              const mien_onnx_card *card) {
    const size_t n = (size_t)e->net->graph.n_nodes;
    e->room = MOST_PER_LAYER * (n + (size_t)card->n_outputs + 2);
    e->nodes = take(e, e->room, sizeof *e->nodes);
    e->tensors = take(e, e->room, sizeof *e->tensors);
    e->values = take(e, n, sizeof *e->values);
    e->ranks = take(e, n, sizeof *e->ranks);
    return e->nodes && e->tensors && e->values && e->ranks ? MIEN_OK
                                                           : MIEN_ENOMEM;
}

static mien_status export(uint8_t **bytes, size_t *size, mien_onnx_exporter *e,
                          const mien_onnx_card *card) {
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    Onnx__OperatorSetIdProto opset, *opsets[1] = {&opset};
    onnx__model_proto__init(&model);
    onnx__graph_proto__init(&graph);
    onnx__operator_set_id_proto__init(&opset);
    const mien_shape in = e->net->graph.input;
    Onnx__ValueInfoProto *inputs[1];
    MIEN_TRY(open_lists(e, card));
    for (int i = 0; i < e->net->graph.n_nodes; i++) MIEN_TRY(write_layer(e, i));
    MIEN_TRY(write_answer(&graph, e, card));
    MIEN_TRY(
        value_info(&inputs[0], e, "input", 4, (int[]){1, in.c, in.h, in.w}));
    graph.name = (char *)"mien";
    graph.n_input = 1;
    graph.input = inputs;
    graph.n_node = e->n_nodes;
    graph.node = e->nodes;
    graph.n_initializer = e->n_tensors;
    graph.initializer = e->tensors;
    opset.has_version = true;
    opset.version = OPSET;
    opset.domain = (char *)"";
    model.has_ir_version = true;
    model.ir_version = IR_VERSION;
    model.producer_name = (char *)"mien";
    model.producer_version = (char *)card->version;
    model.n_opset_import = 1;
    model.opset_import = opsets;
    model.graph = &graph;
    MIEN_TRY(add_facts(&model, e, card));
    return pack(bytes, size, &model);
}

mien_status mien_onnx_write(uint8_t **bytes, size_t *size, const mien_net *net,
                            const mien_onnx_card *card) {
    mien_onnx_exporter e = {.net = net};
    *bytes = NULL;
    const mien_status status = export(bytes, size, &e, card);
    mien_arena_close(&e.arena);
    return status;
}
