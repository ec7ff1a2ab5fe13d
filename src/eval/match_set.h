/* SPDX-License-Identifier: Apache-2.0 */
/* match_set.h - sorted comparisons, from photos or from a table of scores, and
 * what a report says of where they come from.
 *
 *   mien_match_set m;
 *   MIEN_TRY(mien_match_set_open(&m, &source));
 *   mien_match_set_state(&m, report, draws);
 *   mien_match_set_charts(&m.c, report);
 *   mien_match_set_close(&m); */
#ifndef MIEN_EVAL_MATCH_SET_H
#define MIEN_EVAL_MATCH_SET_H

#include "eval/people.h"

typedef struct mien_match_set {
    mien_comparisons c;
    mien_templates t;   /* of photos, else empty */
    mien_labels labels; /* of a table, else empty */
    char hash[MIEN_HASH_HEX];
} mien_match_set;

/* Errors: MIEN_EINVAL when neither or both are given; as
 *         mien_templates_make() and mien_scores_parse(); *out is then
 *         empty. */
mien_status mien_match_set_open(mien_match_set *out,
                                const mien_match_source *source);
void mien_match_set_close(mien_match_set *m);

/* Data, model, counts. */
void mien_match_set_state(const mien_match_set *m, mien_report *r);

/* The person's label: a folder's name or that of the table. */
const char *mien_match_set_label(const mien_match_set *m, int person);

/* The DET curve, and the scores of both sides. */
mien_status mien_det_charts(const mien_comparisons *c, mien_report *r);

#endif
