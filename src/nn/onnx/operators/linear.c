/* SPDX-License-Identifier: Apache-2.0 */
/* linear.c - convolutions, products with a matrix, batch normalisation. */
#include <math.h>
#include <string.h>

#include "nn/onnx/importer.h"

/* ---- windows, shared by both convolutions ---- */

enum { MAX_KERNEL = 64 };

typedef struct window {
    int kernel[2], stride[2], dilation[2];
    int pads[4]; /* top, left, bottom, right */
} window;

/* Two integers of an attribute, each within bounds. */
static mien_status pair_of(int out[2], const mien_onnx_node *n,
                           const char *name, int base) {
    const int64_t *items;
    int count;
    out[0] = out[1] = base;
    MIEN_TRY(mien_onnx_list(&items, &count, n, name, -1));
    if (!items) return MIEN_OK;
    if (count != 2)
        return mien_fail(MIEN_EUNSUPPORTED, "%s has %d numbers, not 2", name,
                         count);
    for (int i = 0; i < 2; i++) {
        if (items[i] < 0 || items[i] > MAX_KERNEL)
            return mien_fail(MIEN_EUNSUPPORTED, "%s is %lld; 0 to %d are read",
                             name, (long long)items[i], MAX_KERNEL);
        out[i] = (int)items[i];
    }
    return MIEN_OK;
}

static mien_status pads_of(int pads[4], const mien_onnx_node *n) {
    const int64_t *items;
    int count;
    MIEN_TRY(mien_onnx_list(&items, &count, n, "pads", -1));
    memset(pads, 0, 4 * sizeof *pads);
    if (!items) return MIEN_OK;
    if (count != 4)
        return mien_fail(MIEN_EUNSUPPORTED, "pads has %d numbers, not 4",
                         count);
    for (int i = 0; i < 4; i++) {
        if (items[i] < 0 || items[i] > 1024)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "a pad of %lld; 0 to 1024 are read",
                             (long long)items[i]);
        pads[i] = (int)items[i];
    }
    return MIEN_OK;
}

/* auto_pad: SAME_UPPER and SAME_LOWER keep ceil(in / stride). */
static mien_status auto_pads(window *w, const mien_onnx_node *n,
                             mien_shape in) {
    const int extent[2] = {in.h, in.w};
    const bool upper = mien_onnx_text_is(n, "auto_pad", "", "SAME_UPPER");
    if (!upper && !mien_onnx_text_is(n, "auto_pad", "", "SAME_LOWER"))
        return MIEN_OK;
    for (int i = 0; i < 2; i++) {
        const int stride = w->stride[i];
        const int out = (extent[i] + stride - 1) / stride;
        const int reach =
            (out - 1) * stride + (w->kernel[i] - 1) * w->dilation[i] + 1;
        const int all = reach > extent[i] ? reach - extent[i] : 0;
        w->pads[i] = upper ? all / 2 : all - all / 2;
        w->pads[2 + i] = all - w->pads[i];
    }
    return MIEN_OK;
}

static mien_status window_of(window *w, const mien_onnx_node *n,
                             const mien_onnx_value *weight, mien_shape in) {
    MIEN_TRY(pair_of(w->stride, n, "strides", 1));
    MIEN_TRY(pair_of(w->dilation, n, "dilations", 1));
    MIEN_TRY(pads_of(w->pads, n));
    for (int i = 0; i < 2; i++) {
        w->kernel[i] = weight->d[2 + i];
        if (w->stride[i] < 1 || w->dilation[i] < 1 || w->kernel[i] < 1 ||
            w->kernel[i] > MAX_KERNEL ||
            (w->kernel[i] - 1) * w->dilation[i] >= MAX_KERNEL)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "kernel %d, stride %d, dilation %d: its reach "
                             "must be 1 to %d, the others above 0",
                             w->kernel[i], w->stride[i], w->dilation[i],
                             MAX_KERNEL);
    }
    return auto_pads(w, n, in);
}

/* The kernel with its holes filled by zeros, so that it has no dilation. */
static mien_status fill_holes(const float **out, mien_onnx_node *n,
                              const mien_onnx_value *weight, window *w) {
    *out = weight->reals;
    if (w->dilation[0] == 1 && w->dilation[1] == 1) return MIEN_OK;
    const int kh = w->kernel[0], kw = w->kernel[1];
    const int rows = (kh - 1) * w->dilation[0] + 1;
    const int columns = (kw - 1) * w->dilation[1] + 1;
    const size_t planes = (size_t)mien_onnx_product(weight, 0, 2);
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, planes,
                             (size_t)rows * (size_t)columns * sizeof(float)));
    float *to = memory;
    const float *from = weight->reals;
    for (size_t p = 0; p < planes; p++, to += (size_t)rows * columns)
        for (int r = 0; r < kh; r++)
            for (int q = 0; q < kw; q++)
                to[(size_t)r * w->dilation[0] * columns + q * w->dilation[1]] =
                    *from++;
    *out = memory;
    w->kernel[0] = rows;
    w->kernel[1] = columns;
    return MIEN_OK;
}

