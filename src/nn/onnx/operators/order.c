/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - numbers moved: transposed, joined, cut, picked.
 *
 * Constants are moved here and now. What is computed is seen as few extents
 * as the move needs and becomes transpose, concat and slice layers. */
#include <string.h>

#include "nn/onnx/importer.h"

static size_t size_of(const mien_onnx_value *v) {
    return v->reals ? sizeof(float) : sizeof(int64_t);
}

static const char *bytes_of(const mien_onnx_value *v) {
    return v->reals ? (const char *)v->reals : (const char *)v->wholes;
}

/* A constant of the kind of `like` with room for y->count numbers. */
static mien_status make_room(char **out, mien_onnx_node *n, mien_onnx_value *y,
                             const mien_onnx_value *like) {
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, y->count, size_of(like)));
    y->known = true;
    y->reals = like->reals ? memory : NULL;
    y->wholes = like->reals ? NULL : memory;
    *out = memory;
    return MIEN_OK;
}

/* ---- transpose ---- */

static mien_status order_of(int order[MIEN_ONNX_RANK],
                            const mien_onnx_node *n) {
    const int rank = n->in[0]->rank;
    const int64_t *items;
    int count;
    unsigned seen = 0;
    MIEN_TRY(mien_onnx_list(&items, &count, n, "perm", -1));
    if (items && count != rank)
        return mien_fail(MIEN_EFORMAT, "perm has %d numbers for rank %d", count,
                         rank);
    for (int i = 0; i < rank; i++) {
        const int64_t axis = items ? items[i] : rank - 1 - i;
        if (axis < 0 || axis >= rank || seen >> axis & 1)
            return mien_fail(MIEN_EFORMAT, "perm is no permutation");
        order[i] = (int)axis;
        seen |= 1u << axis;
    }
    return MIEN_OK;
}

static mien_status transpose_constant(mien_onnx_node *n, const int *order,
                                      mien_onnx_value *y) {
    const mien_onnx_value *v = n->in[0];
    const size_t size = size_of(v);
    size_t step[MIEN_ONNX_RANK], all = 1;
    char *to;
    MIEN_TRY(make_room(&to, n, y, v));
    for (int i = v->rank - 1; i >= 0; i--) {
        step[i] = all;
        all *= (size_t)v->d[i];
    }
    for (size_t i = 0; i < y->count; i++) {
        size_t left = i, from = 0;
        for (int k = y->rank - 1; k >= 0; k--) {
            from += left % (size_t)y->d[k] * step[order[k]];
            left /= (size_t)y->d[k];
        }
        memcpy(to + i * size, bytes_of(v) + from * size, size);
    }
    return mien_onnx_give_constant(n, y);
}

/* Axes that stay neighbours become one, those of extent 1 go: at most three
 * are left in all that networks for images do. */
static mien_status few_axes(int extent[3], int order[3], int *count,
                            const mien_onnx_value *v, const int *full) {
    int first[MIEN_ONNX_RANK], groups = 0, last = -2;
    for (int i = 0; i < v->rank; i++) {
        if (v->d[full[i]] == 1) continue;
        int next = last + 1;
        while (next >= 0 && next < v->rank && v->d[next] == 1) next++;
        if (last >= 0 && full[i] == next) {
            if (groups <= 3) extent[groups - 1] *= v->d[full[i]];
        } else {
            if (groups < 3) extent[groups] = v->d[full[i]];
            first[groups++] = full[i];
        }
        last = full[i];
    }
    if (groups > 3)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "it exchanges %d extents; at most 3 are read", groups);
    *count = groups;
    for (int i = 0; i < groups; i++) {
        order[i] = 0;
        for (int k = 0; k < groups; k++) order[i] += first[k] < first[i];
    }
    return MIEN_OK;
}

static mien_status read_transpose(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    int full[MIEN_ONNX_RANK], extent[3] = {1, 1, 1}, order[3] = {0, 1, 2};
    int count = 0, x, layer, from[3] = {1, 1, 1};
    int64_t d[MIEN_ONNX_RANK];
    mien_onnx_value y = {0};
    MIEN_TRY(order_of(full, n));
    for (int i = 0; i < v->rank; i++) d[i] = v->d[full[i]];
    MIEN_TRY(mien_onnx_extents(&y, v->rank, d));
    if (mien_onnx_constant(v)) return transpose_constant(n, full, &y);
    MIEN_TRY(few_axes(extent, order, &count, v, full));
    if (count < 2) return mien_onnx_give_view(n, v->rank, d);
    for (int i = 0; i < count; i++) from[order[i]] = extent[i];
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    MIEN_TRY(mien_onnx_as(&x, n, x, from[0], from[1], from[2]));
    MIEN_TRY(mien_onnx_addf(&layer, n, x, "transpose", "{order: [%d, %d, %d]}",
                            order[0], order[1], order[2]));
    return mien_onnx_give_layer(n, layer, y.rank, y.d);
}

