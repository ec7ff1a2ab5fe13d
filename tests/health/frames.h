/* SPDX-License-Identifier: Apache-2.0 */
/* frames.h - frames made by hand: a healthy training, to be made ill. */
#ifndef MIEN_TESTS_HEALTH_FRAMES_H
#define MIEN_TESTS_HEALTH_FRAMES_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "health/detector.h"

enum { MOST_LAYERS = 64 };

typedef struct course {
    mien_watch watch;
    mien_frame frame;
    mien_layer_state layers[MOST_LAYERS];
    mien_tensor_state tensors[2 * MOST_LAYERS];
    char names[MOST_LAYERS][16], weights[MOST_LAYERS][32],
        biases[MOST_LAYERS][32];
} course;

static inline void fill_layer(course *c, int i, bool last) {
    const char *kind = last ? "dense" : "conv";
    snprintf(c->names[i], sizeof c->names[i], "%s%d", kind, i + 1);
    snprintf(c->weights[i], sizeof c->weights[i], "%s%d.weight", kind, i + 1);
    snprintf(c->biases[i], sizeof c->biases[i], "%s%d.bias", kind, i + 1);
    c->layers[i] = (mien_layer_state){
        .name = c->names[i],
        .kind = last ? "dense" : "conv + relu",
        .y = {.count = 1000, .rms = 0.8, .max = 4, .first_bad = -1},
        .dy = {.count = 1000, .rms = 1e-3, .max = 0.01, .first_bad = -1},
        .dead = NAN,
        .idle = last ? NAN : 0.02,
        .forward_gain = 0.9,
        .backward_gain = 1.1,
        .activation = !last};
    c->tensors[2 * i] = (mien_tensor_state){.name = c->weights[i],
                                            .role = MIEN_ROLE_WEIGHT,
                                            .layer = i,
                                            .weight = 10,
                                            .gradient = 0.1,
                                            .update = 0.01,
                                            .ratio = 0.001,
                                            .scale = 0.9};
    c->tensors[2 * i + 1] = (mien_tensor_state){.name = c->biases[i],
                                                .role = MIEN_ROLE_BIAS,
                                                .layer = i,
                                                .ratio = NAN,
                                                .scale = NAN};
}

/* The first step of a healthy training of a network of `depth` layers. */
static inline void begin(course *c, int depth) {
    mien_limits limits;
    memset(c, 0, sizeof *c);
    assert_int_equal(mien_params_read(&limits, mien_limit_params, NULL, NULL,
                                      NULL, "limits"),
                     MIEN_OK);
    assert_int_equal(mien_watch_open(&c->watch, &limits), MIEN_OK);
    for (int i = 0; i < depth; i++) fill_layer(c, i, i == depth - 1);
    c->frame = (mien_frame){.steps = 1000,
                            .loss = 2.31,
                            .lr = 0.001,
                            .norm = 1,
                            .threshold = NAN,
                            .input = {.count = 4096,
                                      .mean = 0.4,
                                      .rms = 0.5,
                                      .max = 1,
                                      .first_bad = -1},
                            .samples = 32,
                            .distinct = 10,
                            .classes = 10,
                            .cosine = 0.5,
                            .expected = log(10),
                            .theta = NAN,
                            .theta_least = NAN,
                            .probed = true,
                            .n_layers = depth,
                            .n_tensors = 2 * depth,
                            .layers = c->layers,
                            .tensors = c->tensors};
}

static inline void end(course *c) { mien_watch_close(&c->watch); }

/* Look at the frame, and go on to the next step. */
static inline void look(course *c) {
    mien_watch_step(&c->watch, &c->frame);
    c->frame.step++;
    c->frame.batch++;
}

/* A loss that falls from 2.31, with a little noise of no pattern. */
static inline void look_healthy(course *c, int steps) {
    for (int i = 0; i < steps; i++) {
        const double noise = sin(12.9898 * (double)c->frame.step + 1) * 0.03;
        c->frame.loss =
            (2.31 * exp(-(double)c->frame.step / 400)) * (1 + noise);
        c->frame.norm = 1 + 3 * noise;
        look(c);
        for (int k = 0; k < c->watch.n; k++)
            if (c->watch.findings[k].severity > MIEN_NOTE)
                fail_msg(
                    "step %lld: %s: %s", (long long)c->watch.findings[k].step,
                    c->watch.findings[k].detector, c->watch.findings[k].text);
    }
}

/* What this detector said of the last frame, or NULL. */
static inline const mien_finding *said(const course *c, const char *detector) {
    for (int i = 0; i < c->watch.n; i++)
        if (!strcmp(c->watch.findings[i].detector, detector))
            return &c->watch.findings[i];
    return NULL;
}

static inline void assert_said(const course *c, const char *detector,
                               mien_severity severity, mien_cause cause) {
    const mien_finding *f = said(c, detector);
    if (!f) fail_msg("%s said nothing", detector);
    if (f->severity != severity || f->cause != cause)
        fail_msg("%s: severity %d, cause %s: %s", detector, f->severity,
                 mien_cause_name(f->cause), f->text);
}

#endif
