/* SPDX-License-Identifier: Apache-2.0 */
/* position.h - where a training is: all that is counted while it runs.
 *
 *   char *text;
 *   MIEN_TRY(mien_position_emit(&text, &arena, &position));
 *   MIEN_TRY(mien_position_parse(&position, text, "last.safetensors"));
 *
 * Beside weights, optimiser and clip state this is everything a resumed run
 * needs to go on as if it had never stopped. */
#ifndef MIEN_TRAIN_POSITION_H
#define MIEN_TRAIN_POSITION_H

#include "base/arena.h"
#include "base/fail.h"
#include "train/metrics.h"

/* Under this key the metadata of a checkpoint have it. */
#define MIEN_POSITION_KEY "position"

typedef struct mien_position {
    int64_t stage, epoch; /* running; epochs count through all stages */
    int64_t stage_epoch;  /* epoch within the stage */
    int64_t batch;        /* batches of this epoch already used */
    int64_t step;         /* optimiser steps tried, skipped ones too */
    int64_t stage_step;   /* the same within the stage */
    int64_t skipped, clipped, skipped_in_row;
    int64_t best_epoch, stale; /* 0: none yet; validations since */
    int64_t images;            /* used in training so far */
    int64_t log_bytes;         /* of log.jsonl when this was saved */
    int64_t health_bytes;      /* of health.jsonl */
    int64_t rollbacks;         /* by the doctor */
    int64_t scaled_well;       /* steps since the loss scale changed */
    double lr_factor;          /* on the schedule's rate; rollbacks halve it */
    double loss_scale;         /* in force, of 16-bit training */
    double best;               /* of the metric, while best_epoch > 0 */
    mien_score seen;           /* of this epoch so far */
} mien_position;

mien_status mien_position_emit(char **out, mien_arena *arena,
                               const mien_position *position);

/* Errors: MIEN_EFORMAT for a missing or negative count. */
mien_status mien_position_parse(mien_position *position, const char *text,
                                const char *path);

#endif