const mien_onnx_operator mien_onnx_operator_Transpose = {"Transpose",
                                                         read_transpose, 1, 1};

/* ---- concat ---- */

/* Extents and the sum along the axis. */
static mien_status joined(mien_onnx_value *y, int *axis, bool *constant,
                          const mien_onnx_node *n) {
    int64_t d[MIEN_ONNX_RANK];
    const mien_onnx_value *first = n->in[0];
    MIEN_TRY(mien_onnx_axis(axis, mien_onnx_whole(n, "axis", 1), first->rank));
    for (int i = 0; i < first->rank; i++) d[i] = first->d[i];
    *constant = true;
    d[*axis] = 0;
    for (int k = 0; k < n->n_in; k++) {
        const mien_onnx_value *v = n->in[k];
        bool fits = v && v->rank == first->rank;
        for (int i = 0; fits && i < v->rank; i++)
            fits = i == *axis || v->d[i] == first->d[i];
        if (!fits)
            return mien_fail(MIEN_EFORMAT, "input %d does not fit input 1",
                             k + 1);
        d[*axis] += v->d[*axis];
        *constant = *constant && mien_onnx_constant(v);
    }
    return mien_onnx_extents(y, first->rank, d);
}

static mien_status join_constants(mien_onnx_node *n, int axis,
                                  mien_onnx_value *y) {
    const mien_onnx_value *first = n->in[0];
    const size_t size = size_of(first);
    const int outer = mien_onnx_product(first, 0, axis);
    char *to;
    MIEN_TRY(make_room(&to, n, y, first));
    for (int k = 0; k < n->n_in; k++)
        if (size_of(n->in[k]) != size)
            return mien_fail(MIEN_EFORMAT, "integers and floats are joined");
    for (int o = 0; o < outer; o++)
        for (int k = 0; k < n->n_in; k++) {
            const mien_onnx_value *v = n->in[k];
            const size_t part =
                (size_t)mien_onnx_product(v, axis, v->rank) * size;
            memcpy(to, bytes_of(v) + (size_t)o * part, part);
            to += part;
        }
    return mien_onnx_give_constant(n, y);
}

/* Input `k` with what is joined as its channels. */
static mien_status as_channels(int *layer, mien_onnx_node *n, int k, int axis) {
    const mien_onnx_value *v = n->in[k];
    const int outer = mien_onnx_product(v, 0, axis);
    MIEN_TRY(mien_onnx_computed(layer, n, k));
    if (outer > 1) {
        MIEN_TRY(mien_onnx_as(layer, n, *layer, outer,
                              mien_onnx_product(v, axis, v->rank), 1));
        return mien_onnx_addf(layer, n, *layer, "transpose",
                              "{order: [1, 0, 2]}");
    }
    if (v->rank == 4 && axis == 1)
        return mien_onnx_as(layer, n, *layer, v->d[1], v->d[2], v->d[3]);
    return mien_onnx_as(layer, n, *layer, v->d[axis],
                        mien_onnx_product(v, axis + 1, v->rank), 1);
}

/* Join one more, a full layer's worth at a time. */
static mien_status join_layers(int *out, mien_onnx_node *n, int axis) {
    int in[MIEN_MAX_INPUTS], count = 0;
    for (int k = 0; k < n->n_in; k++) {
        MIEN_TRY(as_channels(&in[count], n, k, axis));
        if (++count < MIEN_MAX_INPUTS && k < n->n_in - 1) continue;
        if (count > 1)
            MIEN_TRY(mien_onnx_add(out, n, "concat", NULL, in, count));
        else
            *out = in[0];
        in[0] = *out;
        count = 1;
    }
    return MIEN_OK;
}

