/* SPDX-License-Identifier: Apache-2.0 */
/* non_finite.c - the first place where a value is infinite or no number.
 *
 *   input -> layers forward -> loss -> layers backward -> gradient of a tensor
 *   -> update -> weight
 *
 * Whatever comes later in this order may only have caught it. Gradients that
 * burst under a loss scale still to be found are how it is found. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "health/signs.h"

typedef enum stage {
    NOWHERE,
    INPUT,
    FORWARD,
    LOSS,
    BACKWARD,
    GRADIENT,
    MOVED
} stage;

typedef struct place {
    stage stage;
    const char *what, *name; /* "the output of", "conv3" */
    int sample;              /* -1: not known */
} place;

static place in_forward(const mien_frame *f) {
    if (f->input.non_finite)
        return (place){INPUT, "", "the input", f->input.first_bad};
    for (int i = 0; f->probed && i < f->n_layers; i++)
        if (f->layers[i].y.non_finite)
            return (place){FORWARD, "the output of ", f->layers[i].name,
                           f->layers[i].y.first_bad};
    return (place){0};
}

static place in_backward(const mien_frame *f) {
    for (int i = f->probed ? f->n_layers - 1 : -1; i >= 0; i--)
        if (f->layers[i].dy.non_finite)
            return (place){BACKWARD, "the gradient that reached ",
                           f->layers[i].name, f->layers[i].dy.first_bad};
    return (place){0};
}

static place in_update(const mien_frame *f) {
    for (int i = 0; f->probed && !f->skipped && i < f->n_tensors; i++) {
        const mien_tensor_state *t = &f->tensors[i];
        if (!isfinite(t->update))
            return (place){MOVED, "the update of ", t->name, -1};
        if (!isfinite(t->weight))
            return (place){MOVED, "the weights of ", t->name, -1};
    }
    return (place){0};
}

static place find(const mien_frame *f) {
    const bool bad_loss =
        !isfinite(f->loss) || (f->bad && !strcmp(f->bad, "loss"));
    place p = in_forward(f);
    if (p.stage) return p;
    if (f->bad && !strcmp(f->bad, "input")) return p; /* it was not run */
    if (bad_loss) return (place){LOSS, "", "the loss", -1};
    p = in_backward(f);
    if (p.stage) return p;
    if (f->bad) return (place){GRADIENT, "the gradient of ", f->bad, -1};
    if (!isfinite(f->norm))
        return (place){GRADIENT, "", "the gradient's norm", -1};
    return in_update(f);
}

/* The margin's derivative sin(theta + m) / sin(theta) at theta = 0, where the
 * cosine's rounding beyond 1 makes theta itself no number. */
static bool is_margin_slope(const mien_frame *f, const place *p) {
    return f->margin_s > 0 && p->stage >= LOSS && p->stage <= GRADIENT &&
           !(f->theta_least > 0.1);
}

static mien_cause cause_of(const mien_watch *w, const mien_frame *f,
                           const place *p) {
    if (p->stage == INPUT) return MIEN_CAUSE_INPUT_BAD;
    if (f->precision) return MIEN_CAUSE_OVERFLOW;
    if (is_margin_slope(f, p)) return MIEN_CAUSE_MARGIN_SLOPE;
    return mien_cause_of_growth(w, f, INFINITY);
}

/* state[0]: bad frames in a row */
static void look(mien_watch *w, const mien_frame *f, double *state) {
    const place p = find(f);
    char because[MIEN_BECAUSE_ROOM], sample[48] = "", row[48] = "";
    if (!p.stage || (f->scaling && p.stage > LOSS)) {
        state[0] = 0;
        return;
    }
    mien_finding found = {.severity = MIEN_FAIL,
                          .cause = cause_of(w, f, &p),
                          .value = ++state[0]};
    snprintf(found.where, sizeof found.where, "%s", p.name);
    if (p.sample >= 0)
        snprintf(sample, sizeof sample, ", first in sample %d of %d", p.sample,
                 f->samples);
    if (state[0] > 1)
        snprintf(row, sizeof row, ", in %.0f steps in a row", state[0]);
    mien_watch_say(w, &found,
                   "%s%.100s is not finite%s, batch %lld of epoch "
                   "%lld%s%s",
                   p.what, p.name, sample, (long long)f->batch,
                   (long long)f->epoch, row,
                   mien_because(because, w, f, found.cause));
}

const mien_detector_ops mien_detector_non_finite = {
    .name = "non_finite",
    .summary = "something is infinite or no number",
    .n_state = 1,
    .look = look,
};
