/* SPDX-License-Identifier: Apache-2.0 */
/* ijb_templates.h - features of pictures to templates: times the detector's
 * score, mean within a media, sum over media, unit length. */
#ifndef MIEN_EVAL_IJB_TEMPLATES_H
#define MIEN_EVAL_IJB_TEMPLATES_H

#include "eval/ijb_lists.h"

typedef struct mien_ijb_templates {
    int *id;       /* n, rising */
    float *values; /* n x width, unit length, or zeros if it failed */
    bool *failed;
    int n, width, n_failed;
} mien_ijb_templates;

/* Shapes: feature has lists->pictures x width values, those of a picture and
 *         of its mirror image added; zeros where the picture failed.
 * Errors: MIEN_ENOMEM; *out is then empty. */
mien_status mien_ijb_templates_make(mien_ijb_templates *out,
                                    const mien_ijb_lists *lists,
                                    const float *feature, int width,
                                    bool use_score);
void mien_ijb_templates_close(mien_ijb_templates *t);

/* The number of a template; -1: no picture is of it. */
int mien_ijb_templates_find(const mien_ijb_templates *t, int id);

/* The cosine of two; MIEN_SCORE_FAILED if one has failed. */
double mien_ijb_templates_cosine(const mien_ijb_templates *t, int a, int b);

#endif
