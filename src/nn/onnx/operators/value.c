/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - what is done to each number: activations and arithmetic.
 *
 * Arithmetic between constants is done here and now; with one constant it is
 * a factor and a shift for each channel. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/onnx/importer.h"

enum { MAX_CHANNELS_SPREAD = 1 << 24 };

/* Clip's bounds beyond these mean none. */
#define NO_BOUND 1e30

/* ---- activations ---- */

static mien_status same(mien_onnx_node *n, int layer) {
    return mien_onnx_give_layer(n, layer, n->in[0]->rank, n->in[0]->d);
}

static mien_status activate(mien_onnx_node *n, const char *kind,
                            const char *options) {
    int x, layer;
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    MIEN_TRY(mien_onnx_add(&layer, n, kind, options, &x, 1));
    return same(n, layer);
}

static mien_status read_relu(mien_onnx_node *n) {
    return activate(n, "relu", NULL);
}

static mien_status read_sigmoid(mien_onnx_node *n) {
    return activate(n, "sigmoid", NULL);
}

static mien_status read_tanh(mien_onnx_node *n) {
    return activate(n, "tanh", NULL);
}

static mien_status read_exp(mien_onnx_node *n) {
    return activate(n, "exp", NULL);
}

static mien_status read_leaky(mien_onnx_node *n) {
    char options[64];
    snprintf(options, sizeof options, "{slope: %.9g}",
             (double)mien_onnx_real(n, "alpha", 0.01f));
    return activate(n, "leaky_relu", options);
}

static mien_status read_elu(mien_onnx_node *n) {
    char options[64];
    snprintf(options, sizeof options, "{alpha: %.9g}",
             (double)mien_onnx_real(n, "alpha", 1));
    return activate(n, "elu", options);
}

const mien_onnx_operator mien_onnx_operator_Relu = {"Relu", read_relu, 1, 1};
const mien_onnx_operator mien_onnx_operator_Sigmoid = {"Sigmoid", read_sigmoid,
                                                       1, 1};
const mien_onnx_operator mien_onnx_operator_Tanh = {"Tanh", read_tanh, 1, 1};
const mien_onnx_operator mien_onnx_operator_Exp = {"Exp", read_exp, 1, 1};
const mien_onnx_operator mien_onnx_operator_LeakyRelu = {"LeakyRelu",
                                                         read_leaky, 1, 1};
const mien_onnx_operator mien_onnx_operator_Elu = {"Elu", read_elu, 1, 1};

/* A bound from an input (opset 11 on) or an attribute. */
static mien_status bound(double *out, mien_onnx_node *n, int input,
                         const char *name, double base) {
    const float *value;
    *out = (double)mien_onnx_real(n, name, (float)base);
    if (input < n->n_in && n->in[input]) {
        MIEN_TRY(mien_onnx_floats(&value, n, input, "bound"));
        if (n->in[input]->count != 1)
            return mien_fail(MIEN_EFORMAT, "its %s has %zu numbers, not 1",
                             name, n->in[input]->count);
        *out = (double)value[0];
    }
    if (isnan(*out)) return mien_fail(MIEN_EFORMAT, "its %s is NaN", name);
    *out = fmin(fmax(*out, -NO_BOUND), NO_BOUND);
    return MIEN_OK;
}

static mien_status read_clip(mien_onnx_node *n) {
    char options[96];
    double least, most;
    MIEN_TRY(bound(&least, n, 1, "min", -NO_BOUND));
    MIEN_TRY(bound(&most, n, 2, "max", NO_BOUND));
    if (least == 0 && most >= NO_BOUND) return activate(n, "relu", NULL);
    snprintf(options, sizeof options, "{min: %.9g, max: %.9g}", least, most);
    return activate(n, "clip", options);
}

const mien_onnx_operator mien_onnx_operator_Clip = {"Clip", read_clip, 1, 3};

static mien_status read_prelu(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const float *slopes;
    int x, layer;
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    if (!mien_onnx_constant(n->in[1]))
        return mien_fail(MIEN_EUNSUPPORTED, "its slopes must be constants");
    MIEN_TRY(mien_onnx_spread(&x, &slopes, n, v, n->in[1]));
    MIEN_TRY(mien_onnx_addf(&layer, n, x, "prelu", "%s", ""));
    MIEN_TRY(
        mien_onnx_set(n, layer, 0, slopes, (size_t)mien_onnx_shape(n->m, x).c));
    return same(n, layer);
}

