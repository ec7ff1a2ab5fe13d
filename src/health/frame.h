/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h - everything that was seen of one training step.
 *
 * The trainer fills a frame after each step; detectors read it, the journal
 * writes it. Layers and tensors are there on probed steps only. */
#ifndef MIEN_HEALTH_FRAME_H
#define MIEN_HEALTH_FRAME_H

#include "nn/probe.h"
#include "nn/weight.h"

/* A layer, or several that run as one, in the order in which they run. */
typedef struct mien_layer_state {
    const char *name; /* of the layer (the last one of a fused group) */
    const char *kind; /* "conv", "bn + prelu" */
    mien_probe y, dy;
    double dead;   /* share of units that were 0 in every batch of the last
                      MIEN_DEAD_BATCHES that were probed, NaN: too few */
    double idle;   /* share of units that were 0 in this batch */
    /* rms of y over that of what came in: how this layer scales forward */
    double forward_gain;
    /* |gradient it hands on| over |gradient that reached it| */
    double backward_gain;
    bool activation; /* relu, tanh, ... is its last layer */
    bool branch;     /* some path from input to output goes past it */
} mien_layer_state;

enum { MIEN_DEAD_BATCHES = 50 };

/* A trained tensor. */
typedef struct mien_tensor_state {
    const char *name; /* "conv1.weight" */
    mien_weight_role role;
    int layer; /* its row among the layers, -1: the loss's */
    double weight, gradient, update; /* |W| before, |g|, |dW| of the step */
    double ratio; /* update / weight, NaN: |W| is 0 */
    double scale; /* rms(W) over He's sqrt(2 / fan in), NaN: no WEIGHT */
    double stalled; /* share of values with a gradient that did not move; 0
                       where nothing has 16 bits */
} mien_tensor_state;

typedef struct mien_frame {
    int64_t step, epoch, batch; /* from 0 */
    int64_t steps;              /* of the whole training */
    double loss, accuracy, lr;
    double norm, backbone, head; /* of the gradient before clipping */
    double threshold;            /* of the clip, NaN: none */
    bool clipped, skipped;
    const char *bad; /* "loss", or the tensor whose gradient is not finite */
    /* the data of the step's (last) batch */
    mien_probe input;
    int samples, distinct; /* labels in it */
    int classes;           /* of the data, 0: no labels */
    /* what the network answered */
    double cosine;   /* mean between different samples; NaN: a scalar */
    double expected; /* what the loss is for answers that know nothing, NaN */
    /* a margin head: s and the margin in force now; s is 0 for other losses */
    double margin_s, margin_m;
    double theta;    /* mean angle to the right class, radians, or NaN */
    double theta_least; /* the smallest one of the batch, or NaN */
    bool probed; /* layers and tensors below were measured */
    int n_layers, n_tensors;
    const mien_layer_state *layers;
    const mien_tensor_state *tensors;
    /* |weight decay * W| over |gradient| of all weights, 0: no decay */
    double decay_share;
    /* lambda_max on the batch before, NaN: not measured; see sharpness.h */
    double sharpness;
    int precision; /* of mien_precision, 0: float32 */
    bool scaling;  /* skipped to find the loss scale, which is lower now */
} mien_frame;

#endif
