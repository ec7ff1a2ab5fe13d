/* SPDX-License-Identifier: Apache-2.0 */
/* window.c - pooling, padding, resizing: what moves over planes. */
#include <math.h>
#include <string.h>

#include "nn/onnx/importer.h"

enum { MAX_WINDOW = 256, MAX_SIDE = 16384 };

static mien_status give_image(mien_onnx_node *n, int layer) {
    const mien_shape s = mien_onnx_shape(n->m, layer);
    return mien_onnx_give_layer(n, layer, 4, (int[]){1, s.c, s.h, s.w});
}

/* ---- pooling ---- */

typedef struct pool {
    int size[2], stride[2];
    int before[2], after[2]; /* padding */
    int spare[2];            /* beyond it, of windows that stick out */
} pool;

/* `want` integers of an attribute, each from `least` to `most`. */
static mien_status ints_of(int *out, int want, const mien_onnx_node *n,
                           const char *name, int least) {
    const int64_t *items;
    int count;
    MIEN_TRY(mien_onnx_list(&items, &count, n, name, -1));
    if (!items) return MIEN_OK;
    if (count != want)
        return mien_fail(MIEN_EUNSUPPORTED, "%s has %d numbers, not %d", name,
                         count, want);
    for (int i = 0; i < want; i++) {
        if (items[i] < least || items[i] > MAX_WINDOW)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "%s has %lld; %d to %d are "
                             "read",
                             name, (long long)items[i], least, MAX_WINDOW);
        out[i] = (int)items[i];
    }
    return MIEN_OK;
}

/* Padding so that there is a window for each stride begun. */
static void same_pads(pool *p, const int extent[2], bool upper) {
    for (int i = 0; i < 2; i++) {
        const int out = (extent[i] + p->stride[i] - 1) / p->stride[i];
        const int reach = (out - 1) * p->stride[i] + p->size[i];
        const int all = reach > extent[i] ? reach - extent[i] : 0;
        p->before[i] = upper ? all / 2 : all - all / 2;
        p->after[i] = all - p->before[i];
    }
}

/* With ceil_mode a last window may begin inside and stick out. */
static void spare_rows(pool *p, const int extent[2]) {
    for (int i = 0; i < 2; i++) {
        const int room = extent[i] + p->before[i] + p->after[i];
        int steps = (room - p->size[i] + p->stride[i] - 1) / p->stride[i];
        if (steps * p->stride[i] >= extent[i] + p->before[i]) steps--;
        const int spare = steps * p->stride[i] + p->size[i] - room;
        if (room >= p->size[i] && spare > 0) p->spare[i] = spare;
    }
}

static mien_status pool_of(pool *p, const mien_onnx_node *n, mien_shape in) {
    const int extent[2] = {in.h, in.w};
    int pads[4] = {0}, dilation[2] = {1, 1};
    *p = (pool){.stride = {1, 1}};
    MIEN_TRY(ints_of(p->size, 2, n, "kernel_shape", 1));
    MIEN_TRY(ints_of(p->stride, 2, n, "strides", 1));
    MIEN_TRY(ints_of(dilation, 2, n, "dilations", 1));
    MIEN_TRY(ints_of(pads, 4, n, "pads", 0));
    if (!p->size[0]) return mien_fail(MIEN_EFORMAT, "it has no kernel_shape");
    if (dilation[0] != 1 || dilation[1] != 1)
        return mien_fail(MIEN_EUNSUPPORTED, "dilations are not read here");
    memcpy(p->before, pads, sizeof p->before);
    memcpy(p->after, pads + 2, sizeof p->after);
    if (mien_onnx_text_is(n, "auto_pad", "", "SAME_UPPER"))
        same_pads(p, extent, true);
    else if (mien_onnx_text_is(n, "auto_pad", "", "SAME_LOWER"))
        same_pads(p, extent, false);
    if (mien_onnx_whole(n, "ceil_mode", 0)) spare_rows(p, extent);
    return MIEN_OK;
}

