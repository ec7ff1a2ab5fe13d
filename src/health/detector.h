/* SPDX-License-Identifier: Apache-2.0 */
/* detector.h - watches the frames of a training for one kind of trouble.
 *
 * A file in detectors/ defines one and a line in detectors.def lists it.
 *
 *   mien_watch watch;
 *   MIEN_TRY(mien_watch_open(&watch, &limits));
 *   mien_watch_step(&watch, &frame);
 *   for (int i = 0; i < watch.n; i++) ... watch.findings[i]
 *   mien_watch_close(&watch);
 *
 * Histories hold healthy steps only: a frame that is skipped, or whose loss or
 * norm is not finite, never enters one. State is doubles, so that a
 * checkpoint can carry it and a resumed run sees what it saw before. */
#ifndef MIEN_HEALTH_DETECTOR_H
#define MIEN_HEALTH_DETECTOR_H

#include "base/param.h"
#include "health/finding.h"
#include "health/frame.h"

/* The limits that detectors share; every one a key of `health:`. Where the
 * value differs from the literature's, docs/gradient-health.md says why. */
typedef struct mien_limits {
    double start_share;    /* first loss off its expectation by this share */
    double variance_ratio; /* between neighbouring layers */
    double gain;           /* cumulative, forward or backward, either way */
    double norm_rise;      /* |g| over its running median */
    double update_warn, update_fail; /* |dW| / |W| */
    double update_least;             /* below: nothing moves */
    double dead_warn, dead_fail;     /* share of a layer's units */
    double saturated;                /* share of a layer's values */
    double cosine;                   /* between different samples */
    double spike_mads;               /* of the loss above its median */
    double clip_share;               /* of steps that were clipped */
    double half_max;                 /* |x| in 16 bits */
    double underflow;                /* share of gradients that became 0 */
} mien_limits;

extern const mien_param mien_limit_params[];

enum {
    MIEN_WATCH_HISTORY = 200,
    MIEN_NORM_WINDOW = 100,
    MIEN_HISTORY_ORDERS = 4,
    MIEN_MAX_FINDINGS = 32
};

/* What is known of the healthy steps so far, oldest overwritten first. */
typedef struct mien_history {
    double loss[MIEN_WATCH_HISTORY], norm[MIEN_WATCH_HISTORY];
    double input[MIEN_WATCH_HISTORY]; /* rms of the batches */
    double n;                         /* seen, all of them */
    double clipped[MIEN_WATCH_HISTORY];
    double peak[MIEN_WATCH_HISTORY]; /* largest |x| of the batches */
    /* Median of the weights' scale (mien_tensor_state) at step 0; 0: not
     * known. Outlives mien_watch_reset(). */
    double start_scale;
    /* The last MIEN_WATCH_HISTORY of loss, input and peak and MIEN_NORM_WINDOW
     * of norm in ascending order, when n was `ordered`; of any other n they
     * mean nothing (history.c). */
    double ordered;
    double order[MIEN_HISTORY_ORDERS][MIEN_WATCH_HISTORY];
} mien_history;

typedef struct mien_watch mien_watch;

typedef struct mien_detector_ops {
    const char *name, *summary;
    int n_state; /* doubles, zero at first, in checkpoints */
    /* Look at a frame; say what is wrong by mien_watch_say(). `before` is the
     * history without this frame. */
    void (*look)(mien_watch *watch, const mien_frame *frame, double *state);
} mien_detector_ops;

const mien_detector_ops *const *mien_detectors(int *count);

struct mien_watch {
    mien_limits limits;
    mien_history history; /* without the frame that is looked at */
    double *state;        /* of all detectors in turn */
    size_t n_state;
    int n; /* findings of the last frame, worst first */
    mien_finding findings[MIEN_MAX_FINDINGS];
    const char *speaking;    /* the detector that looks now */
    const mien_frame *frame; /* that it looks at */
};

/* Errors: MIEN_ENOMEM; the watch is then empty. */
mien_status mien_watch_open(mien_watch *watch, const mien_limits *limits);

/* Ask every detector; then the frame enters the history if it is healthy. */
void mien_watch_step(mien_watch *watch, const mien_frame *frame);

/* Forget the history and all that was said, after a rollback or a new start. */
void mien_watch_reset(mien_watch *watch);

/* Add a finding of the detector that looks now; drops it when there are
 * already MIEN_MAX_FINDINGS. `template` gives severity, cause, value, limit
 * and where.
 *
 * The same sentence (detector, severity, cause, format) is not said again
 * unless it got worse by 2x or 200 steps have passed; `since` is then when it
 * was first true. A template whose `since` is the step itself tells of
 * something that happened once, and is always said. */
void mien_watch_say(mien_watch *watch, const mien_finding *template,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A frame without anything that must not enter a history. */
bool mien_frame_is_healthy(const mien_frame *frame);

/* The last n values of one of the history's rows, oldest first, fewer if there
 * are fewer; returns how many. */
int mien_history_copy(double *out, const mien_history *h, const double *row,
                      int n);

/* Of the last `n` healthy steps of one of the history's rows (fewer if there
 * are fewer); NaN: none. */
double mien_history_median(const mien_history *h, const double *row, int n);
double mien_history_mad(const mien_history *h, const double *row, int n);
void mien_watch_close(mien_watch *watch);

#endif
