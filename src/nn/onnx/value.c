/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - tensors, attributes and extents of a file. */
#include <onnx.pb-c.h>
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "nn/onnx/importer.h"

mien_status mien_onnx_alloc(void **out, mien_onnx_importer *m, size_t count,
                            size_t size) {
    size_t bytes;
    *out = NULL;
    if (!mien_size_mul(&bytes, count, size) || bytes > m->budget ||
        m->arena.total > m->budget - bytes)
        return mien_fail(MIEN_ELIMIT,
                         "its constants would take more than %zu bytes",
                         m->budget);
    *out = mien_arena_alloc(&m->arena, count + 1, size);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

const Onnx__AttributeProto *mien_onnx_attribute(const mien_onnx_node *n,
                                                const char *name) {
    for (size_t i = 0; i < n->proto->n_attribute; i++)
        if (n->proto->attribute[i]->name &&
            !strcmp(n->proto->attribute[i]->name, name))
            return n->proto->attribute[i];
    return NULL;
}

int64_t mien_onnx_whole(const mien_onnx_node *n, const char *name,
                        int64_t base) {
    const Onnx__AttributeProto *a = mien_onnx_attribute(n, name);
    return a && a->has_i ? a->i : base;
}

float mien_onnx_real(const mien_onnx_node *n, const char *name, float base) {
    const Onnx__AttributeProto *a = mien_onnx_attribute(n, name);
    return a && a->has_f ? a->f : base;
}

bool mien_onnx_text_is(const mien_onnx_node *n, const char *name,
                       const char *base, const char *text) {
    const Onnx__AttributeProto *a = mien_onnx_attribute(n, name);
    if (!a || !a->has_s) return !strcmp(base, text);
    return a->s.len == strlen(text) && !memcmp(a->s.data, text, a->s.len);
}

mien_status mien_onnx_list(const int64_t **items, int *count,
                           const mien_onnx_node *n, const char *attribute,
                           int input) {
    const Onnx__AttributeProto *a =
        attribute ? mien_onnx_attribute(n, attribute) : NULL;
    *items = NULL;
    *count = 0;
    if (a) {
        if (a->n_ints > INT_MAX) return MIEN_ELIMIT;
        *items = a->ints;
        *count = (int)a->n_ints;
        return MIEN_OK;
    }
    if (input < 0 || input >= n->n_in || !n->in[input]) return MIEN_OK;
    if (!n->in[input]->wholes || n->in[input]->rank > 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "input %d must be a constant list of integers",
                         input + 1);
    *items = n->in[input]->wholes;
    *count = (int)n->in[input]->count;
    return MIEN_OK;
}

mien_status mien_onnx_axis(int *out, int64_t axis, int rank) {
    if (axis < -rank || axis >= rank)
        return mien_fail(MIEN_EFORMAT, "axis %lld of a value of rank %d",
                         (long long)axis, rank);
    *out = (int)(axis < 0 ? axis + rank : axis);
    return MIEN_OK;
}

mien_status mien_onnx_extents(mien_onnx_value *v, int rank, const int64_t *d) {
    size_t count = 1;
    bool empty = false;
    if (rank > MIEN_ONNX_RANK)
        return mien_fail(MIEN_ELIMIT, "a value of rank %d; the most is %d",
                         rank, MIEN_ONNX_RANK);
    v->rank = rank;
    for (int i = 0; i < rank; i++) {
        if (d[i] < 0)
            return mien_fail(MIEN_EFORMAT, "extent %d of a value is %lld",
                             i + 1, (long long)d[i]);
        /* An extent of 0 hides no product of the others. */
        if (d[i] > INT_MAX ||
            !mien_size_mul(&count, count, d[i] ? (size_t)d[i] : 1) ||
            count > INT_MAX)
            return mien_fail(MIEN_ELIMIT, "a value with more than %d numbers",
                             INT_MAX);
        v->d[i] = (int)d[i];
        empty = empty || !d[i];
    }
    v->count = empty ? 0 : count;
    return MIEN_OK;
}

int mien_onnx_product(const mien_onnx_value *v, int first, int last) {
    int product = 1;
    for (int i = first; i < last; i++) product *= v->d[i];
    return product;
}

/* ---- tensors of the file ---- */

/* Where the numbers lie: `size` bytes each if raw, else in the typed list. */
typedef struct source {
    const uint8_t *raw;
    size_t count;
} source;

static mien_status source_of(source *s, const Onnx__TensorProto *t,
                             size_t typed, size_t size, size_t count) {
    *s = (source){.count = typed};
    if (t->has_raw_data) {
        s->raw = t->raw_data.data;
        s->count = t->raw_data.len / size;
        if (t->raw_data.len % size) s->count = SIZE_MAX;
    }
    if (s->count == count) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT,
                     "tensor '%.60s' should have %zu numbers and has %zu",
                     t->name ? t->name : "", count, s->count);
}

