/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h - what a run folder tells of its training.
 *
 *   mien_evidence seen;
 *   MIEN_TRY(mien_evidence_read(&seen, "runs/a/health.jsonl", 100, wanted));
 *   bool bad;
 *   MIEN_TRY(mien_evidence_weights(&bad, "runs/a")); */
#ifndef MIEN_TRAIN_STRESS_EVIDENCE_H
#define MIEN_TRAIN_STRESS_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "health/finding.h"

/* Sets of causes: bit 1 << cause. */
#define MIEN_CAUSE_BIT(cause) ((uint64_t)1 << (cause))

typedef struct mien_evidence {
    int64_t detected; /* steps from the onset to the first finding of a wanted
                         cause, 0 before training; -1: there is none */
    uint64_t found;   /* causes of findings of severity warn and fail */
    uint64_t acted;   /* causes of interventions */
} mien_evidence;

/* Read the findings and acts of a health.jsonl; no file is no evidence. What
 * was said before the onset cannot mean the fault and does not count; steps
 * of attempts that the doctor gave up are counted too.
 *
 * Errors: MIEN_EFORMAT with the line, MIEN_EIO, MIEN_ENOMEM. */
mien_status mien_evidence_read(mien_evidence *out, const char *path,
                               int64_t onset, uint64_t wanted);

/* Whether any model file or checkpoint in a folder, or in the folders below,
 * holds a number that is not finite.
 *
 * Errors: as mien_safetensors_open(). */
mien_status mien_evidence_weights(bool *bad, const char *folder);

#endif
