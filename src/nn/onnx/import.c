/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - the way of an ONNX file into a network.
 *
 * Decode (wire.c), number the names, take in the constants, read node after
 * node in the file's order, finish (finish.c). ONNX wants nodes in an order in
 * which they can run, so a node that needs what no node before it gave is part
 * of a cycle or of a broken file; either way it is refused. */
#include <onnx.pb-c.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/onnx/importer.h"

enum {
    MAX_NODES = 1 << 15,
    MAX_SIDE = 16384,
    SPARE_BYTES = 64 << 20, /* beside a multiple of the file's size */
    TIMES_SIZE = 12
};

#define MIEN_ONNX_OPERATOR(name) \
    extern const mien_onnx_operator mien_onnx_operator_##name;
#include "nn/onnx/operators.def"
#undef MIEN_ONNX_OPERATOR

const mien_onnx_operator *const *mien_onnx_operators(int *count) {
    static const mien_onnx_operator *const table[] = {
#define MIEN_ONNX_OPERATOR(name) &mien_onnx_operator_##name,
#include "nn/onnx/operators.def"
#undef MIEN_ONNX_OPERATOR
        0};
    *count = (int)(sizeof table / sizeof *table) - 1;
    return table;
}

/* ---- the file as a whole ---- */

static bool standard(const char *domain) {
    return !domain || !*domain || !strcmp(domain, "ai.onnx");
}

static mien_status check_model(mien_onnx_importer *m) {
    const Onnx__ModelProto *p = m->proto;
    const Onnx__GraphProto *g = p->graph;
    if (!g || !g->n_node || !g->n_output)
        return mien_fail(MIEN_EFORMAT, "%s: no ONNX file: it has no graph",
                         m->file);
    for (size_t i = 0; i < p->n_opset_import; i++)
        if (standard(p->opset_import[i]->domain) &&
            p->opset_import[i]->version > 0 &&
            p->opset_import[i]->version < 1000)
            m->opset = (int)p->opset_import[i]->version;
    if (m->opset < MIEN_ONNX_OPSET_MIN || m->opset > MIEN_ONNX_OPSET_MAX)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: it is of opset %d; %d to %d are read", m->file,
                         m->opset, MIEN_ONNX_OPSET_MIN, MIEN_ONNX_OPSET_MAX);
    if (g->n_node > MAX_NODES)
        return mien_fail(MIEN_ELIMIT, "%s: more than %d nodes", m->file,
                         MAX_NODES);
    if (g->n_sparse_initializer)
        return mien_fail(MIEN_EUNSUPPORTED, "%s: it has sparse tensors",
                         m->file);
    return MIEN_OK;
}

mien_onnx_value *mien_onnx_value_named(mien_onnx_importer *m,
                                       const char *name) {
    return &m->values[mien_onnx_names_number(&m->names, name ? name : "")];
}

static mien_status open_tables(mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    size_t most = g->n_initializer + g->n_input + g->n_output + 1;
    for (size_t i = 0; i < g->n_node; i++)
        most += g->node[i]->n_input + g->node[i]->n_output;
    void *memory;
    MIEN_TRY(mien_onnx_names_open(&m->names, &m->arena, most));
    MIEN_TRY(mien_onnx_alloc(&memory, m, most, sizeof *m->values));
    m->values = memory;
    MIEN_TRY(mien_onnx_alloc(&memory, m, MIEN_MAX_NODES, sizeof *m->layers));
    m->layers = memory;
    return MIEN_OK;
}

static void count_uses(mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    for (size_t i = 0; i < g->n_node; i++)
        for (size_t k = 0; k < g->node[i]->n_input; k++)
            mien_onnx_value_named(m, g->node[i]->input[k])->uses++;
    for (size_t i = 0; i < g->n_output; i++)
        mien_onnx_value_named(m, g->output[i]->name)->uses++;
}

static mien_status read_constants(mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    for (size_t i = 0; i < g->n_initializer; i++) {
        mien_onnx_value *v = mien_onnx_value_named(m, g->initializer[i]->name);
        const mien_status status = mien_onnx_decode(v, m, g->initializer[i]);
        if (status != MIEN_OK) return mien_fail_in(status, "%s", m->file);
    }
    return MIEN_OK;
}

/* ---- the input ---- */