const mien_onnx_operator mien_onnx_operator_PRelu = {"PRelu", read_prelu, 2, 2};

/* ---- over an axis ---- */

/* Bring axes [axis, last) to the channels: softmax and l2norm work there. */
static mien_status along(mien_onnx_node *n, const char *kind, int axis,
                         int last) {
    const mien_onnx_value *v = n->in[0];
    const int outer = mien_onnx_product(v, 0, axis);
    const int inner = mien_onnx_product(v, last, v->rank);
    int x, layer;
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    const mien_shape s = mien_onnx_shape(n->m, x);
    if (outer == 1 && s.c != mien_onnx_product(v, axis, last))
        MIEN_TRY(
            mien_onnx_as(&x, n, x, mien_onnx_product(v, axis, last), inner, 1));
    if (outer > 1) {
        MIEN_TRY(mien_onnx_as(&x, n, x, outer, mien_onnx_product(v, axis, last),
                              inner));
        MIEN_TRY(mien_onnx_addf(&x, n, x, "transpose", "{order: [1, 0, 2]}"));
    }
    MIEN_TRY(mien_onnx_addf(&layer, n, x, kind, "%s", ""));
    if (outer > 1)
        MIEN_TRY(mien_onnx_addf(&layer, n, layer, "transpose",
                                "{order: [1, 0, 2]}"));
    return same(n, layer);
}

/* Before opset 13 all axes from the given one on are taken together. */
static mien_status read_softmax(mien_onnx_node *n) {
    const bool old = n->m->opset < 13;
    const int rank = n->in[0]->rank;
    int axis;
    MIEN_TRY(
        mien_onnx_axis(&axis, mien_onnx_whole(n, "axis", old ? 1 : -1), rank));
    return along(n, "softmax", axis, old ? rank : axis + 1);
}

const mien_onnx_operator mien_onnx_operator_Softmax = {"Softmax", read_softmax,
                                                       1, 1};

static mien_status read_lp(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    int axis;
    MIEN_TRY(mien_onnx_axis(&axis, mien_onnx_whole(n, "axis", -1), v->rank));
    if (mien_onnx_whole(n, "p", 2) != 2 || v->d[axis] != (int)v->count)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "only vectors are brought to length 1, by p = 2");
    return along(n, "l2norm", axis, axis + 1);
}

const mien_onnx_operator mien_onnx_operator_LpNormalization = {
    "LpNormalization", read_lp, 1, 1};

/* ---- arithmetic ---- */

typedef enum sign { ADD, SUB, MUL, DIV } sign;

static mien_status whole_result(int64_t *y, sign s, int64_t a, int64_t b) {
    bool over = false;
    switch (s) {
        case ADD: over = __builtin_add_overflow(a, b, y); break;
        case SUB: over = __builtin_sub_overflow(a, b, y); break;
        case MUL: over = __builtin_mul_overflow(a, b, y); break;
        case DIV:
            over = b == 0 || (a == INT64_MIN && b == -1);
            if (!over) *y = a / b;
            break;
    }
    if (!over) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%lld and %lld have no result", (long long)a,
                     (long long)b);
}

static float real_result(sign s, float a, float b) {
    switch (s) {
        case ADD: return a + b;
        case SUB: return a - b;
        case MUL: return a * b;
        default: return a / b;
    }
}

/* Extents of a and b spread over one another. */
static mien_status common(mien_onnx_value *y, const mien_onnx_value *a,
                          const mien_onnx_value *b) {
    const int rank = a->rank > b->rank ? a->rank : b->rank;
    int64_t d[MIEN_ONNX_RANK];
    for (int i = 0; i < rank; i++) {
        const int ia = i - rank + a->rank, ib = i - rank + b->rank;
        const int da = ia < 0 ? 1 : a->d[ia], db = ib < 0 ? 1 : b->d[ib];
        if (da != db && da != 1 && db != 1)
            return mien_fail(MIEN_EFORMAT, "extents %d and %d do not fit", da,
                             db);
        d[i] = da == 1 ? db : da;
    }
    return mien_onnx_extents(y, rank, d);
}

/* Number `i` of y's order in a value spread over y. */
static size_t index_in(const mien_onnx_value *v, const mien_onnx_value *y,
                       size_t i) {
    size_t index = 0, step = 1;
    for (int k = y->rank - 1; k >= 0; k--) {
        const int at = k - y->rank + v->rank;
        const size_t place = i % (size_t)y->d[k];
        i /= (size_t)y->d[k];
        if (at < 0) continue;
        if (v->d[at] > 1) index += place * step;
        step *= (size_t)v->d[at];
    }
    return index;
}

