/* SPDX-License-Identifier: Apache-2.0 */
/* flat_channel.c - one channel of all photos says nothing.
 *
 * As a broken camera would: of all photos, those of validation and test
 * too. */
#include "train/fault.h"

typedef struct config {
    int channel;
    float value;
} config;

static const mien_param params[] = {
    {"channel", "which, from 0", offsetof(config, channel), 0, 2, 2,
     .kind = MIEN_INT},
    {"value", "what it is everywhere, in the network's input",
     offsetof(config, value), -1e30, 1e30, 0.5},
    {0},
};

static mien_status samples(mien_dataset *data, const void *cfg) {
    const int channel = ((const config *)cfg)->channel;
    const int channels = data->input.channels;
    if (channel < channels) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "faults: flat_channel: there is no channel %d; the input "
                     "has %d, counted from 0",
                     channel, channels);
}

static void batch(const mien_fault_batch *b, const void *cfg) {
    const config *c = cfg;
    const size_t plane = (size_t)b->input.h * (size_t)b->input.w;
    for (int n = 0; n < b->n; n++) {
        float *x = b->x + (size_t)(n * b->input.c + c->channel) * plane;
        for (size_t i = 0; i < plane; i++) x[i] = c->value;
    }
}

const mien_fault_ops mien_fault_flat_channel = {
    .row = {.name = "flat_channel",
            .summary = "one channel of all photos is constant",
            .params = params,
            .config_size = sizeof(config)},
    .everywhere = true,
    .samples = samples,
    .batch = batch,
};