static mien_status weight_of(const mien_onnx_value **out, mien_onnx_node *n,
                             int *groups) {
    const mien_onnx_value *w = n->in[1];
    const int64_t group = mien_onnx_whole(n, "group", 1);
    if (!w->reals || w->rank != 4 || !w->count)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its weight must be a constant of rank 4");
    if (group < 1 || group > 65536)
        return mien_fail(MIEN_EFORMAT, "group is %lld", (long long)group);
    *groups = (int)group;
    *out = w;
    return MIEN_OK;
}

static mien_status set_bias(mien_onnx_node *n, int layer, int channels) {
    const float *bias;
    if (n->n_in < 3 || !n->in[2]) return MIEN_OK;
    MIEN_TRY(mien_onnx_floats(&bias, n, 2, "bias"));
    if (n->in[2]->count != (size_t)channels)
        return mien_fail(MIEN_EFORMAT, "its bias has %zu numbers, not %d",
                         n->in[2]->count, channels);
    return mien_onnx_set(n, layer, 1, bias, (size_t)channels);
}

static mien_status give_image(mien_onnx_node *n, int layer) {
    const mien_shape s = mien_onnx_shape(n->m, layer);
    return mien_onnx_give_layer(n, layer, 4, (int[]){1, s.c, s.h, s.w});
}

static mien_status read_conv(mien_onnx_node *n) {
    const mien_onnx_value *w = NULL;
    const float *values;
    int x, layer, groups = 1;
    window win;
    MIEN_TRY(weight_of(&w, n, &groups));
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    const mien_shape in = mien_onnx_shape(n->m, x);
    MIEN_TRY(window_of(&win, n, w, in));
    MIEN_TRY(fill_holes(&values, n, w, &win));
    if (in.c % groups || w->d[1] != in.c / groups)
        return mien_fail(MIEN_EFORMAT,
                         "its weight is for %d channels in each of %d groups; "
                         "its input has %d",
                         w->d[1], groups, in.c);
    MIEN_TRY(mien_onnx_addf(
        &layer, n, x, "conv",
        "{out: %d, kernel: [%d, %d], stride: [%d, %d], pad: %dx%dx%dx%d, "
        "groups: %d, bias: %s}",
        w->d[0], win.kernel[0], win.kernel[1], win.stride[0], win.stride[1],
        win.pads[0], win.pads[1], win.pads[2], win.pads[3], groups,
        n->n_in > 2 && n->in[2] ? "true" : "false"));
    const size_t taps = (size_t)win.kernel[0] * (size_t)win.kernel[1];
    MIEN_TRY(mien_onnx_set(n, layer, 0, values,
                           (size_t)w->d[0] * (size_t)w->d[1] * taps));
    MIEN_TRY(set_bias(n, layer, w->d[0]));
    return give_image(n, layer);
}

const mien_onnx_operator mien_onnx_operator_Conv = {"Conv", read_conv, 2, 3};

/* Both sides of a transposed convolution are cut by the same amount here. */
static mien_status even_pads(const window *w) {
    if (w->pads[0] == w->pads[2] && w->pads[1] == w->pads[3] &&
        w->pads[0] < MAX_KERNEL && w->pads[1] < MAX_KERNEL)
        return MIEN_OK;
    return mien_fail(MIEN_EUNSUPPORTED,
                     "pads %d %d %d %d: both sides must be alike", w->pads[0],
                     w->pads[1], w->pads[2], w->pads[3]);
}

