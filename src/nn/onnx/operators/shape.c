/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - extents: constants, and the same numbers counted otherwise. */
#include <onnx.pb-c.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "nn/onnx/importer.h"

/* ---- constants ---- */

static mien_status give_wholes(mien_onnx_node *n, const int64_t *items,
                               size_t count, bool list) {
    mien_onnx_value y = {.known = true};
    void *memory;
    MIEN_TRY(mien_onnx_extents(&y, list, (const int64_t[]){(int64_t)count}));
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, count, sizeof(int64_t)));
    if (count) memcpy(memory, items, count * sizeof(int64_t));
    y.wholes = memory;
    return mien_onnx_give_constant(n, &y);
}

static mien_status give_reals(mien_onnx_node *n, const float *items,
                              size_t count, bool list) {
    mien_onnx_value y = {.known = true};
    void *memory;
    MIEN_TRY(mien_onnx_extents(&y, list, (const int64_t[]){(int64_t)count}));
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, count, sizeof(float)));
    if (count) memcpy(memory, items, count * sizeof(float));
    y.reals = memory;
    return mien_onnx_give_constant(n, &y);
}

static mien_status read_constant(mien_onnx_node *n) {
    const Onnx__AttributeProto *a = mien_onnx_attribute(n, "value");
    mien_onnx_value y = {.known = true};
    if (a && a->t) {
        MIEN_TRY(mien_onnx_decode(&y, n->m, a->t));
        return mien_onnx_give_constant(n, &y);
    }
    a = mien_onnx_attribute(n, "value_int");
    if (a) return give_wholes(n, &a->i, 1, false);
    a = mien_onnx_attribute(n, "value_ints");
    if (a) return give_wholes(n, a->ints, a->n_ints, true);
    a = mien_onnx_attribute(n, "value_float");
    if (a) return give_reals(n, &a->f, 1, false);
    a = mien_onnx_attribute(n, "value_floats");
    if (a) return give_reals(n, a->floats, a->n_floats, true);
    return mien_fail(MIEN_EUNSUPPORTED,
                     "its value is neither a tensor nor numbers");
}

const mien_onnx_operator mien_onnx_operator_Constant = {"Constant",
                                                        read_constant, 0, 0};

static mien_status read_filled(mien_onnx_node *n) {
    const Onnx__AttributeProto *a = mien_onnx_attribute(n, "value");
    const int64_t *d;
    int rank;
    mien_onnx_value y = {.known = true}, one = {0};
    void *memory;
    MIEN_TRY(mien_onnx_list(&d, &rank, n, NULL, 0));
    if (!n->in[0]->wholes)
        return mien_fail(MIEN_EUNSUPPORTED, "its extents must be constant");
    MIEN_TRY(mien_onnx_extents(&y, rank, d));
    if (a && a->t) MIEN_TRY(mien_onnx_decode(&one, n->m, a->t));
    if (a && one.count != 1)
        return mien_fail(MIEN_EFORMAT, "its value is not one number");
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, y.count,
                             one.wholes ? sizeof(int64_t) : sizeof(float)));
    for (size_t i = 0; i < y.count; i++)
        if (one.wholes)
            ((int64_t *)memory)[i] = one.wholes[0];
        else
            ((float *)memory)[i] = one.reals ? one.reals[0] : 0;
    if (one.wholes)
        y.wholes = memory;
    else
        y.reals = memory;
    return mien_onnx_give_constant(n, &y);
}

const mien_onnx_operator mien_onnx_operator_ConstantOfShape = {
    "ConstantOfShape", read_filled, 1, 1};

static int clamp_axis(int64_t axis, int rank) {
    if (axis < 0) axis += rank;
    return axis < 0 ? 0 : axis > rank ? rank : (int)axis;
}

static mien_status read_shape(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    int64_t d[MIEN_ONNX_RANK + 1] = {0};
    const int64_t end = mien_onnx_whole(n, "end", v->rank);
    const int first = clamp_axis(mien_onnx_whole(n, "start", 0), v->rank);
    const int last = clamp_axis(end, v->rank);
    for (int i = 0; i < v->rank; i++) d[i] = v->d[i];
    return give_wholes(n, d + first, last > first ? (size_t)(last - first) : 0,
                       true);
}

const mien_onnx_operator mien_onnx_operator_Shape = {"Shape", read_shape, 1, 1};

/* ---- the same value ---- */

static mien_status read_same(mien_onnx_node *n) {
    int64_t d[MIEN_ONNX_RANK];
    for (int i = 0; i < MIEN_ONNX_RANK; i++) d[i] = n->in[0]->d[i];
    return mien_onnx_give_view(n, n->in[0]->rank, d);
}

const mien_onnx_operator mien_onnx_operator_Identity = {"Identity", read_same,
                                                        1, 1};
const mien_onnx_operator mien_onnx_operator_Dropout = {"Dropout", read_same, 1,
                                                       3};

static mien_status cast_to_whole(mien_onnx_node *n) {
    mien_onnx_value y = *n->in[0];
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, y.count, sizeof(int64_t)));
    int64_t *to = memory;
    for (size_t i = 0; i < y.count; i++) {
        if (!(fabsf(y.reals[i]) < 9e18f))
            return mien_fail(MIEN_EFORMAT, "%g is no integer",
                             (double)y.reals[i]);
        to[i] = (int64_t)y.reals[i];
    }
    y.wholes = to;
    y.reals = NULL;
    return mien_onnx_give_constant(n, &y);
}