static float real_at(const mien_onnx_value *v, size_t i) {
    return v->reals ? v->reals[i] : (float)v->wholes[i];
}

static mien_status fold_constants(mien_onnx_node *n, sign s) {
    const mien_onnx_value *a = n->in[0], *b = n->in[1];
    const bool whole = a->wholes && b->wholes;
    mien_onnx_value y = {.known = true};
    void *memory;
    MIEN_TRY(common(&y, a, b));
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, y.count,
                             whole ? sizeof(int64_t) : sizeof(float)));
    if (whole)
        y.wholes = memory;
    else
        y.reals = memory;
    for (size_t i = 0; i < y.count; i++) {
        const size_t ia = index_in(a, &y, i), ib = index_in(b, &y, i);
        if (whole)
            MIEN_TRY(whole_result((int64_t *)memory + i, s, a->wholes[ia],
                                  b->wholes[ib]));
        else
            ((float *)memory)[i] =
                real_result(s, real_at(a, ia), real_at(b, ib));
    }
    return mien_onnx_give_constant(n, &y);
}

/* x and a constant: y = factor x + shift. `first`: the constant comes first. */
static mien_status with_constant(mien_onnx_node *n, sign s, bool first) {
    const mien_onnx_value *x = n->in[first], *c = n->in[!first];
    const float *spread;
    int layer, out;
    void *memory;
    if (first && s == DIV)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "a constant divided by what is computed");
    if (x->count > MAX_CHANNELS_SPREAD)
        return mien_fail(MIEN_ELIMIT, "more than %d numbers meet a constant",
                         MAX_CHANNELS_SPREAD);
    MIEN_TRY(mien_onnx_spread(&layer, &spread, n, x, c));
    const int channels = mien_onnx_shape(n->m, layer).c;
    MIEN_TRY(
        mien_onnx_alloc(&memory, n->m, 2 * (size_t)channels, sizeof(float)));
    float *factor = memory, *shift = factor + channels;
    for (int i = 0; i < channels; i++) {
        factor[i] = s == MUL            ? spread[i]
                    : s == DIV          ? 1 / spread[i]
                    : first && s == SUB ? -1
                                        : 1;
        shift[i] = s == ADD || (s == SUB && first) ? spread[i]
                   : s == SUB                      ? -spread[i]
                                                   : 0;
    }
    const mien_onnx_line line = {channels, factor, shift};
    MIEN_TRY(mien_onnx_affine(&out, n, layer, &line, x->sole));
    mien_onnx_value y;
    MIEN_TRY(common(&y, x, c));
    return mien_onnx_give_layer(n, out, y.rank, y.d);
}

/* Bring the second of two layers to the shape that mul and div take: the
 * first's, or one number a channel; for sums the first's alone. */
static mien_status match(int in[2], mien_onnx_node *n, const mien_onnx_value *y,
                         sign s) {
    const mien_onnx_value *a = n->in[0], *b = n->in[1];
    const bool image = y->rank == 4 && a->rank == 4 && b->rank == 4;
    if (a->count == y->count && b->count == y->count) {
        const mien_shape t = mien_onnx_shape(n->m, in[0]);
        return mien_onnx_as(&in[1], n, in[1], t.c, t.h, t.w);
    }
    if (!image || a->count != y->count || b->d[1] != a->d[1] || b->d[2] != 1 ||
        b->d[3] != 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "two computed values of %zu and %zu numbers: they "
                         "must be alike, or one a number for each channel of "
                         "the other",
                         a->count, b->count);
    MIEN_TRY(mien_onnx_as(&in[0], n, in[0], a->d[1], a->d[2], a->d[3]));
    MIEN_TRY(mien_onnx_as(&in[1], n, in[1], b->d[1], 1, 1));
    if (s == MUL || s == DIV) return MIEN_OK;
    return mien_onnx_addf(&in[1], n, in[1], "resize", "{size: [%d, %d]}",
                          a->d[2], a->d[3]);
}

static mien_status negate(int *layer, mien_onnx_node *n) {
    const mien_onnx_value minus = {
        .rank = 0, .count = 1, .reals = (const float[]){-1}};
    const mien_onnx_value zero = {
        .rank = 0, .count = 1, .reals = (const float[]){0}};
    const mien_onnx_value here = {.layer = *layer};
    const float *factor, *shift;
    MIEN_TRY(mien_onnx_spread(layer, &factor, n, &here, &minus));
    MIEN_TRY(mien_onnx_spread(layer, &shift, n, &here, &zero));
    const mien_onnx_line line = {mien_onnx_shape(n->m, *layer).c, factor,
                                 shift};
    return mien_onnx_affine(layer, n, *layer, &line, false);
}

