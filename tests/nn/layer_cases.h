/* SPDX-License-Identifier: Apache-2.0 */
/* layer_cases.h - small settings of every layer, odd ones on purpose. */
#ifndef MIEN_TESTS_LAYER_CASES_H
#define MIEN_TESTS_LAYER_CASES_H

#include "nn/layer.h"

typedef struct layer_case {
    const char *layer, *options; /* NULL: none given */
    mien_shape in[3];            /* those with n = 0 are not there */
    bool infer;                  /* run as in inference */
    float scale;                 /* of x; 0 means 1 */
} layer_case;

static const layer_case layer_cases[] = {
    {"conv", "{out: 4, kernel: 3}", {{1, 3, 5, 6}}},
    {"conv", "{out: 2, kernel: 3, pad: same, bias: false}", {{3, 2, 5, 4}}},
    {"conv", "{out: 2, kernel: 3, stride: 2, pad: same}", {{2, 2, 6, 5}}},
    {"conv", "{out: 2, kernel: [2, 4], pad: same}", {{1, 2, 3, 5}}},
    {"conv",
     "{out: 3, kernel: [3, 2], stride: [2, 1], pad: 1x2}",
     {{3, 1, 5, 4}}},
    {"conv", "{out: 2, kernel: 3, stride: 3, pad: 0x1x2x3}", {{2, 2, 7, 5}}},
    {"conv", "{out: 2, kernel: 1, stride: 3}", {{2, 3, 5, 7}}},
    {"conv", "{out: 6, kernel: 3, groups: 2, pad: 1}", {{2, 4, 4, 3}}},
    {"conv",
     "{out: 3, kernel: 3, depthwise: true, stride: 2, pad: 1}",
     {{3, 3, 5, 5}}},
    {"conv", "{out: 6, kernel: [3, 1], depthwise: true}", {{1, 3, 4, 3}}},
    {"conv", "{out: 2, kernel: 3, pad: 4, norm: weight}", {{1, 1, 3, 2}}},
    {"deconv", "{out: 2, kernel: 3}", {{1, 3, 3, 4}}},
    {"deconv", "{out: 2, kernel: 2, stride: 2, bias: false}", {{3, 2, 3, 2}}},
    {"deconv",
     "{out: 4, kernel: [3, 4], stride: [2, 3], pad: [1, 2], "
     "output_pad: [1, 2], groups: 2}",
     {{2, 4, 3, 3}}},
    {"deconv", "{out: 2, kernel: 1, stride: 3}", {{1, 2, 2, 3}}},
    {"dense", "{out: 5}", {{3, 7, 1, 1}}},
    {"dense", "{out: 3, bias: false}", {{1, 2, 3, 2}}},
    {"dense", "{out: 1, norm: standard}", {{4, 3, 1, 1}}},
    {"maxpool", "2", {{2, 3, 5, 6}}},
    {"maxpool", "{size: 3, stride: 2, pad: same}", {{1, 2, 6, 5}}},
    {"maxpool", "{size: [3, 2], stride: 1, pad: 2x1}", {{3, 1, 3, 4}}},
    {"avgpool", "2", {{2, 2, 5, 4}}},
    {"avgpool", "{size: 3, stride: 2, pad: same}", {{1, 3, 6, 5}}},
    {"avgpool", "{size: [2, 3], stride: [1, 2], pad: 1x0x0x2}", {{3, 1, 3, 4}}},
    {"globalpool", NULL, {{3, 2, 3, 5}}},
    {"globalpool", "max", {{1, 3, 4, 3}}},
    {"upsample", NULL, {{2, 2, 3, 2}}},
    {"upsample", "{factor: [3, 2]}", {{1, 1, 2, 3}}},
    {"upsample", "{mode: bilinear}", {{2, 1, 3, 4}}},
    {"upsample", "{factor: [3, 5], mode: bilinear}", {{1, 2, 1, 3}}},
    {"flatten", NULL, {{3, 2, 3, 2}}},
    {"add", NULL, {{2, 2, 3, 2}, {2, 2, 3, 2}}},
    {"add", NULL, {{1, 3, 1, 1}, {1, 3, 1, 1}, {1, 3, 1, 1}}},
    {"concat", NULL, {{2, 1, 3, 2}, {2, 3, 3, 2}, {2, 2, 3, 2}}},
    {"bn", NULL, {{3, 2, 3, 5}}},
    {"bn", "{eps: 0.01}", {{1, 3, 2, 2}}},
    {"bn", "{affine: false}", {{4, 3, 1, 1}}},
    {"bn", NULL, {{2, 3, 3, 1}}, .infer = true},
    {"bn", "{affine: false}", {{1, 3, 1, 1}}, .infer = true},
    {"layernorm", NULL, {{3, 2, 3, 2}}},
    {"layernorm", "{affine: false, eps: 0.1}", {{1, 5, 1, 1}}},
    {"l2norm", NULL, {{3, 7, 1, 1}}},
    {"l2norm", "{eps: 1e-2}", {{1, 5, 1, 1}}, .scale = 1e-3f},
    {"dropout", NULL, {{3, 2, 3, 2}}},
    {"dropout", "0.2", {{1, 9, 1, 1}}},
    {"dropout", NULL, {{2, 3, 2, 2}}, .infer = true},
    {"relu", NULL, {{3, 2, 3, 5}}},
    {"leaky_relu", NULL, {{3, 2, 3, 3}}},
    {"leaky_relu", "0.3", {{1, 5, 1, 1}}},
    {"prelu", NULL, {{3, 2, 3, 3}}},
    {"scale", "0.5", {{3, 2, 3, 3}}},
    {"sigmoid", NULL, {{3, 2, 3, 3}}},
    {"tanh", NULL, {{3, 2, 3, 3}}},
    {"elu", NULL, {{3, 2, 3, 3}}},
    {"elu", "0.5", {{1, 7, 1, 1}}},
    {"gelu", NULL, {{3, 2, 3, 3}}, .scale = 2},
    {"silu", NULL, {{3, 2, 3, 3}}, .scale = 3},
    {"softmax", NULL, {{3, 5, 1, 1}}},
    {"softmax", NULL, {{2, 4, 3, 2}}, .scale = 3},
    {"affine", NULL, {{3, 2, 3, 3}}},
    {"affine", NULL, {{1, 5, 1, 1}}},
    {"clip", "{min: -0.5, max: 0.7}", {{3, 2, 3, 3}}},
    {"exp", NULL, {{3, 2, 3, 3}}},
    {"mul", NULL, {{2, 3, 2, 4}, {2, 3, 2, 4}}},
    {"mul", NULL, {{3, 2, 3, 2}, {3, 2, 1, 1}}},
    {"div", NULL, {{2, 3, 2, 2}, {2, 3, 2, 2}}},
    {"div", NULL, {{2, 2, 3, 2}, {2, 2, 1, 1}}},
    {"reshape", "{to: [4, 3, 1]}", {{3, 2, 3, 2}}},
    {"transpose", "{order: [1, 2, 0]}", {{3, 2, 3, 4}}},
    {"transpose", "{order: [2, 1, 0]}", {{1, 5, 3, 2}}},
    {"slice", "{axis: row, first: 1, count: 2}", {{2, 3, 4, 2}}},
    {"slice", "{count: 3, step: 2}", {{3, 6, 2, 1}}},
    {"slice", "{axis: column, first: 4, count: 3, step: -2}", {{1, 2, 2, 5}}},
    {"pad", "{sides: 1x0x2x3, value: 0.5}", {{2, 2, 3, 2}}},
    {"resize", "{size: [5, 3]}", {{2, 2, 3, 4}}},
    {"resize", "{size: [7, 2], mode: linear}", {{1, 2, 3, 5}}},
    {"resize", "{size: [6, 8], mode: linear, place: corners}", {{2, 1, 3, 4}}},
    {"resize", "{size: 5, place: zero, round: prefer_ceil}", {{1, 2, 3, 2}}},
};

enum { N_LAYER_CASES = sizeof layer_cases / sizeof *layer_cases };

#endif
