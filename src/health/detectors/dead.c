/* SPDX-License-Identifier: Apache-2.0 */
/* dead.c - units that are zero whatever comes.
 *
 * A ReLU that is 0 for every sample passes no gradient and cannot come back by
 * itself. Counted over the last MIEN_DEAD_BATCHES probed batches; at step 0 a
 * layer that is off for one whole batch is enough. */
#include <stdio.h>

#include "health/signs.h"

/* Biases that started at 0 cannot have done it. */
static bool may_be_biases(const mien_frame *f) {
    bool any = false;
    for (int i = 0; i < f->n_tensors; i++) {
        if (f->tensors[i].role != MIEN_ROLE_BIAS) continue;
        if (f->tensors[i].weight > 0) return true;
        any = true;
    }
    return !any;
}

static void look_at_start(mien_watch *w, const mien_frame *f) {
    const int layer = mien_sign_off(f);
    if (layer < 0) return;
    mien_finding found = {
        .severity = MIEN_FAIL,
        .cause = may_be_biases(f) ? MIEN_CAUSE_BIAS : MIEN_CAUSE_DEAD,
        .value = f->layers[layer].idle,
        .limit = 0.9};
    snprintf(found.where, sizeof found.where, "%s", f->layers[layer].name);
    mien_watch_say(
        w, &found,
        "%.3g %% of the units of %.100s are off for "
        "every sample of the first batch%s",
        100 * found.value, f->layers[layer].name,
        found.cause == MIEN_CAUSE_BIAS ? ": their biases keep them off" : "");
}

/* The layer with the largest share, and how many are above the warning. */
static int worst_layer(int *above, const mien_watch *w, const mien_frame *f) {
    double most = w->limits.dead_warn;
    int worst = -1;
    *above = 0;
    for (int i = 0; i < f->n_layers; i++) {
        if (!(f->layers[i].dead > w->limits.dead_warn)) continue;
        ++*above;
        if (f->layers[i].dead < most) continue;
        most = f->layers[i].dead;
        worst = i;
    }
    return worst;
}

static void look_at_dead(mien_watch *w, const mien_frame *f, bool from_start) {
    int above;
    const int layer = worst_layer(&above, w, f);
    char others[64] = "";
    if (layer < 0) return;
    const double share = f->layers[layer].dead;
    const bool fail = share > w->limits.dead_fail;
    mien_finding found = {
        .severity = fail ? MIEN_FAIL : MIEN_WARN,
        .cause = from_start ? MIEN_CAUSE_BIAS : MIEN_CAUSE_DEAD,
        .value = share,
        .limit = fail ? w->limits.dead_fail : w->limits.dead_warn};
    snprintf(found.where, sizeof found.where, "%s", f->layers[layer].name);
    if (above > 1)
        snprintf(others, sizeof others, ", and more than %.3g %% in %d others",
                 100 * w->limits.dead_warn, above - 1);
    mien_watch_say(w, &found,
                   "%.3g %% of the units of %.100s were 0 for every "
                   "sample of the last %d probed batches%s",
                   100 * share, f->layers[layer].name, MIEN_DEAD_BATCHES,
                   others);
}

/* state[0]: 1 when layers were off at step 0 */
static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (!f->probed) return;
    if (f->step == 0) {
        state[0] = mien_sign_off(f) >= 0;
        look_at_start(w, f);
    } else {
        look_at_dead(w, f, state[0] > 0);
    }
}

const mien_detector_ops mien_detector_dead = {
    .name = "dead",
    .summary = "units are never on",
    .n_state = 1,
    .look = look,
};