static mien_status read_deconv(mien_onnx_node *n) {
    const mien_onnx_value *w = NULL;
    const float *values;
    int x, layer, groups = 1, extra[2];
    window win;
    MIEN_TRY(weight_of(&w, n, &groups));
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    const mien_shape in = mien_onnx_shape(n->m, x);
    if (mien_onnx_attribute(n, "output_shape") ||
        !mien_onnx_text_is(n, "auto_pad", "NOTSET", "NOTSET"))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "output_shape and auto_pad are not read here");
    MIEN_TRY(window_of(&win, n, w, in));
    MIEN_TRY(pair_of(extra, n, "output_padding", 0));
    MIEN_TRY(even_pads(&win));
    MIEN_TRY(fill_holes(&values, n, w, &win));
    const long long out = (long long)w->d[1] * groups;
    if (w->d[0] != in.c || out > 65536)
        return mien_fail(MIEN_EFORMAT,
                         "its weight is for %d channels, its input has %d",
                         w->d[0], in.c);
    MIEN_TRY(mien_onnx_addf(
        &layer, n, x, "deconv",
        "{out: %lld, kernel: [%d, %d], stride: [%d, %d], pad: [%d, %d], "
        "output_pad: [%d, %d], groups: %d, bias: %s}",
        out, win.kernel[0], win.kernel[1], win.stride[0], win.stride[1],
        win.pads[0], win.pads[1], extra[0], extra[1], groups,
        n->n_in > 2 && n->in[2] ? "true" : "false"));
    const size_t taps = (size_t)win.kernel[0] * (size_t)win.kernel[1];
    MIEN_TRY(mien_onnx_set(n, layer, 0, values,
                           (size_t)w->d[0] * (size_t)w->d[1] * taps));
    MIEN_TRY(set_bias(n, layer, (int)out));
    return give_image(n, layer);
}

const mien_onnx_operator mien_onnx_operator_ConvTranspose = {"ConvTranspose",
                                                             read_deconv, 2, 3};

/* ---- products with a constant matrix ---- */

typedef struct matrix {
    const float *at;
    int rows, columns; /* of the inputs, of the outputs */
    bool turned;       /* at is outputs x inputs */
    float factor;
} matrix;

/* As dense and conv want it: outputs x inputs. */
static mien_status turned(const float **out, mien_onnx_node *n,
                          const matrix *m) {
    const size_t in = (size_t)m->rows, outs = (size_t)m->columns;
    void *memory;
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, in * outs, sizeof(float)));
    float *to = memory;
    for (size_t o = 0; o < outs; o++)
        for (size_t i = 0; i < in; i++)
            *to++ = m->factor * m->at[m->turned ? o * in + i : i * outs + o];
    *out = memory;
    return MIEN_OK;
}

static mien_status matrix_of(matrix *m, mien_onnx_node *n, bool flip) {
    const mien_onnx_value *b = n->in[1];
    if (!b->reals || b->rank != 2 || !b->count)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its second input must be a constant matrix");
    *m = (matrix){b->reals, b->d[flip], b->d[!flip], flip, 1};
    return MIEN_OK;
}

/* One row: a dense layer. */
static mien_status multiply_row(int *layer, mien_onnx_node *n, int x,
                                const matrix *m, bool bias) {
    const float *values;
    MIEN_TRY(turned(&values, n, m));
    MIEN_TRY(mien_onnx_as(&x, n, x, m->rows, 1, 1));
    MIEN_TRY(mien_onnx_addf(layer, n, x, "dense", "{out: %d, bias: %s}",
                            m->columns, bias ? "true" : "false"));
    return mien_onnx_set(n, *layer, 0, values,
                         (size_t)m->rows * (size_t)m->columns);
}

/* Several rows: each becomes a pixel of a 1x1 convolution. */
static mien_status multiply_rows(int *layer, mien_onnx_node *n, int x, int rows,
                                 const matrix *m) {
    const float *values;
    MIEN_TRY(turned(&values, n, m));
    MIEN_TRY(mien_onnx_as(&x, n, x, rows, m->rows, 1));
    MIEN_TRY(mien_onnx_addf(&x, n, x, "transpose", "{order: [1, 0, 2]}"));
    MIEN_TRY(mien_onnx_addf(layer, n, x, "conv",
                            "{out: %d, kernel: 1, bias: false}", m->columns));
    MIEN_TRY(mien_onnx_set(n, *layer, 0, values,
                           (size_t)m->rows * (size_t)m->columns));
    return mien_onnx_addf(layer, n, *layer, "transpose", "{order: [1, 0, 2]}");
}

static mien_status read_matmul(mien_onnx_node *n) {
    matrix m;
    int x, layer, d[MIEN_ONNX_RANK];
    MIEN_TRY(matrix_of(&m, n, false));
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    const mien_onnx_value *v = n->in[0];
    if (v->rank < 2 || v->d[v->rank - 1] != m.rows)
        return mien_fail(MIEN_EFORMAT, "a matrix of %d rows and rows of %d",
                         m.rows, v->rank ? v->d[v->rank - 1] : 0);
    const int rows = mien_onnx_product(v, 0, v->rank - 1);
    MIEN_TRY(rows == 1 ? multiply_row(&layer, n, x, &m, false)
                       : multiply_rows(&layer, n, x, rows, &m));
    memcpy(d, v->d, sizeof d);
    d[v->rank - 1] = m.columns;
    return mien_onnx_give_layer(n, layer, v->rank, d);
}

