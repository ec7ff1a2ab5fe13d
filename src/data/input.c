/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - from a decoded photo to the numbers a network sees. */
#include "data/input.h"

#include <assert.h>

typedef struct config {
    int size[3], fit, filter;
    float scale;
    mien_floats mean, std;
} config;

const mien_param mien_input_params[] = {
    {"size", "[height, width, channels] of the network's input",
     offsetof(config, size), 1, 8192, 1, .kind = MIEN_INT3, .required = true},
    {"scale", "pixels are divided by it", offsetof(config, scale), 1e-6, 1e6,
     255},
    {"mean", "then this is taken off: [one] number, or one a channel",
     offsetof(config, mean), -1e6, 1e6, .kind = MIEN_FLOATS},
    {"std", "then they are divided by this: [one] number, or one a channel",
     offsetof(config, std), 1e-6, 1e6, .kind = MIEN_FLOATS},
    {"fit", "how a photo of another shape is brought to size",
     offsetof(config, fit), .kind = MIEN_CHOICE, .choices = "stretch|crop|pad"},
    {"filter", "how pixels are resampled", offsetof(config, filter), 0, 3,
     MIEN_FILTER_BILINEAR, .kind = MIEN_CHOICE,
     .choices = "nearest|area|bilinear|bicubic"},
    {0},
};

/* One number for all channels, or one each; `base` when none is given. */
static mien_status spread(float out[3], const mien_floats *list, int channels,
                          float base, const mien_tree *at, const char *name) {
    if (list->count > 1 && list->count != channels)
        return mien_tree_fail(at, "input: %s: %d numbers for %d channels", name,
                              list->count, channels);
    for (int c = 0; c < 3; c++)
        out[c] = list->count == 0  ? base
                 : list->count > c ? list->items[c]
                                   : list->items[0];
    return MIEN_OK;
}

mien_status mien_input_read(mien_input *out, const mien_tree *tree,
                            mien_arena *arena) {
    config c = {0};
    if (!tree)
        return mien_fail(MIEN_EINVAL,
                         "the recipe has no `input:`; it needs "
                         "input: {size: [height, width, channels]}");
    MIEN_TRY(
        mien_params_read(&c, mien_input_params, tree, NULL, arena, "input"));
    if (c.size[2] != 1 && c.size[2] != 3)
        return mien_tree_fail(tree,
                              "input: size: %d channels; 1 (grey) and 3 "
                              "(colour) are possible",
                              c.size[2]);
    *out = (mien_input){.height = c.size[0],
                        .width = c.size[1],
                        .channels = c.size[2],
                        .fit = c.fit,
                        .filter = c.filter,
                        .scale = c.scale};
    MIEN_TRY(spread(out->mean, &c.mean, c.size[2], 0, tree, "mean"));
    return spread(out->std, &c.std, c.size[2], 1, tree, "std");
}

mien_shape mien_input_shape(const mien_input *input) {
    return (mien_shape){1, input->channels, input->height, input->width};
}

mien_want mien_input_want(const mien_input *input) {
    return (mien_want){.channels = input->channels,
                       .width = input->width,
                       .height = input->height};
}

/* Put `made` in the place of *image. */
static void replace(mien_image **image, mien_image *made) {
    mien_image_free(*image);
    *image = made;
}

static mien_status convert(mien_image **image, int channels) {
    mien_image *made;
    if ((*image)->channels == channels) return MIEN_OK;
    MIEN_TRY(mien_image_convert(&made, *image, channels));
    replace(image, made);
    return MIEN_OK;
}

static mien_status resize(mien_image **image, int width, int height,
                          int filter) {
    mien_image *made;
    if ((*image)->width == width && (*image)->height == height) return MIEN_OK;
    MIEN_TRY(
        mien_image_resize(&made, *image, width, height, (mien_filter)filter));
    replace(image, made);
    return MIEN_OK;
}

/* a * b / c rounded, at least 1. */
static int ratio(int a, int b, int c) {
    const int64_t x = ((int64_t)a * b + c / 2) / c;
    return x < 1 ? 1 : (int)x;
}

static bool is_wider(const mien_image *image, const mien_input *in) {
    return (int64_t)image->width * in->height >
           (int64_t)image->height * in->width;
}

