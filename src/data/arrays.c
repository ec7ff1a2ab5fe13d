/* SPDX-License-Identifier: Apache-2.0 */
/* arrays.c - samples that lie in one array, labels in another. */
#include "data/arrays.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

mien_arrays *mien_arrays_new(mien_reader *r) {
    mien_arrays *a = mien_alloc(1, sizeof *a);
    r->state = a;
    return a;
}

static mien_status bad_shape(const mien_tensor *t, const char *want) {
    char text[MIEN_TENSOR_TEXT];
    mien_tensor_describe(text, t);
    return mien_fail(MIEN_ESHAPE, "%s: %s; %s", t->name, text, want);
}

static bool is_colour(size_t n) { return n == 1 || n == 3; }

/* Which extents of the images are rows, columns and channels. */
static mien_status read_layout(mien_arrays *a) {
    static const char want[] =
        "images are N,H,W or N,H,W,C or N,C,H,W with 1 "
        "or 3 channels";
    const mien_tensor *t = &a->images;
    const size_t *s = t->shape;
    if (t->rank != 3 && t->rank != 4) return bad_shape(t, want);
    const bool last = t->rank == 3 || is_colour(s[3]);
    a->planar = t->rank == 4 && (a->layout == MIEN_LAYOUT_CHW ||
                                 (a->layout == MIEN_LAYOUT_AUTO && !last));
    const size_t c = t->rank == 3 ? 1 : a->planar ? s[1] : s[3];
    const size_t h = a->planar ? s[2] : s[1];
    const size_t w = a->planar ? s[3] : s[2];
    if (!is_colour(c) || h < 1 || w < 1) return bad_shape(t, want);
    if (h > MIEN_IMAGE_MAX_SIDE || w > MIEN_IMAGE_MAX_SIDE || s[0] > INT_MAX)
        return bad_shape(t, "that is more than can be read");
    a->height = (int)h;
    a->width = (int)w;
    a->channels = (int)c;
    return MIEN_OK;
}

/* Element i as a whole number, whatever type it is stored in. */
static mien_status whole(int64_t *out, const mien_tensor *t, size_t i) {
    if (mien_dtype_is_integer(t->dtype)) return mien_tensor_int(out, t, i);
    float x;
    MIEN_TRY(mien_tensor_floats(&x, t, i, 1));
    if (!(fabsf(x) < 16777216.0f) || x != truncf(x))
        return mien_fail(MIEN_EDATA, "%s: label %zu is %g, no whole number",
                         t->name, i, (double)x);
    *out = (int64_t)x;
    return MIEN_OK;
}

static mien_status read_numbers(mien_reader *r, const mien_tensor *t) {
    for (int i = 0; i < r->count; i++) {
        int64_t label;
        MIEN_TRY(whole(&label, t, (size_t)i));
        if (label < 0 || label >= MIEN_MAX_CLASSES)
            return mien_fail(MIEN_EDATA,
                             "%s: label %d is %lld; labels count "
                             "the classes from 0, %d at most",
                             t->name, i, (long long)label,
                             MIEN_MAX_CLASSES - 1);
        r->labels[i] = (int32_t)label;
        if (label >= r->classes) r->classes = (int)label + 1;
    }
    return MIEN_OK;
}

static mien_status read_one_hot(mien_reader *r, const mien_tensor *t) {
    const size_t k = t->shape[1];
    r->classes = (int)k;
    for (int i = 0; i < r->count; i++) {
        int ones = 0;
        for (size_t c = 0; c < k; c++) {
            float x;
            MIEN_TRY(mien_tensor_floats(&x, t, (size_t)i * k + c, 1));
            if (x == 1) r->labels[i] = (int32_t)c;
            ones += x == 1 ? 1 : x == 0 ? 0 : 2;
        }
        if (ones != 1)
            return mien_fail(MIEN_EDATA,
                             "%s: row %d is not one-hot (one 1, "
                             "the rest 0)",
                             t->name, i);
    }
    return MIEN_OK;
}