static mien_status decode_reals(mien_onnx_value *v, mien_onnx_importer *m,
                                const Onnx__TensorProto *t) {
    const bool wide = t->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
    void *memory;
    source s;
    MIEN_TRY(source_of(&s, t, wide ? t->n_double_data : t->n_float_data,
                       wide ? 8 : 4, v->count));
    MIEN_TRY(mien_onnx_alloc(&memory, m, v->count, sizeof(float)));
    float *to = memory;
    v->reals = to;
    if (!wide && v->count)
        memcpy(to, s.raw ? (const void *)s.raw : t->float_data,
               v->count * sizeof *to);
    for (size_t i = 0; wide && i < v->count; i++) {
        double x = s.raw ? 0 : t->double_data[i];
        if (s.raw) memcpy(&x, s.raw + 8 * i, 8);
        to[i] = (float)x;
    }
    return MIEN_OK;
}

static int64_t raw_whole(const uint8_t *raw, size_t size, size_t i) {
    int64_t wide = 0;
    int32_t narrow = 0;
    if (size == 1) return raw[i];
    if (size == 8) {
        memcpy(&wide, raw + 8 * i, 8);
        return wide;
    }
    memcpy(&narrow, raw + 4 * i, 4);
    return narrow;
}

static mien_status decode_wholes(mien_onnx_value *v, mien_onnx_importer *m,
                                 const Onnx__TensorProto *t, size_t size) {
    void *memory;
    source s;
    MIEN_TRY(source_of(&s, t, size == 8 ? t->n_int64_data : t->n_int32_data,
                       size, v->count));
    MIEN_TRY(mien_onnx_alloc(&memory, m, v->count, sizeof(int64_t)));
    int64_t *to = memory;
    v->wholes = to;
    for (size_t i = 0; i < v->count; i++)
        to[i] = s.raw       ? raw_whole(s.raw, size, i)
                : size == 8 ? t->int64_data[i]
                            : t->int32_data[i];
    return MIEN_OK;
}

mien_status mien_onnx_decode(mien_onnx_value *v, mien_onnx_importer *m,
                             const Onnx__TensorProto *t) {
    const char *name = t->name ? t->name : "";
    *v = (mien_onnx_value){.known = true, .uses = v->uses};
    if (t->n_external_data ||
        (t->has_data_location &&
         t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "tensor '%.60s' lies in another file: save the "
                         "network with all of its data inside",
                         name);
    if (t->n_dims > MIEN_ONNX_RANK)
        return mien_fail(MIEN_ELIMIT,
                         "tensor '%.60s' has rank %zu; the most "
                         "is %d",
                         name, t->n_dims, MIEN_ONNX_RANK);
    MIEN_TRY(mien_onnx_extents(v, (int)t->n_dims, t->dims));
    switch (t->data_type) {
        case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
        case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
            return decode_reals(v, m, t);
        case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
            return decode_wholes(v, m, t, 8);
        case ONNX__TENSOR_PROTO__DATA_TYPE__INT32:
            return decode_wholes(v, m, t, 4);
        case ONNX__TENSOR_PROTO__DATA_TYPE__BOOL:
            return decode_wholes(v, m, t, 1);
        default: break;
    }
    return mien_fail(MIEN_EUNSUPPORTED,
                     "tensor '%.60s' is of ONNX type %d; float, double, int32, "
                     "int64 and bool are read",
                     name, (int)t->data_type);
}

/* ---- what a node gives ---- */

mien_status mien_onnx_give_constant(mien_onnx_node *n,
                                    const mien_onnx_value *v) {
    const int uses = n->out[0]->uses;
    *n->out[0] = *v;
    n->out[0]->uses = uses;
    n->out[0]->known = true;
    return MIEN_OK;
}

mien_status mien_onnx_give_layer(mien_onnx_node *n, int layer, int rank,
                                 const int *d) {
    mien_onnx_value *v = n->out[0];
    int64_t wide[MIEN_ONNX_RANK] = {0};
    for (int i = 0; i < rank && i < MIEN_ONNX_RANK; i++) wide[i] = d[i];
    MIEN_TRY(mien_onnx_extents(v, rank, wide));
    if (v->count != mien_shape_count(mien_onnx_shape(n->m, layer)))
        return mien_fail(MIEN_EFORMAT,
                         "its output should have %zu numbers, its inputs give "
                         "%zu",
                         v->count,
                         mien_shape_count(mien_onnx_shape(n->m, layer)));
    v->known = true;
    v->layer = layer;
    v->sole = v->uses == 1;
    return MIEN_OK;
}

mien_status mien_onnx_give_view(mien_onnx_node *n, int rank, const int64_t *d) {
    mien_onnx_value v = *n->in[0];
    const size_t count = v.count;
    MIEN_TRY(mien_onnx_extents(&v, rank, d));
    if (v.count != count)
        return mien_fail(MIEN_EFORMAT, "%zu numbers cannot become %zu", count,
                         v.count);
    v.sole = v.sole && n->out[0]->uses == 1;
    return mien_onnx_give_constant(n, &v);
}

mien_status mien_onnx_floats(const float **out, mien_onnx_node *n, int input,
                             const char *what) {
    const mien_onnx_value *v = input < n->n_in ? n->in[input] : NULL;
    void *memory;
    *out = NULL;
    if (!v || !mien_onnx_constant(v))
        return mien_fail(MIEN_EUNSUPPORTED, "its %s must be a constant", what);
    if (v->reals) {
        *out = v->reals;
        return MIEN_OK;
    }
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, v->count, sizeof(float)));
    float *to = memory;
    for (size_t i = 0; i < v->count; i++) to[i] = (float)v->wholes[i];
    *out = to;
    return MIEN_OK;
}