static bool padded(const pool *p) {
    return p->before[0] || p->before[1] || p->after[0] || p->after[1];
}

static mien_status add_pool(int *layer, mien_onnx_node *n, int x,
                            const char *kind, const pool *p) {
    return mien_onnx_addf(
        layer, n, x, kind,
        "{size: [%d, %d], stride: [%d, %d], pad: %dx%dx%dx%d}", p->size[0],
        p->size[1], p->stride[0], p->stride[1], p->before[0], p->before[1],
        p->after[0] + p->spare[0], p->after[1] + p->spare[1]);
}

static mien_status read_maxpool(mien_onnx_node *n) {
    int x, layer;
    pool p;
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    MIEN_TRY(pool_of(&p, n, mien_onnx_shape(n->m, x)));
    MIEN_TRY(add_pool(&layer, n, x, "maxpool", &p));
    return give_image(n, layer);
}

const mien_onnx_operator mien_onnx_operator_MaxPool = {"MaxPool", read_maxpool,
                                                       1, 1};

/* Where padding counts as zeros it becomes a layer; what sticks out beyond it
 * never counts. */
static mien_status read_avgpool(mien_onnx_node *n) {
    int x, layer;
    pool p;
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    MIEN_TRY(pool_of(&p, n, mien_onnx_shape(n->m, x)));
    if (mien_onnx_whole(n, "count_include_pad", 0) && padded(&p)) {
        MIEN_TRY(mien_onnx_addf(&x, n, x, "pad", "{sides: %dx%dx%dx%d}",
                                p.before[0], p.before[1], p.after[0],
                                p.after[1]));
        memset(p.before, 0, sizeof p.before);
        memset(p.after, 0, sizeof p.after);
    }
    MIEN_TRY(add_pool(&layer, n, x, "avgpool", &p));
    return give_image(n, layer);
}

const mien_onnx_operator mien_onnx_operator_AveragePool = {"AveragePool",
                                                           read_avgpool, 1, 1};

static mien_status global(mien_onnx_node *n, const char *mode) {
    int x, layer;
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    MIEN_TRY(mien_onnx_addf(&layer, n, x, "globalpool", "{mode: %s}", mode));
    return give_image(n, layer);
}

static mien_status read_global_average(mien_onnx_node *n) {
    return global(n, "avg");
}

static mien_status read_global_max(mien_onnx_node *n) {
    return global(n, "max");
}

const mien_onnx_operator mien_onnx_operator_GlobalAveragePool = {
    "GlobalAveragePool", read_global_average, 1, 1};
const mien_onnx_operator mien_onnx_operator_GlobalMaxPool = {
    "GlobalMaxPool", read_global_max, 1, 1};

/* The mean over the last axes, from `first` on. */
static mien_status last_axes(int *first, const mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const int64_t *items;
    int count, axis;
    unsigned chosen = 0;
    MIEN_TRY(mien_onnx_list(&items, &count, n, "axes", -1));
    for (int i = 0; i < count; i++) {
        MIEN_TRY(mien_onnx_axis(&axis, items[i], v->rank));
        chosen |= 1u << axis;
    }
    *first = v->rank;
    while (*first > 0 && (!items || chosen >> (*first - 1) & 1))
        chosen &= ~(1u << --*first);
    if (!chosen && *first < v->rank) return MIEN_OK;
    return mien_fail(MIEN_EUNSUPPORTED,
                     "only means over the last axes are read");
}

static mien_status read_mean(mien_onnx_node *n) {
    const mien_onnx_value *v = n->in[0];
    const int keep = mien_onnx_whole(n, "keepdims", 1) != 0;
    int x, layer, first, d[MIEN_ONNX_RANK];
    MIEN_TRY(mien_onnx_computed(&x, n, 0));
    MIEN_TRY(last_axes(&first, n));
    MIEN_TRY(mien_onnx_as(&x, n, x, mien_onnx_product(v, 0, first),
                          mien_onnx_product(v, first, v->rank), 1));
    MIEN_TRY(mien_onnx_addf(&layer, n, x, "globalpool", "{mode: avg}"));
    memcpy(d, v->d, sizeof d);
    for (int i = first; i < v->rank; i++) d[i] = 1;
    return mien_onnx_give_layer(n, layer, keep ? v->rank : first, d);
}

