/* SPDX-License-Identifier: Apache-2.0 */
/* people.h - photos of people to templates and comparisons.
 *
 *   mien_templates t;
 *   MIEN_TRY(mien_templates_make(&t, &source, pairs_path));
 *   MIEN_TRY(mien_templates_compare(&comparisons, &t));
 *   mien_templates_state(&t, report);
 *   mien_templates_close(&t); */
#ifndef MIEN_EVAL_PEOPLE_H
#define MIEN_EVAL_PEOPLE_H

#include "eval/compare.h"
#include "eval/embed.h"
#include "eval/find.h"
#include "mien/eval.h"

typedef struct mien_templates {
    mien_embeddings e;
    int *person;       /* of each picture; -1 below where none is needed */
    const char **name; /* of each person: a folder's, never to be printed */
    int people;
    mien_pairs pairs;      /* the comparisons that are wanted, or empty: all
                              with all */
    mien_picture *picture; /* without pairs: those of the folder */
    mien_photo_paths paths;
    mien_model *model;
    mien_points points;
    mien_arena arena;
} mien_templates;

/* A template of each photo; photos that cannot be used have failed.
 *
 * Errors: MIEN_EINVAL for options; MIEN_EDATA for photos outside people's
 *         folders; as mien_model_load(), mien_pairs_read(),
 *         mien_embed_pictures(); *out is then empty. */
mien_status mien_templates_make(mien_templates *out,
                                const mien_people_source *source,
                                const char *pairs);
void mien_templates_close(mien_templates *t);

/* Model, data, alignment and failures to enrol. */
void mien_templates_state(const mien_templates *t, mien_report *r);

/* The pairs, or every template with every other; not yet sorted. */
mien_status mien_templates_compare(mien_comparisons *out,
                                   const mien_templates *t);

/* Comparisons of a table "a,b,score", a and b being any labels of people; an
 * empty score or "failed" is a comparison that failed. `bytes` are changed.
 * `name` begins messages.
 *
 * Errors: MIEN_EFORMAT names the line; MIEN_ENOMEM; *out is then empty, and
 *         names too. */
typedef struct mien_labels {
    const char **label; /* sorted, each once */
    int n;
    mien_arena arena;
} mien_labels;

mien_status mien_scores_parse(mien_comparisons *out, mien_labels *labels,
                              char *bytes, const char *name);
void mien_labels_close(mien_labels *labels);
/* -1: there is none. */
int mien_labels_find(const mien_labels *labels, const char *label);

#endif