const mien_onnx_operator mien_onnx_operator_MatMul = {"MatMul", read_matmul, 2,
                                                      2};

/* beta c, spread over the outputs. */
static mien_status gemm_bias(mien_onnx_node *n, int layer, int columns) {
    const float *c, beta = mien_onnx_real(n, "beta", 1);
    void *memory;
    if (n->n_in < 3 || !n->in[2]) return MIEN_OK;
    MIEN_TRY(mien_onnx_floats(&c, n, 2, "third input"));
    const size_t count = n->in[2]->count;
    if (count != 1 && count != (size_t)columns)
        return mien_fail(MIEN_EFORMAT,
                         "its third input has %zu numbers, not %d", count,
                         columns);
    MIEN_TRY(mien_onnx_alloc(&memory, n->m, (size_t)columns, sizeof(float)));
    float *bias = memory;
    for (int i = 0; i < columns; i++) bias[i] = beta * c[count > 1 ? i : 0];
    return mien_onnx_set(n, layer, 1, bias, (size_t)columns);
}

static mien_status read_gemm(mien_onnx_node *n) {
    matrix m;
    int x, layer;
    MIEN_TRY(matrix_of(&m, n, mien_onnx_whole(n, "transB", 0) != 0));
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    const mien_onnx_value *v = n->in[0];
    if (v->rank != 2 || v->d[0] != 1 || v->d[1] != m.rows ||
        mien_onnx_whole(n, "transA", 0))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its first input must be 1 x %d, not transposed",
                         m.rows);
    m.factor = mien_onnx_real(n, "alpha", 1);
    MIEN_TRY(multiply_row(&layer, n, x, &m, n->n_in > 2 && n->in[2]));
    MIEN_TRY(gemm_bias(n, layer, m.columns));
    return mien_onnx_give_layer(n, layer, 2, (int[]){1, m.columns});
}

const mien_onnx_operator mien_onnx_operator_Gemm = {"Gemm", read_gemm, 2, 3};

/* ---- batch normalisation ---- */

static mien_status bn_weights(const float *w[4], mien_onnx_node *n,
                              int channels) {
    static const char *const names[] = {"scale", "shift", "mean", "variance"};
    for (int k = 0; k < 4; k++) {
        MIEN_TRY(mien_onnx_floats(&w[k], n, 1 + k, names[k]));
        if (n->in[1 + k]->count != (size_t)channels)
            return mien_fail(MIEN_EFORMAT, "its %s has %zu numbers, not %d",
                             names[k], n->in[1 + k]->count, channels);
    }
    return MIEN_OK;
}

/* y = (scale / sqrt(var + eps)) x + (shift - mean scale / sqrt(var + eps)) */
static mien_status bn_line(mien_onnx_line *line, mien_onnx_node *n,
                           const float *const w[4], int channels) {
    const double eps = (double)mien_onnx_real(n, "epsilon", 1e-5f);
    void *memory;
    MIEN_TRY(
        mien_onnx_alloc(&memory, n->m, 2 * (size_t)channels, sizeof(float)));
    float *factor = memory, *shift = factor + channels;
    for (int c = 0; c < channels; c++) {
        const double a = w[0][c] / sqrt(w[3][c] + eps);
        factor[c] = (float)a;
        shift[c] = (float)(w[1][c] - a * w[2][c]);
    }
    *line = (mien_onnx_line){channels, factor, shift};
    return MIEN_OK;
}

static mien_status read_bn(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const float *w[4];
    mien_onnx_line line;
    int x, layer;
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    if (v->rank < 2 || v->d[0] != 1)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "its input has rank %d; 1 x channels x ... is read",
                         v->rank);
    if (mien_onnx_whole(n, "training_mode", 0))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "it is in training mode: export the network for "
                         "inference");
    const int channels = v->d[1];
    MIEN_TRY(bn_weights(w, n, channels));
    MIEN_TRY(bn_line(&line, n, w, channels));
    if (mien_onnx_shape(n->m, x).c != channels)
        MIEN_TRY(mien_onnx_as(&x, n, x, channels,
                              mien_onnx_product(v, 2, v->rank), 1));
    MIEN_TRY(mien_onnx_affine(&layer, n, x, &line, v->sole));
    return mien_onnx_give_layer(n, layer, v->rank, v->d);
}

const mien_onnx_operator mien_onnx_operator_BatchNormalization = {
    "BatchNormalization", read_bn, 5, 5};
