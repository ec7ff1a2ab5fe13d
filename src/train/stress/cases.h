/* SPDX-License-Identifier: Apache-2.0 */
/* cases.h - the trainings of the stress suite: what each of them breaks.
 *
 *   int n;
 *   const mien_stress_fault *faults = mien_stress_faults(&n);
 *   ... faults[0].name, faults[0].set
 *
 * A case is data: assignments to the keys of one small recipe, the base. First
 * come those of its healthy reference, which is the same training without the
 * fault (or the base network, where depth is the fault), then its own, then
 * those of the arm. */
#ifndef MIEN_TRAIN_STRESS_CASES_H
#define MIEN_TRAIN_STRESS_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "health/finding.h"

enum { MIEN_STRESS_SETS = 6, MIEN_STRESS_CAUSES = 3 };

/* A training that works, for the accuracy that R refers to. */
typedef struct mien_stress_reference {
    const char *name;
    const char *set[MIEN_STRESS_SETS]; /* ends with NULL */
} mien_stress_reference;

typedef struct mien_stress_fault {
    const char *name, *title;
    const char *healthy;               /* its reference */
    const char *set[MIEN_STRESS_SETS]; /* ends with NULL */
    /* What was injected: any of them is the right name for it; ends with
     * MIEN_CAUSE_UNKNOWN. */
    mien_cause causes[MIEN_STRESS_CAUSES + 1];
    int64_t onset;   /* the first step that is not healthy */
    int64_t stop_at; /* killed at this step and resumed; 0: not */
    bool hopeless;   /* nothing can be learned: R does not exist */
} mien_stress_fault;

typedef struct mien_stress_treatment {
    const char *name;
    const char *set[MIEN_STRESS_SETS]; /* ends with NULL */
} mien_stress_treatment;

const mien_stress_fault *mien_stress_faults(int *count);
const mien_stress_reference *mien_stress_references(int *count);

/* The arms; the doctor, whose settings the caller makes, is the last. */
const mien_stress_treatment *mien_stress_arms(int *count);

/* The base recipe, on photos in a folder a person, or on generated ones. */
const char *mien_stress_recipe(bool photos);

#endif