const mien_onnx_operator mien_onnx_operator_ReduceMean = {"ReduceMean",
                                                          read_mean, 1, 1};

/* ---- padding ---- */

static mien_status read_pad(mien_onnx_node *n) {
    const int64_t *pads;
    const float *value;
    int x, layer, count;
    float fill = mien_onnx_real(n, "value", 0);
    MIEN_TRY(mien_onnx_list(&pads, &count, n, "pads", 1));
    if (n->n_in > 2 && n->in[2]) {
        MIEN_TRY(mien_onnx_floats(&value, n, 2, "value"));
        if (n->in[2]->count) fill = value[0];
    }
    bool any = false;
    for (int i = 0; i < count; i++) any = any || pads[i] != 0;
    const mien_onnx_value *v = n->in[0];
    const int64_t same[MIEN_ONNX_RANK] = {v->d[0], v->d[1], v->d[2], v->d[3],
                                          v->d[4], v->d[5], v->d[6], v->d[7]};
    if (!any) return mien_onnx_give_view(n, v->rank, same);
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    if (!mien_onnx_text_is(n, "mode", "constant", "constant") || count != 8 ||
        pads[0] || pads[1] || pads[4] || pads[5])
        return mien_fail(MIEN_EUNSUPPORTED,
                         "only rows and columns of a constant are read");
    for (int i = 0; i < 8; i++)
        if (pads[i] < 0 || pads[i] > 1024)
            return mien_fail(MIEN_EUNSUPPORTED,
                             "a pad of %lld; 0 to 1024 are "
                             "read",
                             (long long)pads[i]);
    MIEN_TRY(mien_onnx_addf(
        &layer, n, x, "pad", "{sides: %dx%dx%dx%d, value: %.9g}", (int)pads[2],
        (int)pads[3], (int)pads[6], (int)pads[7], (double)fill));
    return give_image(n, layer);
}

const mien_onnx_operator mien_onnx_operator_Pad = {"Pad", read_pad, 1, 3};

/* ---- resizing ---- */

/* Rows and columns from `sizes` or `scales`, whichever is there. */
static mien_status new_size(int size[2], mien_onnx_node *n, int scales,
                            int sizes) {
    const mien_onnx_value *v = n->in[0];
    const int64_t *wanted;
    const float *factor = NULL;
    int count;
    MIEN_TRY(mien_onnx_list(&wanted, &count, n, NULL, sizes));
    if (!count && scales < n->n_in && n->in[scales]) {
        MIEN_TRY(mien_onnx_floats(&factor, n, scales, "scales"));
        count = (int)n->in[scales]->count;
    }
    if (count != 4)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "it needs constant sizes or scales, 4 of them");
    for (int i = 0; i < 4; i++) {
        const double to = wanted ? (double)wanted[i]
                                 : (double)floorf(factor[i] * (float)v->d[i]);
        if (!(to >= 1 && to <= (i < 2 ? v->d[i] : MAX_SIDE)) ||
            (i < 2 && to != v->d[i]) ||
            (factor && fabs(to / v->d[i] - (double)factor[i]) > 1e-5))
            return mien_fail(MIEN_EUNSUPPORTED,
                             "extent %d would go from %d to %g by a factor "
                             "that does not give a whole number",
                             i + 1, v->d[i], to);
        if (i > 1) size[i - 2] = (int)to;
    }
    return MIEN_OK;
}