static mien_status one_input(const Onnx__ValueInfoProto **out,
                             mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    *out = NULL;
    for (size_t i = 0; i < g->n_input; i++) {
        if (mien_onnx_value_named(m, g->input[i]->name)->known) continue;
        if (*out)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "%s: it has more than one input ('%.60s', "
                             "'%.60s')",
                             m->file, (*out)->name, g->input[i]->name);
        *out = g->input[i];
    }
    if (*out && (*out)->name) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: it has no input", m->file);
}

/* The extents that the file states; -1 where it does not. */
static mien_status stated(int64_t d[4], const Onnx__ValueInfoProto *info,
                          const char *file) {
    const Onnx__TypeProto *t = info->type;
    const Onnx__TypeProto__Tensor *tensor =
        t && t->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
            ? t->tensor_type
            : NULL;
    if (!tensor || tensor->elem_type != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: its input '%.60s' is no tensor of floats", file,
                         info->name);
    if (!tensor->shape || tensor->shape->n_dim != 4)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: its input '%.60s' is not of rank 4: batch x "
                         "channels x rows x columns",
                         file, info->name);
    for (int i = 0; i < 4; i++) {
        const Onnx__TensorShapeProto__Dimension *dim = tensor->shape->dim[i];
        const bool fixed = dim->value_case ==
                           ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        d[i] = fixed && dim->dim_value > 0 ? dim->dim_value : -1;
    }
    return MIEN_OK;
}

static mien_status check_input(const int64_t d[4], const char *file) {
    if (d[0] > 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: its input is a batch of %lld; of one, or of any "
                         "number, are read",
                         file, (long long)d[0]);
    if (d[1] != 1 && d[1] != 3)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: its input has %lld channels; 1 or 3 are read "
                         "(batch x channels x rows x columns)",
                         file, (long long)d[1]);
    if (d[2] < 0 || d[3] < 0)
        return mien_fail(MIEN_EINVAL,
                         "%s: its input may have any size: say which is "
                         "wanted, as --size 640x640",
                         file);
    if (d[2] > MAX_SIDE || d[3] > MAX_SIDE)
        return mien_fail(MIEN_ELIMIT,
                         "%s: its input is %lldx%lld; the most "
                         "is %d a side",
                         file, (long long)d[2], (long long)d[3], MAX_SIDE);
    return MIEN_OK;
}

static mien_status read_input(mien_onnx *out, mien_onnx_importer *m,
                              const mien_onnx_options *o) {
    const Onnx__ValueInfoProto *info;
    int64_t d[4];
    MIEN_TRY(one_input(&info, m));
    MIEN_TRY(stated(d, info, m->file));
    if (o && o->rows > 0) d[2] = o->rows;
    if (o && o->columns > 0) d[3] = o->columns;
    MIEN_TRY(check_input(d, m->file));
    d[0] = 1;
    mien_onnx_value *v = mien_onnx_value_named(m, info->name);
    MIEN_TRY(mien_onnx_extents(v, 4, d));
    v->known = true;
    v->layer = MIEN_GRAPH_INPUT;
    m->graph.input = (mien_shape){1, v->d[1], v->d[2], v->d[3]};
    out->input = mien_arena_strdup(&out->arena, info->name);
    return out->input ? MIEN_OK : MIEN_ENOMEM;
}

/* ---- the nodes ---- */

static const mien_onnx_operator *operator_named(const char *name) {
    int count;
    const mien_onnx_operator *const *table = mien_onnx_operators(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    return NULL;
}

static mien_status look_up(mien_onnx_node *n) {
    mien_onnx_importer *m = n->m;
    void *memory;
    n->n_in = (int)n->proto->n_input;
    n->n_out = (int)n->proto->n_output;
    MIEN_TRY(mien_onnx_alloc(&memory, m, n->proto->n_input + 1, sizeof *n->in));
    n->in = memory;
    MIEN_TRY(
        mien_onnx_alloc(&memory, m, n->proto->n_output + 1, sizeof *n->out));
    n->out = memory;
    for (int i = 0; i < n->n_in; i++) {
        if (!*n->proto->input[i]) continue; /* an optional one left out */
        n->in[i] = mien_onnx_value_named(m, n->proto->input[i]);
        if (!n->in[i]->known)
            return mien_fail(MIEN_EFORMAT,
                             "its input '%.60s' is not computed by any node "
                             "before it (a cycle, or a wrong order)",
                             n->proto->input[i]);
    }
    for (int i = 0; i < n->n_out; i++) {
        if (i && !*n->proto->output[i]) continue;
        n->out[i] = mien_onnx_value_named(m, n->proto->output[i]);
        if (n->out[i]->known)
            return mien_fail(MIEN_EFORMAT,
                             "its output '%.60s' has been computed already",
                             n->proto->output[i]);
    }
    return MIEN_OK;
}

/* Outputs beside the first, such as a dropout's mask, are not computed. */
static mien_status check_outputs(const mien_onnx_node *n) {
    if (n->n_out < 1) return mien_fail(MIEN_EFORMAT, "it has no output");
    for (int i = 1; i < n->n_out; i++)
        if (n->out[i] && n->out[i]->uses)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "its output %d is used; only the first is read",
                             i + 1);
    return MIEN_OK;
}

