/* SPDX-License-Identifier: Apache-2.0 */
/* model_tensors.c - weights and ranges as tensors, and back. */
#include "train/model_tensors.h"

#include <stdio.h>
#include <string.h>

#include "base/finite.h"
#include "nn/int8/int8.h"
#include "nn/quantize.h"

#define RANGES "int8.ranges"

/* ---- to tensors ---- */

static mien_tensor tensor_of(const mien_weight *w, const float *values) {
    mien_tensor t = {.name = w->name,
                     .dtype = MIEN_F32,
                     .rank = w->spec.dims.count,
                     .data = values + w->offset};
    for (int i = 0; i < t.rank; i++) t.shape[i] = (size_t)w->spec.dims.d[i];
    mien_tensor_measure(&t);
    return t;
}

static mien_tensor floats(const char *name, const float *data, size_t rows,
                          size_t columns) {
    mien_tensor t = {.name = name,
                     .dtype = MIEN_F32,
                     .rank = columns ? 2 : 1,
                     .shape = {rows, columns},
                     .data = data};
    mien_tensor_measure(&t);
    return t;
}

static mien_status put_bytes(mien_tensor to[2], mien_arena *arena,
                             const mien_weight *w, const float *values) {
    const size_t row = mien_weight_row(w), rows = w->count / row;
    int8_t *q = mien_arena_alloc(arena, w->count, 1);
    float *scale = mien_arena_alloc(arena, rows, sizeof *scale);
    char *name = mien_arena_printf(arena, "%s.scale", w->name);
    if (!q || !scale || !name) return MIEN_ENOMEM;
    for (size_t o = 0; o < rows; o++) {
        const float *x = values + w->offset + o * row;
        const mien_int8_scale s = mien_int8_scale_of(x, row);
        scale[o] = s.step;
        for (size_t i = 0; i < row; i++)
            q[o * row + i] = mien_int8_weight(x[i], s);
    }
    to[0] = tensor_of(w, values);
    to[0].dtype = MIEN_I8;
    to[0].data = q;
    mien_tensor_measure(&to[0]);
    to[1] = floats(name, scale, rows, 0);
    return MIEN_OK;
}

mien_status mien_model_list(mien_tensor **out, int *count, mien_arena *arena,
                            const mien_net *net, const float *values) {
    const mien_weights *w = &net->weights;
    mien_tensor *list =
        mien_arena_alloc(arena, 2 * (size_t)w->n + 1, sizeof *list);
    int n = 0;
    if (!list) return MIEN_ENOMEM;
    for (int i = 0; i < w->n; i++) {
        if (net->ranges && mien_weight_is_rounded(net, &w->items[i])) {
            MIEN_TRY(put_bytes(list + n, arena, &w->items[i], values));
            n += 2;
        } else {
            list[n++] = tensor_of(&w->items[i], values);
        }
    }
    if (net->ranges)
        list[n++] =
            floats(RANGES, net->ranges, (size_t)net->graph.n_nodes + 1, 2);
    *out = list;
    *count = n;
    return MIEN_OK;
}

/* ---- from tensors ---- */

static mien_status wrong(const char *path, const char *name,
                         const mien_tensor *t, const char *wanted) {
    char found[MIEN_TENSOR_TEXT] = "missing";
    if (t) mien_tensor_describe(found, t);
    return mien_fail(MIEN_ESHAPE, "%s: '%s' is %s; %s is wanted", path, name,
                     found, wanted);
}

static mien_status find_scale(const mien_tensor **out, const mien_weight *w,
                              const mien_safetensors *file, const char *path) {
    char name[256];
    const int length = snprintf(name, sizeof name, "%s.scale", w->name);
    if (length >= (int)sizeof name)
        return mien_fail(MIEN_ELIMIT, "%s: '%.80s...' is too long a name", path,
                         w->name);
    const mien_tensor *t = mien_safetensors_find(file, name);
    if (!t || t->dtype != MIEN_F32 || t->rank != 1 ||
        t->shape[0] != (size_t)w->spec.dims.d[0])
        return wrong(path, name, t, "a float32 for each output channel");
    *out = t;
    return MIEN_OK;
}

mien_status mien_model_copy_bytes(float *values, const mien_weight *w,
                                  const mien_safetensors *file,
                                  const char *path) {
    const mien_tensor *t = mien_safetensors_find(file, w->name), *scale;
    const size_t row = mien_weight_row(w);
    const int8_t *q = t->data;
    bool same = t->rank == w->spec.dims.count;
    for (int i = 0; same && i < t->rank; i++)
        same = t->shape[i] == (size_t)w->spec.dims.d[i];
    if (!same || w->spec.role != MIEN_ROLE_WEIGHT)
        return wrong(path, w->name, t, "what the network describes");
    MIEN_TRY(find_scale(&scale, w, file, path));
    for (size_t i = 0; i < w->count; i++) {
        float step;
        memcpy(&step, (const char *)scale->data + i / row * sizeof step,
               sizeof step);
        if (mien_bad_f32(step) || step <= 0 || q[i] == -128)
            return mien_fail(MIEN_ECORRUPT,
                             "%s: value %zu of '%s' is %d times %g; bytes "
                             "from -127 to 127 and scales above 0 are valid",
                             path, i, w->name, q[i], (double)step);
        values[w->offset + i] = (float)q[i] * step;
    }
    return MIEN_OK;
}

mien_status mien_model_copy_ranges(mien_net *net, const mien_safetensors *file,
                                   const char *path) {
    const size_t n = (size_t)net->graph.n_nodes + 1;
    const mien_tensor *t = mien_safetensors_find(file, RANGES);
    if (!t) return MIEN_OK;
    if (t->dtype != MIEN_F32 || t->rank != 2 || t->shape[0] != n ||
        t->shape[1] != 2)
        return wrong(path, RANGES, t,
                     "two float32 for the input and for each layer");
    float *ranges = mien_arena_alloc(&net->graph.arena, 2 * n, sizeof *ranges);
    if (!ranges) return MIEN_ENOMEM;
    memcpy(ranges, t->data, t->bytes);
    for (size_t i = 0; i < n; i++) {
        const float least = ranges[2 * i], most = ranges[2 * i + 1];
        if (mien_bad_f32(least) || mien_bad_f32(most) || least > 0 ||
            most < 0 || mien_bad_f32(most - least))
            return mien_fail(MIEN_ECORRUPT,
                             "%s: the range %zu of '%s', %g to %g, does not "
                             "hold 0",
                             path, i, RANGES, (double)least, (double)most);
    }
    net->ranges = ranges;
    return MIEN_OK;
}