mien_status mien_arrays_adopt(mien_reader *r) {
    mien_arrays *a = r->state;
    const mien_tensor *t = &a->labels;
    MIEN_TRY(read_layout(a));
    const bool column = t->rank == 2 && t->shape[1] == 1;
    if (t->rank != 1 && (t->rank != 2 || t->shape[1] > MIEN_MAX_CLASSES))
        return bad_shape(t, "labels are N numbers, or N,K one-hot");
    if (t->shape[0] != a->images.shape[0])
        return mien_fail(MIEN_EDATA,
                         "%s has %zu labels, but %s has %zu "
                         "images; each image needs one",
                         t->name, t->shape[0], a->images.name,
                         a->images.shape[0]);
    if (t->shape[0] == 0)
        return mien_fail(MIEN_EDATA, "%s holds no image", a->images.name);
    r->count = (int)t->shape[0];
    r->floats = a->images.dtype != MIEN_U8;
    r->cheap = true;
    r->labels = mien_arena_alloc(&r->arena, t->shape[0], sizeof *r->labels);
    if (!r->labels) return MIEN_ENOMEM;
    return t->rank == 1 || column ? read_numbers(r, t) : read_one_hot(r, t);
}

static size_t sample_size(const mien_arrays *a) {
    return (size_t)a->height * (size_t)a->width * (size_t)a->channels;
}

static mien_status decode_bytes(mien_sample *out, const mien_arrays *a,
                                const uint8_t *from) {
    MIEN_TRY(mien_image_new(&out->image, a->width, a->height, a->channels));
    const size_t row = (size_t)a->width * (size_t)a->channels;
    const size_t plane = (size_t)a->height * (size_t)a->width;
    for (int y = 0; y < a->height; y++) {
        uint8_t *to = out->image->pixels + (size_t)y * out->image->stride;
        if (!a->planar || a->channels == 1) {
            memcpy(to, from + (size_t)y * row, row);
            continue;
        }
        const uint8_t *p = from + (size_t)(y * a->width);
        for (int x = 0; x < a->width; x++)
            for (int c = 0; c < a->channels; c++)
                to[x * a->channels + c] = p[(size_t)c * plane + (size_t)x];
    }
    return MIEN_OK;
}

static mien_status decode_floats(mien_sample *out, const mien_arrays *a,
                                 size_t first) {
    const size_t n = sample_size(a), plane = n / (size_t)a->channels;
    out->floats = mien_alloc(n, sizeof *out->floats);
    if (!out->floats) return MIEN_ENOMEM;
    if (!a->planar)
        return mien_tensor_floats(out->floats, &a->images, first, n);
    float *planes = mien_alloc(n, sizeof *planes);
    mien_status status =
        planes ? mien_tensor_floats(planes, &a->images, first, n) : MIEN_ENOMEM;
    for (size_t i = 0; status == MIEN_OK && i < n; i++)
        out->floats[i % plane * (size_t)a->channels + i / plane] = planes[i];
    mien_free(planes);
    return status;
}

mien_status mien_arrays_decode(mien_sample *out, const mien_reader *r, int i,
                               mien_want want) {
    (void)want;
    const mien_arrays *a = r->state;
    const size_t first = (size_t)i * sample_size(a);
    *out = (mien_sample){
        .width = a->width, .height = a->height, .channels = a->channels};
    const uint8_t *bytes = a->images.data;
    const mien_status status = r->floats ? decode_floats(out, a, first)
                                         : decode_bytes(out, a, bytes + first);
    if (status != MIEN_OK) mien_sample_close(out);
    return status;
}

mien_status mien_arrays_digest(mien_hash *hash, const mien_reader *r, int i) {
    const mien_arrays *a = r->state;
    const size_t size = sample_size(a) * mien_dtype_size(a->images.dtype);
    const uint8_t *bytes = a->images.data;
    mien_hash_add(hash, bytes + (size_t)i * size, size);
    return MIEN_OK;
}

void mien_arrays_close(mien_reader *r) {
    mien_arrays *a = r->state;
    if (!a) return;
    for (int i = 0; i < 2; i++) {
        mien_npy_close(&a->npy[i]);
        mien_buf_close(&a->unpacked[i]);
    }
    mien_npz_close(a->npz);
    mien_free(a);
}
