/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the options of the layers that others look into.
 *
 * The reference kernel, its fast twin and whoever turns a layer into one of a
 * foreign model file, or back, all read these. The options of the other layers
 * are private to their files. */
#ifndef MIEN_NN_LAYERS_OPTIONS_H
#define MIEN_NN_LAYERS_OPTIONS_H

#include <stdbool.h>

#include "nn/layers/window.h"

/* `norm: none|weight|standard`; the numbers are those of mien_layer_plan's
 * reparam, so the order is that of reparams.def. */
enum { MIEN_NORM_NONE, MIEN_NORM_WEIGHT, MIEN_NORM_STANDARD };
#define MIEN_NORM_CHOICES "none|weight|standard"

typedef struct mien_conv_options {
    int out; /* channels */
    mien_window_options window;
    int groups;
    bool depthwise; /* groups = channels in */
    bool bias;
    int norm;
} mien_conv_options;

static inline int mien_conv_groups(const mien_conv_options *options,
                                   int channels_in) {
    return options->depthwise ? channels_in : options->groups;
}

typedef struct mien_deconv_options {
    int out; /* channels */
    int kernel[2], stride[2], pad[2], output_pad[2];
    int groups;
    bool bias;
} mien_deconv_options;

typedef struct mien_dense_options {
    int out;
    bool bias;
    int norm;
} mien_dense_options;

/* Of maxpool and avgpool; a stride of 0 means the size. */
typedef struct mien_pool_options {
    mien_window_options window;
} mien_pool_options;

typedef struct mien_bn_options {
    float eps, momentum;
    bool affine;
} mien_bn_options;

typedef struct mien_leaky_relu_options {
    float slope;
} mien_leaky_relu_options;

typedef struct mien_prelu_options {
    float start;
} mien_prelu_options;

typedef struct mien_elu_options {
    float alpha;
} mien_elu_options;

enum { MIEN_GLOBALPOOL_AVG, MIEN_GLOBALPOOL_MAX };

typedef struct mien_globalpool_options {
    int mode;
} mien_globalpool_options;

typedef struct mien_upsample_options {
    int factor[2];
    int mode; /* 0 nearest, 1 bilinear */
} mien_upsample_options;

typedef struct mien_layernorm_options {
    float eps;
    bool affine;
} mien_layernorm_options;

typedef struct mien_l2norm_options {
    float eps;
} mien_l2norm_options;

typedef struct mien_clip_options {
    float min, max;
} mien_clip_options;

typedef struct mien_transpose_options {
    int order[3];
} mien_transpose_options;

typedef struct mien_slice_options {
    int axis, first, count, step;
} mien_slice_options;

typedef struct mien_pad_options {
    const char *sides;
    float value;
} mien_pad_options;

typedef struct mien_resize_options {
    int size[2];
    int mode;  /* 0 nearest, 1 linear */
    int place; /* 0 half, 1 zero, 2 corners */
    int round; /* 0 floor, 1 ceil, 2 prefer_floor, 3 prefer_ceil */
} mien_resize_options;

#endif