static mien_status both_computed(mien_onnx_node *n, sign s) {
    mien_onnx_value y;
    int in[2], layer;
    MIEN_TRY(common(&y, n->in[0], n->in[1]));
    if (s != SUB && s != DIV && n->in[0]->count < n->in[1]->count) {
        mien_onnx_value *larger = n->in[1];
        n->in[1] = n->in[0];
        n->in[0] = larger;
    }
    MIEN_TRY(mien_onnx_computed(&in[0], n, 0));
    MIEN_TRY(mien_onnx_computed(&in[1], n, 1));
    MIEN_TRY(match(in, n, &y, s));
    if (s == SUB) MIEN_TRY(negate(&in[1], n));
    const char *kind = s == MUL ? "mul" : s == DIV ? "div" : "add";
    MIEN_TRY(mien_onnx_add(&layer, n, kind, NULL, in, 2));
    return mien_onnx_give_layer(n, layer, y.rank, y.d);
}

static mien_status arithmetic(mien_onnx_node *n, sign s) {
    const bool a = mien_onnx_constant(n->in[0]);
    const bool b = mien_onnx_constant(n->in[1]);
    if (a && b) return fold_constants(n, s);
    return a || b ? with_constant(n, s, a) : both_computed(n, s);
}

static mien_status read_add(mien_onnx_node *n) { return arithmetic(n, ADD); }
static mien_status read_sub(mien_onnx_node *n) { return arithmetic(n, SUB); }
static mien_status read_mul(mien_onnx_node *n) { return arithmetic(n, MUL); }
static mien_status read_div(mien_onnx_node *n) { return arithmetic(n, DIV); }

const mien_onnx_operator mien_onnx_operator_Add = {"Add", read_add, 2, 2};
const mien_onnx_operator mien_onnx_operator_Sub = {"Sub", read_sub, 2, 2};
const mien_onnx_operator mien_onnx_operator_Mul = {"Mul", read_mul, 2, 2};
const mien_onnx_operator mien_onnx_operator_Div = {"Div", read_div, 2, 2};

/* Any number of computed values of the same extents. */
static mien_status read_sum(mien_onnx_node *n) {
    int in[MIEN_MAX_INPUTS], count = 0, layer;
    for (int k = 0; k < n->n_in; k++) {
        const mien_onnx_value *a = n->in[0], *b = n->in[k];
        bool same_extents = b && b->rank == a->rank;
        for (int i = 0; same_extents && i < a->rank; i++)
            same_extents = a->d[i] == b->d[i];
        if (!same_extents)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "its inputs must have the same extents");
        MIEN_TRY(mien_onnx_computed(&in[count], n, k));
        const mien_shape s = mien_onnx_shape(n->m, in[0]);
        MIEN_TRY(mien_onnx_as(&in[count], n, in[count], s.c, s.h, s.w));
        if (++count < MIEN_MAX_INPUTS && k < n->n_in - 1) continue;
        layer = in[0];
        if (count > 1)
            MIEN_TRY(mien_onnx_add(&layer, n, "add", NULL, in, count));
        in[0] = layer;
        count = 1;
    }
    return same(n, in[0]);
}

const mien_onnx_operator mien_onnx_operator_Sum = {"Sum", read_sum, 1, 1 << 16};

/* ---- roundings, of constants only: they compute sizes ---- */

static mien_status round_constant(mien_onnx_node *n, float (*rule)(float)) {
    mien_onnx_value y = *n->in[0];
    const float *from;
    void *memory;
    MIEN_TRY(mien_onnx_floats(&from, n, 0, "input"));
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, y.count, sizeof(float)));
    for (size_t i = 0; i < y.count; i++) ((float *)memory)[i] = rule(from[i]);
    y.reals = memory;
    y.wholes = NULL;
    return mien_onnx_give_constant(n, &y);
}

static mien_status read_floor(mien_onnx_node *n) {
    return round_constant(n, floorf);
}

static mien_status read_ceil(mien_onnx_node *n) {
    return round_constant(n, ceilf);
}

const mien_onnx_operator mien_onnx_operator_Floor = {"Floor", read_floor, 1, 1};
const mien_onnx_operator mien_onnx_operator_Ceil = {"Ceil", read_ceil, 1, 1};
