/* SPDX-License-Identifier: Apache-2.0 */
/* loss_run.h - run a loss on doubles, in float or in double arithmetic.
 *
 * loss_run.c is compiled twice, as the losses are, so that one test can
 * compare both. */
#ifndef MIEN_TESTS_LOSS_RUN_H
#define MIEN_TESTS_LOSS_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "mien/status.h"

enum { LOSS_RUN_MAX = 4096 };

typedef struct loss_case {
    const char *loss, *options; /* options as YAML, may be NULL */
    int n, d, classes, vector;
    int planned; /* samples a shard may have; 0: n */
    int batch;   /* 0: n */
    float progress;
    const double *x, *target, *w;
    const int32_t *label, *mixed;
    const float *share, *class_weight;
} loss_case;

enum { LOSS_LABELS = 1, LOSS_VECTOR = 2 };

typedef struct loss_result {
    int needs;         /* of these */
    int n_w, n_scores; /* values in all; 0: none */
    int rows;          /* of the first weight */
    double loss;
    double dx[LOSS_RUN_MAX], dw[LOSS_RUN_MAX], scores[LOSS_RUN_MAX];
} loss_result;

/* Plan, then forward and backward. With x NULL only the plan. */
mien_status loss_run_f32(loss_result *out, const loss_case *in);
mien_status loss_run_f64(loss_result *out, const loss_case *in);

/* arcface's f(c) in float and double: bounded, and with its true slope. */
double arc_margin_f32(double *slope, double c, double m);
double arc_margin_f64(double *slope, double c, double m);
double arc_exact_f32(double *slope, double c, double m);
double arc_exact_f64(double *slope, double c, double m);

#endif
