/* SPDX-License-Identifier: Apache-2.0 */
/* past.h - what a run's health.jsonl tells, as arrays to draw and explain.
 *
 *   mien_past *past;
 *   MIEN_TRY(mien_past_read(&past, "runs/a/health.jsonl"));
 *   for (int i = 0; i < past->n_acts; i++) ... past->acts[i].remedy
 *   mien_past_free(past);
 *
 * However long the run was, it is held in a few megabytes: steps, probed steps
 * and histograms are merged two by two when there are too many of them.
 *
 * Time is counted in steps made, `at`: a run that was rolled back or started
 * again makes step 100 more than once, but each at another time. The journal
 * has lines of some steps only; those between them are counted too. */
#ifndef MIEN_HEALTH_PAST_H
#define MIEN_HEALTH_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fail.h"
#include "health/finding.h"
#include "health/histogram.h"

enum {
    MIEN_PAST_STEPS = 2000, /* the most that are kept */
    MIEN_PAST_TIMES = 600,  /* probed steps of an attempt */
    MIEN_PAST_RIDGES = 32,  /* histograms of a tensor */
    MIEN_PAST_ATTEMPTS = 64,
    MIEN_PAST_EVENTS = 4096, /* findings, acts, ... of a kind */
    MIEN_ANGLES = 36
};

/* A step, or several that follow each other. */
typedef struct mien_past_step {
    double at;
    int64_t step; /* of the first of them */
    int attempt;  /* an index of past->attempts */
    int n;
    double loss[2], norm[2];   /* least and largest finite one, NaN: none */
    double threshold, lr;      /* of the last one; NaN: none */
    int clipped, skipped, bad; /* how many of the n */
} mien_past_step;

/* What a probed step says of each layer, then of each tensor. */
typedef enum mien_series {
    MIEN_SERIES_Y_RMS,
    MIEN_SERIES_Y_MAX,
    MIEN_SERIES_Y_ZEROS,
    MIEN_SERIES_Y_SATURATED,
    MIEN_SERIES_Y_BAD,
    MIEN_SERIES_DY_RMS,
    MIEN_SERIES_DY_MAX,
    MIEN_SERIES_DY_BAD,
    MIEN_SERIES_DEAD,
    MIEN_SERIES_IDLE,
    MIEN_SERIES_FORWARD_GAIN,
    MIEN_SERIES_BACKWARD_GAIN,
    MIEN_SERIES_WEIGHT, /* of tensors, from here on */
    MIEN_SERIES_GRADIENT,
    MIEN_SERIES_UPDATE,
    MIEN_SERIES
} mien_series;

typedef struct mien_past_ridge {
    double at;
    int64_t step;
    mien_histogram h;
} mien_past_ridge;

typedef struct mien_past_ridges {
    int n, seen, every; /* every: each so manieth was kept */
    mien_past_ridge *items;
} mien_past_ridges;

/* From a start, or a new start, of the training to its end or the next. */
typedef struct mien_past_attempt {
    int number;          /* from 0 */
    double began, ended; /* at */
    bool fresh;          /* no step was made yet */
    int n_layers, n_tensors;
    const char **layers, **kinds, **tensors, **roles;
    bool *activation;
    int *layer_of;
    int n_times, every, in_last; /* in_last: probed steps in the last one */
    double *at, *input_rms;
    float *series[MIEN_SERIES];  /* [n_times][n_layers or n_tensors] */
    mien_past_ridges *ridges[2]; /* weight, gradient: [n_tensors] */
} mien_past_attempt;

/* A finding, and how often it was said without a change of its cause. */
typedef struct mien_past_finding {
    mien_finding finding; /* the first one, with the worst severity */
    int attempt, times;
    int64_t last;
    double at, last_at;
} mien_past_finding;

typedef struct mien_past_act {
    const char *remedy, *why;
    mien_cause cause;
    int attempt;
    int64_t step, from;
    double at;
    bool kept;
    const char **changes;
    double *with, *without; /* NaN: not finite */
    int n_changes, n_with, n_without;
} mien_past_act;

typedef struct mien_past_quarantine {
    int attempt, sample;
    int64_t step, epoch, batch;
    double at;
    const char *reason;
} mien_past_quarantine;

typedef struct mien_past_sweep {
    int attempt, n;
    double *lr, *loss;
    double diverged, suggested; /* NaN: none */
} mien_past_sweep;

typedef struct mien_past_angles {
    double at;
    double bins[MIEN_ANGLES]; /* samples */
} mien_past_angles;

typedef struct mien_past {
    mien_arena arena;
    int n_steps, every, n_attempts;
    mien_past_step *steps;
    mien_past_attempt *attempts;
    int n_findings, n_acts, n_quarantines, n_sweeps;
    mien_past_finding *findings;
    mien_past_act *acts;
    mien_past_quarantine *quarantines;
    mien_past_sweep *sweeps;
    int n_angles, angles_every, angles_in_last;
    mien_past_angles *angles;
    const char *verdict;     /* NULL: none; "": the training reached its end */
    int64_t last_step, made; /* of the last line; steps made in all */
    int64_t skipped;
    double last_loss;
    bool straight; /* each step was made once: at is the step */
    bool torn;     /* the last line was cut off and left out */
    int dropped;   /* events beyond MIEN_PAST_EVENTS of a kind */
} mien_past;

/* Errors: MIEN_ENOTFOUND, MIEN_EIO; MIEN_EFORMAT for a line that cannot be
 *         read, with its number - but a last line without its end is left
 *         out; MIEN_ELIMIT for too many attempts or layers; MIEN_ENOMEM.
 *         *out is then NULL. */
mien_status mien_past_read(mien_past **out, const char *path);
void mien_past_free(mien_past *past); /* NULL is fine */

/* The row of a series at a time: [n_layers] or [n_tensors]. */
const float *mien_past_row(const mien_past_attempt *a, mien_series series,
                           int time);

/* The last time that has every value of a series finite; else the last one
 * of all; -1: none. */
int mien_past_last(const mien_past_attempt *a, mien_series series);

#endif