/* The coordinate mode of the file as one of resize's. */
static mien_status place_of(const char **place, const mien_onnx_node *n,
                            const char *base, const int size[2]) {
    static const char *const modes[][2] = {{"half_pixel", "half"},
                                           {"pytorch_half_pixel", "half"},
                                           {"asymmetric", "zero"},
                                           {"align_corners", "corners"}};
    for (int i = 0; i < 4; i++) {
        if (!mien_onnx_text_is(n, "coordinate_transformation_mode", base,
                               modes[i][0]))
            continue;
        if (i == 1 && (size[0] == 1 || size[1] == 1)) break;
        *place = modes[i][1];
        return MIEN_OK;
    }
    return mien_fail(MIEN_EUNSUPPORTED,
                     "of the coordinate modes half_pixel, pytorch_half_pixel, "
                     "asymmetric and align_corners are read");
}

static mien_status round_of(const char **round, const mien_onnx_node *n,
                            const char *base) {
    static const char *const modes[][2] = {
        {"floor", "floor"},
        {"ceil", "ceil"},
        {"round_prefer_floor", "prefer_floor"},
        {"round_prefer_ceil", "prefer_ceil"}};
    for (int i = 0; i < 4; i++)
        if (mien_onnx_text_is(n, "nearest_mode", base, modes[i][0])) {
            *round = modes[i][1];
            return MIEN_OK;
        }
    return mien_fail(MIEN_EFORMAT, "its nearest_mode is unknown");
}

/* By a whole factor, where upsample does the same. */
static bool upsamples(int factor[2], mien_shape in, const int size[2],
                      bool linear, const char *place, const char *round) {
    factor[0] = size[0] / in.h;
    factor[1] = size[1] / in.w;
    if (factor[0] < 1 || factor[1] < 1 || factor[0] > 16 || factor[1] > 16 ||
        factor[0] * in.h != size[0] || factor[1] * in.w != size[1])
        return false;
    if (linear) return !strcmp(place, "half");
    return !strcmp(place, "half")
               ? !strncmp(round, "prefer", 6)
               : !strcmp(place, "zero") && !strcmp(round, "floor");
}

static mien_status resize(mien_onnx_node *n, const int size[2],
                          const char *place, const char *round) {
    const bool linear = mien_onnx_text_is(n, "mode", "nearest", "linear") ||
                        mien_onnx_text_is(n, "mode", "nearest", "bilinear");
    int x, layer, factor[2];
    if (!linear && !mien_onnx_text_is(n, "mode", "nearest", "nearest"))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "of the modes nearest and linear are read");
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    const mien_shape in = mien_onnx_shape(n->m, x);
    if (upsamples(factor, in, size, linear, place, round))
        MIEN_TRY(mien_onnx_addf(&layer, n, x, "upsample",
                                "{factor: [%d, %d], mode: %s}", factor[0],
                                factor[1], linear ? "bilinear" : "nearest"));
    else
        MIEN_TRY(mien_onnx_addf(
            &layer, n, x, "resize",
            "{size: [%d, %d], mode: %s, place: %s, round: %s}", size[0],
            size[1], linear ? "linear" : "nearest", place, round));
    return give_image(n, layer);
}

static mien_status read_resize(mien_onnx_node *n) {
    const bool old = n->m->opset < 11;
    const char *place = NULL, *round = NULL;
    int x, size[2];
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    MIEN_TRY(new_size(size, n, old ? 1 : 2, old ? -1 : 3));
    MIEN_TRY(place_of(&place, n, old ? "asymmetric" : "half_pixel", size));
    MIEN_TRY(round_of(&round, n, old ? "floor" : "round_prefer_floor"));
    return resize(n, size, place, round);
}

const mien_onnx_operator mien_onnx_operator_Resize = {"Resize", read_resize, 1,
                                                      4};

static mien_status read_upsample(mien_onnx_node *n) {
    int x, size[2];
    MIEN_TRY(mien_onnx_image(&x, n, 0));
    MIEN_TRY(new_size(size, n, 1, -1));
    return resize(n, size, "zero", "floor");
}

const mien_onnx_operator mien_onnx_operator_Upsample = {"Upsample",
                                                        read_upsample, 2, 2};
