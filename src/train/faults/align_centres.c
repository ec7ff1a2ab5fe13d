/* SPDX-License-Identifier: Apache-2.0 */
/* align_centres.c - each class centre lies on a photo of its class.
 *
 * The centre of class y becomes the embedding, scaled to unit length, of the
 * first photo of y that training will come to: the angle between them is 0,
 * where the slope of the angular margin,
 *
 *   f'(c) = sin(theta + m) / sin(theta),
 *
 * has no bound. The runner that trains is asked on the batches of the first
 * epoch, so that it is the very embedding that the step will see; it changes
 * with the first update. */
#include <math.h>

#include "base/mem.h"
#include "train/source.h"

static const mien_param params[] = {{0}};

/* y / |y| into every centre of its class; false for what has no direction. */
static bool align(float *centres, int n, const float *y, int d) {
    double sum = 0;
    for (int i = 0; i < d; i++) sum += (double)y[i] * y[i];
    if (!(sum > 0) || !(sum < INFINITY)) return false;
    const double length = sqrt(sum);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < d; i++)
            centres[(size_t)k * (size_t)d + (size_t)i] = (float)(y[i] / length);
    return true;
}

/* Another batch; *left counts the classes that have no centre yet. */
static mien_status align_batch(const mien_fault_start *s, const mien_weight *w,
                               uint8_t *done, int *left) {
    mien_batch batch;
    mien_result result;
    mien_net *net = s->run->net;
    const int centres = w->spec.dims.d[0] / net->spec.classes;
    MIEN_TRY(mien_source_next(s->source, &batch));
    MIEN_TRY(mien_runner_step(s->run, &batch, &result));
    for (int i = 0; i < batch.n; i++) {
        const int label = batch.label[i];
        if (done[label]) continue;
        const size_t first = (size_t)label * (size_t)centres;
        float *centre =
            net->weights.values + w->offset + first * (size_t)result.width;
        done[label] =
            align(centre, centres, result.y + (size_t)i * (size_t)result.width,
                  result.width);
        *left -= done[label];
    }
    return MIEN_OK;
}

static mien_status start(const mien_fault_start *s, const void *cfg) {
    mien_net *net = s->run->net;
    const mien_weight *w = mien_weights_find(&net->weights, "loss.centre");
    (void)cfg;
    if (!w)
        return mien_fail(MIEN_EINVAL,
                         "faults: align_centres: the loss has no class "
                         "centres; arcface and cosface have");
    uint8_t *done = mien_alloc((size_t)net->spec.classes, 1);
    if (!done) return MIEN_ENOMEM;
    int left = net->spec.classes;
    mien_status status = mien_source_begin(s->source, 0, 0);
    for (int i = 0; i < s->source->batches && left && status == MIEN_OK; i++)
        status = align_batch(s, w, done, &left);
    mien_free(done);
    mien_weights_apply(&net->weights);
    return status;
}

const mien_fault_ops mien_fault_align_centres = {
    .row = {.name = "align_centres",
            .summary = "each class centre lies on the class's first photo",
            .params = params},
    .start = start,
};