static mien_status read_concat(mien_onnx_node *n) {
    mien_onnx_value y = {0};
    int axis, layer = 0;
    bool constant;
    MIEN_TRY(joined(&y, &axis, &constant, n));
    if (constant) return join_constants(n, axis, &y);
    MIEN_TRY(join_layers(&layer, n, axis));
    if (mien_onnx_product(n->in[0], 0, axis) > 1)
        MIEN_TRY(mien_onnx_addf(&layer, n, layer, "transpose",
                                "{order: [1, 0, 2]}"));
    return mien_onnx_give_layer(n, layer, y.rank, y.d);
}

const mien_onnx_operator mien_onnx_operator_Concat = {"Concat", read_concat, 1,
                                                      1 << 16};

/* ---- slice and gather ---- */

/* Some of one axis. */
typedef struct cut {
    int axis, first, count, step;
} cut;

static mien_status cut_constant(mien_onnx_value *y, mien_onnx_node *n,
                                const mien_onnx_value *v, cut c) {
    const size_t size = size_of(v);
    const size_t inner =
        (size_t)mien_onnx_product(v, c.axis + 1, v->rank) * size;
    const size_t outer = (size_t)mien_onnx_product(v, 0, c.axis);
    char *to;
    MIEN_TRY(make_room(&to, n, y, v));
    for (size_t o = 0; o < outer; o++)
        for (int i = 0; i < c.count; i++, to += inner) {
            const size_t at =
                o * (size_t)v->d[c.axis] + (size_t)(c.first + i * c.step);
            memcpy(to, bytes_of(v) + at * inner, inner);
        }
    return MIEN_OK;
}

static mien_status cut_layer(mien_onnx_value *y, mien_onnx_node *n,
                             const mien_onnx_value *v, cut c) {
    const int outer = mien_onnx_product(v, 0, c.axis);
    const int inner = mien_onnx_product(v, c.axis + 1, v->rank);
    int x = v->layer;
    if (outer > 1)
        MIEN_TRY(mien_onnx_as(&x, n, x, outer, v->d[c.axis], inner));
    else if (v->rank == 4 && c.axis == 1)
        MIEN_TRY(mien_onnx_as(&x, n, x, v->d[1], v->d[2], v->d[3]));
    else
        MIEN_TRY(mien_onnx_as(&x, n, x, v->d[c.axis], inner, 1));
    MIEN_TRY(mien_onnx_addf(
        &y->layer, n, x, "slice", "{axis: %s, first: %d, count: %d, step: %d}",
        outer > 1 ? "row" : "channel", c.first, c.count, c.step));
    y->known = true;
    y->reals = NULL;
    y->wholes = NULL;
    return MIEN_OK;
}

/* v becomes what is left of it. */
static mien_status apply(mien_onnx_value *v, mien_onnx_node *n, cut c) {
    mien_onnx_value y = *v;
    int64_t d[MIEN_ONNX_RANK];
    if (c.first == 0 && c.step == 1 && c.count == v->d[c.axis]) return MIEN_OK;
    for (int i = 0; i < v->rank; i++) d[i] = i == c.axis ? c.count : v->d[i];
    MIEN_TRY(mien_onnx_extents(&y, v->rank, d));
    if (mien_onnx_constant(v))
        MIEN_TRY(cut_constant(&y, n, v, c));
    else if (!y.count)
        return mien_fail(MIEN_EUNSUPPORTED, "it leaves nothing of axis %d",
                         c.axis);
    else
        MIEN_TRY(cut_layer(&y, n, v, c));
    *v = y;
    return MIEN_OK;
}

static int64_t clamped(int64_t at, int64_t least, int64_t most) {
    return at < least ? least : at > most ? most : at;
}

/* Start, end and step as ONNX means them: clamped, negative from the end. */
static cut cut_between(int axis, int64_t extent, int64_t start, int64_t end,
                       int64_t step) {
    const int64_t limit = (int64_t)1 << 40;
    start = clamped(start, -limit, limit);
    end = clamped(end, -limit, limit);
    step = clamped(step, -limit, limit);
    if (start < 0) start += extent;
    if (end < 0) end += extent;
    start = clamped(start, 0, step > 0 ? extent : extent - 1);
    end = clamped(end, step > 0 ? 0 : -1, extent);
    const int64_t reach = step > 0 ? end - start : start - end;
    const int64_t pace = step > 0 ? step : -step;
    const int64_t count = reach > 0 ? (reach + pace - 1) / pace : 0;
    return (cut){axis, (int)start, (int)count,
                 (int)clamped(step, -(1 << 30), 1 << 30)};
}

