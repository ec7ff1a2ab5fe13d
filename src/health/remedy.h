/* SPDX-License-Identifier: Apache-2.0 */
/* remedy.h - what may help against a cause, as changes to the recipe.
 *
 * A file in remedies/ defines one and a line in remedies.def lists it; the
 * doctor tries them in that order. A remedy does nothing by itself: it writes
 * assignments such as "optim.adam.lr=0.001", and the trainer starts again with
 * them. So whatever the doctor did can be read, repeated with --set, and is
 * what the run folder's recipe.yaml holds in the end.
 *
 * Remedies that act within a running training are rows too, so that they can
 * be named, explained and left out; they have no prescribe(). */
#ifndef MIEN_HEALTH_REMEDY_H
#define MIEN_HEALTH_REMEDY_H

#include <stdbool.h>

#include "base/tree.h"
#include "health/finding.h"

enum { MIEN_MAX_CHANGES = 8, MIEN_MAX_TREATED = 10, MIEN_MOST_CHANNELS = 3 };

#define MIEN_GENTLE 0.02

/* What a remedy may know of a training. */
typedef struct mien_patient {
    mien_arena *arena;       /* for the texts of the changes */
    const mien_tree *recipe; /* its root, earlier changes included */
    const char *optimiser;   /* "adam" */
    const char *loss;        /* "arcface" */
    double lr;               /* the base rate */
    double gentle_lr; /* whose first step moves no weight tensor by more than
                         MIEN_GENTLE of its norm, NaN: not known */
    int64_t steps;    /* of the whole training */
    int batch, accumulate;
    int channels; /* of the input: what comes off, what it is divided by */
    double mean[MIEN_MOST_CHANNELS], std[MIEN_MOST_CHANNELS];
} mien_patient;

typedef struct mien_prescription {
    int n; /* 0: nothing to change, the remedy does not apply */
    const char *changes[MIEN_MAX_CHANGES];
    /* The loss before and after cannot be compared: judge by accuracy. */
    bool by_accuracy;
    int patience; /* forks this many times as long: what it does builds up
                     slowly; 0: 1 */
} mien_prescription;

typedef struct mien_remedy_ops {
    const char *name, *summary;
    mien_cause treats[MIEN_MAX_TREATED]; /* ends with MIEN_CAUSE_UNKNOWN */
    bool structural; /* changes what is trained, not how */
    bool consent;    /* a change of architecture: only if allowed */
    mien_status (*prescribe)(mien_prescription *out, const mien_patient *p,
                             const mien_finding *finding);
} mien_remedy_ops;

const mien_remedy_ops *const *mien_remedies(int *count);
const mien_remedy_ops *mien_remedy_named(const char *name); /* or NULL */
bool mien_remedy_treats(const mien_remedy_ops *remedy, mien_cause cause);

/* Whether "lsuv, rate" lists a name; `list` may be NULL. */
bool mien_remedy_listed(const char *list, const char *name);

/* The first name in a list that no remedy has, cut to its room; "": all are
 * known. */
enum { MIEN_REMEDY_NAME = 48 };
void mien_remedy_unknown(char out[MIEN_REMEDY_NAME], const char *list);

/* ---- for remedies ----------------------------------------------------- */

/* Add an assignment. Errors: MIEN_ENOMEM. */
mien_status mien_prescribe(mien_prescription *out, mien_arena *arena,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of "optim.adam.momentum" in a recipe, or `otherwise`. */
double mien_patient_number(const mien_patient *p, const char *path,
                           double otherwise);

/* arcface, cosface, subcenter_arcface */
bool mien_remedy_is_margin(const char *loss);

/* What an item of a model's list is: "dense", "repeat", "name". */
const char *mien_remedy_kind(const mien_tree *item);

/* A list item that is one word: "relu". NULL: out of memory. */
mien_tree *mien_remedy_word(mien_arena *arena, const char *text);

/* Add "model=..." with a rewritten copy of the model section. */
mien_status mien_prescribe_model(mien_prescription *out, const mien_patient *p,
                                 const mien_tree *model);

#endif