static mien_status read_node(mien_onnx_importer *m,
                             const Onnx__NodeProto *proto) {
    mien_onnx_node n = {.m = m, .proto = proto};
    const mien_onnx_operator *op =
        standard(proto->domain) ? operator_named(proto->op_type) : NULL;
    if (!op)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "the operator is not among those that mien reads");
    MIEN_TRY(look_up(&n));
    MIEN_TRY(check_outputs(&n));
    if (n.n_in < op->least_in || n.n_in > op->most_in)
        return mien_fail(MIEN_EFORMAT, "it has %d inputs", n.n_in);
    for (int i = 0; i < op->least_in; i++)
        if (!n.in[i])
            return mien_fail(MIEN_EFORMAT, "input %d is missing", i + 1);
    return op->read(&n);
}

/* A name as it may be printed. */
static const char *printable(char out[64], const char *text) {
    size_t i = 0;
    for (; text && text[i] && i < 63; i++)
        out[i] = text[i] < 32 || text[i] > 126 ? '?' : text[i];
    out[i] = 0;
    return out;
}

static mien_status read_nodes(mien_onnx_importer *m) {
    const Onnx__GraphProto *g = m->proto->graph;
    for (size_t i = 0; i < g->n_node; i++) {
        const Onnx__NodeProto *proto = g->node[i];
        char name[64], op[64];
        if (!proto->op_type)
            return mien_fail(MIEN_EFORMAT, "%s: node %zu has no operator",
                             m->file, i + 1);
        const mien_status status = read_node(m, proto);
        if (status == MIEN_OK) continue;
        const char *given = proto->name && *proto->name ? proto->name
                            : proto->n_output           ? proto->output[0]
                                                        : "";
        return mien_fail_in(status, "%s: node %zu '%s' (%s, opset %d)", m->file,
                            i + 1, printable(name, given),
                            printable(op, proto->op_type), m->opset);
    }
    return MIEN_OK;
}

static mien_status import(mien_onnx *out, mien_onnx_importer *m,
                          const mien_onnx_options *options) {
    MIEN_TRY(check_model(m));
    MIEN_TRY(open_tables(m));
    count_uses(m);
    MIEN_TRY(read_constants(m));
    MIEN_TRY(read_input(out, m, options));
    MIEN_TRY(read_nodes(m));
    const char *producer = m->proto->producer_name;
    out->producer = mien_arena_strdup(&out->arena, producer ? producer : "");
    out->opset = m->opset;
    if (!out->producer) return MIEN_ENOMEM;
    return mien_onnx_finish(out, m);
}

mien_status mien_onnx_open(mien_onnx *out, const void *bytes, size_t size,
                           const char *name, const mien_onnx_options *options) {
    mien_onnx_importer m = {.file = name,
                            .budget = SPARE_BYTES + TIMES_SIZE * size};
    *out = (mien_onnx){0};
    mien_status status = mien_onnx_parse(&m.proto, bytes, size, name);
    if (status == MIEN_OK) status = import(out, &m, options);
    mien_onnx_model_free(m.proto);
    mien_arena_close(&m.arena);
    if (status != MIEN_OK) mien_onnx_close(out);
    return status;
}

void mien_onnx_close(mien_onnx *onnx) {
    mien_net_close(onnx->net);
    mien_arena_close(&onnx->arena);
    *onnx = (mien_onnx){0};
}
