/* SPDX-License-Identifier: Apache-2.0 */
/* start.c - begin with the weights of another model.
 *
 * A tensor of the file is taken for the weight that bears its name and has its
 * extents; all others stay as the initialiser drew them. */
#include <stdio.h>
#include <string.h>

#include "base/finite.h"
#include "base/log.h"
#include "train/trainer.h"

typedef struct tally {
    int taken;
    size_t values, all;
    bool quiet;
} tally;

static bool fits(const mien_weight *w, const mien_tensor *t) {
    bool same = t && t->dtype == MIEN_F32 && t->rank == w->spec.dims.count;
    for (int i = 0; same && i < t->rank; i++)
        same = t->shape[i] == (size_t)w->spec.dims.d[i];
    return same;
}

static mien_status take(float *values, const mien_weight *w,
                        const mien_tensor *t, const char *path) {
    const size_t bad = mien_first_bad(t->data, w->count);
    if (bad < w->count)
        return mien_fail(MIEN_ECORRUPT, "%s: value %zu of '%s' is not finite",
                         path, bad, w->name);
    memcpy(values + w->offset, t->data, t->bytes);
    return MIEN_OK;
}

/* Why a weight stays as drawn. */
static void tell_drawn(const mien_weight *w, const mien_tensor *t) {
    char found[MIEN_TENSOR_TEXT] = "not there";
    if (t) mien_tensor_describe(found, t);
    mien_info("start: %s is drawn anew: %zu values here, %s in the file",
              w->name, w->count, found);
}

static mien_status take_all(tally *sum, mien_trainer *t,
                            const mien_safetensors *file, const char *path) {
    mien_weights *w = &t->net->weights;
    for (int i = 0; i < w->n; i++) {
        const mien_weight *weight = &w->items[i];
        const mien_tensor *tensor = mien_safetensors_find(file, weight->name);
        sum->all += weight->count;
        if (!fits(weight, tensor)) {
            if (!sum->quiet) tell_drawn(weight, tensor);
            continue;
        }
        MIEN_TRY(take(w->values, weight, tensor, path));
        sum->taken++;
        sum->values += weight->count;
    }
    return MIEN_OK;
}

/* What the file has and the network has not; not a checkpoint's own state. */
static void tell_unused(const mien_trainer *t, const mien_safetensors *file) {
    int n;
    const mien_tensor *tensors = mien_safetensors_tensors(file, &n);
    for (int i = 0; i < n; i++)
        if (!strchr(tensors[i].name, '/') &&
            !mien_weights_find(&t->net->weights, tensors[i].name))
            mien_info("start: %s of the file has no place in this network",
                      tensors[i].name);
}

static mien_status start_from(mien_trainer *t, const mien_safetensors *file,
                              const char *path) {
    const char *hash = mien_safetensors_meta(file, MIEN_SEAL_TENSORS);
    const int all = t->net->weights.n;
    tally sum = {.quiet = t->mode.quiet};
    MIEN_TRY(take_all(&sum, t, file, path));
    if (!sum.taken)
        return mien_fail(MIEN_ESHAPE,
                         "%s: none of its tensors has the name and the "
                         "extents of one of this network's %d: it is a model "
                         "of other layers",
                         path, all);
    snprintf(t->start_hash, sizeof t->start_hash, "%s", hash ? hash : "");
    t->card.start_hash = t->start_hash;
    if (sum.quiet) return MIEN_OK;
    tell_unused(t, file);
    mien_info("start: %d of %d tensors, %zu of %zu values, come from %s",
              sum.taken, all, sum.values, sum.all, path);
    return MIEN_OK;
}

mien_status mien_trainer_start(mien_trainer *t) {
    const char *path = t->recipe.train.start;
    mien_safetensors *file;
    if (!path || !*path) return MIEN_OK;
    MIEN_TRY(mien_safetensors_open(&file, path, true));
    const mien_status status = start_from(t, file, path);
    mien_safetensors_close(file);
    if (status == MIEN_OK) mien_weights_apply(&t->net->weights);
    return status;
}