static mien_status crop_shape(mien_image **image, const mien_input *in) {
    const mien_image *from = *image;
    int w = from->width, h = from->height;
    if (is_wider(from, in))
        w = ratio(h, in->width, in->height);
    else
        h = ratio(w, in->height, in->width);
    if (w > from->width) w = from->width;
    if (h > from->height) h = from->height;
    if (w == from->width && h == from->height) return MIEN_OK;
    mien_image *made;
    MIEN_TRY(mien_image_crop(&made, from, (from->width - w) / 2,
                             (from->height - h) / 2, w, h));
    replace(image, made);
    return MIEN_OK;
}

static mien_status pad_to_size(mien_image **image, const mien_input *in) {
    int w = in->width, h = in->height;
    if (is_wider(*image, in))
        h = ratio(w, (*image)->height, (*image)->width);
    else
        w = ratio(h, (*image)->width, (*image)->height);
    if (w > in->width) w = in->width;
    if (h > in->height) h = in->height;
    MIEN_TRY(resize(image, w, h, in->filter));
    if (w == in->width && h == in->height) return MIEN_OK;
    mien_image *made;
    MIEN_TRY(mien_image_new(&made, in->width, in->height, (*image)->channels));
    mien_image_paste(made, *image, (in->width - w) / 2, (in->height - h) / 2);
    replace(image, made);
    return MIEN_OK;
}

mien_status mien_input_fit(mien_image **image, const mien_input *input) {
    if (input->channels == 1) MIEN_TRY(convert(image, 1)); /* less to resize */
    if (input->fit == MIEN_FIT_CROP) MIEN_TRY(crop_shape(image, input));
    if (input->fit == MIEN_FIT_PAD) MIEN_TRY(pad_to_size(image, input));
    MIEN_TRY(resize(image, input->width, input->height, input->filter));
    return convert(image, input->channels);
}

/* (p / scale - mean) / std = gain p + shift */
static void affine(float *gain, float *shift, const mien_input *in, int c) {
    *gain = 1 / (in->scale * in->std[c]);
    *shift = -in->mean[c] / in->std[c];
}

void mien_input_fill(float *x, const mien_input *input,
                     const mien_image *image) {
    assert(image->width == input->width && image->height == input->height &&
           image->channels == input->channels);
    const int w = image->width, step = image->channels;
    for (int c = 0; c < step; c++) {
        float gain, shift;
        affine(&gain, &shift, input, c);
        for (int row = 0; row < image->height; row++, x += w) {
            const uint8_t *p = image->pixels + (size_t)row * image->stride + c;
            if (step == 1)
                for (int i = 0; i < w; i++) x[i] = gain * p[i] + shift;
            else
                for (int i = 0; i < w; i++) x[i] = gain * p[3 * i] + shift;
        }
    }
}

/* Channel c of the network at one pixel of a sample that may have others. */
static float channel(const float *p, int have, int want, int c) {
    if (have == want) return p[c];
    return have == 1 ? p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
}

mien_status mien_input_fill_floats(float *x, const mien_input *input,
                                   const mien_sample *sample) {
    if (sample->height != input->height || sample->width != input->width)
        return mien_fail(MIEN_ESHAPE,
                         "the images are %d x %d floats, the "
                         "input is %d x %d; floats are not resized, only "
                         "8-bit images are",
                         sample->height, sample->width, input->height,
                         input->width);
    const size_t plane = (size_t)input->height * (size_t)input->width;
    for (int c = 0; c < input->channels; c++) {
        float gain, shift;
        affine(&gain, &shift, input, c);
        const float *p = sample->floats;
        for (size_t i = 0; i < plane; i++, p += sample->channels)
            *x++ =
                gain * channel(p, sample->channels, input->channels, c) + shift;
    }
    return MIEN_OK;
}

mien_status mien_input_image(mien_image **out, const mien_input *input,
                             const float *x) {
    MIEN_TRY(mien_image_new(out, input->width, input->height, input->channels));
    for (int c = 0; c < input->channels; c++)
        for (int row = 0; row < input->height; row++) {
            uint8_t *p = (*out)->pixels + (size_t)row * (*out)->stride + c;
            for (int i = 0; i < input->width; i++, x++) {
                const float y =
                    (*x * input->std[c] + input->mean[c]) * input->scale + 0.5f;
                p[i * input->channels] = y >= 255 ? 255
                                         : y > 0  ? (uint8_t)y
                                                  : 0;
            }
        }
    return MIEN_OK;
}