typedef struct ranges {
    const int64_t *starts, *ends, *axes, *steps;
    int count;
} ranges;

static mien_status ranges_of(ranges *r, const mien_onnx_node *n) {
    const bool old = n->m->opset < 10;
    int ends, axes, steps;
    MIEN_TRY(mien_onnx_list(&r->starts, &r->count, n, old ? "starts" : NULL,
                            old ? -1 : 1));
    MIEN_TRY(
        mien_onnx_list(&r->ends, &ends, n, old ? "ends" : NULL, old ? -1 : 2));
    MIEN_TRY(
        mien_onnx_list(&r->axes, &axes, n, old ? "axes" : NULL, old ? -1 : 3));
    MIEN_TRY(mien_onnx_list(&r->steps, &steps, n, NULL, old ? -1 : 4));
    if (!r->starts || r->count != ends || (r->axes && axes != r->count) ||
        (r->steps && steps != r->count) ||
        (!r->axes && r->count > n->in[0]->rank))
        return mien_fail(MIEN_EFORMAT,
                         "its starts, ends, axes and steps do not fit");
    return MIEN_OK;
}

static mien_status read_slice(mien_onnx_node *n) {
    mien_onnx_value v = *n->in[0];
    ranges r;
    MIEN_TRY(ranges_of(&r, n));
    for (int i = 0; i < r.count; i++) {
        const int64_t step = r.steps ? r.steps[i] : 1;
        int axis;
        MIEN_TRY(mien_onnx_axis(&axis, r.axes ? r.axes[i] : i, v.rank));
        if (!step) return mien_fail(MIEN_EFORMAT, "a step of 0");
        MIEN_TRY(apply(
            &v, n, cut_between(axis, v.d[axis], r.starts[i], r.ends[i], step)));
    }
    if (mien_onnx_constant(&v)) return mien_onnx_give_constant(n, &v);
    return mien_onnx_give_layer(n, v.layer, v.rank, v.d);
}

const mien_onnx_operator mien_onnx_operator_Slice = {"Slice", read_slice, 1, 5};

/* Numbers picked along an axis: of constants any, of layers one place. */
static mien_status read_gather(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0], *at = n->in[1];
    int axis, rank = 0;
    int64_t d[2 * MIEN_ONNX_RANK];
    MIEN_TRY(mien_onnx_axis(&axis, mien_onnx_whole(n, "axis", 0), v->rank));
    if (!at->wholes)
        return mien_fail(MIEN_EUNSUPPORTED, "its indices must be constant");
    for (size_t i = 0; i < at->count; i++)
        if (at->wholes[i] < -v->d[axis] || at->wholes[i] >= v->d[axis])
            return mien_fail(MIEN_EFORMAT, "index %lld of %d",
                             (long long)at->wholes[i], v->d[axis]);
    for (int i = 0; i < axis; i++) d[rank++] = v->d[i];
    for (int i = 0; i < at->rank; i++) d[rank++] = at->d[i];
    for (int i = axis + 1; i < v->rank; i++) d[rank++] = v->d[i];
    mien_onnx_value y = {0}, one = *v;
    MIEN_TRY(mien_onnx_extents(&y, rank, d));
    if (!mien_onnx_constant(v) && at->count == 1) {
        const int64_t i = at->wholes[0];
        const int first = (int)(i < 0 ? i + v->d[axis] : i);
        MIEN_TRY(apply(&one, n, (cut){axis, first, 1, 1}));
        return mien_onnx_give_layer(n, one.layer, y.rank, y.d);
    }
    if (!mien_onnx_constant(v))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "several places of what is computed are picked");
    char *to;
    const size_t size = size_of(v);
    const size_t inner = (size_t)mien_onnx_product(v, axis + 1, v->rank) * size;
    const int outer = mien_onnx_product(v, 0, axis);
    MIEN_TRY(make_room(&to, n, &y, v));
    for (int o = 0; o < outer; o++)
        for (size_t i = 0; i < at->count; i++, to += inner) {
            const int64_t k = at->wholes[i];
            const size_t from = (size_t)o * (size_t)v->d[axis] +
                                (size_t)(k < 0 ? k + v->d[axis] : k);
            memcpy(to, bytes_of(v) + from * inner, inner);
        }
    return mien_onnx_give_constant(n, &y);
}

const mien_onnx_operator mien_onnx_operator_Gather = {"Gather", read_gather, 2,
                                                      2};
