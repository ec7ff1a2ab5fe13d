/* SPDX-License-Identifier: Apache-2.0 */
/* runner_precision.c - what 16 bits and a loss scale change in a step. */
#include <string.h>

#include "nn/runner.h"
#include "nn/runner_state.h"

/* Running statistics stay as they are, as on machines of mixed precision. */
void mien_runner_round_weights(mien_runner *run) {
    const mien_weights *w = &run->net->weights;
    float *rounded = run->state->rounded;
    if (!rounded) return;
    memcpy(rounded, w->effective, w->size * sizeof *rounded);
    mien_round_values(rounded, w->size_trained, run->options.precision, NULL);
}

static float scale_of(const mien_runner *run) {
    const float scale = run->state->batch->loss_scale;
    return scale == 0 ? 1 : scale;
}

static void multiply(float *x, size_t n, float factor) {
    for (size_t i = 0; i < n; i++) x[i] *= factor;
}

/* The loss's weights are on the way too: theirs is divided with the rest. */
void mien_runner_scale_loss(const mien_runner *run, mien_loss_pass *pass) {
    const mien_weights *w = &run->net->weights;
    const float scale = scale_of(run);
    if (scale == 1) return;
    multiply(pass->dx, (size_t)pass->n * (size_t)pass->d, scale);
    for (int k = 0; k < MIEN_MAX_WEIGHTS; k++) {
        const int index = w->of_node[w->n_nodes][k];
        if (index >= 0) multiply(pass->dw[k], w->items[index].count, scale);
    }
}

void mien_runner_finish_gradient(const mien_runner *run, mien_shard *shard) {
    const size_t size = run->net->weights.size_trained;
    const float scale = scale_of(run);
    mien_round_values(shard->gradient, size, run->options.precision, NULL);
    if (scale == 1) return;
    for (size_t i = 0; i < size; i++) shard->gradient[i] /= scale;
}