/* Among the kinds that are read; what layers compute is float. */
static mien_status read_cast(mien_onnx_node *n) {
    const int64_t to = mien_onnx_whole(n, "to", 0);
    const bool whole = to == ONNX__TENSOR_PROTO__DATA_TYPE__INT64 ||
                       to == ONNX__TENSOR_PROTO__DATA_TYPE__INT32;
    mien_onnx_value y = *n->in[0];
    if (!whole && to != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT &&
        to != ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE)
        return mien_fail(MIEN_EUNSUPPORTED, "a cast to ONNX type %lld",
                         (long long)to);
    if (!mien_onnx_constant(&y)) {
        if (!whole) return read_same(n);
        return mien_fail(MIEN_EUNSUPPORTED,
                         "what is computed cannot become integers");
    }
    if (whole) return y.wholes ? read_same(n) : cast_to_whole(n);
    MIEN_TRY(mien_onnx_floats(&y.reals, n, 0, "input"));
    y.wholes = NULL;
    return mien_onnx_give_constant(n, &y);
}

const mien_onnx_operator mien_onnx_operator_Cast = {"Cast", read_cast, 1, 1};

/* ---- other extents ---- */

static mien_status read_flatten(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const int64_t axis = mien_onnx_whole(n, "axis", 1);
    if (axis < -v->rank || axis > v->rank)
        return mien_fail(MIEN_EFORMAT, "axis %lld of rank %d", (long long)axis,
                         v->rank);
    const int at = (int)(axis < 0 ? axis + v->rank : axis);
    return mien_onnx_give_view(
        n, 2,
        (const int64_t[]){mien_onnx_product(v, 0, at),
                          mien_onnx_product(v, at, v->rank)});
}

const mien_onnx_operator mien_onnx_operator_Flatten = {"Flatten", read_flatten,
                                                       1, 1};

/* 0 keeps an extent, -1 takes what is left. */
static mien_status read_reshape(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const bool keep = !mien_onnx_whole(n, "allowzero", 0);
    const int64_t *items;
    int64_t d[MIEN_ONNX_RANK], known = 1;
    int rank, open = -1;
    MIEN_TRY(mien_onnx_list(&items, &rank, n, NULL, 1));
    if (!n->in[1]->wholes || rank > MIEN_ONNX_RANK)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its new extents must be at most %d integers",
                         MIEN_ONNX_RANK);
    for (int i = 0; i < rank; i++) {
        d[i] = items[i];
        if (d[i] == 0 && keep && i < v->rank) d[i] = v->d[i];
        if (d[i] < -1 || d[i] > INT_MAX || (d[i] == -1 && open >= 0))
            return mien_fail(MIEN_EFORMAT, "new extent %d is %lld", i + 1,
                             (long long)d[i]);
        if (d[i] == -1)
            open = i;
        else if (__builtin_mul_overflow(known, d[i], &known))
            return mien_fail(MIEN_ELIMIT, "its new extents are too large");
    }
    if (open >= 0 && (!known || v->count % (size_t)known))
        return mien_fail(MIEN_EFORMAT, "%zu numbers in parts of %lld", v->count,
                         (long long)known);
    if (open >= 0) d[open] = (int64_t)(v->count / (size_t)known);
    return mien_onnx_give_view(n, rank, d);
}

const mien_onnx_operator mien_onnx_operator_Reshape = {"Reshape", read_reshape,
                                                       2, 2};

/* A bit for each axis listed. */
static mien_status axes_of(unsigned *out, bool *given, const mien_onnx_node *n,
                           int rank) {
    const int64_t *items;
    int count, axis;
    *out = 0;
    MIEN_TRY(mien_onnx_list(&items, &count, n, "axes", 1));
    *given = items != NULL;
    for (int i = 0; i < count; i++) {
        MIEN_TRY(mien_onnx_axis(&axis, items[i], rank));
        if (*out >> axis & 1)
            return mien_fail(MIEN_EFORMAT, "axis %d is named twice", axis);
        *out |= 1u << axis;
    }
    return MIEN_OK;
}

static mien_status read_squeeze(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    int64_t d[MIEN_ONNX_RANK];
    unsigned axes;
    bool given;
    int rank = 0;
    MIEN_TRY(axes_of(&axes, &given, n, v->rank));
    for (int i = 0; i < v->rank; i++) {
        const bool drop = given ? axes >> i & 1 : v->d[i] == 1;
        if (drop && v->d[i] != 1)
            return mien_fail(MIEN_EFORMAT, "axis %d has extent %d, not 1", i,
                             v->d[i]);
        if (!drop) d[rank++] = v->d[i];
    }
    return mien_onnx_give_view(n, rank, d);
}

const mien_onnx_operator mien_onnx_operator_Squeeze = {"Squeeze", read_squeeze,
                                                       1, 2};

static mien_status read_unsqueeze(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const int64_t *items;
    int64_t d[MIEN_ONNX_RANK];
    unsigned axes;
    bool given;
    int count, from = 0;
    MIEN_TRY(mien_onnx_list(&items, &count, n, "axes", 1));
    if (!items || v->rank + count > MIEN_ONNX_RANK)
        return mien_fail(MIEN_ELIMIT, "it would give rank %d", v->rank + count);
    const int rank = v->rank + count;
    MIEN_TRY(axes_of(&axes, &given, n, rank));
    for (int i = 0; i < rank; i++) d[i] = axes >> i & 1 ? 1 : v->d[from++];
    return mien_onnx_give_view(n, rank, d);
}

const mien_onnx_operator mien_onnx_operator_Unsqueeze = {"Unsqueeze",
                                                         read_unsqueeze, 1, 2};
